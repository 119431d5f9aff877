"""The rule by which a verdict follows from numbers, in code.

The rule stands in ``rule.md`` in words, which every written report repeats.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Expectation, Verdict
from hw1_tui.report.questions.wording import format_difference, format_metric
from hw1_tui.report.runs.run_result import Measurement
from hw1_tui.statistics.comparison import SettingComparison, compare_settings
from hw1_tui.statistics.interval import share_error
from hw1_tui.statistics.repeat import LAST_EPOCHS
from hw1_tui.statistics.trend import Direction, Trend

_RULE = Path(__file__).with_name("rule.md")

AGREE_WITHIN, DIFFER_BEYOND = 2.0, 3.0
"""Numbers of standard errors."""

_DENIED: Mapping[str, tuple[Callable[[Trend], bool], Direction]] = {
    "does not rise": (lambda trend: trend.does_not_rise, "rises"),
    "does not fall": (lambda trend: trend.does_not_fall, "falls"),
}
"""Of each direction that a claim denies: when it is right, and what refutes it."""
_OTHER_LOSSES = "their losses are of different kinds and have no order"

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


@dataclass(frozen=True)
class PairComparison(Comparison):
    """Two settings beside each other.

    Attributes:
        settings: how they differ, over examples and seeds.
        reason: why they cannot be compared; empty where they can.
    """

    settings: SettingComparison
    reason: str = ""


def compare_printed(printed: float, n_printed: int, ours: Measurement) -> Comparison:
    """Compare a printed number with ours.

    Args:
        printed: what is printed.
        n_printed: examples that it is a share of; 0 for no share.
        ours: what was measured.
    """
    spread = ours.spread * math.sqrt(1 + 1 / ours.seeds)
    of_printed = share_error(printed, n_printed) if n_printed else ours.sampling_error
    error = math.hypot(of_printed, ours.sampling_error, spread)
    difference = ours.value - printed
    scale = 1.0 if n_printed else max(abs(printed), abs(ours.value))
    if abs(difference) > DIFFER_BEYOND * error and error > 0:
        verdict = DIFFERS
    elif abs(difference) <= AGREE_WITHIN * error <= WIDE * scale:
        verdict = AGREES
    else:
        verdict = CANNOT_BE_TOLD
    return Comparison(difference, error, verdict)


def compare_pair(above: Measurement, below: Measurement) -> PairComparison:
    """Return whether the first setting is above the second, by the rule for two settings.

    Losses of different kinds, such as the perceptron's and cross-entropy, have no order.
    """
    told = compare_settings(above.repeats, below.repeats, above.kind)
    if above.loss != below.loss:
        return PairComparison(told.difference, told.error, CANNOT_BE_TOLD, told, _OTHER_LOSSES)
    return PairComparison(told.difference, told.error, judge_difference(told), told)


def with_last_epochs(measured: Measurement, metric: str) -> str:
    """Return a metric at the end with the mean of the last epochs beside it."""
    text, n = format_metric(measured.value, metric), measured.last_epochs
    if measured.last_mean is None or n == 1:
        return text
    last = "last ten" if n == LAST_EPOCHS else f"last {n} epochs:"
    return f"{text} ({last} {format_metric(measured.last_mean, metric)})"


def describe_pair(step: PairComparison, metric: str) -> str:
    """Return how far two settings are apart, what is known of the error, and why an order cannot be told."""
    told = step.settings
    if step.reason:
        return step.reason
    difference = format_difference(step.difference)
    reach = format_metric(told.reach, metric, spread=True)
    parts = []
    if told.examples_error:
        pairs = "examples, pair by pair" if told.is_paired else "examples"
        parts.append(f"{format_metric(told.examples_error, metric, spread=True)} by {pairs}")
    seeds = "seeds as expected" if max(told.seeds) == 1 else "seeds"
    parts.append(f"{format_metric(told.seeds_error, metric, spread=True)} by {seeds}")
    why = ", one seed" if told.verdict.endswith("one seed") else ""
    return f"{difference} apart, clear beyond {reach} (standard error {', '.join(parts)}{why})"


def judge_all(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on a claim of several parts, such as the steps of an order, which must all hold."""
    found = set(verdicts)
    if DIFFERS in found:
        return DIFFERS
    return CANNOT_BE_TOLD if CANNOT_BE_TOLD in found or not found else AGREES


def judge_seeds(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that every seed, or every one of several measures, gives; otherwise it cannot be told."""
    found = set(verdicts)
    return found.pop() if len(found) == 1 else CANNOT_BE_TOLD


def judge_size(size: float, enough: float, too_little: float) -> Verdict:
    """Return the verdict on a claim that something is so large, with a zone of doubt between two bounds."""
    return AGREES if size > enough else DIFFERS if size < too_little else CANNOT_BE_TOLD


def judge_difference(told: SettingComparison) -> Verdict:
    """Return the verdict on a claim that a setting is above another, or above a number."""
    return CANNOT_BE_TOLD if not told.is_clear else AGREES if told.difference > 0 else DIFFERS


def judge_trend(trend: Trend, claimed: str) -> Verdict:
    """Return the verdict on a claimed direction, or on one that is denied."""
    if claimed in _DENIED:
        holds, denied = _DENIED[claimed]
        return AGREES if holds(trend) else DIFFERS if trend.direction == denied else CANNOT_BE_TOLD
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
