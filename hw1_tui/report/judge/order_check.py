"""Claims that several settings stand above, below or about where another one does."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from hw1_tui.numeral import percent
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.verdict import (
    WIDE,
    PairComparison,
    compare_pair,
    describe_pair,
    judge_all,
    judge_difference,
    judge_seeds,
    judge_size,
)
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.questions.wording import format_metric, mean_of_seeds, metric_title, too_few_epochs
from hw1_tui.report.runs.run_result import Measurement
from hw1_tui.runs.series import mean_jump
from hw1_tui.statistics.comparison import compare_settings, mean_of
from hw1_tui.statistics.repeat import LAST_EPOCHS

_CONSISTENTLY = 0.95
"""Share of the epochs."""

JUMPING = ("train_loss", "val_loss", "val_accuracy")


def above_each(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one that is said to be above each of the others, whose own order is not looked at."""
    return _against_each(claim, evidence, is_above=True)


def below_each(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one that is said to be below each of the others, whose own order is not looked at."""
    return _against_each(claim, evidence, is_above=False)


def _against_each(claim: Claim, evidence: Evidence, is_above: bool) -> Finding:
    measured = _measured(claim, evidence)
    if measured is None:
        return not_measured(claim)
    own, *others = measured
    steps = [compare_pair(own, other) if is_above else compare_pair(other, own) for other in others]
    return _judged(claim, measured, steps)


def _judged(
    claim: Claim, measured: Sequence[Measurement], steps: Sequence[PairComparison], of_what: str = ""
) -> Finding:
    """Return what follows from steps that must all hold, with the metric of each run and how far they are apart."""
    apart = "; ".join(describe_pair(step, claim.metric) for step in steps)
    return Finding(
        judge_all(step.verdict for step in steps),
        f"{_values(claim, measured)}; {of_what}{apart}.",
        {"values": [m.ranked_value for m in measured], "errors": [step.error for step in steps]},
    )


def could_improve(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: with what is said to possibly help, without. A better run shows it; one that is not refutes nothing."""
    measured = _measured(claim, evidence)
    if measured is None:
        return not_measured(claim)
    comparison = compare_pair(*measured)
    text = f"{_values(claim, measured)}; {describe_pair(comparison, claim.metric)}."
    if comparison.verdict == DIFFERS:
        text += " What could help is not refuted by one run that it did not help."
    return Finding(AGREES if comparison.verdict == AGREES else CANNOT_BE_TOLD, text, {"error": comparison.error})


def best_in_the_middle(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the least of a setting, some between, the most. Each of those between is said to have the lower metric."""
    measured = _measured(claim, evidence)
    if measured is None:
        return not_measured(claim)
    least, *between, most = measured
    steps = [compare_pair(end, middle) for middle in between for end in (least, most)]
    return _judged(claim, measured, steps, "those between against both ends: ")


def are_similar(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two that are said to give about the same number: no further apart than what the rule calls wide."""
    measured = _measured(claim, evidence)
    if measured is None:
        return not_measured(claim)
    first, second = measured
    comparison = compare_pair(first, second)
    apart, error = abs(comparison.difference), comparison.settings.reach
    room = WIDE * (1.0 if first.n else max(abs(first.ranked_value), abs(second.ranked_value)))
    verdict = AGREES if apart + error <= room else DIFFERS if apart - error > room else CANNOT_BE_TOLD
    text = f"{_values(claim, measured)}, {apart:.4f} apart, standard error {comparison.error:.4f}"
    return Finding(verdict, f"{text}; up to {room:.4f} is similar.", {"apart": apart, "room": room})


def consistently_above(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two; the first is said to be above the second epoch by epoch, in nearly all, and clearly in the end."""
    higher = []
    for runs in zip(*(evidence.results.runs[run] for run in claim.runs), strict=False):  # seed by seed
        first, second = (dict(run.points(claim.metric)) for run in runs)
        higher.append([first[epoch] > second[epoch] for epoch in first.keys() & second.keys()])
    if min(map(len, higher)) < 10:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(min(map(len, higher))))
    share, epochs = statistics.fmean(map(statistics.fmean, higher)), sum(map(len, higher))
    measured = _measured(claim, evidence)
    if measured is None:
        return not_measured(claim)
    step = compare_pair(*measured)
    verdict = DIFFERS if step.verdict == DIFFERS else CANNOT_BE_TOLD
    if step.verdict == AGREES and share >= _CONSISTENTLY:
        verdict = AGREES
    text = f"{metric_title(claim.metric).capitalize()} is higher in {percent(share, 1)} of {epochs} epochs; in the end"
    return Finding(verdict, f"{text} {describe_pair(step, claim.metric)}.", {"share": share})


def last_epoch_ranks(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: settings. Whether any of the last ten epochs alone ranks them as the means of these epochs do.

    The means are those of all seeds. With every seed nearly all epochs must rank them so, and the order must be clear
    with the error of one epoch; it is refuted where with every seed less than half of the epochs rank them so.
    """
    every = [[run.series(claim.metric)[-LAST_EPOCHS:] for run in evidence.results.runs[name]] for name in claim.runs]
    fewest, measured = min(len(last) for seeds in every for last in seeds), _measured(claim, evidence)
    if fewest < LAST_EPOCHS or measured is None:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(fewest))
    order = _order([m.ranked_value for m in measured])
    shares = [
        statistics.fmean(_order(epoch) == order for epoch in zip(*seed, strict=True))
        for seed in zip(*every, strict=False)
    ]
    ranked = [_with_error_of_one_epoch(measured[place]) for place in order]
    steps = [compare_pair(above, below) for above, below in itertools.pairwise(ranked)]
    is_clear = judge_all(step.verdict for step in steps) == AGREES
    verdict = judge_seeds(judge_size(share, _CONSISTENTLY, 0.5) for share in shares)
    if verdict == AGREES and not is_clear:
        verdict = CANNOT_BE_TOLD
    seeds = mean_of_seeds(len(shares), f"{min(shares):.0%} to {max(shares):.0%}")
    text = (
        f"{_values(claim, measured)}, means of the last {LAST_EPOCHS} epochs; {statistics.fmean(shares):.0%} of these "
        f"epochs{seeds} rank the settings so, and the order is {'' if is_clear else 'not '}clear."
    )
    return Finding(verdict, text, {"means": [m.ranked_value for m in measured], "shares": shares})


def _with_error_of_one_epoch(measured: Measurement) -> Measurement:
    repeats = [replace(repeat, epoch_std=repeat.epoch_std * math.sqrt(LAST_EPOCHS)) for repeat in measured.repeats]
    return replace(measured, repeats=tuple(repeats))


def _order(values: Sequence[float]) -> list[int]:
    return sorted(range(len(values)), key=lambda place: -values[place])


def jumps_more(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two; losses and validation accuracy of the first are said to move more from epoch to epoch.

    Their steps over the second half are compared; each of the metrics must tell the same.
    """
    verdicts, texts, numbers = [], [], {}
    for metric in JUMPING:
        pair = [[_jumps(run.series(metric)) for run in evidence.results.runs[name]] for name in claim.runs]
        if any(len(jumps) < LAST_EPOCHS for runs in pair for jumps in runs):
            return Finding(CANNOT_BE_TOLD, too_few_epochs(min(len(jumps) for runs in pair for jumps in runs) + 1))
        first, second = ([mean_jump(jumps) for jumps in runs] for runs in pair)
        told = compare_settings(first, second, "jumps")
        verdicts.append(judge_difference(told))
        numbers[metric] = [mean_of(first), mean_of(second), told.error]
        texts.append(
            f"{metric_title(metric)} {mean_of(first):.4f} and {mean_of(second):.4f} (clear beyond {told.reach:.4f})"
        )
    verdict = judge_seeds(verdicts)
    names = " and ".join(claim.runs)
    return Finding(verdict, f"Mean step from epoch to epoch, {names}: {', '.join(texts)}.", numbers)


def _jumps(series: Sequence[float]) -> list[float]:
    return [abs(after - before) for before, after in itertools.pairwise(series)]


def _measured(claim: Claim, evidence: Evidence) -> list[Measurement] | None:
    """Return the claim's metric of each of its runs; ``None`` where one was not measured."""
    found = [evidence.results.measure(run, claim.metric) for run in claim.runs]
    known = [measurement for measurement in found if measurement is not None]
    return known if len(known) == len(found) else None


def _values(claim: Claim, measured: Sequence[Measurement]) -> str:
    """Return the metric of each run in words: the mean of the last ten epochs where there is one."""
    words = [
        f"{run} {format_metric(m.ranked_value, claim.metric)}" for run, m in zip(claim.runs, measured, strict=True)
    ]
    return f"{metric_title(claim.metric).capitalize()}: {', '.join(words)}"
