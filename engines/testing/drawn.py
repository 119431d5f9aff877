"""What an engine is tested with: examples that can be learned, and a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.contract import Array, Dataset, Split

N_FEATURES, CLASSES = 12, ("beach", "cave", "dune")


def dataset(n: int = 90, regression: bool = False, as_bytes: bool = True, empty_val: bool = False) -> Dataset:
    """Draw examples that can be learned: each class has its own bright features.

    Args:
        n: examples to train on.
        regression: whether the targets are numbers.
        as_bytes: whether features are stored as uint8, as pictures are, or as floats.
        empty_val: whether the validation split is left empty.
    """
    rng = np.random.default_rng(11)

    def split(n: int) -> Split:
        y = rng.integers(0, len(CLASSES), n)
        x = rng.integers(0, 120, (n, N_FEATURES))
        x[np.arange(n)[:, None], 4 * y[:, None] + np.arange(4)] += 130
        return Split(x.astype(np.uint8) if as_bytes else x / 256, np.sin(y + 0.5) if regression else y)

    train, val, test = split(n), split(0 if empty_val else 40), split(30)
    return Dataset("drawn", train, val, test, () if regression else CLASSES, 1 / 256 if as_bytes else 1.0)


def same(state: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Return whether two sets of arrays are equal to the last bit."""
    return state.keys() == other.keys() and all(np.array_equal(state[name], other[name]) for name in state)


@dataclass(frozen=True)
class Config:
    """What the suite starts an engine with; see ``engines.contract.Config``."""

    model: str
    hyperparameters: Mapping[str, Any]
