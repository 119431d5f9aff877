"""Files are written whole or not at all, and paths mean what a user means by them."""

from pathlib import Path

import pytest

from hw1_tui.cli import main
from hw1_tui.files.user_path import nearest_path, user_path


def test_a_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_path("~/runs") == tmp_path / "runs"


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x", "a~b", "x/~", "."])
def test_what_names_no_home_folder_is_taken_as_it_stands(text):
    """A shell does the same; ``Path.expanduser`` would raise for the first."""
    assert user_path(text) == Path(text)


@pytest.mark.parametrize(
    "written", ["'{0}/a b.csv'", '"{0}/a b.csv"', "\u201c{0}/a b.csv\u201d", "{0}/a\\ b.csv", "file://{0}/a%20b.csv"]
)
def test_a_path_as_terminals_hand_it_over_is_near_the_file_that_it_means(written, tmp_path):
    """A file that is dropped on the window is pasted so."""
    path = tmp_path / "a b.csv"
    path.touch()
    assert nearest_path(user_path(written.format(tmp_path))) == str(path)


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["--data", "Table.CSV"], "table.csv"),
        (["--data", "table.csv "], "table.csv"),
        (["--data", "tabel.csv"], "table.csv"),
        (["--data", "digts"], "digits"),
        (["--config", "run.tml"], "run.toml"),
        (["--data", "nothing/alike.npz"], ""),
    ],
)
def test_a_file_that_is_not_there_is_told_with_the_nearest_that_is(words, near, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("table.csv", "run.toml", "other.txt", "-"):
        (tmp_path / name).write_text("")
    if (tmp_path / words[1]).exists():
        pytest.skip("this file system does not tell case apart")
    assert main(["--batch", "train", "--epochs", "1", *words]) == 2
    said = capsys.readouterr().err
    assert "cannot be read: No such file" in said
    assert f"(did you mean {near}?)" in said if near else "did you mean" not in said
