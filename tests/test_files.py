"""Files are written whole or not at all, and paths mean what a user means by them."""

from pathlib import Path

import pytest

from hw1_tui.files.user_path import user_path


def test_a_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_path("~/runs") == tmp_path / "runs"


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x", "a~b", "x/~", "."])
def test_what_names_no_home_folder_is_taken_as_it_stands(text):
    """A shell does the same; ``Path.expanduser`` would raise for the first."""
    assert user_path(text) == Path(text)
