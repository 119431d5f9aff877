"""How lucky the best of several settings is: what comes out best was good, and lucky besides.

With normal chance of a known standard error, the truth that is to be expected of a setting is the mean of what may lie
behind its value, and that does not depend on its having been chosen (Efron, 2011, Tweedie's formula and selection bias,
Journal of the American Statistical Association 106:1602-1614). What may lie behind is estimated from all settings at
once: the distribution of truths under which their values are the most likely (Kiefer and Wolfowitz, 1956), found step
by step on a lattice (Koenker and Mizera, 2014, Convex optimization, shape constraints, and compound
decisions, Journal of the American Statistical Association 109:674-685).

``python -m tests.calibration importance`` holds it against settings of which the truth is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_STEPS = 300
_REACH, _LATTICE = 5.0, 61


@dataclass(frozen=True)
class Luck:
    """How far the best of several settings lies above what it is worth, in units of its metric; never below 0.

    Attributes:
        expected: what is to be expected.
        at_most: the same if all settings were equal, where luck is greatest.
    """

    expected: float
    at_most: float


def find_luck(values: Sequence[float], error: float) -> Luck:
    """Return how lucky the highest of some values is.

    Args:
        values: of each setting, the higher the better; at least one.
        error: standard error of each by chance, such as by its seeds.
    """
    at_most = error * largest_of(len(values))
    if error <= 0 or len(values) < 2:
        return Luck(0.0, at_most)
    x = np.asarray(values, np.float64) / error
    near = np.linspace(x.max() - _REACH, x.max(), _LATTICE)
    truths = np.unique(np.concatenate([x, near]))
    likelihood = np.exp(-0.5 * np.square(x[:, None] - truths))
    weights = np.full(len(truths), 1 / len(truths))
    for _ in range(_STEPS):
        behind = likelihood * weights
        weights = (behind / behind.sum(axis=1, keepdims=True)).mean(axis=0)
    behind = likelihood[int(np.argmax(x))] * weights
    expected = float(behind @ truths / behind.sum())
    # The likeliest truths lie among the values, which so many steps do not yet say of values that are alike.
    widest = float(x.max() - x.min())
    return Luck(min(at_most, error * min(widest, max(0.0, float(x.max()) - expected))), at_most)


def largest_of(n: int) -> float:
    """Return how many standard deviations the largest of n normal values is expected above their mean."""
    from scipy.special import ndtr  # what no sweep is asked of need not load it

    x = np.linspace(-9, 9, 1801)
    below = ndtr(x) ** n
    return float(np.sum((below[1:] - below[:-1]) * (x[1:] + x[:-1]) / 2))
