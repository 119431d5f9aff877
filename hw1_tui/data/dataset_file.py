"""Data sets in ``.npz`` files of the MedMNIST layout: ``train_images, train_labels, val_*, test_*``."""

from __future__ import annotations

import math
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
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions, Task

_MEMBERS = [f"{split}_{what}" for split in SPLITS for what in ("images", "labels")]
_SCALE, _TASK, _REMARK = "scale", "task", "remark"
_TASKS: dict[str, Task] = {"classification": "classification", "regression": "regression"}
_LONGEST_REMARK = 4096


def read_dataset(path: Path, max_bytes: int = MAX_BYTES, options: ReadOptions = DEFAULT_OPTIONS) -> Dataset:
    """Return the data set in a file.

    Args:
        path: an ``.npz`` in the MedMNIST layout; an optional member ``class_names`` holds texts (n,), or the bytes
            of UTF-8 text, a name a line. What ``write_dataset`` adds is heeded.
        max_bytes: the most it may take in memory, bytes.
        options: how it is read where it leaves a choice.

    Raises:
        MistakeError: with everything that is wrong with it.
    """
    with Archive(path) as archive:
        members = archive.look(_MEMBERS, [NAMES, _SCALE, _TASK, _REMARK], max_bytes)
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
    mistakes: list[Mistake] = []
    scale, task = _scale(arrays, place, mistakes), _task(arrays, place, mistakes)
    if mistakes:
        raise MistakeError(mistakes)
    return RawData(name, place, parts, arrays.get(NAMES), scale, task=task, remark=_text(arrays, _REMARK))


def _scale(arrays: Mapping[str, Array], place: str, mistakes: list[Mistake]) -> float | None:
    if _SCALE not in arrays:
        return None
    scale = arrays[_SCALE]
    if scale.size != 1 or scale.dtype.kind not in "iuf" or not 0 < float(scale.reshape(())) < math.inf:
        mistakes.append(Mistake(f"{place}, {_SCALE}", "is no number above 0", "such as 0.00390625"))
        return None
    return float(scale.reshape(()))


def _task(arrays: Mapping[str, Array], place: str, mistakes: list[Mistake]) -> Task:
    if _TASK not in arrays:
        return "auto"
    if (task := _TASKS.get(_text(arrays, _TASK))) is None:
        mistakes.append(Mistake(f"{place}, {_TASK}", "is no task", ", ".join(_TASKS)))
    return task or "auto"


def _text(arrays: Mapping[str, Array], name: str) -> str:
    """Return a short text that an archive holds as the bytes of UTF-8, harmless wherever it is shown."""
    member = arrays.get(name)
    if member is None or member.dtype != np.uint8 or member.size > _LONGEST_REMARK:
        return ""
    return visible(member.tobytes().decode("utf-8", "replace"))


def write_dataset(path: Path, dataset: Dataset, *, overwrite: bool = True) -> None:
    """Write a data set as ``read_dataset`` reads it, whole or not at all.

    Beside the six members of the layout there are the names of classes, the scale that makes features of values, what
    the targets are, and the remark that must be said wherever the data is used: bytes of UTF-8.

    Args:
        path: where.
        dataset: the data set.
        overwrite: whether to replace what is there by then.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    members: dict[str, Array] = {_SCALE: np.array(dataset.scale)}
    members[_TASK] = _bytes("regression" if dataset.is_regression else "classification")
    members |= {} if dataset.is_regression else {NAMES: encode_names(dataset.classes)}
    members |= {_REMARK: _bytes(dataset.remark)} if dataset.remark else {}
    for split in SPLITS:
        x, y = dataset[split].x, dataset[split].y
        members[f"{split}_images"] = x.reshape(len(x), *(dataset.image_shape or (dataset.n_features,)))
        members[f"{split}_labels"] = y
    write_target(path, lambda file: np.savez_compressed(file, **members), overwrite=overwrite)  # type: ignore[arg-type]


def _bytes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
