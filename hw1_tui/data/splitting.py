"""Splits that a source does not have, drawn from the examples that it has, the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.contract import SPLITS, Array, SplitName
from hw1_tui.data.raw_data import Part, PartName
from hw1_tui.read_options import ReadOptions, not_used

SEED = 42
_REGRESSION_SEED = 0
_PURPOSES: dict[SplitName, str] = {"val": "validation", "test": "the test"}
_WORDS: dict[SplitName, str] = {"train": "training", "val": "validation", "test": "test"}


@dataclass(frozen=True)
class Drawn:
    """Where the examples of a split come from.

    Attributes:
        part: the part of the source that holds them.
        rows: which of its rows; ``None`` for all of them.
    """

    part: PartName
    rows: npt.NDArray[np.int64] | None = None

    def take(self, arrays: Mapping[PartName, Array]) -> Array:
        """Return the split's rows of arrays by part; those of a whole part without a copy."""
        array = arrays[self.part]
        return array if self.rows is None else array[self.rows]

    def files(self, parts: Mapping[PartName, Part]) -> tuple[str, ...]:
        """Return the file of each of the split's examples."""
        files = parts[self.part].files
        return files if self.rows is None else tuple(files[row] for row in self.rows)


def draw_splits(
    y: Mapping[PartName, Array], usual: tuple[float, float], options: ReadOptions, seed: int | None = None
) -> tuple[dict[SplitName, Drawn], tuple[str, ...]]:
    """Return which examples make up each split, and what was split off, a sentence each.

    A split that the source has is left as it is; one that it has not is split off the training examples.

    Args:
        y: classes or targets by part: at least ``train``, or ``all`` alone.
        usual: the shares of validation and test where the options leave them open.
        options: the shares that were asked for.
        seed: of the draw; ``None`` for the program's own.
    """
    drawn: dict[SplitName, Drawn] = {split: Drawn(split) for split in SPLITS if split in y}
    whole: PartName = "train" if "train" in y else "all"
    asked: dict[SplitName, float | None] = {"val": options.val_share, "test": options.test_share}
    told = [
        not_used(f"{split}_share", f"there is a {_WORDS[split]} split")
        for split, share in asked.items()
        if split in y and share is not None
    ]
    shares: dict[SplitName, float] = {
        split: default if (share := asked[split]) is None else share
        for split, default in zip(asked, usual, strict=True)
        if split not in y
    }
    if not shares:
        return drawn, tuple(told)
    rows = divide(y[whole], shares.get("val", 0.0), shares.get("test", 0.0), seed)
    drawn |= {split: Drawn(whole, rows[split]) for split in ("train", *shares)}
    return drawn, (*told, *_told(rows, y[whole], shares))


def _told(rows: Mapping[SplitName, Array], y: Array, shares: Mapping[SplitName, float]) -> Iterator[str]:
    """Yield what was split off, by which rule, and what has no split."""
    if off := {split: len(rows[split]) for split, share in shares.items() if share}:
        parts = [f"{n:,} for {_PURPOSES[split]} ({100 * n / max(1, len(y)):.3g}%)" for split, n in off.items()]
        how = "after a fixed shuffle" if y.dtype.kind == "f" else "alike from each class, by a fixed draw"
        yield f"Split off {how}: of {len(y):,} examples {' and '.join(parts)}."
        if y.dtype.kind != "f":
            yield from _too_small({split: y[rows[split]] for split in off}, len(np.unique(y)))
    for split in shares:
        if split not in off:
            yield f"There is no {_WORDS[split]} split; {split}_share, such as 0.15, splits one off."


def _too_small(y: Mapping[SplitName, Array], n_classes: int) -> Iterator[str]:
    """Yield how many classes have so few examples that a split which was drawn alike from each got none of them."""
    without = {split: n_classes - len(np.unique(labels)) for split, labels in y.items()}
    if lacking := [f"{n:,} with none for {_PURPOSES[split]}" for split, n in without.items() if n]:
        told = f"of {n_classes:,} classes {' and '.join(lacking)}"
        yield f"Too few examples for that: {told}; metrics there say nothing of them."


def divide(
    y: Array, val_share: float, test_share: float, seed: int | None = None
) -> dict[SplitName, npt.NDArray[np.int64]]:
    """Return which examples become which split.

    Classes are divided alike: of each, a seeded draw gives the nearest whole number of examples to every share, and
    what remains is for training, all in the order of the source. Targets that are numbers are shuffled whole.

    Args:
        y: classes as int64, or targets as floats, (n,).
        val_share: share of the examples for validation; 0 leaves that split empty.
        test_share: share of the examples for the test, likewise.
        seed: of the draw; ``None`` for the program's own.

    Returns:
        The rows of each split: every row in exactly one.
    """
    if not (val_share or test_share):  # whoever asks about all examples wants them in the order of the source
        nothing = np.empty(0, np.int64)
        return {"train": np.arange(len(y)), "val": nothing, "test": nothing}
    if y.dtype.kind == "f":
        order = np.random.default_rng(_REGRESSION_SEED if seed is None else seed).permutation(len(y))
        n_test, n_val = round(test_share * len(y)), round(val_share * len(y))
        test, val, train = np.split(order, [n_test, n_test + n_val])
        return {"train": train, "val": val, "test": test}
    rng = np.random.default_rng(SEED if seed is None else seed)
    where = np.full(len(y), SPLITS.index("train"))
    for label in np.unique(y):
        drawn = rng.permutation(np.flatnonzero(y == label))
        n_test, n_val = round(test_share * len(drawn)), round(val_share * len(drawn))
        where[drawn[:n_test]] = SPLITS.index("test")
        where[drawn[n_test : n_test + n_val]] = SPLITS.index("val")
    return {split: np.flatnonzero(where == number) for number, split in enumerate(SPLITS)}
