"""``data import``: whatever can be read is written in our layout, and what is read from there is the same."""

import json

import numpy as np
import pytest
from PIL import Image

from engines.contract import SPLITS
from hw1_tui import data
from hw1_tui.cli import main
from tests.support.archive import arrays, npy, problems, save
from tests.support.mnist import write as write_mnist


def folder(path):
    rng = np.random.default_rng(0)
    for name in ("forest", "sea"):
        (path / "d" / name).mkdir(parents=True)
        for i in range(20):
            Image.fromarray(rng.integers(0, 255, (8, 8, 3), np.uint8)).save(path / "d" / name / f"{i}.png")
    (path / "d" / "sea" / "x.heic").write_bytes(b"nothing")
    return path / "d"


def mnist(path):
    write_mnist(path / "raw")
    return path / "raw"


def floats(path):
    made = arrays(dtype=np.float32)
    return save(path / "d.npz", {**made, "class_names": np.frombuffer(b"a\nb\nc", np.uint8)})


def table(path):
    rows = np.random.default_rng(2).integers(-99, 99, (40, 4)) / 8
    (path / "d.csv").write_text("a,b,c,y\n" + "\n".join(",".join(map(str, row)) for row in rows))
    return path / "d.csv"


SOURCES = {
    "folder": folder,
    "mnist": mnist,
    "floats": floats,
    "table": table,
    "digits": lambda _: "digits",
    "quadratic": lambda _: "quadratic",
}


@pytest.mark.parametrize("what", SOURCES)
def test_what_is_written_is_what_was_read(tmp_path, capsys, what):
    """Guarantee: the same features, targets, names and remark, so that a run on either is the same to the bit."""
    source, out = str(SOURCES[what](tmp_path)), str(tmp_path / "out.npz")
    assert main(["data", "import", source, out, "--quiet", "--val-share", "0.2", "--test-share", "0.1"]) == 0
    capsys.readouterr()
    options = data.ReadOptions(val_share=0.2, test_share=0.1)
    expected, got = data.load(source, options), data.load(out)
    assert (got.fingerprint, got.scale, got.classes) == (expected.fingerprint, expected.scale, expected.classes)
    assert (got.image_shape, got.remark, got.value_range) == (
        expected.image_shape,
        expected.remark,
        expected.value_range,
    )
    for split in SPLITS:
        assert np.array_equal(got.features(got[split].x), expected.features(expected[split].x))
        assert np.array_equal(got[split].y, expected[split].y)


def test_data_check_says_the_same_of_what_was_written(tmp_path, capsys):
    """But for where it lies, and what was left out, which is not in it any more."""
    source, out = str(folder(tmp_path)), str(tmp_path / "out.npz")
    assert main(["data", "import", source, out]) == 0
    assert "skipped" in capsys.readouterr().err
    records = []
    for name in (source, out):
        assert main(["data", "check", name, "--format", "jsonl"]) == 0
        records.append(json.loads(capsys.readouterr().out))
    assert records[0]["notes"][0] == records[1]["notes"][0]
    for key in ("features", "image_shape", "dtype", "scale", "classes", "fingerprint", "shared", *SPLITS):
        assert records[0][key] == records[1][key], key


def test_size_is_for_folders_and_that_is_said(tmp_path, capsys):
    out = str(tmp_path / "out.npz")
    assert main(["data", "import", str(folder(tmp_path)), out, "--size", "5"]) == 0
    assert data.load(out).image_shape == (5, 5, 3)
    capsys.readouterr()
    assert main(["data", "import", "digits", out, "--size", "5", "--force"]) == 0
    assert "--size has no effect: digits is no folder of pictures." in capsys.readouterr().err
    assert data.load(out).image_shape == (8, 8)


@pytest.mark.parametrize("scale", [np.nan, -1, [1.0, 2.0]], ids=str)
def test_a_scale_that_is_none_is_refused(tmp_path, scale):
    assert "scale: is no number above 0" in problems(save(tmp_path / "d.npz", {**arrays(), "scale": npy(scale)}))


def test_a_task_of_another_meaning_in_the_file_of_a_stranger_is_none(tmp_path):
    task = npy(np.frombuffer(b"segmentation", np.uint8))
    assert data.load(str(save(tmp_path / "d.npz", {**arrays(), "task": task}))).n_classes == 3


def test_a_remark_of_a_stranger_steers_no_terminal(tmp_path):
    hostile = np.frombuffer(b"say \x1b]0;title\x07 this", np.uint8)
    remark = data.load(str(save(tmp_path / "d.npz", {**arrays(), "remark": hostile}))).remark
    assert remark.startswith("say ")
    assert remark.isprintable()


def test_an_option_may_stand_between_the_source_and_the_file(tmp_path, capsys):
    """As shells' own commands take it; the file was not seen, and said to be missing."""
    assert main(["data", "import", "digits", "--task", "classification", str(tmp_path / "out.npz")]) == 0
    assert (tmp_path / "out.npz").is_file()
