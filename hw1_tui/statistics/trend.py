"""Whether a series rises, falls or stays flat, with noise that remembers.

The rise is the mean of the last fifth less the mean of the first. Epochs that follow each other are alike, so its error
is that of noise with autocorrelation r^k at distance k (a first-order autoregression, Box and Jenkins, 1970):

1. r is estimated on what the line through the series leaves. Taking the line off makes that too small by about (2 + 4
   r) / n (Kendall, 1954, Biometrika 41:403-404), which is put back; ``_CAUTION`` of its standard errors are added, as
   an r that is taken too small makes trends of noise.
2. The noise's variance is the sum of squares of what is left over its expectation under r; the rise's variance and the
   degrees of freedom (Satterthwaite, 1946) follow from r as well.

A rise is told where it is beyond Student's quantile; of several seeds by the noise within them and by their own spread.
Flat is a claim of its own and needs a margin (two one-sided tests, Schuirmann, 1987): the rise must lie within
``MARGIN`` standard deviations of the noise, with 95 % on each side. So must the mean of the middle fifth less that of
both ends: what rises and falls again is not flat. That a series does not rise needs the upper side alone, that it does
not fall the lower. All else cannot be told; a way that is over after a few epochs is none by this rule.
"""

from __future__ import annotations

import functools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.interval import LEVEL, student_quantile
from hw1_tui.statistics.spread import pooled_variance

FEWEST = 20
"""Epochs from which on a trend is told: of fewer, the memory of the noise cannot be estimated."""

MARGIN = 0.8
"""Standard deviations of the noise within which a rise is none.

A line that rises by one standard deviation over all epochs has 0.8 between the means of its first and last fifth.
"""

_CAUTION = 2.0
_FEWEST_SEEDS = 2
"""Seeds beyond which their own spread alone has a say: of two it has one degree of freedom."""

_LARGEST = 0.97

Direction = Literal["rises", "falls", "flat", ""]


@dataclass(frozen=True)
class Trend:
    """How a series went.

    Attributes:
        first: mean of the first fifth.
        last: mean of the last fifth.
        error: standard error of their difference.
        noise: standard deviation of the noise around the line.
        direction: empty where it cannot be told.
        does_not_rise: whether neither its end nor its middle is above where it began by more than the margin.
        does_not_fall: the same of below.
    """

    first: float
    last: float
    error: float
    noise: float
    direction: Direction
    does_not_rise: bool = False
    does_not_fall: bool = False


@dataclass(frozen=True)
class _Rise:
    """Of one series: means of its ends, how far its middle is from theirs, variances of both, df, and the noise."""

    first: float
    last: float
    bend: float
    variance: float
    bend_variance: float
    df: float
    noise: float


def find_trend(series: Sequence[Sequence[float]]) -> Trend:
    """Return the trend of one setting.

    Args:
        series: a series of epochs for each seed. With several, the rise is the mean of theirs, and its error the larger
            of what the noise within them and what their own spread give.
    """
    long_enough = [values for values in series if len(values) >= FEWEST]
    if not long_enough or len(long_enough) < len(series) or not np.all(np.isfinite(np.concatenate(long_enough))):
        return Trend(math.nan, math.nan, math.nan, math.nan, "")
    rises = [_find_rise(np.asarray(values, np.float64)) for values in long_enough]
    first, last = statistics.fmean(r.first for r in rises), statistics.fmean(r.last for r in rises)
    noise = math.sqrt(statistics.fmean(r.noise**2 for r in rises))
    variance, df = _variance([r.last - r.first for r in rises], [r.variance for r in rises], [r.df for r in rises])
    error = math.sqrt(variance)
    bend = statistics.fmean(r.bend for r in rises)
    of_bend = _variance([r.bend for r in rises], [r.bend_variance for r in rises], [r.df for r in rises])
    no_rise, no_fall = (
        _is_at_most(sign * (last - first), variance, df, noise) and _is_at_most(sign * bend, *of_bend, noise)
        for sign in (1, -1)
    )
    if abs(last - first) > student_quantile(LEVEL, df) * error:
        direction: Direction = "rises" if last > first else "falls"
    else:
        direction = "flat" if no_rise and no_fall else ""
    return Trend(
        first, last, error, noise, direction, no_rise and direction != "rises", no_fall and direction != "falls"
    )


