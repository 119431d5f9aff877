"""Settles the claims of the report by the numbers of its runs."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from engines.contract import EngineError
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.report.judge.computation import COMPUTATIONS
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.tuning_check import check_tuning
from hw1_tui.report.judge.verdict import compare_pair, describe_pair, judge_all, judge_trend, with_last_epochs, worse
from hw1_tui.report.questions.claim_function import FUNCTIONS
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim, Verdict
from hw1_tui.report.questions.wording import format_metric, metric_title, too_few_epochs, verdict_words
from hw1_tui.report.runs.run_result import Results
from hw1_tui.settings import RunConfig
from hw1_tui.statistics.comparison import compare_with_bound
from hw1_tui.statistics.trend import Trend, find_trend

_TESTS = {"ranking": "pairs", "trend": "one", "threshold": "runs", "tuned": "one"}
"""On which tests the kinds of claims rest that have no function, as in ``ClaimFunction``; those of a tuning are one."""


@dataclass(frozen=True)
class ClaimResult:
    """A claim with what was found.

    Attributes:
        claim: the claim.
        finding: what the numbers say of it.
        is_checked: whether that is held to what the questions file expects.
        is_measured: whether the runs that it is about are there.
    """

    claim: Claim
    finding: Finding
    is_checked: bool = False
    is_measured: bool = True

    @property
    def words(self) -> str:
        """The verdict in words, which are other ones for a remark."""
        return verdict_words(self.finding.verdict, self.claim.voice)

    @property
    def right(self) -> str:
        """What is right where the report is wrong; empty where the numbers do not say so.

        Where they cannot tell it is said only of a claim of which that is expected: of others it would be a guess.
        """
        verdict = self.finding.verdict
        is_said = verdict == DIFFERS or verdict == self.claim.expect == CANNOT_BE_TOLD
        return self.claim.right if is_said else ""

    @property
    def surprise(self) -> str:
        """What was expected where the verdict is worse; empty where it is not."""
        expect = self.claim.expect
        expected = verdict_words(expect, self.claim.voice) if expect else ""
        return f"unexpected: {expected} was expected" if self.is_unexpected else ""

    @property
    def is_unexpected(self) -> bool:
        """Whether the verdict is worse than the questions file expects."""
        return self.is_checked and worse(self.finding.verdict, self.claim.expect)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON."""
        claim = self.claim
        return {
            "name": claim.name,
            "question": claim.question,
            "where": claim.where,
            "voice": claim.voice,
            "says": claim.says,
            "right": claim.right,
            "runs": list(claim.runs),
            "verdict": self.finding.verdict,
            "result": self.finding.text,
            "numbers": dict(self.finding.numbers),
            "expect": claim.expect or None,
            "is_checked": self.is_checked,
        }


def settle(claim: Claim, evidence: Evidence, is_like_the_report: bool = False) -> ClaimResult:
    """Return what the numbers say of a claim.

    Args:
        claim: the claim.
        evidence: the numbers.
        is_like_the_report: whether what the questions file expects of training holds for this data and these numbers of
            epochs. What needs no training is held to its expectation in any case.
    """
    needs_training = _needs_training(claim)
    missing = [run for run in claim.runs if run not in evidence.results]
    is_measured = not (missing and needs_training)
    if is_measured:
        finding = _cut_short(claim, evidence) or _find(claim, evidence)
    else:
        finding = Finding(CANNOT_BE_TOLD, f"Not measured: no finished run of {', '.join(missing)} is there.")
    return ClaimResult(claim, finding, is_like_the_report or not needs_training, is_measured)


def _cut_short(claim: Claim, evidence: Evidence) -> Finding | None:
    """Return that a claim on where a curve comes to in the end cannot be told by a part of its epochs."""
    if not claim.function or not FUNCTIONS[claim.function].whole:
        return None
    for name in claim.runs:
        preset, n_examples = evidence.homework.runs[name], len(evidence.data_of(name).train)
        asked = RunConfig.from_dict(preset.values_at(n_examples), name).epochs
        trained = min(run.record.config_now["epochs"] for run in evidence.results.runs[name])
        if trained < asked:
            text = f"{name} was trained for {trained} of {counted(asked, 'epoch')}: where it ends, these do not tell."
            return Finding(CANNOT_BE_TOLD, text)
    return None


