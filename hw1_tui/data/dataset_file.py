"""Data sets in ``.npz`` files of the MedMNIST layout: ``train_images, train_labels, val_*, test_*``."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array, Dataset, Split
from hw1_tui.data.archive import MAX_BYTES, Archive
from hw1_tui.data.class_name import normal_name, numbered_names
from hw1_tui.files.target import write_target
from hw1_tui.mistake import Mistake, MistakeError

LANDSCAPES = ("buildings", "forest", "glacier", "mountain", "sea", "street")
"""Class names of the course's landscapes, in the order of their labels."""

_MEMBERS = [f"{split}_{what}" for split in SPLITS for what in ("images", "labels")]
_NAMES = "class_names"
_MAX_CLASSES = 10_000
_MAX_NAMES = 1 << 20
_SHAPES = "(N, H, W, 3), (N, 3, H, W), (N, H, W) or flat (N, F)"


def read_dataset(path: Path, max_bytes: int = MAX_BYTES) -> Dataset:
    """Return the data set in a file.

    Args:
        path: an ``.npz`` in the MedMNIST layout; an optional member ``class_names`` holds texts (n,), or the bytes
            of UTF-8 text, a name a line.
        max_bytes: the most it may take in memory, bytes.

    Raises:
        MistakeError: with everything that is wrong with it.
    """
    with Archive(path) as archive:
        members = archive.look(_MEMBERS, [_NAMES], max_bytes)
        arrays = archive.read(members)
    return build_dataset(arrays, str(path), path.name)


def build_dataset(arrays: Mapping[str, Array], name: str, place: str) -> Dataset:
    """Return the data set that arrays of the MedMNIST layout make up.

    Args:
        arrays: the six members, and perhaps ``class_names``.
        name: how the user named the data.
        place: where mistakes are said to be.

    Raises:
        MistakeError: with everything that is wrong with them.
    """
    mistakes: list[Mistake] = []
    x = {split: _images(arrays[f"{split}_images"], f"{place}, {split}_images", mistakes) for split in SPLITS}
    y = {split: _labels(arrays[f"{split}_labels"], f"{place}, {split}_labels", mistakes) for split in SPLITS}
    for split in SPLITS:
        n_images, n_labels = (arrays[f"{split}_{what}"].shape[:1] for what in ("images", "labels"))
        if n_images and n_labels and n_images != n_labels:
            problem = f"there are {n_images[0]} images and {n_labels[0]} labels"
            mistakes.append(Mistake(f"{place}, {split}", problem))
    shapes = {arrays[f"{split}_images"].shape[1:] for split in SPLITS if arrays[f"{split}_images"].ndim > 1}
    types = {x[split].dtype for split in SPLITS}
    if len(shapes) > 1:
        mistakes.append(Mistake(place, f"images of different shapes: {', '.join(map(str, sorted(shapes)))}"))
    if len(types) > 1:
        mistakes.append(Mistake(place, f"images of different types: {', '.join(sorted(map(str, types)))}"))
    if arrays["train_images"].shape[:1] == (0,):
        mistakes.append(Mistake(f"{place}, train_images", "has no examples"))
    n_classes = 1 + max((int(labels.max()) for labels in y.values() if len(labels)), default=0)
    if n_classes < 2 and not mistakes:
        mistakes.append(Mistake(f"{place}, train_labels", "has one class only", "two or more"))
    if mistakes:
        raise MistakeError(mistakes)
    shape = shapes.pop()
    classes = _class_names(arrays.get(_NAMES), n_classes, shape, place)
    return Dataset(
        name=name,
        train=Split(x["train"], y["train"]),
        val=Split(x["val"], y["val"]),
        test=Split(x["test"], y["test"]),
        classes=classes,
        scale=1 / 256 if x["train"].dtype == np.uint8 else 1.0,
        image_shape=shape if len(shape) > 1 else (),
        fingerprint=fingerprint([a for split in SPLITS for a in (x[split], y[split])]),
        value_range=(float(x["train"].min()), float(x["train"].max())),
    )


