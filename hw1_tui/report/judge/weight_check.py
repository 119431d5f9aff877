"""Claims that are settled by the weights of a run: zeros, signs, and how evenly they are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engines.contract import Array, Dataset
from engines.inspection import layers_of
from hw1_tui.numeral import counted, percent
from hw1_tui.report.judge.evidence import Evidence, Finding, not_measured
from hw1_tui.report.judge.verdict import judge_seeds
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim
from hw1_tui.training.kept_model import load_model

_SPARSE = 0.001
_EXAMPLES, _RATE = 2000, 0.001
_LARGEST, _BY_CHANCE, _EXACT = 0.01, 0.05, 1e-9


def weights_of(run: str, evidence: Evidence) -> Array:
    """Return the weights of the first layer of a run at its end, shape (n_seeds, n_out, n_in).

    Raises:
        MistakeError: the weights of a seed are gone, or its engine is not available.
        EngineError: the engine cannot take the checkpoint.
    """
    records = [result.record for result in evidence.results.runs[run]]
    return np.stack([layers_of(load_model(evidence.store, record.run).trainer)["W1"] for record in records])


def trained_weights_of(run: str, evidence: Evidence) -> Array:
    """Return the ``weights_of`` a run but for those of inputs that are zero in every training example.

    These have no gradient: where they begin at zero they stay there, with any norm and with none.
    """
    return weights_of(run, evidence)[..., evidence.data_of(run).train.x.any(axis=0)]


def zero_share(weights: Array) -> float:
    """Return the share of weights that are exactly zero."""
    return float(np.mean(weights == 0))


def _zero_shares(run: str, evidence: Evidence) -> list[float]:
    """Return the share of weights that are exactly zero, a seed each."""
    return [zero_share(weights) for weights in trained_weights_of(run, evidence)]


def _which(runs: Sequence[str], evidence: Evidence) -> str:
    """Return which weights are not counted, in words; nothing where all are."""
    every_is_counted = all(evidence.data_of(run).train.x.any(axis=0).all() for run in runs)
    return "" if every_is_counted else ", but for those of inputs that are always zero"


def _percent(shares: Sequence[float]) -> str:
    return "/".join(percent(share, 2) for share in shares)


def no_exact_zeros(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether hardly a weight is exactly zero, with every seed."""
    every = trained_weights_of(claim.runs[0], evidence)
    shares, median = [zero_share(weights) for weights in every], float(np.median(np.abs(every)))
    which = _which(claim.runs, evidence)
    text = (
        f"{_percent(shares)} of {every[0].size:,} weights are exactly zero{which}; their median size is {median:.2g}."
    )
    verdict = judge_seeds(AGREES if share < _SPARSE else DIFFERS for share in shares)
    return Finding(verdict, text, {"zeros": shares, "weights": every[0].size})


