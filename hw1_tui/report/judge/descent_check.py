"""Claims on how a run descends: whether it has arrived, steps too far, or goes where the loss falls most steeply."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from engines.numpy_engine.network import Network
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.kept_network import batch_of, batches, kept_network
from hw1_tui.report.judge.verdict import AGREE_WITHIN, DIFFER_BEYOND, compare_pair, describe_step
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.questions.wording import too_few_epochs
from hw1_tui.statistics.repeat import LAST_EPOCHS, epoch_movement

_BATCHES, _EXAMPLES = 100, 2000
_REFERENCE, _STEPS_BEFORE, _STEPS = 1500, 15, 10


def not_yet_converged(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the one that is said not to have arrived, one with a larger rate. Whether the first still descends."""
    slow, fast = (evidence.results.own(run) for run in claim.runs)
    losses = slow.series("train_loss")[-LAST_EPOCHS:]
    reached = fast.final("train_loss")
    if len(losses) < 3 or reached is None:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(len(losses)))
    fall = losses[0] - losses[-1]
    descends = fall > DIFFER_BEYOND * epoch_movement(slow.series("train_loss"))[0] and reached < losses[-1]
    text = (
        f"In its last {len(losses)} epochs the training loss of {claim.runs[0]} still goes from {losses[0]:.4f} to "
        f"{losses[-1]:.4f}; {claim.runs[1]} has reached {reached:.4f}."
    )
    return Finding(AGREES if descends else CANNOT_BE_TOLD, text, {"fall": fall, "reached": reached})


def is_convex_between(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: two of one linear model. Whether the loss halfway between their weights is below the mean of its ends."""
    ends = [kept_network(run, evidence) for run in claim.runs]
    x, y = batch_of(evidence.data, np.arange(min(_EXAMPLES, len(evidence.data.train))))
    halfway = [sum(layers) / 2 for layers in zip(*(end.layers for end in ends), strict=True)]
    middle = Network(halfway, ends[0].activation, ends[0].loss, ends[0].descent)
    first, between, second = (_loss(network, x, y) for network in (ends[0], middle, ends[1]))
    is_below = between <= (first + second) / 2
    text = (
        f"Halfway between the weights of the two runs the loss of {len(y):,} training examples is {between:.4f}, "
        f"{'below' if is_below else 'above'} the mean of {first:.4f} and {second:.4f} at the ends."
    )
    return Finding(AGREES if is_below else DIFFERS, text, {"losses": [first, between, second]})


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
    at its end points back: where its product with g is negative.
    """
    found = {run: _overshooting(kept_network(run, evidence), evidence) for run in claim.runs}
    own = found[claim.runs[0]]
    error = math.sqrt(own.passed * (1 - own.passed) / _BATCHES)
    far = own.passed - 0.5
    verdict = CANNOT_BE_TOLD if abs(far) <= AGREE_WITHIN * error else AGREES if far > 0 else DIFFERS
    words = "; ".join(
        f"{run}: {steps.passed:.0%} pass the lowest point, {steps.raised:.0%} end higher than they began"
        for run, steps in found.items()
    )
    losses = evidence.results.own(claim.runs[0])
    start, end = losses.start["val_loss"], losses.final("val_loss")
    course = (
        "" if start is None or end is None else f" Its validation loss begins at {start:.4f} and ends at {end:.4f}."
    )
    text = f"Of {_BATCHES} steps from the weights at the end, each seen on its own batch, {words}.{course}"
    return Finding(verdict, text, {run: vars(steps) for run, steps in found.items()})


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
    batch. After some steps, until the momentum has formed, both angles are measured at each.
    """
    network = kept_network(claim.runs[0], evidence)
    order = np.random.default_rng(0).permutation(len(evidence.data.train))
    apart = min(_REFERENCE, len(order) // 4)
    if not apart or not network.descent.momentum:
        return Finding(CANNOT_BE_TOLD, "There are too few examples, or the run has no momentum.")
    reference = batch_of(evidence.data, order[:apart])
    cosines: list[tuple[float, float]] = []
    for number, chosen in enumerate(batches(order[apart:], network.descent.batch_size, _STEPS_BEFORE + _STEPS)):
        gradients = network.gradients(*batch_of(evidence.data, chosen))[1]
        steepest = network.gradients(*reference)[1] if number >= _STEPS_BEFORE else []
        alone = _cosine(gradients, steepest)
        for A, V, g in zip(network.layers, network.momenta, gradients, strict=True):
            network.descent.step(A, V, g)  # overwrites the gradient
        if steepest:
            cosines.append((_cosine(network.momenta, steepest), alone))
    gains = [with_momentum - alone for with_momentum, alone in cosines]
    gain, error = statistics.fmean(gains), statistics.stdev(gains) / math.sqrt(len(gains))
    together, alone = (statistics.fmean(column) for column in zip(*cosines, strict=True))
    verdict = CANNOT_BE_TOLD if abs(gain) <= DIFFER_BEYOND * error else AGREES if gain > 0 else DIFFERS
    text = (
        f"Over {_STEPS} steps from the weights of {claim.runs[0]} at its end the cosine of the angle to steepest "
        f"descent is {together:.3f} for the steps with momentum and {alone:.3f} for the gradient of the batch alone, "
        f"{gain:+.3f} with a standard error of {error:.3f}."
    )
    return Finding(verdict, text, {"cosines": [list(pair) for pair in cosines]})


def _cosine(first: Sequence[Array], second: Sequence[Array]) -> float:
    if not second:
        return 0.0
    size = math.sqrt(_product(first, first) * _product(second, second))
    return _product(first, second) / size if size else 0.0


def momentum_is_a_larger_step(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: with momentum m, without at 1 / (1 - m) times the learning rate, without at the same learning rate."""
    momentum, larger, plain = (evidence.results.own(run).series("val_loss") for run in claim.runs)
    gaps = [evidence.results.measure(claim.runs[i], "loss_gap") for i in (0, 2)]
    to_larger, to_plain = (_mean_distance(momentum, other) for other in (larger, plain))
    if gaps[0] is None or gaps[1] is None or not to_plain:
        return not_measured(claim)
    follows, step = to_larger < to_plain / 5, compare_pair(gaps[0], gaps[1])
    verdict = AGREES if follows and step.verdict == AGREES else CANNOT_BE_TOLD
    if step.verdict == DIFFERS and not follows:
        verdict = DIFFERS
    text = (
        f"With momentum the validation loss is {to_larger:.4f} from that of {claim.runs[1]} and {to_plain:.4f} from "
        f"that of {claim.runs[2]}, on average over the epochs; the gap between the losses in evaluation mode ends at "
        f"{gaps[0].ranked_value:.4f} with and {gaps[1].ranked_value:.4f} without; {describe_step(step, 'loss_gap')}."
    )
    ends = [gap.ranked_value for gap in gaps if gap]
    return Finding(verdict, text, {"to_larger_step": to_larger, "to_plain": to_plain, "gaps": ends})


def _mean_distance(first: list[float], second: list[float]) -> float:
    distances = [abs(a - b) for a, b in zip(first, second, strict=False)]
    return statistics.fmean(distances) if distances else 0.0
