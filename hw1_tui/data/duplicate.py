"""Examples that are the same to the last bit, with their places: harmless repeats, and labels that contradict."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import SPLITS, Dataset, SplitName


@dataclass(frozen=True)
class Place:
    """Where an example stands.

    Attributes:
        split: its split.
        row: its row in the split, from 0.
        label: the name of its class; the target of a regression as text.
        file: its file below the folder that was read; empty where the data is no folder.
        source_row: its row in the source, where the split was drawn from a larger part of that; ``None`` elsewhere.
    """

    split: SplitName
    row: int
    label: str
    file: str = ""
    source_row: int | None = None

    def __str__(self) -> str:
        what = f"{self.split} {self.row} ({self.label})"
        where = self.file or ("" if self.source_row is None else f"from row {self.source_row}")
        return f"{what} {where}".rstrip()


@dataclass(frozen=True)
class Duplicate:
    """One example that stands in the data more than once.

    Attributes:
        places: where, in the order of splits and rows; at least two.
        is_conflicting: whether it has different classes there, so that no model gives all of them. Targets of a
            regression differ by noise and contradict nothing.
    """

    places: tuple[Place, ...]
    is_conflicting: bool

    def within(self, split: SplitName) -> tuple[Place, ...]:
        """Return the places in one split."""
        return tuple(place for place in self.places if place.split == split)

    def conflicts_within(self, split: SplitName) -> bool:
        """Whether it has different classes in one split."""
        return self.is_conflicting and len({place.label for place in self.within(split)}) > 1

    def conflicts_between(self, first: SplitName, second: SplitName) -> bool:
        """Whether a class that it has in one split is another than one that it has in the second."""
        labels = [{place.label for place in self.within(split)} for split in (first, second)]
        return self.is_conflicting and all(labels) and len(labels[0] | labels[1]) > 1


def find_duplicates(dataset: Dataset, splits: Sequence[SplitName] = SPLITS) -> list[Duplicate]:
    """Return the examples that stand in some splits more than once, in the order of their first places.

    Two examples are the same where their stored values are, byte for byte.
    """
    rows: dict[bytes, list[tuple[SplitName, int]]] = {}
    for split in splits:
        for row, values in enumerate(np.ascontiguousarray(dataset[split].x)):
            digest = hashlib.blake2b(values.data, digest_size=16).digest()
            rows.setdefault(digest, []).append((split, row))
    return [_duplicate(dataset, found) for found in rows.values() if len(found) > 1]


def _duplicate(dataset: Dataset, found: Sequence[tuple[SplitName, int]]) -> Duplicate:
    places = tuple(_place(dataset, split, row) for split, row in found)
    labels = {place.label for place in places}
    return Duplicate(places, len(labels) > 1 and not dataset.is_regression)


def _place(dataset: Dataset, split: SplitName, row: int) -> Place:
    y, files = dataset[split].y[row], dataset.files.get(split, ())
    label = f"{float(y):.6g}" if dataset.is_regression else dataset.classes[int(y)]
    rows = dataset.source_rows.get(split)
    return Place(split, row, label, files[row] if files else "", None if rows is None else int(rows[row]))
