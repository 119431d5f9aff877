"""Where a report is written: it replaces what reports have written there, and nothing of the user's."""

import shutil

import pytest

from hw1_tui.cli import main
from hw1_tui.files.folder import prepare_folder
from hw1_tui.files.target import write_target_bytes
from tests.support.history import write_blobs


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """One question with a figure, trained and written."""
    folder = tmp_path_factory.mktemp("report")
    write_blobs(folder / "blobs.npz")
    assert report(folder / "out", folder, "1.1") == 0
    return folder


@pytest.fixture
def out(written, tmp_path):
    """The folder of the report, for one test alone."""
    return shutil.copytree(written / "out", tmp_path / "out")


def report(out, folder, *words):
    paths = ["--data", str(folder / "blobs.npz"), "--home", str(folder / "home"), "--out", str(out)]
    return main(["--batch", "report", "--epochs-scale", "0.02", "--quiet", *paths, *words])


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_report_replaces_what_reports_have_written_unasked(written, out):
    assert report(out, written, "1.1", "--kept") == 0


def test_what_is_the_users_own_or_was_worked_on_since_is_replaced_only_when_asked_for(written, out, capsys):
    worked_on, own = out / "report.tex", next((out / "figures").glob("*.svg"))
    worked_on.write_text(worked_on.read_text("utf-8") + "% my own remark\n", "utf-8")
    own.write_text("drawn by hand")
    before = contents(out)
    capsys.readouterr()
    assert report(out, written, "1.1", "--kept") == 2
    said = capsys.readouterr().err
    assert f"{worked_on}: was not written by a report, or was changed since" in said
    assert str(own) in said
    assert "--force" in said
    assert contents(out) == before
    assert report(out, written, "1.1", "--kept", "--force") == 0
    assert "my own remark" not in worked_on.read_text("utf-8")
    assert own.read_text("utf-8").startswith("<?xml")
    assert report(out, written, "1.1", "--kept") == 0


def test_a_folder_with_a_report_of_ones_own_is_told_before_anything_is_trained(written, tmp_path, capsys):
    own = tmp_path / "report.md"
    own.write_text("by hand")
    assert report(tmp_path, written, "1.2", "--epochs-scale", "1") == 2  # at once: no run of 1.2 is there
    assert str(own) in capsys.readouterr().err
    assert own.read_text() == "by hand"


def test_a_report_that_was_cut_short_is_written_again_unasked(written, out, monkeypatch):
    """Ended between two files, the folder holds old ones and new ones, all of them the program's."""

    def end(path, content, *, overwrite):
        if path.name == "report.html":
            raise KeyboardInterrupt
        write_target_bytes(path, content, overwrite=overwrite)

    before = (out / "report.md").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("hw1_tui.report.write.output.write_target_bytes", end)
        assert report(out, written, "1.1", "--kept", "--course-data") != 0
    assert (out / "report.md").read_bytes() != before
    assert report(out, written, "1.1", "--kept") == 0


def test_a_full_disk_leaves_the_report_that_was_there(written, out, monkeypatch, capsys):
    before = contents(out)

    def refuse(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hw1_tui.files.atomic.os.fsync", refuse)
    assert report(out, written, "1.1", "--kept", "--course-data") == 2
    assert "No space left on device" in capsys.readouterr().err
    assert contents(out) == before


def test_trying_a_folder_out_touches_no_file_in_it(tmp_path):
    (tmp_path / ".trial").write_text("mine")
    prepare_folder(tmp_path)
    assert (tmp_path / ".trial").read_text() == "mine"


def test_a_new_folder_with_the_name_of_a_file_is_asked_about_and_one_that_is_there_is_taken(tmp_path, capsys):
    """A file was meant, most likely."""
    (tmp_path / "there.md").mkdir()
    prepare_folder(tmp_path / "there.md")
    for words in ("report 1.1 --data digits --out", "runs list --home", "cluster keys --to"):
        option = words.rpartition(" ")[2]
        assert main(["--batch", *words.split(), str(tmp_path / "out.md")]) == 2
        told = f"hw1-tui: {option}: {tmp_path / 'out.md'} is a name for a file, and a folder is asked for"
        assert capsys.readouterr().err == f"{told} (did you mean {tmp_path / 'out'}?)\n"
    assert not (tmp_path / "out.md").exists()


@pytest.mark.parametrize("force", [(), ("--force",)])
def test_what_cannot_become_a_file_of_the_report_is_told_before_anything_is_trained(tmp_path, written, capsys, force):
    """Hours of training would end in a folder that takes nothing."""
    (tmp_path / "figures").write_text("mine")
    assert report(tmp_path, written, "1.2", "--epochs-scale", "1", *force) == 2  # at once: no run of 1.2 is there
    assert "figures: is no folder" in capsys.readouterr().err
    (tmp_path / "figures").unlink()
    (tmp_path / "report.md").mkdir()
    assert report(tmp_path, written, "1.2", "--epochs-scale", "1", *force) == 2
    assert "is a folder" in capsys.readouterr().err


def test_a_link_that_leads_nowhere_is_not_replaced_by_a_report_and_one_that_leads_somewhere_stays_a_link(
    tmp_path, written, capsys
):
    mine = tmp_path / "mine.md"
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.md").symlink_to(mine)
    assert report(out, written, "1.1", "--kept") == 2
    assert "was not written by a report" in capsys.readouterr().err
    assert not mine.exists()
    assert report(out, written, "1.1", "--kept", "--force") == 0
    assert (out / "report.md").is_symlink()
    assert "Perceptron" in mine.read_text()