def _variance(values: Sequence[float], within: Sequence[float], dfs: Sequence[float]) -> tuple[float, float]:
    """Return the variance of the mean of a value a seed with its df: of the estimates the one that reaches furthest.

    Args:
        values: a value a seed.
        within: their variances by the noise within each series.
        dfs: of these.
    """
    seeds, by_noise = len(values), statistics.fmean(within)
    found = [(by_noise / seeds, math.fsum(dfs))]
    if seeds > 1:
        variance, df = pooled_variance(by_noise, [values])
        found.append((variance / seeds, df))
    if seeds > _FEWEST_SEEDS:
        found.append((statistics.variance(values) / seeds, seeds - 1.0))
    return max(found, key=lambda of: student_quantile(LEVEL, of[1]) ** 2 * of[0])


def _is_at_most(value: float, variance: float, df: float, noise: float) -> bool:
    """Whether a value is at most the margin, by a one-sided test."""
    reach = student_quantile(2 * LEVEL - 1, df) * math.sqrt(variance)
    return value + reach <= MARGIN * noise


def _find_rise(series: npt.NDArray[np.float64]) -> _Rise:
    n, fifth = len(series), len(series) // 5
    left = series - _line_projection(n) @ series
    squares = float(left @ left)
    first, last = float(series[:fifth].mean()), float(series[-fifth:].mean())
    if squares <= 1e-20 * float(series @ series):  # a line without noise, or a constant
        return _Rise(first, last, 0.0, 0.0, 0.0, n - 2.0, 0.0)
    memory = _memory(float(left[1:] @ left[:-1]) / squares, n)
    rise, bend, expected_squares, df = _under_memory(n, round(memory, 2))
    noise = squares / expected_squares
    middle = float(series[2 * fifth : n - 2 * fifth].mean()) - (first + last) / 2
    return _Rise(first, last, middle, rise * noise, bend * noise, df, math.sqrt(noise))


def _memory(estimate: float, n: int) -> float:
    """Return the autocorrelation to reckon with, from the one that was found around a line through n epochs."""
    corrected = min(1.0, (estimate + 2 / n) / (1 - 4 / n))
    return min(_LARGEST, max(0.0, corrected + _CAUTION * math.sqrt(max(0.02, 1 - corrected**2) / n)))


@functools.lru_cache(256)
def _line_projection(n: int) -> npt.NDArray[np.float64]:
    """Return the matrix (n, n) that takes a series to the line through it."""
    t = np.arange(n) - (n - 1) / 2
    return np.full((n, n), 1 / n) + np.outer(t, t) / float(t @ t)


@functools.lru_cache(1024)
def _under_memory(n: int, memory: float) -> tuple[float, float, float, float]:
    """Return what noise of variance 1 and such an autocorrelation gives over n epochs.

    Returns:
        The variances of the rise and of the bend, the expected sum of squares around the line, its degrees of freedom.
    """
    apart = np.arange(n)
    correlation = memory ** np.abs(apart[:, None] - apart)
    fifth = n // 5
    rise, bend = np.zeros((2, n))
    rise[:fifth], rise[-fifth:] = -1 / fifth, 1 / fifth
    bend[:fifth] = bend[-fifth:] = -0.5 / fifth
    bend[2 * fifth : n - 2 * fifth] = 1 / (n - 4 * fifth)
    left = correlation - _line_projection(n) @ correlation
    trace = float(np.trace(left))
    df = max(1.0, trace**2 / float(np.sum(left * left.T)))
    return float(rise @ correlation @ rise), float(bend @ correlation @ bend), trace, df
