"""Claims that need a computation of their own, by the name that a questions file uses.

Each takes the claim and the evidence and returns what it came to; its runs are there. What it expects of the claim's
``runs`` and ``values`` stands in its first line.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence

from hw1_tui.numeral import counted
from hw1_tui.report.judge.boundary_check import no_linear_boundary
from hw1_tui.report.judge.descent_check import (
    follows_steepest_descent,
    is_convex_between,
    momentum_is_a_larger_step,
    not_yet_converged,
    overshoots,
)
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.order_check import (
    above_each,
    are_similar,
    below_each,
    best_in_the_middle,
    consistently_above,
    could_improve,
    jumps_more,
    last_epoch_ranks,
)
from hw1_tui.report.judge.outlier_check import l1_resists_outliers
from hw1_tui.report.judge.time_check import step_is_faster, time_ratio, updates_ratio
from hw1_tui.report.judge.verdict import (
    DIFFER_BEYOND,
    compare_pair,
    describe_pair,
    judge_seeds,
    judge_size,
    with_last_epochs,
)
from hw1_tui.report.judge.weight_check import (
    balances_weights,
    begins_at_zero,
    can_be_zeroed,
    l1_gradient_is_sign,
    no_exact_zeros,
    subgradient_gives_no_zeros,
)
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim, Verdict
from hw1_tui.report.questions.wording import mean_of_seeds, metric_title, too_few_epochs
from hw1_tui.report.runs.run_result import RunResult
from hw1_tui.statistics.comparison import compare_with_bound
from hw1_tui.statistics.repeat import LAST_EPOCHS, epoch_movement, repeat_at_end
from hw1_tui.statistics.settling import SETTLED_WITHIN, Settling, compare_settling, find_settling, typical_epoch
from hw1_tui.statistics.trend import FEWEST, find_trend

Computation = Callable[[Claim, Evidence], Finding]


def same_figure(claim: Claim, evidence: Evidence) -> Finding:
    """Values: two numbers printed for one thing, and the split (0, 1, 2) that they are shares of."""
    first, second, split = claim.values
    n = evidence.sizes[int(split)]
    apart = abs(round(first * n) - round(second * n))
    text = f"{first:.4f} is {round(first * n)} of {n} and {second:.4f} is {round(second * n)}: {apart} examples apart."
    return Finding(DIFFERS if apart else AGREES, text, {"examples_apart": apart})


def is_a_share(claim: Claim, evidence: Evidence) -> Finding:
    """Values: a printed accuracy, the split (0, 1, 2) that it is a share of, and what may be meant."""
    printed, split, meant = claim.values
    n = evidence.sizes[int(split)]
    below = math.floor(printed * n)
    near = f"{below}/{n} = {below / n:.4f} and {below + 1}/{n} = {(below + 1) / n:.4f}"
    possible = any(round(k / n, 4) == printed for k in (below, below + 1))
    text = f"The nearest shares are {near}; {round(meant * n)}/{n} = {round(meant * n) / n:.4f}."
    return Finding(AGREES if possible else DIFFERS, text, {"below": below / n, "above": (below + 1) / n})


def are_shares(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one a value. Values: what would have to be accuracies."""
    norms = [evidence.results.measure(run, "weight_norm") for run in claim.runs]
    ours = " and ".join(f"{m.value:.4f}" for m in norms if m)
    verdict = AGREES if all(0 <= value <= 1 for value in claim.values) else DIFFERS
    printed = " and ".join(map(str, claim.values))
    return Finding(verdict, f"{printed} are printed; the norms of our weights are {ours}.")


