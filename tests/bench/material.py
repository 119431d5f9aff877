"""What is measured on: the images named by HW1_TUI_REAL_DATA, or noise of the same shape."""

import contextlib
import functools
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import numpy as np

from engines.contract import SPLITS, Array, Dataset, Split, SplitName

N_TRAIN, N_VAL, N_TEST, N_FEATURES, N_CLASSES = 12_630, 1_404, 3_000, 6_912, 6


@functools.cache
def images() -> Dataset:
    """Return 12,630 training images of 6,912 bytes in six classes, with 1,404 and 3,000 beside them."""
    path = os.environ.get("HW1_TUI_REAL_DATA")
    arrays = dict(np.load(path)) if path else noise()
    train, val, test = (_split(arrays, name) for name in SPLITS)
    return Dataset(path or "noise", train, val, test, tuple("abcdef"), 1 / 256)


def _split(arrays: Mapping[str, Array], name: SplitName) -> Split:
    x, y = arrays[f"{name}_images"], arrays[f"{name}_labels"]
    return Split(x.reshape(len(x), -1), y.reshape(-1).astype(np.int64))


def noise() -> dict[str, Array]:
    """Return arrays of a data file, each class a little brighter at its own place."""
    rng = np.random.default_rng(0)
    arrays: dict[str, Array] = {}
    for name, n in (("train", N_TRAIN), ("val", N_VAL), ("test", N_TEST)):
        x = rng.integers(0, 256, (n, N_FEATURES), dtype=np.uint8)
        y = rng.integers(0, N_CLASSES, n)
        for label in range(N_CLASSES):
            x[y == label, label * 1000 : (label + 1) * 1000] |= 32
        arrays[f"{name}_images"], arrays[f"{name}_labels"] = x.reshape(n, 48, 48, 3), y
    return arrays


def file(folder: Path) -> Path:
    """Return a data file with the images, written to ``folder`` where there is none yet."""
    if path := os.environ.get("HW1_TUI_REAL_DATA"):
        return Path(path)
    np.savez(folder / "noise.npz", allow_pickle=False, **noise())
    return folder / "noise.npz"


def first(n: int) -> Dataset:
    """Return the first ``n`` of the training images, and the other splits."""
    data = images()
    return Dataset(data.name, Split(data.train.x[:n], data.train.y[:n]), data.val, data.test, data.classes, data.scale)


@contextlib.contextmanager
def own_home() -> Iterator[Path]:
    """Let the program keep its history and its settings in an empty folder for a while; give the history's."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        settings = str(Path(folder, "config"))
        with patch.dict(os.environ, {"HW1_TUI_HOME": str(home), "HW1_TUI_CONFIG": settings}):
            yield home
