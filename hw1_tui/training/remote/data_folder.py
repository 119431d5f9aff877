"""A data set in a folder of plain arrays, which any number of processes map into their memory and share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import SPLITS, Array, Dataset, Split

_FACTS = "facts.json"
_LISTED = ("classes", "image_shape", "value_range", "left_out", "found", "feature_names")
_PLAIN = ("name", "scale", "remark", "fingerprint")

Parts = tuple[dict[str, Any], dict[str, Array]]
"""What is known of a data set, fit for JSON, and its arrays by name."""


def split_dataset(dataset: Dataset) -> Parts:
    """Return a data set, not standardised yet, as plain facts and arrays."""
    facts = {name: getattr(dataset, name) for name in (*_PLAIN, *_LISTED)}
    facts["files"] = {split: list(files) for split, files in dataset.files.items()}
    arrays = {f"{split}_{part}": getattr(dataset[split], part) for split in SPLITS for part in "xy"}
    return facts, {**arrays, **{f"{split}_rows": rows for split, rows in dataset.source_rows.items()}}


def join_dataset(facts: Mapping[str, Any], arrays: Mapping[str, Array]) -> Dataset:
    """Return the data set that was split."""
    values: dict[str, Any] = {name: facts[name] for name in _PLAIN}
    values |= {name: tuple(facts[name]) for name in _LISTED}
    values |= {split: Split(arrays[f"{split}_x"], arrays[f"{split}_y"]) for split in SPLITS}
    values["files"] = {split: tuple(files) for split, files in facts["files"].items()}
    values["source_rows"] = {split: arrays[f"{split}_rows"] for split in SPLITS if f"{split}_rows" in arrays}
    return Dataset(**values)


def write_data(dataset: Dataset, folder: Path) -> None:
    """Write a data set into a folder of its own.

    Raises:
        OSError: the disk does not take it.
    """
    facts, arrays = split_dataset(dataset)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / _FACTS).write_text(json.dumps(facts), encoding="utf-8")


def read_data(folder: Path) -> Dataset:
    """Return a data set that was written, its arrays mapped: what is written to them stays in this process.

    Raises:
        OSError: it is not there.
        ValueError: it is not what was written.
    """
    facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    arrays = {path.stem: np.load(path, mmap_mode="c", allow_pickle=False) for path in folder.glob("*.npy")}
    return join_dataset(facts, arrays)
