"""The perceptron with one weight vector a class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from engines.contract import Array, Value
from engines.numpy_engine.activation import ACTIVATIONS
from engines.numpy_engine.descent import Descent
from engines.numpy_engine.loss import PerceptronCriterion
from engines.numpy_engine.network import Network
from engines.numpy_engine.worker_pool import WorkerPool

_AHEAD = 4
"""Examples scored at once: a product with four rows takes hardly longer than with one."""


class Perceptron:
    """Scores s = A x~; on a mistake the right class's weights gain the example and the winning class's lose it.

        yhat = argmax_k s_k (the first of equals);    if yhat != y:  A_y <- A_y + x~,  A_yhat <- A_yhat - x~

    A step costs two rows of A where there was a mistake and nothing elsewhere, so the scores are what there is to save.
    A few examples are scored at once; a mistake on x~_i, and only a mistake, changes the scores of those behind it,

        s_y(x~_j) <- s_y(x~_j) + x~_i' x~_j,    s_yhat(x~_j) <- s_yhat(x~_j) - x~_i' x~_j    for j > i.

    Args:
        n_classes: rows of A.
        n_features: columns of A but the last, which is for the one in x~.
        scale: what makes features of the rows that it is given.
        dtype: float type of A, which starts at zero.
    """

    stride = 32
    has_probabilities = False  # only the order of its scores is learned, not how far they are apart

    def __init__(self, n_classes: int, n_features: int, scale: float, dtype: np.dtype[np.floating]) -> None:
        # A / scale learns from rows that are divided by scale, which need not be multiplied then. With bytes it
        # holds whole numbers, and every score is exact.
        self._A_unscaled = np.zeros((n_classes, n_features + 1), dtype)
        self._scale = scale
        self._criterion = PerceptronCriterion()
        self.pool = WorkerPool()

    def use_threads(self, count: int) -> int:
        """Leave them to BLAS."""
        return count

    def train(self, blocks: Iterator[tuple[Array, Array]]) -> list[Array]:
        """Go through examples in turn; see ``Learner.train``. The loss is the perceptron criterion."""
        return [self._train(B, y) for B, y in blocks]

    def _train(self, B: Array, y: Array) -> Array:
        A = self._A_unscaled
        rows, scores, labels = list(A), np.empty((len(B), len(A)), A.dtype), y.tolist()
        for top in range(0, len(B), _AHEAD):
            x, s = B[top : top + _AHEAD], scores[top : top + _AHEAD]
            np.matmul(x, A.T, s)
            for i, label in enumerate(labels[top : top + _AHEAD]):
                winner = s[i].argmax()
                if winner != label:
                    rows[label] += x[i]
                    rows[winner] -= x[i]
                    later = x[i + 1 :].dot(x[i])
                    s[i + 1 :, label] += later
                    s[i + 1 :, winner] -= later
        return self.losses(scores * self._scale**2, y)

    def scores(self, x: Array) -> Array:
        """Return the scores (n, n_classes) of inputs with their one, (n, n_features + 1)."""
        return np.asarray(x @ self._A_unscaled.T * self._scale)

    def losses(self, scores: Array, y: Array) -> Array:
        """Return the perceptron criterion of each example, (n,)."""
        return self._criterion.values(scores, y)

    def adjust(self, **changes: Value) -> None:
        """Nothing of a perceptron can change."""

    def layers(self) -> list[Array]:
        """Return [A]."""
        return [self._A_unscaled * np.asarray(self._scale, self._A_unscaled.dtype)]

    @property
    def network(self) -> Network:
        """A copy of it as a network without hidden layers, whose loss is the perceptron criterion."""
        return Network(self.layers(), ACTIVATIONS["relu"], self._criterion, Descent())

    def set_layers(self, layers: Sequence[Array]) -> None:
        """Overwrite [A]."""
        self._A_unscaled[:] = layers[0] / self._scale

    def state(self) -> dict[str, Array]:
        """Return A / scale by name."""
        return {"layer_1": self._A_unscaled}

    def load(self, state: Mapping[str, Array]) -> None:
        """Overwrite A / scale."""
        self._A_unscaled[:] = state["layer_1"]
