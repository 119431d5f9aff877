"""Intervals: for a share, and for the difference of two shares that were measured on different examples.

An accuracy on n examples is k of n successes. The interval for a difference is Newcombe's (1998, Interval estimation
for the difference between independent proportions, Statistics in Medicine 17:873-890, method 10): Wilson's score
interval (1927) for each proportion, joined by

    lower = d - sqrt((p1 - l1)^2 + (u2 - p2)^2),    upper = d + sqrt((u1 - p1)^2 + (p2 - l2)^2),    d = p1 - p2.

It holds where the textbook one fails, at accuracies near 0 or 1 and for small n. It takes the two for independent:
two models on the same examples mostly fail on the same ones, and are compared by ``hw1_tui.statistics.paired``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

LEVEL = 0.95
"""Share of cases in which such an interval holds the truth."""


@dataclass(frozen=True)
class Interval:
    """An estimate with an interval around it.

    Attributes:
        value: the estimate.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether 0 is outside: for a difference, whether it can be told from none."""
        return self.low > 0 or self.high < 0


def normal_quantile(level: float) -> float:
    """Return how many standard errors such an interval reaches to each side."""
    return NormalDist().inv_cdf((1 + level) / 2)


def student_quantile(level: float, df: float) -> float:
    """Return the same where the error is an estimate with so many degrees of freedom (Student's t)."""
    from scipy.special import stdtrit  # what no comparison is asked of need not load it

    return float(stdtrit(df, (1 + level) / 2))


def wilson(k: int, n: int, level: float = LEVEL) -> Interval:
    """Return the share k / n with Wilson's score interval.

    Raises:
        ValueError: k is not between 0 and n, or n is 0.
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share")
    z = normal_quantile(level)
    p, spread = k / n, z * math.sqrt(k * (n - k) / n + z**2 / 4)
    low, high = ((k + z**2 / 2 - spread) / (n + z**2), (k + z**2 / 2 + spread) / (n + z**2))
    return Interval(p, 0.0 if k == 0 else low, 1.0 if k == n else high)


def unpaired_difference(k1: int, n1: int, k2: int, n2: int, level: float = LEVEL) -> Interval:
    """Return k1 / n1 - k2 / n2 with Newcombe's interval (method 10).

    Raises:
        ValueError: one of the two is no share.
    """
    first, second = wilson(k1, n1, level), wilson(k2, n2, level)
    d = first.value - second.value
    low = d - math.hypot(first.value - first.low, second.high - second.value)
    high = d + math.hypot(first.high - first.value, second.value - second.low)
    return Interval(d, low, high)


def share_error(share: float, n: int) -> float:
    """Return the standard error of a share of n examples; 0 where it is a share of none.

    sqrt(p (1 - p) / m) with p = (k + 2) / m and m = n + 4 (Agresti and Coull, 1998, The American Statistician
    52:119-126): of n examples that are all right another sample might have some that are not.
    """
    p = (share * n + 2) / (n + 4)
    return math.sqrt(max(0.0, p * (1 - p)) / (n + 4)) if n else 0.0