def can_be_zeroed(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: with l1, and what it is compared with. Whether weights of the first end at zero, with every seed."""
    shares = {run: _zero_shares(run, evidence) for run in claim.runs}
    verdict = AGREES if min(shares[claim.runs[0]]) > 10 * _SPARSE else CANNOT_BE_TOLD
    which = _which(claim.runs, evidence)
    text = f"Exact zeros among the weights at the end of the runs{which}: {_shares(shares, evidence)}."
    return Finding(verdict, text, {"runs": shares})


def subgradient_gives_no_zeros(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: with l1 as soft threshold. Whether that gives zeros, and steps along the subgradient, taken here, none."""
    (run,) = claim.runs
    strength = float(evidence.results.own(run).record.config.get("l1", 0.0))
    stepped, thresholded = subgradient_zeros(evidence.data, strength), _zero_shares(run, evidence)
    verdict = DIFFERS if stepped >= _SPARSE else AGREES if min(thresholded) > 10 * _SPARSE else CANNOT_BE_TOLD
    steps = counted(min(_EXAMPLES, len(evidence.data.train)), "step")
    text = (
        f"Exact zeros among the weights: {percent(stepped, 2)} after {steps} along the "
        f"subgradient with l1 {strength:g}; {_percent(thresholded)} at the end of {run} "
        f"({_penalty(run, evidence)}){_which(claim.runs, evidence)}."
    )
    return Finding(verdict, text, {"subgradient": stepped, "threshold": thresholded})


def _shares(shares: Mapping[str, Sequence[float]], evidence: Evidence) -> str:
    return ", ".join(f"{run} {_percent(share)} ({_penalty(run, evidence)})" for run, share in shares.items())


def balances_weights(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: with l2, without. Whether few weights have a smaller share of the squared norm with it, in every class.

    A sign test over the classes, seed beside seed; with every seed it must tell the same.
    """
    every = [[_largest_shares(weights) for weights in weights_of(run, evidence)] for run in claim.runs]
    pairs = list(zip(*every, strict=False))  # seed beside seed
    classes, less = len(pairs[0][0]), [int(np.sum(ours < other)) for ours, other in pairs]
    chance = 2 * 0.5**classes
    told = judge_seeds(AGREES if n == classes else DIFFERS if n == 0 else CANNOT_BE_TOLD for n in less)
    verdict = told if chance <= _BY_CHANCE else CANNOT_BE_TOLD
    ours, other = (np.mean(part, axis=0) for part in zip(*pairs, strict=True))
    text = (
        f"The largest {_LARGEST:.0%} of the weights of a class hold {ours.mean():.1%} of its squared norm with l2 and "
        f"{other.mean():.1%} without, means over the classes; less with l2 in {'/'.join(map(str, less))} of {classes} "
        f"classes (chance gives all or none with {chance:.3f})."
    )
    return Finding(verdict, text, {"with": ours.tolist(), "without": other.tolist()})


def _largest_shares(weights: Array) -> Array:
    """Return for each class the share of its squared norm that its largest weights hold, (n_classes,)."""
    squares = np.sort(np.square(weights, dtype=np.float64), axis=1)[:, ::-1]
    largest = squares[:, : max(1, round(_LARGEST * squares.shape[1]))]
    return np.asarray(largest.sum(axis=1) / np.maximum(squares.sum(axis=1), np.finfo(np.float64).tiny))


def _penalty(run: str, evidence: Evidence) -> str:
    """Return how a run is regularised, in words."""
    config = evidence.results.own(run).record.config
    strengths = ((config.get("l1"), "soft threshold, l1"), (config.get("l2"), "l2"))
    return next((f"{words} {strength:g}" for strength, words in strengths if strength), "no penalty")


def subgradient_zeros(data: Dataset, strength: float) -> float:
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


def l1_gradient_is_sign(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one with l1. Whether the differences of the l1 norm at its weights other than zero are their signs."""
    weights = weights_of(claim.runs[0], evidence).astype(np.float64)
    weights = weights[weights != 0]
    if not weights.size:
        return Finding(CANNOT_BE_TOLD, "Every weight is zero.")
    half = np.abs(weights) / 2
    slopes = (np.abs(weights + half) - np.abs(weights - half)) / (2 * half)
    off = float(np.abs(slopes - np.sign(weights)).max())
    text = (
        f"At the {weights.size:,} weights other than zero central differences of the norm are the weights' signs, "
        f"{off:.1g} off at most."
    )
    return Finding(AGREES if off < _EXACT else DIFFERS, text, {"largest_difference": off})


def begins_at_zero(claim: Claim, evidence: Evidence) -> Finding:
    """Runs: one. Whether all weights are zero before the first step, where the l1 norm has no gradient."""
    runs = evidence.results.runs[claim.runs[0]]
    norms, parameters = [run.start["weight_norm"] for run in runs], runs[0].record.facts["parameters"]
    if None in norms:
        return not_measured(claim)
    at_zero = parameters * all(norm == 0 for norm in norms)
    text = f"Before the first step {at_zero:,} of {parameters:,} weights are exactly zero."
    verdict = judge_seeds(DIFFERS if norm else AGREES for norm in norms)
    return Finding(verdict, text, {"at_zero": at_zero, "parameters": parameters})
