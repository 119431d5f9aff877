"""What a model is trained to make small: the loss of one example and its gradient at the scores."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from engines.contract import Array


class Loss(Protocol):
    """A loss of scores against classes or targets."""

    def values(self, scores: Array, y: Array) -> Array:
        """Return the loss of each example, shape (n,), of scores (n, n_out)."""

    def gradients(self, scores: Array, y: Array) -> Array:
        """Return the gradient of each example's loss at its scores, shape (n, n_out)."""

    def gradient(self, scores: Array, y: Any, out: Array) -> None:
        """Write the gradient of one example, scores (n_out,), into ``out``: the same in as few calls as can be."""


def softmax(scores: Array) -> Array:
    """Return exp(s_k) / sum_j exp(s_j) for each row of scores (n, n_classes)."""
    # Shifted by the largest score no exponential overflows, and the quotient is the same.
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


class CrossEntropy:
    """-log softmax(s)_y, with gradient softmax(s) - e_y.

    Args:
        n_classes: length of the scores.
        dtype: their float type.
    """

    def __init__(self, n_classes: int, dtype: np.dtype[np.floating]) -> None:
        self._exponentials = np.empty(n_classes, dtype)
        self._ones = np.ones(n_classes, dtype)
        info = np.finfo(dtype)
        # Within these no digit is lost: what underflows in a sum this large is nothing beside it.
        self._smallest, self._largest = float(info.tiny / info.eps), float(info.max)

    def values(self, scores: Array, y: Array) -> Array:
        """Return log sum_k exp(s_k) - s_y, shape (n,)."""
        highest = scores.max(axis=1)
        log_sum = np.log(np.exp(scores - highest[:, None]).sum(axis=1)) + highest
        return np.asarray(log_sum - scores[np.arange(len(y)), y])

    def gradients(self, scores: Array, y: Array) -> Array:
        """Return softmax(s) - e_y, shape (n, n_classes)."""
        gradients = softmax(scores)
        gradients[np.arange(len(y)), y] -= 1.0
        return gradients

    def gradient(self, scores: Array, y: Any, out: Array) -> None:
        """Write softmax(s) - e_y of one example into ``out`` (n_classes,)."""
        # Finding the largest score costs as much as all the rest, and only extreme scores need it.
        total = np.exp(scores, self._exponentials).dot(self._ones)
        if self._smallest < total < self._largest:
            np.divide(self._exponentials, total, out)
        else:
            out[:] = softmax(scores[None])[0]
        out[y] -= 1.0


class SquaredError:
    """(yhat - y)^2 / 2, with gradient yhat - y."""

    def values(self, scores: Array, y: Array) -> Array:
        """Return (yhat - y)^2 / 2, shape (n,), of predictions (n, 1)."""
        return np.asarray((scores[:, 0] - y) ** 2 / 2)

    def gradients(self, scores: Array, y: Array) -> Array:
        """Return yhat - y, shape (n, 1)."""
        return np.asarray(scores - y[:, None].astype(scores.dtype))

    def gradient(self, scores: Array, y: Any, out: Array) -> None:
        """Write yhat - y of one example into ``out`` (1,)."""
        np.subtract(scores, y, out)


class PerceptronCriterion:
    """max_k s_k - s_y: how far the wrong class is ahead, 0 where none is; with a subgradient where two are equal."""

    def values(self, scores: Array, y: Array) -> Array:
        """Return max_k s_k - s_y, shape (n,)."""
        return np.asarray(scores.max(axis=1) - scores[np.arange(len(y)), y])

    def gradients(self, scores: Array, y: Array) -> Array:
        """Return e_winner - e_y, shape (n, n_classes), the first of equals winning."""
        gradients, rows = np.zeros_like(scores), np.arange(len(y))
        gradients[rows, scores.argmax(axis=1)] += 1.0
        gradients[rows, y] -= 1.0
        return gradients

    def gradient(self, scores: Array, y: Any, out: Array) -> None:
        """Write e_winner - e_y of one example into ``out`` (n_classes,)."""
        out[:] = 0.0
        out[scores.argmax()] += 1.0
        out[y] -= 1.0
