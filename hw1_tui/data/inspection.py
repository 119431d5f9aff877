"""What is in a data set, and what someone who trains on it should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engines.contract import SPLITS, Dataset, SplitName
from hw1_tui.data.duplicate import Duplicate, find_duplicates
from hw1_tui.data.picture import levels

_NAMED = 10
_LISTED = 20
_UNBALANCED = 2
"""How many times as many examples the largest class has before that is worth a word."""


@dataclass(frozen=True)
class SplitReport:
    """One split of a data set.

    Attributes:
        examples: how many there are.
        class_counts: how many there are of each class; empty for a regression.
        smallest: smallest stored value; ``None`` for an empty split.
        largest: largest stored value.
        repeated: examples that repeat an earlier one of the split.
        conflicting: distinct examples that stand in the split more than once with different classes.
    """

    examples: int
    class_counts: tuple[int, ...]
    smallest: float | None
    largest: float | None
    repeated: int
    conflicting: int


@dataclass(frozen=True)
class Inspection:
    """A data set, looked at.

    Attributes:
        dataset: what was looked at.
        splits: by name.
        shared: for two splits, joined by ``+``, the distinct examples that stand in both.
        duplicates: the examples that stand in the data more than once, within a split or between them.
        notes: sentences on what is odd; the data can be used all the same.
    """

    dataset: Dataset
    splits: dict[SplitName, SplitReport]
    shared: dict[str, int]
    duplicates: tuple[Duplicate, ...]
    notes: tuple[str, ...]


def inspect(dataset: Dataset) -> Inspection:
    """Look at a data set: counts, ranges, duplicates within and between splits, classes that are missing or rare."""
    duplicates = tuple(find_duplicates(dataset))
    splits = {split: _inspect_split(dataset, split, duplicates) for split in SPLITS}
    shared = {
        f"{a}+{b}": sum(bool(found.within(a) and found.within(b)) for found in duplicates)
        for a, b in combinations(SPLITS, 2)
    }
    notes = (*_notes(dataset, splits, shared), *_conflict_notes(dataset, duplicates))
    return Inspection(dataset, splits, shared, duplicates, notes)


def _inspect_split(dataset: Dataset, split: SplitName, duplicates: Sequence[Duplicate]) -> SplitReport:
    part = dataset[split]
    counts = () if dataset.is_regression else tuple(np.bincount(part.y, minlength=dataset.n_classes).tolist())
    return SplitReport(
        examples=len(part),
        class_counts=counts,
        smallest=float(part.x.min()) if len(part) else None,
        largest=float(part.x.max()) if len(part) else None,
        repeated=sum(max(0, len(found.within(split)) - 1) for found in duplicates),
        conflicting=sum(found.conflicts_within(split) for found in duplicates),
    )


def _conflict_notes(dataset: Dataset, duplicates: Sequence[Duplicate]) -> Iterator[str]:
    """Yield that there are equal examples of different classes, and where they stand."""
    conflicts = [found for found in duplicates if found.is_conflicting]
    if not conflicts:
        return
    within = {split: sum(found.conflicts_within(split) for found in conflicts) for split in SPLITS}
    between = {
        f"{a} and {b}": sum(found.conflicts_between(a, b) for found in conflicts) for a, b in combinations(SPLITS, 2)
    }
    where = [f"within {split} {count}" for split, count in within.items() if count]
    where += [f"between {pair} {count}" for pair, count in between.items() if count]
    what = "pictures" if dataset.image_shape else "examples"
    yield f"Equal {what} of different classes, which no model can tell apart: {len(conflicts)} ({', '.join(where)})."
    yield from (f"{' and '.join(map(str, found.places))}." for found in conflicts[:_LISTED])
    if len(conflicts) > _LISTED:
        yield f"And {len(conflicts) - _LISTED} more such {what}."


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
            notes.append(f"Examples of the {split} split that repeat an earlier one: {report.repeated}.")
    for pair, count in shared.items():
        if count:
            a, b = pair.split("+")
            notes.append(f"Examples that stand both in {a} and in {b}, which flatters metrics on {b}: {count}.")
    notes += [*_imbalance(dataset, splits), *_other_ranges(dataset, splits)]
    if dataset.is_regression:
        ranges = (
            f"{part.y.min():.6g} to {part.y.max():.6g} in {split}" for split in SPLITS if len(part := dataset[split])
        )
        notes.append(f"Targets reach from {', '.join(ranges)}.")
    if dataset.scale == 1.0 and any((r.largest or 0) > 100 for r in splits.values()):
        much = "Values are used as they are and reach far above 1"
        notes.append(f"{much}: a smaller learning rate, or standardised features (--standardize) may be needed.")
    return notes


def _imbalance(dataset: Dataset, splits: dict[SplitName, SplitReport]) -> Iterator[str]:
    """Yield that some classes have many more training examples than others, and what that does to the accuracy."""
    counts = splits["train"].class_counts
    smallest, largest = min((count for count in counts if count), default=0), max(counts, default=0)
    if smallest and largest >= _UNBALANCED * smallest:
        often, rarely = (dataset.classes[counts.index(count)] for count in (largest, smallest))
        share = 100 * largest / sum(counts)
        yield (
            f"Classes are unbalanced: '{often}' has {largest:,} training examples and '{rarely}' {smallest:,}. "
            f"Who always answers '{often}' is right in {share:.0f}% of them."
        )


def _other_ranges(dataset: Dataset, splits: dict[SplitName, SplitReport]) -> Iterator[str]:
    """Yield which splits seem to be scaled in another way than the training split."""
    own, dtype = splits["train"], dataset.train.x.dtype
    for split in ("val", "test"):
        low, high = splits[split].smallest, splits[split].largest
        if own.smallest is None or own.largest is None or low is None or high is None:
            continue
        scales = levels(dtype, (own.smallest, own.largest)), levels(dtype, (low, high))
        if dataset.image_shape and None not in scales and scales[0] != scales[1]:
            yield (
                f"Values reach from {low:g} to {high:g} in the {split} split and from {own.smallest:g} to "
                f"{own.largest:g} in the train split: they seem to be scaled in another way."
            )