def count_tests(claim: Claim) -> int:
    """Return on how many tests its verdict rests that may each take chance for an effect."""
    tests = FUNCTIONS[claim.function].tests if claim.function else _TESTS[claim.kind]
    return {"": 0, "one": 1, "runs": len(claim.runs), "pairs": len(claim.runs) - 1}[tests]


def _needs_training(claim: Claim) -> bool:
    return bool(claim.runs) and not (claim.function and not FUNCTIONS[claim.function].trained)


def _find(claim: Claim, evidence: Evidence) -> Finding:
    if claim.kind == "ranking":
        return _settle_ranking(claim, evidence.results)
    if claim.kind == "trend":
        return _settle_trend(claim, evidence.results)
    if claim.kind == "threshold":
        return _settle_threshold(claim, evidence.results)
    if claim.kind == "tuned":
        return check_tuning(claim, evidence)
    try:
        return COMPUTATIONS[claim.function](claim, evidence.of_claim(claim))
    except (MistakeError, EngineError) as error:  # the weights of a run are gone, or its engine is
        return Finding(CANNOT_BE_TOLD, f"The weights cannot be read: {error}.")


def _settle_ranking(claim: Claim, results: Results) -> Finding:
    measured = {run: results.measure(run, claim.metric) for run in claim.runs}
    known = {run: measurement for run, measurement in measured.items() if measurement is not None}
    if len(known) < len(measured):
        return not_measured(claim)
    steps = [compare_pair(known[a], known[b]) for a, b in itertools.pairwise(claim.runs)]
    values = ", ".join(f"{run} {with_last_epochs(known[run], claim.metric)}" for run in claim.runs)
    apart = "; ".join(describe_pair(step, claim.metric) for step in steps)
    return Finding(
        judge_all(step.verdict for step in steps),
        f"{metric_title(claim.metric).capitalize()}: {values}; {apart}.",
        {
            "values": {run: m.value for run, m in known.items()},
            "differences": [step.difference for step in steps],
            "errors": [step.error for step in steps],
            "reaches": [step.settings.reach for step in steps],
        },
    )


def _settle_trend(claim: Claim, results: Results) -> Finding:
    (name,) = claim.runs
    runs = results.runs[name]
    series = [run.series(claim.metric) for run in runs]
    trend = find_trend(series)
    if math.isnan(trend.first):
        trained = min(len(run.epochs) for run in runs)
        return Finding(CANNOT_BE_TOLD, too_few_epochs(min(map(len, series)), "for a trend", trained))
    size = min(map(len, series)) // 5
    what = "epochs" if sum(map(len, series)) == sum(len(run.epochs) for run in runs) else "measured epochs"
    seeds = f", mean of {len(series)} seeds" if len(series) > 1 else ""
    first, last, error, noise = (
        format_metric(x, claim.metric) for x in (trend.first, trend.last, trend.error, trend.noise)
    )
    text = (
        f"{metric_title(claim.metric).capitalize()}: mean {first} over the first {size} {what}, {last} over the last "
        f"{size}{seeds}; standard error {error}, noise {noise}: {_told(trend)}."
    )
    return Finding(judge_trend(trend, claim.direction), text, vars(trend))


def _told(trend: Trend) -> str:
    """Return what a trend is known to do, in words."""
    denied = "does not rise" if trend.does_not_rise else "does not fall" if trend.does_not_fall else ""
    return trend.direction or denied or "neither clear nor flat"


def _settle_threshold(claim: Claim, results: Results) -> Finding:
    (bound,) = claim.values
    verdicts, values, texts = list[Verdict](), {}, []
    for run in claim.runs:
        m = results.measure(run, claim.metric)
        if m is None:
            return not_measured(claim)
        told = compare_with_bound(m.repeats, bound, m.kind)
        lies = "above" if told.difference > 0 else "below"
        verdicts.append(CANNOT_BE_TOLD if not told.is_clear else AGREES if lies == claim.direction else DIFFERS)
        values[run] = m.value
        error_text = format_metric(told.error, claim.metric, spread=True)
        texts.append(f"{run} {with_last_epochs(m, claim.metric)} (standard error {error_text})")
    text = f"{metric_title(claim.metric).capitalize()}: {', '.join(texts)}; the bound is {bound:g}."
    return Finding(judge_all(verdicts), text, {"values": values, "bound": bound})
