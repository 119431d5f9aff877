"""Data sets in ``.npz`` files of the MedMNIST layout: ``train_images, train_labels, val_*, test_*``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array, Dataset
from hw1_tui.data.archive import MAX_BYTES, Archive
from hw1_tui.data.building import build
from hw1_tui.data.label import NAMES, encode_names
from hw1_tui.data.published_name import published_names
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.files.target import write_target
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions

_MEMBERS = [f"{split}_{what}" for split in SPLITS for what in ("images", "labels")]


def read_dataset(path: Path, max_bytes: int = MAX_BYTES, options: ReadOptions = DEFAULT_OPTIONS) -> Dataset:
    """Return the data set in a file.

    Args:
        path: an ``.npz`` in the MedMNIST layout; an optional member ``class_names`` holds texts (n,), or the bytes
            of UTF-8 text, a name a line.
        max_bytes: the most it may take in memory, bytes.
        options: how it is read where it leaves a choice.

    Raises:
        MistakeError: with everything that is wrong with it.
    """
    with Archive(path) as archive:
        members = archive.look(_MEMBERS, [NAMES], max_bytes)
        arrays = archive.read(members)
    raw = raw_data(arrays, str(path), path.name)
    if raw.class_names is None:
        raw = replace(raw, class_names=published_names(path, [part.labels for part in raw.parts.values()]))
    return build(raw, options)


def raw_data(arrays: Mapping[str, Array], name: str, place: str) -> RawData:
    """Return arrays of the MedMNIST layout as a source.

    Args:
        arrays: the six members, and perhaps ``class_names``.
        name: how the user named the data.
        place: where mistakes are said to be.
    """
    parts: dict[PartName, Part] = {}
    for split in SPLITS:
        images, labels = f"{split}_images", f"{split}_labels"
        parts[split] = Part(arrays[images], arrays[labels], images, labels)
    return RawData(name, place, parts, arrays.get(NAMES))


def write_dataset(path: Path, dataset: Dataset, *, overwrite: bool = True) -> None:
    """Write a data set of classes as ``read_dataset`` reads it, whole or not at all.

    Args:
        path: where.
        dataset: the data set.
        overwrite: whether to replace what is there by then.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    members = {NAMES: encode_names(dataset.classes)}
    for split in SPLITS:
        x, y = dataset[split].x, dataset[split].y
        members[f"{split}_images"] = x.reshape(len(x), *(dataset.image_shape or (dataset.n_features,)))
        members[f"{split}_labels"] = y
    write_target(path, lambda file: np.savez_compressed(file, **members), overwrite=overwrite)  # type: ignore[arg-type]
