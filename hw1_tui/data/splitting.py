"""Splits that a source does not have, drawn from the examples that it has, the same every time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engines.contract import SPLITS, Array, SplitName
from hw1_tui.data.raw_data import Part, PartName
from hw1_tui.read_options import ReadOptions

SEED = 42
_REGRESSION_SEED = 0


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
    asked = {"val": options.val_share, "test": options.test_share}
    shares = {
        split: 0.0 if split in y else default if (share := asked[split]) is None else share
        for split, default in zip(("val", "test"), usual, strict=True)
    }
    if missing := [split for split in SPLITS if split not in y]:
        rows = divide(y[whole], shares["val"], shares["test"], seed)
        drawn |= {split: Drawn(whole, rows[split]) for split in ("train", *missing)}
    return drawn, ()


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
