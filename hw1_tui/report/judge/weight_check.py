"""Claims that are settled by the weights of a run, or by the data itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engines.contract import Array, Dataset
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.verdict import DIFFER_BEYOND
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.report.questions.wording import too_few_epochs
from hw1_tui.statistics.repeat import LAST_EPOCHS
from hw1_tui.training.kept_model import load_model

_SPARSE = 0.001
_EXAMPLES, _RATE = 2000, 0.001


def weights_of(run: str, evidence: Evidence) -> Array:
    """Return the weights of the first layer of a run at its end, shape (n_out, n_in)."""
    return load_model(evidence.store, evidence.results.own(run).record.run).trainer.parameters()["W1"]


def zero_share(weights: Array) -> float:
    """Return the share of weights that are exactly zero."""
    return float(np.mean(weights == 0))


def no_exact_zeros(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether hardly a weight is exactly zero."""
    weights = weights_of(claim.runs[0], evidence)
    share = zero_share(weights)
    text = f"{share:.2%} of {weights.size:,} weights are exactly zero; their median size is {_median(weights):.2g}."
    return Finding(AGREES if share < _SPARSE else DIFFERS, text, {"zeros": share, "weights": weights.size})


def _median(weights: Array) -> float:
    return float(np.median(np.abs(weights)))


def zeros_of_l1(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: with l1 as soft threshold, and what it is compared with. Steps along the subgradient are taken here."""
    strength = float(evidence.results.own(claim.runs[0]).record.config.get("l1", 0.0))
    stepped = _subgradient_zeros(evidence.data, strength)
    shares = {run: zero_share(weights_of(run, evidence)) for run in claim.runs}
    thresholded = shares[claim.runs[0]]
    told = DIFFERS if thresholded > 10 * _SPARSE else CANNOT_BE_TOLD
    verdict = told if stepped < _SPARSE else AGREES
    others = ", ".join(f"{run} {share:.2%} ({_penalty(run, evidence)})" for run, share in shares.items())
    text = (
        f"Exact zeros among the weights: {stepped:.2%} after {min(_EXAMPLES, len(evidence.data.train)):,} steps along "
        f"the subgradient with l1 {strength:g}; at the end of the runs: {others}."
    )
    return Finding(verdict, text, {"subgradient": stepped, "runs": shares})


def _penalty(run: str, evidence: Evidence) -> str:
    """Return how a run is regularised, in words."""
    config = evidence.results.own(run).record.config
    strengths = ((config.get("l1"), "soft threshold, l1"), (config.get("l2"), "l2"))
    return next((f"{words} {strength:g}" for strength, words in strengths if strength), "no penalty")


def _subgradient_zeros(data: Dataset, strength: float) -> float:
    """Return the share of exact zeros after one pass of logistic regression stepping along l1's subgradient.

    W <- W - lr (grad + strength sign(W)), one example at a time, W from 0, over the first examples in a fixed order.
    Features that are zero in all of these examples have no gradient and are not counted.
    """
    x = data.features(data.train.x[:_EXAMPLES], np.float64)
    x, y = x[:, x.any(axis=0)], data.train.y[:_EXAMPLES]
    W = np.zeros((data.n_classes, x.shape[1]))
    for n in np.random.default_rng(42).permutation(len(x)):
        z = W @ x[n]
        p = np.exp(z - z.max())
        p /= p.sum()
        p[y[n]] -= 1
        W -= _RATE * (np.outer(p, x[n]) + strength * np.sign(W))
    return zero_share(W)


def l1_undefined_at_start(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether a weight lies where the l1 norm has no gradient, before the first step already."""
    run = evidence.results.own(claim.runs[0])
    norm, parameters = run.start["weight_norm"], run.record.facts["parameters"]
    if norm is None:
        return not_measured(claim)
    at_zero = parameters if norm == 0 else 0
    text = f"Before the first step {at_zero:,} of {parameters:,} weights are exactly zero."
    return Finding(DIFFERS if at_zero else CANNOT_BE_TOLD, text, {"at_zero": at_zero, "parameters": parameters})


def separable_by_chance(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one on this data. Cover's (1965) count of the labellings that a hyperplane can make.

    Of all labellings of N points in general position with two labels, the share that a hyperplane with d free weights
    separates is 2^(1-N) sum_{k<d} C(N-1, k).
    """
    n, d = len(evidence.data.train), evidence.data.n_features + 1
    share = cover_share(n, d)
    best = max(evidence.results.own(claim.runs[0]).series("train_accuracy"), default=0.0)
    text = (
        f"With {d:,} weights a class for {n:,} examples, a hyperplane separates {_percent(share)} of all labellings, "
        f"random ones among them; the run's best training accuracy is {best:.4f}."
    )
    return Finding(DIFFERS if share > 0.99 else CANNOT_BE_TOLD, text, {"share": share, "weights": d, "examples": n})


def _percent(share: float) -> str:
    return "more than 99.99%" if share > 0.9999 else "less than 0.01%" if share < 0.0001 else f"{share:.2%}"


def cover_share(n: int, d: int) -> float:
    """Return the share of the labellings of n points with two labels that d weights can separate (Cover, 1965)."""
    if d >= n:
        return 1.0
    logs = [math.lgamma(n) - math.lgamma(k + 1) - math.lgamma(n - k) - (n - 1) * math.log(2) for k in range(d)]
    return min(1.0, math.fsum(map(math.exp, logs)))


def not_yet_converged(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: the small learning rate, a larger one. Whether the first still descends, on a convex objective."""
    slow, fast = (evidence.results.own(run) for run in claim.runs)
    losses = slow.series("train_loss")[-LAST_EPOCHS:]
    if len(losses) < 3:
        return Finding(CANNOT_BE_TOLD, too_few_epochs(len(losses)))
    fall = losses[0] - losses[-1]
    between = _losses_between(claim, evidence)
    convex = between[1] <= (between[0] + between[2]) / 2
    descends = fall > DIFFER_BEYOND * slow.epoch_std("train_loss")
    must = "it must be" if convex else "it must not be"
    text = (
        f"In its last {len(losses)} epochs the training loss goes from {losses[0]:.4f} to {losses[-1]:.4f}; "
        f"the larger rate reaches {fast.final('train_loss') or math.nan:.4f}. Halfway between the two runs' "
        f"weights the validation loss is {between[1]:.4f}, {'below' if convex else 'above'} the mean of "
        f"{between[0]:.4f} and {between[2]:.4f} at the ends, as {must} where it is convex."
    )
    verdict = DIFFERS if descends and convex else CANNOT_BE_TOLD
    return Finding(verdict, text, {"fall": fall, "losses_between": between})


def _losses_between(claim: Claim, evidence: Evidence) -> list[float]:
    """Return the validation loss at the weights of the first run, halfway, and at those of the second."""
    ends: list[dict[str, Any]] = [
        load_model(evidence.store, evidence.results.own(run).record.run).trainer.parameters() for run in claim.runs
    ]
    ends = [{name: np.array(array, np.float64) for name, array in end.items()} for end in ends]
    middle = {name: (ends[0][name] + ends[1][name]) / 2 for name in ends[0]}
    split = evidence.data.val
    x = evidence.data.features(split.x, np.float64)
    return [_loss(weights, x, split.y) for weights in (ends[0], middle, ends[1])]


def _loss(weights: dict[str, Array], x: Array, y: Array) -> float:
    """Return the mean cross-entropy of a linear model."""
    z = x @ weights["W1"][:, : x.shape[1]].T + weights.get("b1", 0.0)
    z -= z.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]))
