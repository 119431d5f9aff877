"""The perceptron with one weight vector a class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.contract import Array, Value


class Perceptron:
    """Scores s = A x~; on a mistake the right class's weights gain the example and the winning class's lose it.

        yhat = argmax_k s_k (the first of equals);    if yhat != y:  A_y <- A_y + x~,  A_yhat <- A_yhat - x~

    A step costs two rows of A where there was a mistake and nothing elsewhere, so there is little that blocks could
    save: the plain loop is as fast.

    Args:
        n_classes: rows of A.
        n_features: columns of A but the last, which is for the one in x~.
        scale: what makes features of the rows that it is given.
        dtype: float type of A, which starts at zero.
    """

    stride = 64

    def __init__(self, n_classes: int, n_features: int, scale: float, dtype: np.dtype[np.floating]) -> None:
        self._scale = scale
        self._A = np.zeros((n_classes, n_features + 1), dtype)

    def train(self, B: Array, y: Array) -> Array:
        """Go through examples in turn; see ``Learner.train``. The loss is the perceptron criterion."""
        # A / scale learns from rows that are divided by scale: no example needs to be multiplied.
        A, scale = self._A, self._scale
        A /= scale
        rows = list(A)
        scores = np.empty((len(B), len(A)), A.dtype)
        for row, s, label in zip(B, scores, y.tolist(), strict=True):
            winner = A.dot(row, s).argmax()
            if winner != label:
                rows[label] += row
                rows[winner] -= row
        A *= scale
        return self.losses(scores * scale**2, y)

    def scores(self, x: Array) -> Array:
        """Return the scores (n, n_classes) of inputs with their one, (n, n_features + 1)."""
        return np.asarray(x @ self._A.T)

    def losses(self, scores: Array, y: Array) -> Array:
        """Return the perceptron criterion max_k s_k - s_y, (n,): how far the wrong class is ahead, 0 where none is."""
        return np.asarray(scores.max(axis=1) - scores[np.arange(len(y)), y])

    def adjust(self, **changes: Value) -> None:
        """Nothing of a perceptron can change."""

    def layers(self) -> list[Array]:
        """Return [A]."""
        return [self._A]

    def state(self) -> dict[str, Array]:
        """Return A by name."""
        return {"layer_1": self._A}

    def load(self, state: Mapping[str, Array]) -> None:
        """Overwrite A."""
        self._A[:] = state["layer_1"]
