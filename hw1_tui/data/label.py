"""Labels of any kind as classes 0 to k - 1 with names, over all parts of a source together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.contract import Array
from hw1_tui.data.class_name import MISSING, folded_name, normal_name, numbered_names
from hw1_tui.data.label_name import read_names, texts
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.markup import is_visible
from hw1_tui.mistake import Mistake
from hw1_tui.numeral import counted
from hw1_tui.read_options import AUTO, ReadOptions

MAX_CLASSES = 10_000
_LISTED = 10
_FEW = 20
_RARE = 5
_NUMBERS, _TEXTS = "biuf", "US"
_SHAPES = "(N,), (N, 1), or one-hot (N, K)"

Key = int | str
"""A label as its source has it."""


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


@dataclass(frozen=True)
class _Column:
    """The labels of one part, each once, and which example has which.

    Attributes:
        keys: the labels.
        positions: of each example, the position of its label among them, (n,).
    """

    keys: tuple[Key, ...]
    positions: Array


def read_labels(raw: RawData, options: ReadOptions, mistakes: list[Mistake]) -> Labels:
    """Return the labels of a source as classes, or as numbers to predict.

    Args:
        raw: the source.
        options: how it is read where it leaves a choice.
        mistakes: takes what is wrong; the result is of no use then.
    """
    before = len(mistakes)
    told: list[str] = []
    flat = {name: _flat(part, raw, mistakes, told) for name, part in raw.parts.items()}
    one_hot = {name: part.labels.shape for name, part in raw.parts.items() if part.labels.size > flat[name].size}
    if len(mistakes) == before and len({shape[1] for shape in one_hot.values()}) > 1:
        said = ", ".join(f"{raw.parts[name].labels_place} {shape}" for name, shape in one_hot.items())
        mistakes.append(
            Mistake(raw.place, f"one-hot rows of different lengths: {said}", "a column a class in all splits")
        )
    if len({array.dtype.kind in _TEXTS for array in flat.values() if array.size}) > 1:
        mistakes.append(Mistake(raw.place, "has texts for labels in one split and numbers in another", "one of them"))
    if len(mistakes) > before:
        return Labels(flat, (), ())
    if _is_regression(raw, options, flat, mistakes):
        told += [] if raw.task == "regression" else ["The targets are numbers to predict, no classes."]
        return Labels(_targets(raw, flat, mistakes), (), tuple(told))
    columns = {name: _column(array, _place(raw, name), mistakes) for name, array in flat.items()}
    if len(mistakes) > before:
        return Labels(flat, (), ())
    names = read_names(raw.class_names, f"{raw.place}, {raw.names_place}", mistakes)
    if not names and all(array.dtype.kind == "b" for array in flat.values()):
        names = "false", "true"
    classes, labels = _classes(columns, names, raw, 2 if options.is_to_learn else 1, mistakes)
    y = {name: _numbered(column, labels) for name, column in columns.items()}
    missing = () if names else _missing(labels, y.values())
    return Labels(y, classes, (*told, *_mapping(labels, classes), *missing, *_alike(classes)))


def without_unlabelled(raw: RawData) -> RawData:
    """Return a source without the splits whose labels say that there are none, which is remarked.

    Tests of contests are published so: each label is -1, or no number at all.
    """
    train = raw.parts.get("train")
    if train is None or (train.labels.dtype.kind in _NUMBERS and (train.labels < 0).any()):
        return raw
    untold = {
        name: "-1" if (part.labels == -1).all() else "no number"
        for name, part in raw.parts.items()
        if name != "train" and part.labels.dtype.kind in _NUMBERS and part.labels.size
        if (part.labels == -1).all() or np.isnan(part.labels).all()
    }
    said = [
        f"{raw.parts[name].inputs_place} is not used: each of its labels, {raw.parts[name].labels_place}, is {label}."
        for name, label in untold.items()
    ]
    parts = {name: part for name, part in raw.parts.items() if name not in untold}
    return replace(raw, parts=parts, remark=" ".join(filter(None, (raw.remark, *said))))


def _place(raw: RawData, part: PartName) -> str:
    return f"{raw.place}, {raw.parts[part].labels_place}"


def _flat(part: Part, raw: RawData, mistakes: list[Mistake], told: list[str]) -> Array:
    """Return labels (n,), of one-hot rows the positions of their ones."""
    labels, place = part.labels, f"{raw.place}, {part.labels_place}"
    if labels.ndim == 2 and (labels.shape[1] == 1 or labels.shape == (1, *part.inputs.shape[:1])):
        labels = labels.reshape(-1)
    if labels.dtype.kind not in _NUMBERS + _TEXTS:
        mistakes.append(Mistake(place, f"has the type {labels.dtype}", "numbers or texts"))
    elif labels.ndim != 1 and not (labels.ndim == 2 and labels.dtype.kind in _NUMBERS and labels.shape[1]):
        problem = f"has the shape {labels.shape}" + ("" if labels.ndim else ": it is a single number")
        mistakes.append(Mistake(place, problem, _SHAPES))
    elif labels.ndim == 2:
        wrong = np.flatnonzero(((labels != 0) & (labels != 1)).any(axis=1) | ((labels == 1).sum(axis=1) != 1))
        if not len(wrong):
            sentence = f"Labels are one-hot rows of {labels.shape[1]}."
            told += [] if sentence in told else [sentence]
            return np.asarray(labels.argmax(axis=1))
        problem = f"has the shape {labels.shape} and is not one-hot: row {wrong[0]} has not a single 1 among zeros"
        mistakes.append(Mistake(place, problem, _SHAPES))
    elif labels.dtype.kind == "f" and not np.isfinite(labels).all():
        row = int(np.flatnonzero(~np.isfinite(labels))[0])
        line = raw.arrays and raw.arrays.leave_out(part.labels_place, part.inputs_place)
        allowed = "a label for each example" + (f"; those without are left out by {line}" if line else "")
        mistakes.append(Mistake(place, f"has no number in row {row}", allowed))
    else:
        return labels
    return np.empty(0, np.int64)


def _is_regression(raw: RawData, options: ReadOptions, flat: Mapping[PartName, Array], mistakes: list[Mistake]) -> bool:
    """Return whether the targets are numbers, no classes: as was asked for, as the source has it, or by what they are.

    Whole numbers can be either; where many of them stand for a few examples each, nobody can tell, unless they count
    classes from 0 or 1.
    """
    if (raw.task, options.task) == ("classification", "regression"):
        mistakes.append(Mistake("task", f"{raw.place} has classes, and no numbers to predict", "auto, classification"))
    for task in (options.task, raw.task):
        if task != AUTO:
            return task == "regression"
    numbers = {name: array for name, array in flat.items() if array.dtype.kind in "iuf" and array.size}
    if any(array.dtype.kind == "f" and (array != np.floor(array)).any() for array in numbers.values()):
        return True
    for name, array in numbers.items():
        distinct = np.unique(array)
        is_counted = distinct[0] in (0, 1) and distinct[-1] - distinct[0] == len(distinct) - 1
        if not is_counted and len(distinct) > max(_FEW, len(array) / _RARE):
            problem = f"has {len(distinct)} different numbers in {len(array)} examples: classes, or numbers to predict?"
            allowed = "--task regression, or --task classification"
            mistakes.append(Mistake(_place(raw, name), problem, allowed))
            break
    return False


def _targets(raw: RawData, flat: Mapping[PartName, Array], mistakes: list[Mistake]) -> dict[PartName, Array]:
    for name, array in flat.items():
        if array.dtype.kind in _TEXTS:
            mistakes.append(Mistake(_place(raw, name), "holds texts", "numbers for a regression"))
            return dict(flat)
    return {name: array.astype(np.float64, copy=False) for name, array in flat.items()}


def _column(labels: Array, place: str, mistakes: list[Mistake]) -> _Column:
    """Return the different labels of a part."""
    found, positions = np.unique(labels, return_inverse=True)
    nothing = _Column((), np.empty(0, np.int64))
    if len(found) > MAX_CLASSES:
        mistakes.append(
            Mistake(
                place, f"has {len(found):,} different labels", f"at most {MAX_CLASSES:,} classes, or --task regression"
            )
        )
        return nothing
    if found.dtype.kind in _NUMBERS:
        problem, allowed = _float_problem(found) if found.dtype.kind == "f" else ("", "")
        if problem:
            mistakes.append(Mistake(place, problem, f"{allowed}, or --task regression"))
            return nothing
        return _Column(tuple(map(int, found.tolist())), positions)
    try:
        keys = tuple(map(normal_name, texts(found)))
    except UnicodeDecodeError:
        mistakes.append(Mistake(place, "has labels that are no texts in UTF-8"))
        return nothing
    if unfit := next((key for key in keys if not is_visible(key)), None):
        mistakes.append(Mistake(place, f"has the label {unfit!a}", "texts of printable characters"))
    if (blank := next((number for number, key in enumerate(keys) if not key.strip()), None)) is not None:
        row = int(np.flatnonzero(positions == blank)[0])
        mistakes.append(Mistake(place, f"has an empty label in row {row}", "a label for each example"))
    return _Column(keys, positions)


def _float_problem(labels: Array) -> tuple[str, str]:
    """Return why floats are no labels and what is allowed; twice nothing where they are.

    From some number on two whole ones are the same float, and two classes would be one.
    """
    if (labels != np.floor(labels)).any():
        return "has labels that are not whole numbers", "0, 1, 2, ..."
    limit = 2 ** (np.finfo(labels.dtype).nmant + 1)
    if len(labels) and np.abs(labels).max() >= limit:
        problem = f"has labels of {limit:,} or more, where neighbouring whole numbers cannot be told apart"
        return problem, f"smaller numbers, texts such as 'n{limit}'"
    return "", ""


def _classes(
    columns: Mapping[PartName, _Column], names: tuple[str, ...], raw: RawData, least: int, mistakes: list[Mistake]
) -> tuple[tuple[str, ...], dict[Key, int]]:
    """Return the names of the classes, and the class of each label; ``least`` is how many there have to be."""
    keys = _ordered({key for column in columns.values() for key in column.keys})
    first = next(iter(columns))
    if len(keys) < least and not names:
        problem = "has one class only" if keys else "has 0 examples"
        mistakes.append(Mistake(_place(raw, first), problem, "two classes or more"))
    if names:
        labels = _named(keys, names)
        if labels is None:
            shown = f"{', '.join(map(str, keys[:_LISTED]))}{', ...' if len(keys) > _LISTED else ''}"
            problem = f"does not name the {len(keys)} classes: {counted(len(names), 'name')}, labels {shown}"
            mistakes.append(
                Mistake(f"{raw.place}, {raw.names_place}", problem, "a name for each label, in their order")
            )
        elif len(keys) < least:
            mistakes.append(Mistake(_place(raw, first), "has one class only", "two or more"))
        return names, labels or {}
    labels = {key: label for label, key in enumerate(keys)}
    are_numbered = all(key == label for key, label in labels.items())
    return numbered_names(len(keys)) if are_numbered else tuple(map(str, keys)), labels


def _ordered(keys: set[Key]) -> list[Key]:
    """Return labels in their order: numbers by value, also those that are written as texts, else by the alphabet."""
    if all(isinstance(key, int) or (key.isascii() and key.isdigit()) for key in keys):
        return sorted(keys, key=lambda key: (int(key), str(key)))
    return sorted(keys, key=str)


def _named(keys: Sequence[Key], names: Sequence[str]) -> dict[Key, int] | None:
    """Return the class of each label where classes have names; ``None`` where the two do not go together.

    Whole numbers count the names from 0, or from 1 where they end at the number of names; others stand for as many
    names in their order. Texts are the names.
    """
    numbers = [key for key in keys if isinstance(key, int)]
    if len(numbers) < len(keys):
        return {key: names.index(str(key)) for key in keys} if set(keys) <= set(names) else None
    low, high = min(numbers, default=0), max(numbers, default=0)
    if low >= 0 and high < len(names):
        return {key: key for key in numbers}
    if low >= 1 and high == len(names):
        return {key: key - 1 for key in numbers}
    return {key: label for label, key in enumerate(keys)} if len(keys) == len(names) else None


def _numbered(column: _Column, labels: Mapping[Key, int]) -> Array:
    """Return the class of each example, int64 (n,)."""
    return np.array([labels.get(key, 0) for key in column.keys], np.int64)[column.positions]


def _missing(labels: Mapping[Key, int], parts: Collection[Array]) -> Iterator[str]:
    """Yield which classes are called as a label that is missing often is, a sentence each."""
    for key, label in labels.items():
        if str(key).strip().lower() in MISSING:
            n = sum(int((y == label).sum()) for y in parts)
            yield (
                f"{key!r} is the class of {counted(n, 'example')}; where it means that a label is missing, "
                "these are to be left out of the source."
            )


def _alike(classes: Sequence[str]) -> Iterator[str]:
    """Yield which classes are perhaps one that was written in several ways; single letters may be classes apart."""
    groups: dict[str, list[str]] = {}
    for name in classes:
        groups.setdefault(" ".join(folded_name(name).split()), []).append(name)
    alike = [group for key, group in groups.items() if len(group) > 1 and len(key) > 1]
    if alike:
        more = f", and {counted(len(alike) - 1, 'group')} more so" if alike[1:] else ""
        names = ", ".join(map(repr, alike[0]))
        yield f"Classes {names} differ in case or spaces alone{more}; what is one class has one name."


def _mapping(labels: Mapping[Key, int], classes: Sequence[str]) -> list[str]:
    """Return which label became which class, as a sentence; none where each is the number of its class."""
    if all(key == label for key, label in labels.items()):
        return []
    pairs = sorted(labels.items(), key=lambda pair: pair[1])
    shown = ", ".join(
        f"{key} is {label}" + (f" ({classes[label]})" if classes[label] != str(key) else "")
        for key, label in pairs[:_LISTED]
    )
    more = f" and {len(pairs) - _LISTED:,} more" if len(pairs) > _LISTED else ""
    return [f"Labels became the classes 0 to {len(classes) - 1}: {shown}{more}."]
