"""Claims about updates and times."""

from __future__ import annotations

import math

from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.verdict import compare_pair
from hw1_tui.report.questions.question import AGREES, DIFFERS, Claim
from hw1_tui.report.questions.wording import format_metric
from hw1_tui.settings import RunConfig


def updates_ratio(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two of different batch size. Values: how many times more updates the first is said to make."""
    printed, here = evidence.sizes[0], len(evidence.data.train)
    batches = [_batch(run, evidence, printed) for run in claim.runs]
    first, second = (-(-printed // batch) for batch in batches)
    own = [-(-here // _batch(run, evidence, here)) for run in claim.runs]
    verdict = AGREES if math.isclose(first / second, claim.values[0], rel_tol=0.1) else DIFFERS
    text = (
        f"Batch {batches[0]} makes {first} updates an epoch, batch {batches[1]} {second}: {first / second:.2f} times "
        f"as many (on this data {own[0]} and {own[1]})."
    )
    return Finding(verdict, text, {"updates": [first, second]})


def _config(run: str, evidence: Evidence, n_examples: int) -> RunConfig:
    return RunConfig.from_dict(evidence.homework.runs[run].values_at(n_examples), run)


def _batch(run: str, evidence: Evidence, n_examples: int) -> int:
    return int(_config(run, evidence, n_examples).hyperparameters.get("batch_size", 1))


def step_is_faster(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the one said to take less time for an update, the other. Values: the printed times of both, seconds."""
    printed, own = [], []
    for run, seconds in zip(claim.runs, claim.values, strict=True):
        measured = evidence.results.measure(run, "seconds")
        if measured is None:
            return not_measured(claim)
        epochs = len(evidence.results.own(run).epochs)
        sizes = (len(evidence.data.train), evidence.sizes[0])
        n, n_printed = (-(-size // _batch(run, evidence, size)) for size in sizes)
        own.append(measured.divided_by(epochs * n))
        planned = _config(run, evidence, sizes[1]).epochs
        printed.append(seconds / (planned * n_printed))
    comparison = compare_pair(own[1], own[0])
    steps = " and ".join(
        f"{run} {ours.value * 1000:.2f} ms ({there * 1000:.2f} by what is printed)"
        for run, ours, there in zip(claim.runs, own, printed, strict=True)
    )
    text = f"An update takes {steps}; standard error of the difference {comparison.error * 1000:.2f} ms."
    return Finding(comparison.verdict, text, {"steps": [m.value for m in own], "printed_steps": printed})


def time_ratio(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two. Values: the printed times, seconds; the first is said to take longer."""
    first, second = (evidence.results.measure(run, "seconds") for run in claim.runs)
    if first is None or second is None:
        return not_measured(claim)
    ratio, printed = first.value / second.value, claim.values[0] / claim.values[1]
    comparison = compare_pair(first, second)
    times = [format_metric(seconds, "seconds") for seconds in (first.value, second.value, comparison.error)]
    text = (
        f"{claim.runs[0]} takes {ratio:.2f} times as long as {claim.runs[1]} here ({times[0]} against {times[1]}, "
        f"standard error {times[2]} by how unevenly the epochs went), {printed:.2f} times in print."
    )
    return Finding(comparison.verdict, text, {"ratio": ratio, "printed_ratio": printed, "error": comparison.error})
