"""Data sets in ``.npz`` files: read under the usual names, written as ``train_images``, ``train_labels`` and so on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array, Dataset
from hw1_tui.data.archive import MAX_BYTES, Archive
from hw1_tui.data.array_header import Member
from hw1_tui.data.array_set import FEATURES, OWN, REMARK, SCALE, TASK, ArraySet, choose_arrays
from hw1_tui.data.building import build
from hw1_tui.data.conversion import ArrayPlace
from hw1_tui.data.label_name import NAMES, encode_names, read_names
from hw1_tui.data.npy_set import NpySet
from hw1_tui.data.published_name import published_names
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.files.target import write_target
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions, Task

_TASKS: dict[str, Task] = {"classification": "classification", "regression": "regression"}
_LARGEST_OWN = 1 << 20


def read_dataset(path: Path, max_bytes: int = MAX_BYTES, options: ReadOptions = DEFAULT_OPTIONS) -> Dataset:
    """Return the data set in a file.

    Args:
        path: an ``.npz`` whose arrays have one of the usual names (``member_name.py``); an optional member
            ``class_names`` holds texts (n,), or the bytes of UTF-8 text, a name a line.
        max_bytes: the most it may take in memory, bytes.
        options: how it is read where it leaves a choice.

    Raises:
        MistakeError: with everything that is wrong with it.
    """
    with Archive(path) as archive:
        members, wrong = archive.look()
        chosen = choose_arrays(members, wrong, ArrayPlace(path), options.target)
        check_size(chosen, members, path, max_bytes)
        own = [name for name in OWN if name in members and members[name].nbytes <= _LARGEST_OWN]
        arrays = archive.read({name: members[name] for name in (*chosen.taken, *own)})
    return build(raw_arrays(arrays, chosen, ArrayPlace(path), str(path)), options)


def read_npy(found: NpySet, name: str, max_bytes: int, options: ReadOptions) -> Dataset:
    """Return the data set in files of arrays.

    Args:
        found: the files.
        name: how the user named them.
        max_bytes: the most that they may take in memory, bytes.
        options: how they are read where they leave a choice.

    Raises:
        MistakeError: with everything that is wrong with them.
    """
    members, wrong = found.look()
    where = ArrayPlace(found.path, found.files)
    chosen = choose_arrays(members, wrong, where, options.target)
    check_size(chosen, members, found.path, max_bytes)
    arrays = found.read({name: members[name] for name in chosen.taken})
    return build(raw_arrays(arrays, chosen, where, name), options)


def check_size(chosen: ArraySet, members: Mapping[str, Member], path: Path, max_bytes: int) -> None:
    """See that arrays fit into what they may take in memory.

    Raises:
        MistakeError: they do not.
    """
    if (total := chosen.used_bytes(members)) > max_bytes:
        problem = f"unpacks to {total:,} bytes, more than the {max_bytes:,} that are allowed"
        raise MistakeError(Mistake(str(path), problem, "more with --max-bytes"))


def raw_arrays(arrays: Mapping[str, Array], chosen: ArraySet, where: ArrayPlace, name: str) -> RawData:
    """Return chosen arrays as a source.

    Args:
        arrays: by name; ``scale`` too, where the source says it.
        chosen: which are which.
        where: where they are.
        name: how the user named the data.
    """
    path = where.path
    parts = {part: Part(arrays[x], arrays[y], x, y) for part, (x, y) in chosen.pairs.items()}
    names = arrays.get(chosen.names)
    return RawData(
        name,
        path.name,
        parts,
        published_names(path, [part.labels for part in parts.values()]) if names is None else names,
        names_place=chosen.names or NAMES,
        scale=_scale(arrays.get(SCALE), f"{path.name}, {SCALE}"),
        task=_TASKS.get(_text(arrays.get(TASK)), "auto"),
        found=chosen.found,
        remark=" ".join(filter(None, (_text(arrays.get(REMARK)), *chosen.not_used))),
        feature_names=_feature_names(arrays.get(FEATURES), parts),
        arrays=where,
    )


def _scale(member: Array | None, place: str) -> float | None:
    """Return the scale that a file says; ``None`` where it says none.

    Raises:
        MistakeError: it is no number above 0.
    """
    if member is None:
        return None
    is_number = member.size == 1 and member.dtype.kind in "iuf"
    scale = float(member.reshape(())) if is_number else math.nan
    if not 0 < scale < math.inf:
        raise MistakeError(Mistake(place, "is no number above 0", "such as 0.00390625"))
    return scale


def _feature_names(member: Array | None, parts: Mapping[PartName, Part]) -> tuple[str, ...]:
    """Return the names of the features; none where they are not fit to be shown, or not as many."""
    names = read_names(member, FEATURES, [])
    inputs = next(iter(parts.values())).inputs
    return names if inputs.ndim == 2 and len(names) == inputs.shape[1] else ()


def _text(member: Array | None) -> str:
    """Return a text that an archive holds as the bytes of UTF-8, harmless wherever it is shown; empty for none."""
    if member is None or member.dtype != np.uint8:
        return ""
    return visible(member.tobytes().decode("utf-8", "replace"))


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
    """Write a data set as ``read_dataset`` reads it, whole or not at all.

    Beside the six members of the layout there are the names of classes, the scale that makes features of values, what
    the targets are, the names of features, and the remark that must be said wherever the data is used: bytes of UTF-8.

    Args:
        path: where.
        dataset: the data set.
        overwrite: whether to replace what is there by then.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    members: dict[str, Array] = {SCALE: np.array(dataset.scale)}
    members[TASK] = _bytes("regression" if dataset.is_regression else "classification")
    members |= {} if dataset.is_regression else {NAMES: encode_names(dataset.classes)}
    members |= {REMARK: _bytes(dataset.remark)} if dataset.remark else {}
    members |= {FEATURES: encode_names(dataset.feature_names)} if dataset.feature_names else {}
    for split in SPLITS:
        x, y = dataset[split].x, dataset[split].y
        members[f"{split}_images"] = x.reshape(len(x), *(dataset.image_shape or (dataset.n_features,)))
        members[f"{split}_labels"] = y
    write_target(path, lambda file: np.savez_compressed(file, **members), overwrite=overwrite)  # type: ignore[arg-type]


def _bytes(text: str) -> Array:
    return np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
