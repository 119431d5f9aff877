"""Labels of any kind as classes 0 to k - 1 with names, over all parts of a source together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.data.class_name import normal_name, numbered_names
from hw1_tui.data.raw_data import PartName, RawData
from hw1_tui.mistake import Mistake
from hw1_tui.read_options import ReadOptions

_MAX_CLASSES = 10_000
_MAX_NAMES = 1 << 20
NAMES = "class_names"


@dataclass(frozen=True)
class Labels:
    """Targets as they are learned.

    Attributes:
        y: by part, (n,): classes as int64, or targets as float64.
        classes: names of the classes in the order of their labels; empty for a regression.
        found: what was found out about them, a sentence each.
    """

    y: Mapping[PartName, Array]
    classes: tuple[str, ...]
    found: tuple[str, ...]


def read_labels(raw: RawData, options: ReadOptions, mistakes: list[Mistake]) -> Labels:
    """Return the labels of a source as classes, or as numbers to predict.

    Args:
        raw: the source.
        options: how it is read where it leaves a choice.
        mistakes: takes what is wrong; the result is of no use then.
    """
    parts, place, names = raw.parts, raw.place, raw.class_names
    task = raw.task if options.task == "auto" else options.task
    if task == "regression":
        return Labels({name: part.labels.astype(np.float64, copy=False) for name, part in parts.items()}, (), ())
    before = len(mistakes)
    y = {name: _labels(part.labels, f"{place}, {part.labels_place}", mistakes) for name, part in parts.items()}
    n_classes = 1 + max((int(labels.max()) for labels in y.values() if len(labels)), default=0)
    if n_classes < 2 and len(mistakes) == before:
        first = next(iter(parts.values()))
        mistakes.append(Mistake(f"{place}, {first.labels_place}", "has one class only", "two or more"))
    if len(mistakes) > before:
        return Labels(y, (), ())
    return Labels(y, _class_names(names, n_classes, f"{place}, {NAMES}", mistakes), ())


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


def _class_names(
    member: Array | tuple[str, ...] | None, n_classes: int, place: str, mistakes: list[Mistake]
) -> tuple[str, ...]:
    if member is None:
        return numbered_names(n_classes)
    names = member if isinstance(member, tuple) else _decode_names(member)
    if not n_classes <= len(names) <= _MAX_CLASSES:
        allowed = "texts of printable characters, or the bytes of UTF-8, a name a line"
        mistakes.append(Mistake(place, f"does not name the {n_classes} classes", allowed))
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        mistakes.append(Mistake(place, f"names more than one class {twice!r}", "a name each"))
    return names


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