def fingerprint(arrays: Sequence[Array]) -> str:
    """Return a digest of arrays, their shapes and types: equal only for equal data."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


def _images(images: Array, place: str, mistakes: list[Mistake]) -> Array:
    """Return images as rows (n, n_features), uint8 or float, without a copy where that is possible."""
    shape = images.shape
    if len(shape) not in (2, 3, 4) or (len(shape) == 4 and 3 not in (shape[1], shape[3])) or 0 in shape[1:]:
        problem = f"has the shape {shape}" + ("" if shape else ": it is a single number")
        mistakes.append(Mistake(place, problem, _SHAPES))
        return np.empty((0, 1), np.uint8)
    rows = images.reshape(len(images), math.prod(shape[1:]))
    if rows.dtype == np.uint8:
        return rows
    if rows.dtype.kind == "f":
        rows = rows.astype(np.float32, copy=False) if rows.dtype.itemsize < 4 else rows
        if not all(np.isfinite(part).all() for part in np.array_split(rows, max(1, len(rows) // 1024))):
            mistakes.append(Mistake(place, "has values that are not finite numbers"))
        return rows
    if rows.dtype.kind in "iu" and (not rows.size or (rows.min() >= 0 and rows.max() <= 255)):
        return rows.astype(np.uint8)
    mistakes.append(Mistake(place, f"has values of the type {rows.dtype}", "floats, or whole numbers from 0 to 255"))
    return rows


def _labels(labels: Array, place: str, mistakes: list[Mistake]) -> Array:
    """Return labels as int64 (n,)."""
    nothing = np.empty(0, np.int64)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        problem = f"has the shape {labels.shape}" + ("" if labels.ndim else ": it is a single number")
        mistakes.append(Mistake(place, problem, "(N,) or (N, 1)"))
    elif labels.dtype.kind == "f" and not (np.isfinite(labels).all() and (labels == np.floor(labels)).all()):
        mistakes.append(Mistake(place, "has labels that are not whole numbers", "0, 1, 2, ..."))
    elif len(labels) and (labels.min() < 0 or labels.max() >= _MAX_CLASSES):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        mistakes.append(Mistake(place, f"has the label {int(wrong)}", f"0 to {_MAX_CLASSES - 1}"))
    else:
        return labels.astype(np.int64)
    return nothing


def _class_names(member: Array | None, n_classes: int, shape: tuple[int, ...], place: str) -> tuple[str, ...]:
    if member is not None:
        names = _decode_names(member)
        if not n_classes <= len(names) <= _MAX_CLASSES:
            allowed = "texts of printable characters, or the bytes of UTF-8, a name a line"
            raise MistakeError(Mistake(f"{place}, {_NAMES}", f"does not name the {n_classes} classes", allowed))
        if len(set(names)) < len(names):
            twice = next(name for name, count in Counter(names).items() if count > 1)
            raise MistakeError(Mistake(f"{place}, {_NAMES}", f"names more than one class {twice!r}", "a name each"))
        return names
    if n_classes == len(LANDSCAPES) and shape.count(48) == 2:
        return LANDSCAPES
    return numbered_names(n_classes)


def encode_names(classes: Sequence[str]) -> Array:
    """Return names of classes as the member ``class_names`` holds them, bytes (n,)."""
    return np.frombuffer("\n".join(classes).encode(), dtype=np.uint8)


def _decode_names(member: Array) -> tuple[str, ...]:
    """Return the names in a member ``class_names``; none where they are not fit to be shown."""
    is_text = member.dtype.kind == "U" and member.ndim == 1
    if member.nbytes > _MAX_NAMES or not (is_text or member.dtype == np.uint8):
        return ()
    try:
        names = tuple(map(normal_name, _texts(member) if is_text else _lines(member)))
    except UnicodeDecodeError:
        return ()
    # What is not printable can steer the terminal that shows it.
    return names if all(name and name.isprintable() for name in names) else ()


def _lines(member: Array) -> list[str]:
    return member.tobytes().decode("utf-8").removesuffix("\n").split("\n")


def _texts(member: Array) -> list[str]:
    # numpy hands out what is no character as a SystemError of Python's; its decoder says so.
    rows = member.view(np.uint32).reshape(len(member), member.itemsize // 4)
    return [row.tobytes().decode("utf-32").rstrip("\0") for row in rows]


def write_dataset(path: Path, arrays: Mapping[str, Array], classes: Sequence[str], *, overwrite: bool = True) -> None:
    """Write a data set as ``read_dataset`` reads it, whole or not at all.

    Args:
        path: where.
        arrays: the six members of the layout.
        classes: names in the order of the labels.
        overwrite: whether to replace what is there by then.

    Raises:
        OSError: it cannot be written; what was there before is untouched.
    """
    members = {**arrays, _NAMES: encode_names(classes)}
    write_target(path, lambda file: np.savez_compressed(file, **members), overwrite=overwrite)  # type: ignore[arg-type]
