"""What an earlier version read is read to the same bits: a run kept by it finds its data again."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from hw1_tui import data
from tests.support.archive import arrays, save

SPLITS = ("train", "val", "test")


def archive(path, **options):
    return save(path / "d.npz", arrays(**options))


def column_of_labels(path):
    made = arrays()
    made |= {f"{s}_labels": made[f"{s}_labels"].astype(np.float32).reshape(-1, 1) for s in SPLITS}
    return save(path / "d.npz", {**made, "class_names": np.frombuffer(b"a\nb\nc\nd", np.uint8)})


def folder(path, *splits):
    rng = np.random.default_rng(1)
    for split in splits:
        for name in ("forest", "sea", "street"):
            (path / "d" / split / name).mkdir(parents=True)
            for number in range(17):
                picture = rng.integers(0, 256, (48, 48, 3)).astype(np.uint8)
                Image.fromarray(picture).save(path / "d" / split / name / f"{number}.png")
    return path / "d"


def table(path):
    rows = np.random.default_rng(2).integers(-99, 99, (43, 4)) / 8
    (path / "d.csv").write_text("a,b,c,y\n" + "\n".join(",".join(map(str, row)) for row in rows))
    return path / "d.csv"


MADE = {
    "bytes": lambda path: archive(path),
    "channels first": lambda path: archive(path, shape=(3, 4, 5)),
    "grey": lambda path: archive(path, shape=(4, 5)),
    "flat": lambda path: archive(path, shape=(60,)),
    "half floats": lambda path: archive(path, dtype=np.float16),
    "floats": lambda path: archive(path, dtype=np.float64),
    "whole numbers": lambda path: archive(path, dtype=np.int32),
    "column of labels": column_of_labels,
    "folder without validation": lambda path: folder(path, "train", "test"),
    "folder of training alone": lambda path: folder(path, "seg_train"),
    "folder of three": lambda path: folder(path, "train", "valid", "test"),
    "table": table,
}
NUMBERED = ("class 0", "class 1", "class 2")
LETTERS, PLACES = ("a", "b", "c", "d"), ("forest", "sea", "street")
READ_BY_0_1_0 = {
    "bytes": ("b831809e92429ca73fdd3dfabb9e4366", NUMBERED, 1 / 256),
    "channels first": ("b831809e92429ca73fdd3dfabb9e4366", NUMBERED, 1 / 256),
    "grey": ("c6755c1b9a051ad74dcf8b24a9a476c2", NUMBERED, 1 / 256),
    "flat": ("b831809e92429ca73fdd3dfabb9e4366", NUMBERED, 1 / 256),
    "half floats": ("e0b37306d4f5e5dc9d7283e177b04389", NUMBERED, 1),
    "floats": ("f147f0c117c973e0080554dcf1d74c51", NUMBERED, 1),
    "whole numbers": ("b831809e92429ca73fdd3dfabb9e4366", NUMBERED, 1 / 256),
    "column of labels": ("b831809e92429ca73fdd3dfabb9e4366", LETTERS, 1 / 256),
    "folder without validation": ("f8297bc69b0d8cf04408bd149b98c509", PLACES, 1 / 256),
    "folder of training alone": ("f5db9a4ee1282ecec279b6bb1acad8f4", PLACES, 1 / 256),
    "folder of three": ("83a9b3caa177a19daac99f60f0db294a", PLACES, 1 / 256),
    "table": ("0774920c785db64d24be38a58df35866", (), 1),
}


@pytest.mark.parametrize("what", MADE)
def test_a_source_is_what_it_was_to_0_1_0(tmp_path, what):
    """Guarantee: the fingerprint, names of classes and scale, all that a kept run is held to."""
    dataset = data.load(str(MADE[what](tmp_path)))
    assert (dataset.fingerprint, dataset.classes, dataset.scale) == READ_BY_0_1_0[what]


@pytest.mark.parametrize(
    ("name", "fingerprint"),
    [
        ("digits", "611c31afa32e356f7c9a79d62d7b66c1"),
        ("quadratic", "a4822a0ce58fd57f0ae37d96454d5874"),
        ("builtin", "c3c523d3d0de594487a36925dacc8a97"),
    ],
)
def test_what_the_program_brings_along_is_what_it_was_to_0_1_0(name, fingerprint):
    assert data.load(name).fingerprint == fingerprint


def test_what_the_program_brings_along_is_the_same_on_a_processor_that_rounds_otherwise():
    """The quadratic problem was another one where no multiplication is fused with an addition: other data to the
    history."""
    code = "from hw1_tui import data; print(*(data.load(name).fingerprint for name in ('quadratic', 'builtin')))"
    environment = {**os.environ, "OPENBLAS_CORETYPE": "Prescott"}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert printed.stdout.split() == [data.load(name).fingerprint for name in ("quadratic", "builtin")]
