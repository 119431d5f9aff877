"""What is in a data set, and what someone who trains on it should know."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engines.contract import SPLITS, Array, Dataset, SplitName

_NAMED = 10
_LISTED = 20


@dataclass(frozen=True)
class SplitReport:
    """One split of a data set.

    Attributes:
        examples: how many there are.
        class_counts: how many there are of each class; empty for a regression.
        smallest: smallest stored value; ``None`` for an empty split.
        largest: largest stored value.
        repeated: examples that stand in the split more than once, each repetition counted.
    """

    examples: int
    class_counts: tuple[int, ...]
    smallest: float | None
    largest: float | None
    repeated: int


@dataclass(frozen=True)
class Inspection:
    """A data set, looked at.

    Attributes:
        dataset: what was looked at.
        splits: by name.
        shared: for two splits, joined by ``+``, the distinct examples that stand in both.
        notes: sentences on what is odd; the data can be used all the same.
    """

    dataset: Dataset
    splits: dict[SplitName, SplitReport]
    shared: dict[str, int]
    notes: tuple[str, ...]


def inspect(dataset: Dataset) -> Inspection:
    """Look at a data set: counts, ranges, duplicates within and between splits, classes that are missing."""
    digests = {split: _digests(dataset[split].x) for split in SPLITS}
    splits = {split: _inspect_split(dataset, split, digests[split]) for split in SPLITS}
    distinct = {split: set(digests[split]) for split in SPLITS}
    shared = {f"{a}+{b}": len(distinct[a] & distinct[b]) for a, b in combinations(SPLITS, 2)}
    return Inspection(dataset, splits, shared, tuple(_notes(dataset, splits, shared)))


def _digests(x: Array) -> list[int]:
    """Return one number for each row, equal for equal rows."""
    rows = np.ascontiguousarray(x)
    return [hash(row.tobytes()) for row in rows]


def _inspect_split(dataset: Dataset, split: SplitName, digests: list[int]) -> SplitReport:
    part = dataset[split]
    counts = () if dataset.is_regression else tuple(np.bincount(part.y, minlength=dataset.n_classes).tolist())
    return SplitReport(
        examples=len(part),
        class_counts=counts,
        smallest=float(part.x.min()) if len(part) else None,
        largest=float(part.x.max()) if len(part) else None,
        repeated=len(digests) - len(set(digests)),
    )


def _notes(dataset: Dataset, splits: dict[SplitName, SplitReport], shared: dict[str, int]) -> list[str]:
    notes = [dataset.remark] if dataset.remark else []
    notes += dataset.left_out[:_LISTED]
    if len(dataset.left_out) > _LISTED:
        notes.append(f"And {len(dataset.left_out) - _LISTED} more that are left out.")
    for split, report in splits.items():
        if not report.examples:
            notes.append(f"The {split} split is empty.")
        elif missing := [n for n, k in zip(dataset.classes, report.class_counts, strict=False) if not k]:
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            notes.append(f"The {split} split has no example of {', '.join(missing[:_NAMED])}{more}.")
        if report.repeated:
            notes.append(f"Examples of the {split} split that stand in it more than once: {report.repeated}.")
    for pair, count in shared.items():
        if count:
            a, b = pair.split("+")
            notes.append(f"Examples that stand both in {a} and in {b}, which flatters metrics on {b}: {count}.")
    if dataset.scale == 1.0 and any((r.largest or 0) > 100 for r in splits.values()):
        notes.append("Values are used as they are and reach far above 1: a smaller learning rate may be needed.")
    return notes
