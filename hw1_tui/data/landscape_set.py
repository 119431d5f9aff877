"""The built-in data: a set of drawn landscapes, made once and kept in the user's cache."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engines.contract import Array, Dataset, SplitName
from hw1_tui.data.building import build
from hw1_tui.data.dataset_file import raw_data, read_dataset, write_dataset
from hw1_tui.data.landscape import CLASSES, draw_landscapes
from hw1_tui.files.default_folder import default_folder
from hw1_tui.mistake import MistakeError

SIZES: dict[SplitName, int] = {"train": 5000, "val": 1000, "test": 1000}
SEED = 42
_REMARK = "The built-in landscapes are drawn by this program, not photographed: metrics on them are not the report's."

# Raised whenever the pictures change, so that what an older version kept is not taken for them.
VERSION = 2
_AT_ONCE = 100


def read_builtin() -> Dataset:
    """Return the built-in data: 5,000, 1,000 and 1,000 pictures of 48 x 48, the same on every machine."""
    path = cache_folder() / f"landscapes-{VERSION}.npz"
    dataset = _read_kept(path)
    if dataset is None:
        dataset = build(raw_data(draw_set(SIZES, SEED), "builtin", "builtin"))
        # A cache that cannot be written costs time at the next start and nothing else.
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_dataset(path, _named(dataset))
    return _named(dataset)


def draw_set(sizes: dict[SplitName, int], seed: int) -> dict[str, Array]:
    """Return the members of a data set of drawn landscapes, about as many of each class.

    Args:
        sizes: pictures of each split.
        seed: of all variation.
    """
    rng = np.random.default_rng(seed)
    arrays: dict[str, Array] = {}
    for split, size in sizes.items():
        labels = rng.integers(0, len(CLASSES), size)
        images = np.empty((size, 48, 48, 3), np.uint8)
        for label in range(len(CLASSES)):
            where = np.flatnonzero(labels == label)
            for chosen in _groups(where):
                images[chosen] = draw_landscapes(rng, label, len(chosen))
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = images, labels
    return arrays


def _groups(where: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    """Return positions a hundred at a time: few enough to stay in the processor's cache while they are painted."""
    for start in range(0, len(where), _AT_ONCE):
        yield where[start : start + _AT_ONCE]


def cache_folder() -> Path:
    """Return where what can be made again is kept: ``HW1_TUI_CACHE``, or the user's cache folder."""
    return default_folder("cache", "HW1_TUI_CACHE")


def _read_kept(path: Path) -> Dataset | None:
    """Return the kept data; ``None`` where there is none, or it is damaged."""
    try:
        dataset = read_dataset(path)
    except MistakeError:
        return None
    return dataset if {split: len(dataset[split]) for split in SIZES} == SIZES else None


def _named(dataset: Dataset) -> Dataset:
    return replace(dataset, name="builtin", classes=CLASSES, remark=_REMARK)
