"""From what a reader took out of a source to a data set: pixels, labels, splits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from engines.contract import SPLITS, Array, Dataset, Split
from hw1_tui.data.class_name import numbered_names
from hw1_tui.data.label import read_labels, without_unlabelled
from hw1_tui.data.pixel import read_pixels
from hw1_tui.data.raw_data import RawData
from hw1_tui.data.splitting import draw_splits
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions

LANDSCAPES = ("buildings", "forest", "glacier", "mountain", "sea", "street")
"""Class names of the course's landscapes, in the order of their labels."""


def build(raw: RawData, options: ReadOptions = DEFAULT_OPTIONS) -> Dataset:
    """Return the data set that a source makes up.

    Args:
        raw: the source as it is stored.
        options: how it is read where it leaves a choice.

    Raises:
        MistakeError: with everything that is wrong with it.
    """
    mistakes: list[Mistake] = []
    raw = without_unlabelled(raw)
    pixels = read_pixels(raw, mistakes)
    labels = read_labels(raw, options, mistakes)
    mistakes += _count_mistakes(raw)
    if mistakes:
        raise MistakeError(mistakes)
    classes = LANDSCAPES if _is_landscape(raw, pixels.image_shape, labels.classes) else labels.classes
    drawn, told = draw_splits(labels.y, raw.shares, options, raw.seed)
    train, val, test = (Split(drawn[split].take(pixels.rows), drawn[split].take(labels.y)) for split in SPLITS)
    if not len(train):
        n = counted(len(labels.y[drawn["train"].part]), "example")
        problem = f"has {n}, of which none remains to train on"
        raise MistakeError(Mistake(raw.place, problem, "smaller shares for validation and test"))
    has_files = any(part.files for part in raw.parts.values())
    return Dataset(
        raw.name,
        train,
        val,
        test,
        classes,
        pixels.scale,
        pixels.image_shape,
        raw.remark,
        fingerprint([array for split in (train, val, test) for array in (split.x, split.y)]),
        (float(train.x.min()), float(train.x.max())) if classes else (),
        raw.left_out,
        {split: drawn[split].files(raw.parts) for split in SPLITS} if has_files else {},
        {split: rows for split, one in drawn.items() if (rows := one.rows) is not None},
        (*raw.found, *pixels.found, *labels.found, *told),
        raw.feature_names,
    )


def _is_landscape(raw: RawData, image_shape: tuple[int, ...], classes: tuple[str, ...]) -> bool:
    """Return whether these are the course's landscapes, whose file names no classes: six, by number, in colour.

    Texts and other numbers are names of classes that are no landscapes; faces are published in grey of this size.
    """
    is_photograph = sorted(image_shape) == [3, 48, 48]
    return raw.class_names is None and is_photograph and classes == numbered_names(len(LANDSCAPES))


def _count_mistakes(raw: RawData) -> Iterator[Mistake]:
    """Yield which parts have not as many labels as inputs, and that there is nothing to learn from."""
    for part in raw.parts.values():
        n_inputs, n_labels = part.inputs.shape[:1], part.labels.shape[:1]
        if n_inputs and n_labels and n_inputs != n_labels and part.labels.shape != (1, *n_inputs):
            problem = f"there are {n_inputs[0]:,} examples and {n_labels[0]:,} labels in {part.labels_place}"
            yield Mistake(f"{raw.place}, {part.inputs_place}", problem, "a label for each example")
    train = raw.parts.get("train") or raw.parts["all"]
    if train.inputs.shape[:1] == (0,):
        yield Mistake(f"{raw.place}, {train.inputs_place}", "has no examples")


def fingerprint(arrays: Sequence[Array]) -> str:
    """Return a digest of arrays, their shapes and types: equal only for equal data."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]
