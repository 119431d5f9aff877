"""The rule by which a verdict follows from numbers.

Two figures are compared by their difference d and its standard error e, where

    e^2 = s_1^2 + s_2^2 + r_1^2 + r_2^2.

s is the sampling error of a share of n examples, sqrt(p (1 - p) / n), and 0 for losses and norms. r is how far one
more run may come out: the standard deviation over the seeds or over the last ten epochs (their trend taken off),
whichever is wider. A printed figure has no r of its own and is given ours.

- A difference within 2 e agrees, one beyond 3 e differs, and between the two it cannot be told. Nor can it where
  nothing is known of e, or where 2 e is wider than a tenth (of the figure itself, for losses and norms): then agreement
  would say nothing.
- A ranking agrees where every step from one setting to the next is more than 2 e in the claimed direction, differs
  where one is more than 2 e in the other direction, and cannot be told otherwise. Settings are ranked by the mean of
  their last ten epochs, where there is one, and r is that of the mean.
- A trend is the mean of the last fifth of the epochs against that of the first fifth, e being the standard error of
  both means: it rises or falls beyond 3 e, and is flat within 3 e. Where it is beyond but smaller than one standard
  deviation of the epochs themselves, it cannot be told.

On data other than the course's, or with other numbers of epochs, printed digits are not compared: rankings and trends
are.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from hw1_tui.report.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Verdict
from hw1_tui.report.run_result import Measurement, share_error

AGREE_WITHIN, DIFFER_BEYOND = 2.0, 3.0
"""Numbers of standard errors."""

WIDE = 0.1
"""An agreement within so much, absolute for a share and relative otherwise, says nothing."""


@dataclass(frozen=True)
class Comparison:
    """Two figures beside each other.

    Attributes:
        difference: the second less the first.
        error: its standard error; 0 where nothing is known of it.
        verdict: what follows.
    """

    difference: float
    error: float
    verdict: Verdict


def compare_printed(printed: float, n_printed: int, ours: Measurement) -> Comparison:
    """Compare a printed figure with ours.

    Args:
        printed: what is printed.
        n_printed: examples that it is a share of; 0 for no share.
        ours: what was measured.
    """
    spread = ours.spread * math.sqrt(1 + 1 / ours.seeds)
    error = math.hypot(share_error(printed, n_printed), ours.sampling_error, spread)
    difference = ours.value - printed
    scale = 1.0 if n_printed else max(abs(printed), abs(ours.value))
    if abs(difference) > DIFFER_BEYOND * error and error > 0:
        verdict = DIFFERS
    elif abs(difference) <= AGREE_WITHIN * error <= WIDE * scale:
        verdict = AGREES
    else:
        verdict = CANNOT_BE_TOLD
    return Comparison(difference, error, verdict)


def compare_pair(above: Measurement, below: Measurement) -> Comparison:
    """Return whether the first figure is above the second."""
    error = math.hypot(above.sampling_error, below.sampling_error, above.settled_spread, below.settled_spread)
    difference = above.settled - below.settled
    if abs(difference) <= AGREE_WITHIN * error or error == 0:
        return Comparison(difference, error, CANNOT_BE_TOLD)
    return Comparison(difference, error, AGREES if difference > 0 else DIFFERS)


def judge_ranking(steps: Sequence[Comparison]) -> Verdict:
    """Return the verdict on a whole order from its steps."""
    verdicts = {step.verdict for step in steps}
    if DIFFERS in verdicts:
        return DIFFERS
    return CANNOT_BE_TOLD if CANNOT_BE_TOLD in verdicts or not verdicts else AGREES


@dataclass(frozen=True)
class Trend:
    """How a series went.

    Attributes:
        first: mean of the first fifth.
        last: mean of the last fifth.
        error: standard error of their difference.
        direction: ``rises``, ``falls``, ``flat``, or empty where it cannot be told.
    """

    first: float
    last: float
    error: float
    direction: str


def find_trend(series: Sequence[float]) -> Trend:
    """Return the trend of a series of epochs; it cannot be told from fewer than ten."""
    if len(series) < 10:
        return Trend(math.nan, math.nan, math.nan, "")
    size = len(series) // 5
    first, last = series[:size], series[-size:]
    deviations = [statistics.stdev(part) for part in (first, last)]
    error = math.hypot(*deviations) / math.sqrt(size)
    rise = statistics.fmean(last) - statistics.fmean(first)
    if abs(rise) <= DIFFER_BEYOND * error:
        direction = "flat"
    elif abs(rise) < statistics.fmean(deviations):
        direction = ""
    else:
        direction = "rises" if rise > 0 else "falls"
    return Trend(statistics.fmean(first), statistics.fmean(last), error, direction)


def judge_trend(trend: Trend, claimed: str) -> Verdict:
    """Return the verdict on a claimed direction."""
    if not trend.direction:
        return CANNOT_BE_TOLD
    return AGREES if trend.direction == claimed else DIFFERS


def worse(verdict: Verdict, expected: Verdict) -> bool:
    """Whether a verdict is not the expected one, to the worse: further from what the questions file expects.

    A claim that is expected to differ, the report being wrong, must differ; one that is expected to agree must agree;
    where nothing can be told, agreement is no worse.
    """
    if expected == CANNOT_BE_TOLD:
        return verdict == DIFFERS
    return verdict != expected
