"""The report's page and a run's in a real browser: on a telephone, on paper, without a word to anybody else."""

import base64

import pytest

from hw1_tui.cli import main
from tests.support.browser import PROGRAM
from tests.support.history import write_blobs

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no chromium")

_TELEPHONE = 390


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The folder with the page of a short report, and that of one of its runs."""
    folder = tmp_path_factory.mktemp("pages")
    home = ["--home", str(folder / "home"), "--quiet"]
    words = ["--data", str(write_blobs(folder / "blobs.npz")), "--epochs-scale", "0.1", "--out", str(folder)]
    assert main(["--batch", "report", "1.2", "2.2a", *words, *home]) == 0
    assert main(["runs", "export", "last", "--to", str(folder / "run.html"), *home]) == 0
    return folder


@pytest.mark.parametrize("name", ["report.html", "run.html"])
def test_a_page_fits_a_telephone_and_paper_and_asks_nothing_of_others(name, pages, browser):
    """What is wider than the page, such as a table, scrolls in a box of its own."""
    browser.resize(_TELEPHONE, 800)
    browser.open((pages / name).as_uri())
    assert browser.evaluate("document.documentElement.scrollWidth") <= _TELEPHONE
    assert base64.b64decode(browser.call("Page.printToPDF")["data"]).startswith(b"%PDF")
    assert browser.evaluate("document.body.innerText.length") > 200
    assert browser.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert all(request.startswith(("file:", "data:", "blob:")) for request in browser.requests)
    assert browser.errors == []
