"""An experiment on the claim that l1 is more robust to outliers than l2: both are trained with and without them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from engines.contract import Array, Dataset
from engines.numpy_engine.loss import softmax
from hw1_tui.report.judge.evidence import Evidence, Finding
from hw1_tui.report.judge.verdict import AGREE_WITHIN, judge_seeds
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Claim, Verdict

_EXAMPLES, _SHARE, _REPETITIONS, _STEPS = 500, 0.1, 5, 60
_FEWEST = 100
_PENALTIES = tuple(("l1", strength) for strength in (0.001, 0.003, 0.01)) + tuple(
    ("l2", strength) for strength in (0.01, 0.1, 1.0)
)
"""Of each norm the strength with the best validation accuracy without outliers is compared."""

_Penalty = tuple[str, float]


def l1_resists_outliers(claim: Claim, evidence: Evidence) -> Finding:  # noqa: ARG001 - as every computation
    """Runs: some on this data. Trains with both norms here, on few examples, with a tenth of outliers and without."""
    data = evidence.data
    if min(len(data.train) // 2, len(data.val), len(data.test)) < _FEWEST:
        return Finding(CANNOT_BE_TOLD, "There are too few examples for an experiment.")
    n, penalties, losses = _experiment(data)
    verdicts, texts = list[Verdict](), []
    for kind, lost in losses.items():  # of each repetition and test example, what l2 loses more than l1
        repetitions, examples = lost.mean(axis=1), lost.mean(axis=0)
        error = math.hypot(repetitions.std(ddof=1) / math.sqrt(len(lost)), examples.std() / math.sqrt(len(examples)))
        mean = float(lost.mean())
        verdicts.append(CANNOT_BE_TOLD if abs(mean) <= AGREE_WITHIN * error else AGREES if mean > 0 else DIFFERS)
        texts.append(f"{mean:+.4f} by {kind} (standard error {error:.4f})")
    strengths = " and ".join(f"{norm} {strength:g}" for norm, strength in penalties)
    text = (
        f"Logistic regression on {n:,} examples, {strengths}, trained again with {_SHARE:.0%} of outliers more: the "
        f"test accuracy that l2 loses beyond what l1 loses is {' and '.join(texts)}."
    )
    return Finding(judge_seeds(verdicts), text, {kind: lost.mean(axis=1).tolist() for kind, lost in losses.items()})


def _experiment(data: Dataset) -> tuple[int, list[_Penalty], dict[str, Array]]:
    """Train with and without outliers.

    Returns:
        How many examples were trained on; the best strength of each norm; and by kind of outlier, what l2 loses more
        than l1 on each test example, 1, 0 or -1, (repetitions, n_test).
    """
    n = min(_EXAMPLES, len(data.train) // 2)
    order = np.random.default_rng(42).permutation(len(data.train))
    chosen, rest = order[:n], order[n:]
    centre = data.features(data.train.x[chosen], np.float32).mean(axis=0)
    x, y = _inputs(data, data.train.x[chosen], centre), data.train.y[chosen]
    of_val, of_test = (_inputs(data, split.x, centre) for split in (data.val, data.test))
    clean = dict(zip(_PENALTIES, _fit(x, y, _PENALTIES, data.n_classes), strict=True))
    best = [
        max(
            (penalty for penalty in _PENALTIES if penalty[0] == norm),
            key=lambda penalty: float(_is_right(clean[penalty], of_val, data.val.y).mean()),
        )
        for norm in ("l1", "l2")
    ]
    before = [_is_right(clean[penalty], of_test, data.test.y) for penalty in best]
    lost: dict[str, list[Array]] = {}
    for kind, odd, labels in _outliers(data, rest, round(n * _SHARE), centre):
        fitted = _fit(np.concatenate([x, odd]), np.concatenate([y, labels]), best, data.n_classes)
        l1, l2 = (was - _is_right(W, of_test, data.test.y) for was, W in zip(before, fitted, strict=True))
        lost.setdefault(kind, []).append(l2 - l1)
    return n, best, {kind: np.stack(repetitions) for kind, repetitions in lost.items()}


def _outliers(data: Dataset, rest: Array, count: int, centre: Array) -> Iterator[tuple[str, Array, Array]]:
    """Yield each kind of outlier anew for each repetition: inputs (count, n_features + 1) and their classes."""
    low, high = float(data.train.x.min()), float(data.train.x.max())
    for repetition in range(_REPETITIONS):
        rng = np.random.default_rng(repetition)
        taken = rng.choice(rest, count, replace=False)
        wrong = (data.train.y[taken] + rng.integers(1, data.n_classes, count)) % data.n_classes
        yield "wrong labels", _inputs(data, data.train.x[taken], centre), wrong
        noise = np.where(rng.random((count, data.n_features)) < 0.5, low, high).astype(data.train.x.dtype)
        yield "noise for features", _inputs(data, noise, centre), rng.integers(0, data.n_classes, count)


def _inputs(data: Dataset, x: Array, centre: Array) -> Array:
    """Return rows as features about their centre with a one behind them, (n, n_features + 1), float32."""
    features = data.features(x, np.float32) - centre
    return np.concatenate([features, np.ones((len(x), 1), np.float32)], axis=1)


def _fit(x: Array, y: Array, penalties: Sequence[_Penalty], n_classes: int) -> Array:
    """Return logistic regressions, (n_penalties, n_classes, n_inputs), after accelerated proximal steps from 0.

    The steps are those of Beck and Teboulle (2009), of length 1 / L with L the largest eigenvalue of x'x / 2n, which
    bounds the curvature of softmax with cross-entropy. l1's proximal step is the soft threshold, l2's a shrinkage.
    """
    step = 2 * len(x) / _largest_eigenvalue(x)
    W: Array = np.zeros((len(penalties), n_classes, x.shape[1]), np.float32)
    ahead, momentum = W, 1.0
    truth = np.eye(n_classes, dtype=np.float32)[y]
    for _ in range(_STEPS):
        scores = (x @ ahead.reshape(-1, x.shape[1]).T).reshape(len(x), len(penalties), n_classes)
        errors = softmax(scores.reshape(-1, n_classes)).reshape(scores.shape) - truth[:, None]
        gradient = (errors.reshape(len(x), -1).T @ x).reshape(W.shape) / len(x)
        after = ahead - np.float32(step) * gradient
        for place, (norm, strength) in enumerate(penalties):
            size = np.float32(step * strength)
            if norm == "l1":
                after[place] -= np.clip(after[place], -size, size)
            else:
                after[place] /= 1 + size
        grown = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
        ahead, W, momentum = after + np.float32((momentum - 1) / grown) * (after - W), after, grown
    return W


def _largest_eigenvalue(x: Array) -> float:
    """Return the largest eigenvalue of x'x by power iteration, a little above it to be safe."""
    v = np.ones(x.shape[1], np.float32) / np.float32(math.sqrt(x.shape[1]))
    size = 1.0
    for _ in range(20):
        v = x.T @ (x @ v)
        size = float(np.linalg.norm(v))
        v /= np.float32(size or 1.0)
    return 1.05 * size


def _is_right(W: Array, x: Array, y: Array) -> Array:
    """Return whether each example gets its class, 1.0 or 0.0, (n,)."""
    return np.asarray(((x @ W.T).argmax(axis=1) == y).astype(float))
