"""Claims on how a run descends: whether it has arrived, steps too far, or goes where the loss falls most steeply."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from engines.numpy_engine.network import Network
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.kept_network import batch_of, batches, kept_networks
from hw1_tui.report.judge.verdict import compare_pair, describe_pair, judge_difference, judge_seeds
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.questions.wording import mean_of_seeds, too_few_epochs
from hw1_tui.report.runs.run_result import RunResult
from hw1_tui.statistics.comparison import compare_with_bound
from hw1_tui.statistics.paired import mean_and_error
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.statistics.trend import FEWEST, find_trend

_BATCHES = 101  # of so many coins one in 22 shows a share that is clearly no half; of 100 it is one in 18
_EXAMPLES = 2000
_REFERENCE, _TIMES, _STEPS = 1500, 5, 15


def not_yet_converged(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the one that is said not to have arrived, one with a larger rate. Whether the first still descends.

    Its training loss must fall over the last fifth of its epochs, at least as many as a trend needs, and the other's be
    clearly below it.
    """
    every = [run.series("train_loss") for run in evidence.results.runs[claim.runs[0]]]
    trend = find_trend([losses[-max(FEWEST, len(losses) // 5) :] for losses in every])
    slow, fast = (evidence.results.measure(run, "train_loss") for run in claim.runs)
    if math.isnan(trend.first) or slow is None or fast is None:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(min(map(len, every)), "for a trend"))
    step = compare_pair(slow, fast)
    descends = trend.direction == "falls" and step.verdict == AGREES
    text = (
        f"At its end the training loss of {claim.runs[0]} goes from {trend.first:.4f} to {trend.last:.4f} (standard "
        f"error {trend.error:.4f}: {trend.direction or 'neither clear nor flat'}); {claim.runs[1]} has reached "
        f"{fast.ranked_value:.4f}, {describe_pair(step, 'train_loss')}."
    )
    numbers = {"fall": trend.first - trend.last, "error": trend.error, "reached": fast.ranked_value}
    return Finding(AGREES if descends else CANNOT_BE_TOLD, text, numbers)


def is_convex_between(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two of one linear model. Whether the loss halfway between their weights is below the mean of its ends.

    Seed beside seed: where it is above once, the loss is not convex.
    """
    x, y = batch_of(evidence.data, np.arange(min(_EXAMPLES, len(evidence.data.train))))
    losses, texts = [], []
    for ends in zip(*(kept_networks(run, evidence) for run in claim.runs), strict=False):
        halfway = [sum(layers) / 2 for layers in zip(*(end.layers for end in ends), strict=True)]
        middle = Network(halfway, ends[0].activation, ends[0].loss, ends[0].descent)
        first, between, second = (_loss(network, x, y) for network in (ends[0], middle, ends[1]))
        losses.append([first, between, second])
        side = "below" if between <= (first + second) / 2 else "above"
        texts.append(f"{between:.4f}, {side} the mean of {first:.4f} and {second:.4f} at the ends")
    text = (
        f"Halfway between the weights of the two runs the loss of {len(y):,} training examples is {'; '.join(texts)}."
    )
    is_below = all(between <= (first + second) / 2 for first, between, second in losses)
    return Finding(AGREES if is_below else DIFFERS, text, {"losses": losses})


def _loss(network: Network, x: Array, y: Array) -> float:
    return float(network.loss.values(network.scores(x), y).mean())


@dataclass(frozen=True)
class _Overshooting:
    """Of some steps, the shares that passed the lowest point of their line and that ended above where they began."""

    passed: float
    raised: float


def overshoots(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the one whose steps are said to overshoot, others beside it. Takes steps from the weights at the end.

    A step along -g, g the gradient of a batch, has passed the lowest loss of that batch on its line where the gradient
    at its end points back: where its product with g is negative. More than half of the steps must, over the seeds.
    """
    found = {run: [_overshooting(network, evidence) for network in kept_networks(run, evidence)] for run in claim.runs}
    repeats = [Repeat(steps.passed, share_of=_BATCHES) for steps in found[claim.runs[0]]]
    told = compare_with_bound(repeats, 0.5, "share")
    words = "; ".join(f"{run}: {_in_words(steps)}" for run, steps in found.items())
    text = (
        f"Of {_BATCHES} steps from the weights at the end, each seen on its own batch, {words}; clear beyond "
        f"{told.reach:.0%} from half.{_course(evidence.results.runs[claim.runs[0]])}"
    )
    return Finding(judge_difference(told), text, {run: [vars(seed) for seed in steps] for run, steps in found.items()})


def _in_words(steps: Sequence[_Overshooting]) -> str:
    passed, raised = (statistics.fmean(column) for column in zip(*((s.passed, s.raised) for s in steps), strict=True))
    return f"{passed:.0%} pass the lowest point, {raised:.0%} end higher than they began{mean_of_seeds(len(steps))}"


def _course(runs: Sequence[RunResult]) -> str:
    """Return from where to where the validation loss goes, in a sentence; nothing where it was not measured."""
    starts, ends = [run.start["val_loss"] for run in runs], [run.final("val_loss") for run in runs]
    known = [[value for value in part if value is not None] for part in (starts, ends)]
    if min(map(len, known)) < len(runs):
        return ""
    start, end = map(statistics.fmean, known)
    return f" Its validation loss begins at {start:.4f} and ends at {end:.4f}."


def _overshooting(network: Network, evidence: Evidence) -> _Overshooting:
    begins = [A.copy() for A in network.layers]
    rows = np.arange(len(evidence.data.train))
    passed = raised = 0
    for chosen in batches(rows, network.descent.batch_size, _BATCHES):
        x, y = batch_of(evidence.data, chosen)
        network.layers = begins
        before, downhill = _objective(network, x, y)
        network.layers = [A - network.descent.learning_rate * g for A, g in zip(begins, downhill, strict=True)]
        after, there = _objective(network, x, y)
        passed += _product(there, downhill) < 0
        raised += after > before
    return _Overshooting(passed / _BATCHES, raised / _BATCHES)


def _objective(network: Network, x: Array, y: Array) -> tuple[float, list[Array]]:
    """Return what a step makes small, the mean loss of a batch with the penalty l2 / 2 |A|^2, and its gradient."""
    loss, gradients = network.gradients(x, y)
    l2 = network.descent.l2
    penalty = l2 / 2 * sum(float(np.vdot(A, A)) for A in network.layers)
    return loss + penalty, [g + l2 * A for g, A in zip(gradients, network.layers, strict=True)]


def _product(first: Sequence[Array], second: Sequence[Array]) -> float:
    return sum(float(np.vdot(a, b)) for a, b in zip(first, second, strict=True))


def follows_steepest_descent(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one with momentum. Whether its steps point nearer to steepest descent than the gradients of its batches do.

    Steps are taken from the weights at the end, without dropout. Steepest descent is that of examples which are in no
    batch. Both angles are measured once, when the momentum has formed, as those of steps that follow each other are
    alike; then it begins anew.
    """
    order = np.random.default_rng(0).permutation(len(evidence.data.train))
    apart = min(_REFERENCE, len(order) // 4)
    has_momentum = all(run.record.config.get("momentum") for run in evidence.results.runs[claim.runs[0]])
    if not apart or not has_momentum:
        return Finding(CANNOT_BE_TOLD, "There are too few examples, or the run has no momentum.")
    every = [list(_cosines(network, evidence, order, apart)) for network in kept_networks(claim.runs[0], evidence)]
    gains = [mean_and_error(np.array([together - alone for together, alone in seed])) for seed in every]
    told = compare_with_bound([Repeat(gain, error) for gain, error in gains], 0.0, "number")
    together, alone = (statistics.fmean(column) for column in zip(*itertools.chain(*every), strict=True))
    text = (
        f"In {_TIMES} times {_STEPS} steps from the weights of {claim.runs[0]} at its end{mean_of_seeds(len(every))} "
        f"the cosine of the angle to steepest descent comes to {together:.3f} for the steps with momentum and "
        f"{alone:.3f} for the gradient of the batch alone, {told.difference:+.3f}, clear beyond {told.reach:.3f}."
    )
    return Finding(judge_difference(told), text, {"cosines": every})


def _cosines(network: Network, evidence: Evidence, order: Array, apart: int) -> Iterator[tuple[float, float]]:
    """Yield the cosines to steepest descent of the momentum and of a batch's gradient, each time from the weights anew.

    Args:
        network: at the end of its run.
        evidence: with the data.
        order: of the training examples.
        apart: how many of them, the first, tell steepest descent.
    """
    begins, reference = network.layers, batch_of(evidence.data, order[:apart])
    drawn = batches(order[apart:], network.descent.batch_size, _TIMES * _STEPS)
    for _ in range(_TIMES):
        network.layers, network.momenta = [A.copy() for A in begins], [np.zeros_like(A) for A in begins]
        for number, rows in enumerate(itertools.islice(drawn, _STEPS), 1):
            gradients = network.gradients(*batch_of(evidence.data, rows))[1]
            if number == _STEPS:
                steepest = network.gradients(*reference)[1]
                alone = _cosine(gradients, steepest)
            for A, V, g in zip(network.layers, network.momenta, gradients, strict=True):
                network.descent.step(A, V, g)  # overwrites the gradient
        yield _cosine(network.momenta, steepest), alone


def _cosine(first: Sequence[Array], second: Sequence[Array]) -> float:
    size = math.sqrt(_product(first, first) * _product(second, second))
    return _product(first, second) / size if size else 0.0


def momentum_is_a_larger_step(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: momentum m; none, at 1 / (1 - m) times its rate; none, at its rate, with a narrower gap between losses."""
    gaps = [evidence.results.measure(claim.runs[i], "loss_gap") for i in (0, 2)]
    seeds = list(zip(*(evidence.results.runs[run] for run in claim.runs), strict=False))  # seed beside seed
    distances = [[_mean_distance(momentum, other) for other in others] for momentum, *others in seeds]
    if gaps[0] is None or gaps[1] is None or not all(to_plain for _, to_plain in distances):
        return not_measured(claim)
    step = compare_pair(gaps[0], gaps[1])
    follows = judge_seeds(AGREES if to_larger < to_plain / 5 else DIFFERS for to_larger, to_plain in distances)
    verdict = judge_seeds((follows, step.verdict))
    to_larger, to_plain = (statistics.fmean(column) for column in zip(*distances, strict=True))
    text = (
        f"With momentum the validation loss is {to_larger:.4f} from that of {claim.runs[1]} and {to_plain:.4f} from "
        f"that of {claim.runs[2]}, on average over the epochs{mean_of_seeds(len(seeds))}; the gap between the losses "
        f"in evaluation mode ends at {gaps[0].ranked_value:.4f} with and {gaps[1].ranked_value:.4f} without; "
        f"{describe_pair(step, 'loss_gap')}."
    )
    ends = [gap.ranked_value for gap in gaps if gap]
    return Finding(verdict, text, {"distances": distances, "gaps": ends})


def _mean_distance(first: RunResult, second: RunResult) -> float:
    """Return how far the validation losses of two runs are apart, on average over the epochs that both have."""
    distances = [abs(a - b) for a, b in zip(first.series("val_loss"), second.series("val_loss"), strict=False)]
    return statistics.fmean(distances) if distances else 0.0
