"""How lucky the best of several settings is, where the truth of each is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.luck import find_luck

Draw = Callable[[np.random.Generator, int], npt.NDArray[np.float64]]
TRUTHS: Mapping[str, Draw] = {
    "all equal": lambda rng, n: np.zeros(n),
    "half a standard error apart": lambda rng, n: rng.normal(0, 0.5, n),
    "one apart": lambda rng, n: rng.normal(0, 1, n),
    "three apart": lambda rng, n: rng.normal(0, 3, n),
    "ten apart": lambda rng, n: rng.normal(0, 10, n),
    "half of them disasters": lambda rng, n: rng.choice([0.0, 0.0, -8.0, -50.0], n),
    "one far ahead": lambda rng, n: np.where(np.arange(n) == 0, 4.0, 0.0),
}
"""True values of n settings, in standard errors of what is measured of each."""


@dataclass(frozen=True)
class Played:
    """Means over many sweeps, in standard errors.

    Attributes:
        true: how far the best lay above its truth.
        expected: how far ``find_luck`` said.
        at_most: how far it said at the most.
    """

    true: float
    expected: float
    at_most: float


def play_luck(draw: Draw, n: int, sweeps: int) -> Played:
    """Return what the best of n settings has of luck, and what is said of it."""
    rng, told = np.random.default_rng(n), []
    for _ in range(sweeps):
        truths = draw(rng, n)
        values = truths + rng.normal(0, 1, n)
        best, luck = int(np.argmax(values)), find_luck(values.tolist(), 1.0)
        told.append((values[best] - truths[best], luck.expected, luck.at_most))
    return Played(*(float(mean) for mean in np.mean(told, axis=0)))
