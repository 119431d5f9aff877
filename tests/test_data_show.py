"""``data show``: examples of a data set in the terminal, by half blocks in colour, else in shades or as numbers."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from hw1_tui.analysis.confusion import Confusion
from hw1_tui.cli import main
from hw1_tui.data.label_name import encode_names
from hw1_tui.export.inspection.confusion import confusion_tables
from tests.support.archive import arrays, save


def made(path, shape=(4, 4, 3), names=("sea", "forest", "street")):
    """Write three classes of pictures of one value each: 0, 100 and 200."""
    members = arrays(shape=shape)
    for split in ("train", "val", "test"):
        for label in range(3):
            members[f"{split}_images"][members[f"{split}_labels"] == label] = 100 * label
    return str(save(path / "d.npz", {**members, "class_names": encode_names(names)}))


@pytest.fixture
def colour(monkeypatch):
    """stdout as a terminal of many colours."""
    for name, value in (("FORCE_COLOR", "1"), ("COLORTERM", "truecolor"), ("TERM", "xterm"), ("COLUMNS", "60")):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_pictures_are_drawn_by_half_blocks_in_their_colours(tmp_path, capsys, colour):
    assert main(["data", "show", made(tmp_path), "--class", "street", "--split", "val", "-n", "2", "--size", "4"]) == 0
    out = capsys.readouterr().out
    assert out.count("▀") == 2 * 4 * 2
    assert "38;2;200;200;200" in out
    assert "48;2;200;200;200" in out
    assert "2 (street)" in out
    assert "5 (street)" in out


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb"), ("COLORTERM", "")])
def test_who_wants_or_has_no_colours_gets_none(tmp_path, capsys, colour, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert main(["data", "show", made(tmp_path), "-n", "3", "--size", "4"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_without_colour_they_are_drawn_in_shades_and_that_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["data", "show", made(tmp_path), "-n", "3", "--size", "4"]) == 0
    out, err = capsys.readouterr()
    assert "in shades" in err
    assert "\x1b" not in out
    assert "====" in out
    assert "%" not in out  # nothing is white
    assert out.splitlines()[-1].split() == ["0", "(sea)", "1", "(forest)", "2", "(street)"]


def test_every_class_has_its_turn_and_lines_fit_the_width(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    assert main(["data", "show", made(tmp_path), "-n", "7", "--size", "9"]) == 0
    out = capsys.readouterr().out
    assert [out.count(f"({name})") for name in ("sea", "forest", "street")] == [3, 2, 2]
    assert max(map(len, out.splitlines())) <= 30


def test_examples_are_named_for_machines(tmp_path, capsys):
    path = made(tmp_path)
    assert main(["data", "show", path, "--class", "1", "-n", "2", "--format", "jsonl"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(record["row"], record["class"], record["largest"]) for record in records] == [
        (1, "forest", 100.0),
        (4, "forest", 100.0),
    ]
    assert main(["data", "show", path, "--class", "1", "-n", "2", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["row"] for row in rows] == ["1", "4"]


def test_what_is_no_picture_is_shown_as_numbers(tmp_path, capsys):
    assert main(["data", "show", made(tmp_path, shape=(4,)), "-n", "2"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["train", "class", "x1", "x2", "x3", "x4"]
    assert [line.split() for line in lines] == [["0", "sea", *"0000"], ["1", "forest", *["100"] * 4]]
    assert main(["data", "show", "quadratic", "-n", "1"]) == 0
    assert "target" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--class", "seaa"], "there is no class 'seaa'; allowed: sea, forest, street (did you mean sea?)"),
        (["--class", "9"], "there is no class '9'"),
        (["-n", "0"], "--count: 0 is out of range"),
        (["--split", "vall"], "did you mean val?"),
        (["--size", "x"], "--size"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(tmp_path, capsys, words, told):
    assert main(["data", "show", made(tmp_path), *words]) == 2
    assert told in capsys.readouterr().err


def test_a_width_where_no_picture_is_drawn_is_said_to_have_no_effect(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("a,b,class\n" + "1,2,x\n3,4,y\n" * 5)
    for words in (["t.csv"], [made(tmp_path), "--format", "csv"]):
        assert main(["data", "show", str(tmp_path / words[0]), *words[1:], "--size", "4"]) == 0
        assert "--size has no effect" in capsys.readouterr().err


def test_a_class_without_examples_in_a_split_is_told_with_the_splits_that_have_some(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("a,class\n" + "1,x\n2,y\n" * 10 + "3,rare\n")
    assert main(["data", "show", str(tmp_path / "t.csv"), "--class", "rare", "--split", "val"]) == 2
    assert "has no val examples of rare; allowed: train\n" in capsys.readouterr().err


def test_numbers_have_no_classes_and_an_empty_split_nothing_to_show(tmp_path, capsys):
    assert main(["data", "show", "quadratic", "--class", "a"]) == 2
    assert "has numbers to predict and no classes" in capsys.readouterr().err
    members = arrays()
    members |= {"val_images": members["val_images"][:0], "val_labels": np.empty(0, np.int64)}
    assert main(["data", "show", str(save(tmp_path / "e.npz", members)), "--split", "val"]) == 2
    assert "has no val examples; allowed: train, test" in capsys.readouterr().err
    assert main(["data", "show"]) == 2
    assert "needs to know what to show" in capsys.readouterr().err


def test_features_are_called_and_shown_as_the_table_has_them(tmp_path, capsys):
    """Guarantee: a name of the data is none of ours; of a feature `share` 12.5 was shown as 1250.0%."""
    rows = "\n".join(f"{i + 0.5},12.5,0.123456,{'ab'[i % 2]}" for i in range(20))
    (tmp_path / "t.csv").write_text(f"sea_view,share,p,label\n{rows}\n")
    assert main(["data", "show", str(tmp_path / "t.csv"), "-n", "2"]) == 0
    head, *found = capsys.readouterr().out.splitlines()
    assert head.split() == ["train", "class", "sea_view", "share", "p"]
    assert {tuple(line.split()[3:5]) for line in found} == {("12.5", "0.123456")}


def test_classes_stand_above_a_matrix_as_they_are_called():
    (matrix, _) = confusion_tables("my_run", Confusion.of(np.array([0, 1]), np.array([0, 1]), ("sea_view", "=cmd()")))
    assert matrix.text().splitlines()[0].split() == [*["my_run:", "true", "\\", "predicted"], "sea_view", "=cmd()"]
    assert matrix.csv().splitlines()[0].endswith(",sea_view,'=cmd()")


@pytest.mark.parametrize("words", [["check"], ["rate"], ["data", "show"]], ids=" ".join)
def test_what_only_looks_at_data_says_what_was_found_out_and_what_has_no_effect_as_a_training_does(
    words, blobs, capsys
):
    source = [] if words[0] == "data" else ["--model", "logistic_regression", "--epochs", "1", "--data"]
    assert main([*words, *source, str(blobs), "--val-share", ".3"]) in (0, 3)
    assert "val_share is not used: there is a validation split." in capsys.readouterr().err
    assert main([*words, *source, "digits", "--val-share", ".3"]) in (0, 3)
    assert "share has no effect: digits has splits of its own." in capsys.readouterr().err


def test_what_is_to_be_known_of_pictures_is_said_once(tmp_path, capsys):
    """Beside drawn pictures it stood twice."""
    for name in ("a", "b"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / "pictures" / name / f"{number}.png")
    (tmp_path / "pictures" / "a" / "cut.png").write_bytes(b"no picture")
    for source in (str(tmp_path / "pictures"), "builtin"):
        assert main(["data", "show", source]) == 0
        told = capsys.readouterr().err.splitlines()
        assert len(told) == len(set(told))
        assert any("left out" in line or "drawn by this program" in line for line in told)