def accuracy_jumps(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Compares the step of the validation accuracy from epoch to epoch with its sampling error."""
    runs, measured = evidence.results.runs[claim.runs[0]], evidence.results.measure(claim.runs[0], "val_accuracy")
    every = [run.series("val_accuracy")[-max(LAST_EPOCHS, len(run.epochs) // 2) :] for run in runs]
    if min(map(len, every)) < LAST_EPOCHS or measured is None:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(min(map(len, every))))
    steps = [abs(after - before) for series in every for before, after in itertools.pairwise(series)]
    step, error = statistics.fmean(steps), measured.sampling_error
    verdict = AGREES if step > 2 * error else CANNOT_BE_TOLD if step > error else DIFFERS
    text = (
        f"Over {_last(every)} validation accuracy moves by {step:.4f} from one epoch to the next on average and by "
        f"{max(steps):.4f} at most; the sampling error is {error:.4f}."
    )
    return Finding(verdict, text, {"mean_step": step, "largest_step": max(steps), "sampling_error": error})


def norm_of_summed_steps(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: steps along the sum, steps on one example. Values: the printed norm."""
    summed, single = (evidence.results.measure(run, "weight_norm") for run in claim.runs)
    printed = claim.values[0]
    if single is None:
        return not_measured(claim)
    if summed is None:
        return Finding(
            DIFFERS, f"Steps along the sum diverge; on one example at a time the norm is {single.value:.4f}."
        )
    distances = [abs(math.log(max(m.value, 1e-12) / printed)) for m in (summed, single)]
    nearer = distances[1] < distances[0] and abs(math.log(summed.value / single.value)) > math.log(1.5)
    text = f"Along the sum the norm ends at {summed.value:.4f}, on one example at a time at {single.value:.4f}."
    return Finding(DIFFERS if nearer else CANNOT_BE_TOLD, text, {"summed": summed.value, "single": single.value})


def grows_at_the_end(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether the norm still grows over the last fifth of the epochs."""
    return _judge_growth(claim, evidence, lambda growth: judge_size(growth, 0.02, 0.005))


def saturates(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether the norm has stopped to grow over the last fifth of the epochs."""
    return _judge_growth(claim, evidence, lambda growth: judge_size(-abs(growth), -0.02, -0.05))


def _judge_growth(claim: Claim, evidence: Evidence, judge: Callable[[float], Verdict]) -> Finding:
    every = [run.series("weight_norm") for run in evidence.results.runs[claim.runs[0]]]
    fewest = min(map(len, every))
    if fewest < FEWEST:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(fewest))
    size = fewest // 5
    befores = [series[-size - 1] for series in every]
    afters = [statistics.fmean(series[-max(1, size // 4) :]) for series in every]
    growths = [after / before - 1 for before, after in zip(befores, afters, strict=True)]
    verdict = judge_seeds(judge(growth) for growth in growths)
    before, after, growth = (statistics.fmean(part) for part in (befores, afters, growths))
    seeds = mean_of_seeds(len(every), f"{min(growths):+.1%} to {max(growths):+.1%}")
    text = f"Over the last {size} epochs the norm goes from {before:.4f} to {after:.4f}, by {growth:+.1%}{seeds}."
    return Finding(verdict, text, {"before": before, "after": after, "growths": growths})


def last_epochs_are_apart(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether its last ten validation accuracies move by more than sampling explains, with every seed.

    So must the noise of the second half, as ten epochs that are alike move by less than others would.
    """
    every = [run.series("val_accuracy") for run in evidence.results.runs[claim.runs[0]]]
    fewest, measured = min(map(len, every)), evidence.results.measure(claim.runs[0], "val_accuracy")
    if fewest < FEWEST or measured is None:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(fewest))
    error, moves = measured.sampling_error, [epoch_movement(series)[0] for series in every]
    late = [series[-max(FEWEST, len(series) // 2) :] for series in every]
    noises = [find_trend([series]).noise for series in late]
    verdict = judge_seeds(judge_size(size, 2 * error, error) for size in (*moves, *noises))
    last = [series[-LAST_EPOCHS:] for series in every]
    courses = "; ".join(
        f"between {min(ten):.4f} and {max(ten):.4f}, the last is {ten[-1]:.4f}, their mean "
        f"{statistics.fmean(ten):.4f}, and they move by {move:.4f} around a line, those of {_last(late)} by "
        f"{noise:.4f}"
        for ten, move, noise in zip(last, moves, noises, strict=True)
    )
    text = (
        f"In the last {LAST_EPOCHS} epochs validation accuracy lies{_by_seed(every)} {courses}; the sampling error is "
        f"{error:.4f}."
    )
    return Finding(verdict, text, {"last_epochs": last, "moves": moves, "noises": noises, "sampling_error": error})


def _last(every: Sequence[Sequence[float]]) -> str:
    """Return in words how many epochs are looked at: of a short run more than its second half, which were too few."""
    fewest, most = min(map(len, every)), max(map(len, every))
    return f"the last {fewest} epochs" if fewest == most else f"the last {fewest} to {most} epochs"


def _by_seed(every: Sequence[object]) -> str:
    return ", seed by seed," if len(every) > 1 else ""


def nearest_epoch(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Values: a printed number, the epoch that the report names, the epoch that is meant."""
    printed, named, meant = claim.values
    every = [run.series(claim.metric) for run in evidence.results.runs[claim.runs[0]]]
    if min(map(len, every)) < max(named, meant):
        return Finding(CANNOT_BE_TOLD, f"The run has {counted(min(map(len, every)), 'epoch')}.")
    ours = {int(epoch): statistics.fmean(series[int(epoch) - 1] for series in every) for epoch in (named, meant)}
    error = statistics.fmean(epoch_movement(series)[0] for series in every)
    are_apart = abs(ours[int(named)] - ours[int(meant)]) > DIFFER_BEYOND * error
    verdict = _nearer(printed, ours[int(named)], ours[int(meant)]) if are_apart else CANNOT_BE_TOLD
    text = ", ".join(f"{value:.4f} after {counted(epoch, 'epoch')}" for epoch, value in ours.items())
    return Finding(verdict, f"Printed {printed:.4f}; our {metric_title(claim.metric)}: {text}.")


def nearest_run(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: what the report says it ran, what it did run. Values: the printed number."""
    said, did = (evidence.results.measure(run, claim.metric) for run in claim.runs)
    if said is None or did is None:
        return not_measured(claim)
    step = compare_pair(said, did)
    both = zip(claim.runs, (said, did), strict=True)
    values = ", ".join(f"{run} {with_last_epochs(measured, claim.metric)}" for run, measured in both)
    apart = describe_pair(step, claim.metric)
    text = f"Printed {claim.values[0]:.4f}; our {metric_title(claim.metric)}: {values}; {apart}."
    is_told = step.verdict != CANNOT_BE_TOLD
    verdict = _nearer(claim.values[0], said.value, did.value) if is_told else CANNOT_BE_TOLD
    return Finding(verdict, text, {"values": [said.value, did.value]})


def _nearer(printed: float, claimed: float, other: float) -> Verdict:
    """Return the verdict on a claim by which of two numbers is nearer to the printed one, at least twice as near."""
    to_claimed, to_other = abs(printed - claimed), abs(printed - other)
    if to_other * 2 < to_claimed:
        return DIFFERS
    return AGREES if to_claimed * 2 < to_other else CANNOT_BE_TOLD


def gap_by_mode(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: some with dropout whose training split was measured in evaluation mode too. One is enough to tell.

    Epochs that follow each other are alike, by how much ten do not tell, so they count as one.
    """
    verdicts, texts, gaps = [], [], {}
    for name in claim.runs:
        runs = evidence.results.runs[name]
        every, trained = [_by_mode(run) for run in runs], min(len(run.epochs) for run in runs)
        if min(map(len, every)) < LAST_EPOCHS:
            return Finding(CANNOT_BE_TOLD, too_few_epochs(min(map(len, every)), trained=trained))
        plotted, alike = (
            statistics.fmean(statistics.fmean(epoch[place] for epoch in seed) for seed in every) for place in (0, 1)
        )
        apart = [[still - moving for moving, still in seed] for seed in every]
        told = compare_with_bound([repeat_at_end(statistics.fmean(seed), seed) for seed in apart], 0.0, "gap")
        verdicts.append(DIFFERS if told.is_clear else CANNOT_BE_TOLD)
        gaps[name] = [plotted, alike, told.reach]
        texts.append(f"{name} {plotted:.4f} and {alike:.4f} ({told.difference:+.4f}, clear beyond {told.reach:.4f})")
    text = (
        f"Validation less training loss, as plotted and with both in evaluation mode, means of the last {LAST_EPOCHS} "
        f"epochs: {', '.join(texts)}."
    )
    return Finding(DIFFERS if DIFFERS in verdicts else CANNOT_BE_TOLD, text, {"gaps": gaps})


def _by_mode(run: RunResult) -> list[tuple[float, float]]:
    """Return validation less training loss, as plotted and in evaluation mode, of the last epochs that have both."""
    moving, still, val = (dict(run.points(metric)) for metric in ("train_loss", "train_eval_loss", "val_loss"))
    epochs = sorted(moving.keys() & still.keys() & val.keys())[-LAST_EPOCHS:]
    return [(val[epoch] - moving[epoch], val[epoch] - still[epoch]) for epoch in epochs]


def settles_sooner(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the one that is said to settle sooner, the other. Looks at the validation accuracy of every seed."""
    found: list[list[Settling]] = []
    for name in claim.runs:
        runs = evidence.results.runs[name]
        settlings = [find_settling(run.start["val_accuracy"] or 0.0, run.series("val_accuracy")) for run in runs]
        found.append([settling for settling in settlings if settling is not None])
        if len(found[-1]) < len(runs):
            return Finding(CANNOT_BE_TOLD, too_few_epochs(min(len(run.epochs) for run in runs), "or it goes nowhere"))
    comparison = compare_settling(found[0], found[1])
    words = " and ".join(f"{run} {_settled_at(part)}" for run, part in zip(claim.runs, found, strict=True))
    text = f"Validation accuracy stays within {SETTLED_WITHIN:.0%} of its way around its own final level in {words}"
    numbers = {"epochs": [[settling.epoch for settling in part] for part in found]}
    if comparison is None:
        return Finding(CANNOT_BE_TOLD, f"{text}: the one that would be the sooner has not settled.", numbers)
    ratio, reach = math.exp(comparison.difference), math.exp(comparison.reach)
    verdict = CANNOT_BE_TOLD if not comparison.is_clear else AGREES if comparison.difference < 0 else DIFFERS
    text = f"{text}: {ratio:.2f} times as late, clear below {1 / reach:.2f} and above {reach:.2f}."
    return Finding(verdict, text, {**numbers, "ratio": ratio, "clear_beyond": reach})


def _settled_at(settlings: Sequence[Settling]) -> str:
    """Return in which epoch a setting settled, with the doubt that the noise leaves and the level."""
    epoch, level = typical_epoch(settlings), statistics.fmean(settling.level for settling in settlings)
    at = f"at {level:.4f}"
    if not all(settling.has_settled for settling in settlings):
        return f"no epoch before {epoch:.0f}, {at}"
    earliest, latest = min(s.earliest for s in settlings), max(s.latest for s in settlings)
    return f"epoch {epoch:.1f} ({earliest} to {latest}), {at}"


COMPUTATIONS: dict[str, Computation] = {
    function.__name__: function
    for function in (
        above_each,
        accuracy_jumps,
        are_shares,
        are_similar,
        balances_weights,
        begins_at_zero,
        below_each,
        best_in_the_middle,
        can_be_zeroed,
        consistently_above,
        could_improve,
        follows_steepest_descent,
        gap_by_mode,
        grows_at_the_end,
        is_a_share,
        is_convex_between,
        jumps_more,
        l1_gradient_is_sign,
        l1_resists_outliers,
        last_epoch_ranks,
        last_epochs_are_apart,
        momentum_is_a_larger_step,
        nearest_epoch,
        nearest_run,
        no_exact_zeros,
        no_linear_boundary,
        norm_of_summed_steps,
        not_yet_converged,
        overshoots,
        same_figure,
        saturates,
        settles_sooner,
        step_is_faster,
        subgradient_gives_no_zeros,
        time_ratio,
        updates_ratio,
    )
}
"""What settles a claim, for each of the questions' ``FUNCTIONS``."""
