"""How probable it is that a setting comes out better than another, over their seeds.

P(A > B) is the share of the pairs of seeds in which A is better, ties counting half (the statistic of Mann and
Whitney, 1947); Bouthillier et al. (2021, Accounting for variance in machine learning benchmarks, MLSys 3:747-769)
recommend it for comparing learning algorithms. The interval is Newcombe's (2006, Confidence intervals for an effect
size measure based on the Mann-Whitney statistic, part 2, Statistics in Medicine 25:559-573, method 5): the p that
solve

    (estimate - p)^2 = z^2 p (1 - p) (1 + s (1 - p) / (2 - p) + s p / (1 + p)) / (m n),    s = (m + n) / 2 - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from hw1_tui.statistics.interval import LEVEL, Interval, normal_quantile

FEWEST_SEEDS = 5
"""Seeds on each side from which on it is told: of fewer, the interval leaves nearly everything open."""


def superiority(better: Sequence[float], other: Sequence[float], level: float = LEVEL) -> Interval | None:
    """Return the probability that a value of the first is above one of the second; ``None`` of too few.

    Args:
        better: a value a seed, the larger the better.
        other: those of the other setting.
        level: share of cases in which the interval is to hold the truth.
    """
    m, n = len(better), len(other)
    if min(m, n) < FEWEST_SEEDS:
        return None
    estimate = sum((a > b) + (a == b) / 2 for a, b in product(better, other)) / (m * n)
    s, z = (m + n) / 2 - 1, normal_quantile(level)

    def excess(p: float) -> float:
        variance = p * (1 - p) * (1 + s * (1 - p) / (2 - p) + s * p / (1 + p)) / (m * n)
        return (estimate - p) ** 2 - z**2 * variance

    return Interval(estimate, _root(excess, 0.0, estimate), _root(excess, 1.0, estimate))


def _root(excess: Callable[[float], float], outside: float, inside: float) -> float:
    """Return where a function that is positive outside and negative inside crosses zero, by bisection."""
    for _ in range(60):
        middle = (outside + inside) / 2
        outside, inside = (middle, inside) if excess(middle) > 0 else (outside, middle)
    return inside
