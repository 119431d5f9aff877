"""When a curve settles, with the doubt that its noise leaves.

A curve has settled at the first epoch from which on it stays within ``SETTLED_WITHIN`` of its whole way around its own
final level (the settling time of control engineering). The curve is a running mean, as single epochs jump; the final
level is the mean of the last fifth. The running mean has an error, so the epoch lies between the one that a band wider
by two such errors gives and the one that a narrower band gives. A curve that leaves its band within the last fifth has
not settled: its own level is still to come.

Two settings are compared by the logarithms of their epochs, as twice as late is as much early in a run as late in it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.comparison import SettingComparison, compare_settings
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.statistics.trend import FEWEST

SETTLED_WITHIN = 0.1
"""Share of the way from the start to the final level that a settled curve may be from it."""

_ERRORS = 2.0


@dataclass(frozen=True)
class Settling:
    """When a curve settled.

    Attributes:
        epoch: counted from 1; the last of the run where it has not settled.
        earliest: the first that its noise leaves open.
        latest: the last that its noise leaves open.
        has_settled: whether it has; otherwise it settles later than the run goes on, if ever.
        level: what it settled at.
    """

    epoch: int
    earliest: int
    latest: int
    has_settled: bool
    level: float


def find_settling(start: float, series: Sequence[float]) -> Settling | None:
    """Return when a curve settles; ``None`` of fewer than ``FEWEST`` epochs, or where it goes nowhere.

    Args:
        start: the metric of the untrained model.
        series: the metric epoch by epoch.
    """
    n = len(series)
    if n < FEWEST or not np.all(np.isfinite([start, *series])):
        return None
    values, width = np.asarray(series, np.float64), max(3, n // 20)
    fifth = values[-(n // 5) :]
    level = float(fifth.mean())
    band = SETTLED_WITHIN * abs(level - start)
    smooth = _running_mean(np.concatenate([[start], values]), width)[1:]
    white = float(np.std(np.diff(fifth), ddof=1)) / math.sqrt(2 * width)
    error = max(white, float(np.std(smooth[-(n // 5) :], ddof=1)))  # noise that remembers moves the mean as well
    if band <= error:
        return None
    narrow, middle, wide = (_first_within(np.abs(smooth - level), band + k * error) for k in (-_ERRORS, 0.0, _ERRORS))
    has_settled = middle <= n - n // 5
    return Settling(min(middle, n), min(wide, n), min(narrow, n), has_settled, level)


def _running_mean(values: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    """Return the mean of each value with those before it, ``width`` at most and at most half of what there is."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = ends - np.minimum(width, (ends + 1) // 2)
    means: npt.NDArray[np.float64] = (sums[ends] - sums[starts]) / (ends - starts)
    return means


def _first_within(distances: npt.NDArray[np.float64], band: float) -> int:
    """Return the epoch from which on all distances are within a band; one more than there are for none."""
    outside = np.flatnonzero(distances > band)
    return int(outside[-1]) + 2 if len(outside) else 1


def compare_settling(first: Sequence[Settling], second: Sequence[Settling]) -> SettingComparison | None:
    """Compare when two settings settle, a ``Settling`` a seed.

    The difference is the logarithm of the first's epoch less that of the second's. Of one that has not settled it is
    known that it settles later than it was trained, and so it can only be the later one.

    Returns:
        ``None`` where the one that would be the sooner has not settled.
    """
    comparison = compare_settings(_repeats(first), _repeats(second), "settling")
    sooner = first if comparison.difference <= 0 else second
    return comparison if all(settling.has_settled for settling in sooner) else None


def _repeats(settlings: Sequence[Settling]) -> list[Repeat]:
    """Return the logarithms of the epochs; their doubt is as a movement from epoch to epoch."""
    return [
        Repeat(math.log(s.epoch), math.log((s.latest + 0.5) / (s.earliest - 0.5)) / (2 * _ERRORS)) for s in settlings
    ]


def typical_epoch(settlings: Sequence[Settling]) -> float:
    """Return the geometric mean of the epochs over the seeds."""
    return math.exp(statistics.fmean(math.log(settling.epoch) for settling in settlings))
