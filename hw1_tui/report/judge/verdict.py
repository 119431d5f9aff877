"""The rule by which a verdict follows from numbers, in code.

The rule stands in ``rule.md`` in words, which every written report repeats.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Expectation, Verdict
from hw1_tui.report.runs.run_result import Measurement, share_error

_RULE = Path(__file__).with_name("rule.md")

AGREE_WITHIN, DIFFER_BEYOND = 2.0, 3.0
"""Numbers of standard errors."""

WIDE = 0.1
"""An agreement within so much, absolute for a share and relative otherwise, says nothing."""


def rule_paragraphs() -> list[str]:
    """Return how verdicts follow from numbers, a paragraph each; letters of formulas stand between asterisks."""
    return [" ".join(paragraph.split()) for paragraph in _RULE.read_text(encoding="utf-8").strip().split("\n\n")]


@dataclass(frozen=True)
class Comparison:
    """Two numbers beside each other.

    Attributes:
        difference: the second less the first.
        error: its standard error; 0 where nothing is known of it.
        verdict: what follows.
    """

    difference: float
    error: float
    verdict: Verdict


def compare_printed(printed: float, n_printed: int, ours: Measurement) -> Comparison:
    """Compare a printed number with ours.

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
    """Return whether the first number is above the second."""
    error = math.hypot(above.sampling_error, below.sampling_error, above.settled_spread, below.settled_spread)
    difference = above.ranked_value - below.ranked_value
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


def worse(verdict: Verdict, expected: Expectation) -> bool:
    """Whether a verdict is worse than the expected one.

    A claim that is expected to differ, the report being wrong, must differ; one that is expected to agree must agree;
    where it cannot be told, agreement is no worse. Where nothing is expected, nothing is worse.
    """
    if not expected:
        return False
    if expected == CANNOT_BE_TOLD:
        return verdict == DIFFERS
    return verdict != expected
