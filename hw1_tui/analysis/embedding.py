"""Examples as points in a plane: the two directions in which they differ most (principal components).

With the centred rows as a matrix A, the components are the eigenvectors of A'A with the largest eigenvalues, and a
point is the row's product with them. They are found by subspace iteration with a few directions more than are wanted
(Halko, Martinsson and Tropp, 2011, Finding Structure with Randomness, SIAM Review 53:217-288).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array, EngineError, SplitName
from engines.inspection import inspected
from hw1_tui.analysis.opened_run import OpenedRun
from hw1_tui.mistake import Mistake, MistakeError

_EXTRA, _PASSES, _BLOCK = 10, 30, 512
_SEEN = 1e-5
"""Relative change of a variance from which on another pass would move no point on a screen."""

MOST = 2000
"""Examples that are shown: a plane of points has no room for more."""

_PARTS = 5
"""Of numbers to predict: so many parts are told apart by their signs."""

_LEAST = 1e-6
"""Values up to so small, or as large, are taken as they are; products of others leave the range of float32."""


@dataclass(frozen=True, eq=False)
class Embedding:
    """Examples in a plane.

    Attributes:
        points: (n, 2).
        shares: of the variance of the rows, what each of the two directions holds, (2,).
        indices: which examples of the split they are, (n,).
    """

    points: Array
    shares: Array
    indices: Array


def shares_words(embedding: Embedding) -> str:
    """Return how much of the differences between the rows the plane holds, in a sentence."""
    first, second = embedding.shares
    return f"The first direction holds {first:.0%} of the variance, the second {second:.0%}."


def spread_out(n: int, most: int = MOST) -> Array:
    """Return which of n examples are shown: all, or as many as there may be, equally far apart."""
    return np.arange(n) if n <= most else np.unique(np.linspace(0, n - 1, most).astype(np.int64))


def parts_of(targets: Array) -> tuple[Array, list[str]]:
    """Return in which part of the numbers to predict each is, (n,) int64, and what the parts are called.

    The parts hold about as many each, and fewer are made where many numbers are equal.

    Args:
        targets: the numbers, (n,).
    """
    inner = np.quantile(targets, np.arange(1, _PARTS) / _PARTS) if len(targets) else np.zeros(0)
    places, parts = np.unique(np.searchsorted(inner, targets, side="right"), return_inverse=True)
    ends = [(float(of.min()), float(of.max())) for of in (targets[parts == k] for k in range(len(places)))]
    return parts.astype(np.int64), _names_of(ends)


def _names_of(ends: Sequence[tuple[float, float]]) -> list[str]:
    """Return what parts of numbers are called by their ends, with as many digits as tell these and the parts apart."""
    names: list[str] = []
    for digits in range(4, 18):  # with 17 every number is another text
        names = [" to ".join(dict.fromkeys(f"{end:.{digits}g}" for end in pair)) for pair in ends]
        is_wide = all((" to " in name) == (low != high) for name, (low, high) in zip(names, ends, strict=True))
        if is_wide and len(set(names)) == len(names):
            break
    return names


def embed(rows: Array, indices: Array, seed: int = 0) -> Embedding:
    """Return rows as points along their first two principal components; each has its largest weight positive.

    Args:
        rows: (n, n_features), of any type.
        indices: of the examples, (n,).
        seed: of where the search begins.
    """
    size = max(-float(rows.min(initial=0)), float(rows.max(initial=0)))
    unit = 1.0 if not size or _LEAST < size < 1 / _LEAST else size
    centred = rows.astype(np.float32) if unit == 1.0 else (rows / unit).astype(np.float32)
    centred -= centred.mean(axis=0, dtype=np.float64).astype(np.float32)
    directions = _directions(centred, seed)
    projected = centred @ directions
    variances, turn = np.linalg.eigh(projected.T.astype(np.float64) @ projected)
    order = np.argsort(-variances)[:2]
    points = projected @ turn[:, order] * _signs(directions @ turn[:, order]) * unit
    total = float(np.einsum("ij,ij->", centred, centred, dtype=np.float64))
    shares = variances[order] / total if total else np.zeros(len(order))
    missing = 2 - len(order)  # of a single feature or example
    return Embedding(np.pad(points, ((0, 0), (0, missing))), np.pad(shares, (0, missing)), indices)


def _directions(centred: Array, seed: int) -> Array:
    """Return orthonormal directions, (n_features, k), that hold the first two components as far as they are seen."""
    n, d = centred.shape
    k = min(2 + _EXTRA, n, d)
    directions = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, k)).astype(np.float32))[0]
    before = np.zeros(2)
    for _ in range(_PASSES):
        product = centred.T @ (centred @ directions)
        values = np.linalg.eigvalsh(directions.T @ product)[-2:]
        directions = np.linalg.qr(product)[0]
        if np.allclose(values, before[: len(values)], rtol=_SEEN, atol=0):
            break
        before = values
    return directions


def _signs(components: Array) -> Array:
    """Return what makes the largest weight of each component positive, as its sign is free."""
    largest = components[np.abs(components).argmax(axis=0), np.arange(components.shape[1])]
    return np.where(largest < 0, -1.0, 1.0)


PICTURES, HIDDEN = "pictures", "hidden"


def embedding_of(opened: OpenedRun, split: SplitName, what: str = PICTURES, most: int = MOST) -> Embedding:
    """Return a split's examples as points.

    Args:
        opened: the run.
        split: the split.
        what: ``pictures`` for the stored values, ``hidden`` for what the last hidden layer passes on.
        most: so many of them, equally far apart.

    Raises:
        MistakeError: there is no hidden layer.
        EngineError: the engine does not show it, or a model that has diverged has no numbers there.
    """
    indices = spread_out(len(opened.dataset[split]), most)
    if what == PICTURES:
        return embed(_numbers(opened.dataset[split].x[indices], "The data"), indices)
    hidden = last_hidden(opened, split, indices)
    if hidden is None:
        raise MistakeError(Mistake(opened.record.run, "has no hidden layer: its scores are sums of the features"))
    return embed(_numbers(hidden, "What the last hidden layer passes on"), indices)


def _numbers(rows: Array, what: str) -> Array:
    """Return rows that are all numbers.

    Raises:
        EngineError: some are not.
    """
    if not np.isfinite(rows).all():
        raise EngineError(f"{what} holds values that are no numbers")
    return rows


def last_hidden(opened: OpenedRun, split: SplitName, indices: Array) -> Array | None:
    """Return what the last hidden layer passes on of examples, (n, n_units); ``None`` where there is none.

    Raises:
        EngineError: the engine does not show it.
    """
    examples, parts = opened.dataset[split], []
    with opened.asking():
        trainer = opened.inspectable()
        for start in range(0, len(indices), _BLOCK):
            at = indices[start : start + _BLOCK]
            hidden = inspected(trainer, examples.x[at], examples.y[at]).h
            if not hidden:
                return None
            parts.append(hidden[-1])
    return np.concatenate(parts) if parts else None
