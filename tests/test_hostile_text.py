"""Text of others in batch: whatever a name, a note, a path or a class holds, no byte of it steers a terminal."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from hw1_tui.cli import main
from hw1_tui.data.label_name import encode_names
from hw1_tui.runs import Store
from tests.support.history import train, write_blobs

HOSTILE = "\x1b]0;title\x07\x9b2J *b* $x$ _u [/x caf\udce9 森林 \u202e"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two runs on a hostile path, both called and labelled in a hostile way."""
    folder = tmp_path_factory.mktemp("hostile")
    store = Store(folder / "home")
    data = write_blobs(folder / "b\x1b[2Jx.npz")
    for seed in (1, 2):
        run = train(store, data, seed=seed, epochs=2)
        store.label(run, name=HOSTILE, tags=(HOSTILE, "ok"), note=f"{HOSTILE}\nline")
    return folder


@pytest.fixture
def said(folder, monkeypatch, capsys):
    """Run a command in that folder; return what it printed, which has been looked at."""
    monkeypatch.setenv("HW1_TUI_HOME", str(folder / "home"))
    monkeypatch.chdir(folder)

    def said(*words, code=0):
        assert main(["--batch", *words]) == code
        printed = "".join(capsys.readouterr())
        assert not STEERING.search(printed), printed
        return printed

    return said


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
@pytest.mark.parametrize("words", ["list --columns run,name,note,tags,data", "show last", "compare tag=ok"])
def test_the_history_prints_names_tags_and_notes_harmlessly(said, words, form):
    printed = said("runs", *words.split(), "--format", form)
    escaped = {"jsonl": "\\u001b]0;title\\u0007", "csv": "\\x1b]0;title\\x07", "table": "\\x1b]0;title\\x07"}
    assert escaped[form] in printed or words == "show last"


@pytest.mark.parametrize(
    "words",
    [
        [HOSTILE],
        ["runs", HOSTILE],
        ["runs", "show", HOSTILE],
        ["runs", "list", "--sort", HOSTILE],
        ["runs", "list", "--columns", HOSTILE],
        ["train", "--data", HOSTILE],
        ["train", "--config", HOSTILE],
        ["train", "--model", HOSTILE],
        ["train", f"--{HOSTILE}", "3"],
        ["train", "--learning-rate", HOSTILE],
        ["predict", "tag=ok", HOSTILE],
        ["data", "check", HOSTILE],
        ["data", "import", HOSTILE, f"{HOSTILE}.npz"],
        ["report", "--data", HOSTILE],
        ["report", HOSTILE],
        ["report", "--questions", HOSTILE],
        ["derive", "--inputs", HOSTILE],
    ],
)
def test_a_mistake_tells_what_was_given_harmlessly(said, words):
    said(*words, code=2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["runs", "{}"], 2),
        (["runs", "show", "{}"], 2),
        (["runs", "list", "model={}"], 2),
        (["runs", "list", "{}"], 0),
        (["runs", "list", "--sort", "{}"], 2),
        (["train", "--model", "{}"], 2),
        (["train", "--{}", "3"], 2),
        (["train", "--data", "{}"], 2),
        (["train", "--hidden-sizes", "{}"], 2),
        (["predict", "last", "{}"], 1),
        (["report", "--questions", "{}"], 2),
        (["guide", "{}"], 2),
    ],
)
def test_a_word_as_long_as_a_page_is_told_in_short(said, words, code):
    """Someone pasted a page where a name belongs: what is wrong and what is allowed stood pages below."""
    assert len(said(*(word.format("x" * 5000) for word in words), code=code)) < 2000


@pytest.mark.parametrize("suffix", ["md", "tex", "csv", "jsonl", "svg"])
def test_files_for_others_hold_names_harmlessly(said, folder, suffix):
    said("runs", "export", "tag=ok", "--to", f"out.{suffix}")
    assert not STEERING.search((folder / f"out.{suffix}").read_text("utf-8"))


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_figures_of_hostile_names_are_drawn(said, folder, suffix):
    said("runs", "export", "tag=ok", "--to", f"out.{suffix}")
    assert (folder / f"out.{suffix}").stat().st_size > 1000


def test_members_and_classes_of_an_archive_are_told_harmlessly(said, folder):
    images, labels = np.zeros((4, 8, 8, 3), np.uint8), np.arange(4) % 2
    splits = {f"{s}_{k}": v for s in ("train", "val", "test") for k, v in (("images", images), ("labels", labels))}
    members = {f"\x1b]0;{name}\x07": array for name, array in splits.items()}
    np.savez(folder / "members.npz", allow_pickle=False, **members)
    said("data", "check", "members.npz", code=2)
    np.savez(folder / "classes.npz", allow_pickle=False, **splits, class_names=encode_names(("a\x1b[2J", "b")))
    said("data", "check", "classes.npz", code=2)


def test_keys_of_a_file_are_told_harmlessly(said, folder):
    (folder / "run.toml").write_text('"\\u001b[2J" = 3\n')
    assert "\\x1b[2J" in said("train", "--config", "run.toml", code=2)


def test_names_of_pictures_are_told_harmlessly(said, folder):
    for split in ("train", "test"):
        for name in ("a", "b"):
            (folder / "pictures" / split / name).mkdir(parents=True, exist_ok=True)
            Path(os.fsdecode(os.fsencode(folder / "pictures" / split / name) + b"/\x1b[2J\xe9.png")).write_bytes(b"no")
    assert "\\x1b[2J" in said("data", "import", "pictures", "new.npz", code=2)


def test_a_report_on_data_of_any_name_is_written_harmlessly(said, folder):
    said("report", "1.1", "--data", "b\x1b[2Jx.npz", "--epochs-scale", "0.01", "--out", "report")
    for name in ("report.md", "report.html", "report.tex", "report.json"):
        assert not STEERING.search((folder / "report" / name).read_text("utf-8")), name


@pytest.mark.parametrize(
    "words",
    [
        ["report", "--questions", "a\0b", "1.1"],
        ["report", "1.1", "--grade", "a\0b"],
        ["train", "--config", "a\0b"],
        ["train", "--data", "digits", "--home", "a\0b"],
        ["train", "--data", "a\0b"],
        ["rate", "--data", "digits", "--to", "a\0b.png"],
    ],
)
def test_a_path_that_no_file_can_have_is_told(words, capsys):
    assert main(["--batch", *words]) == 2
    assert "embedded null" in capsys.readouterr().err


def test_a_name_and_a_tag_stand_on_one_line(store, blobs, capsys):
    """Guarantee: a line that is told of a run is a line of the program's; what looks like another is no line of it."""
    run = train(store, blobs, epochs=1)
    assert main(["--batch", "runs", "rename", run, "first\nhw1-tui: all is lost"]) == 0
    assert main(["--batch", "runs", "tag", run, " a\nb ", "", "c"]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert store.get(run).labels.name == "first hw1-tui: all is lost"
    assert store.get(run).labels.tags == ("a b", "c")
    assert main(["--batch", "runs", "tag", run, "--remove", "a\nb"]) == 0
    assert store.get(run).labels.tags == ("c",)
