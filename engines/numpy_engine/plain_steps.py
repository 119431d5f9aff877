"""One example at a time by the plain step: for what ``block.py`` cannot do at once, which is soft-thresholding (l1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Array
from engines.numpy_engine.network import Network
from engines.numpy_engine.rows import BlockOfRows, fetch_next
from engines.numpy_engine.upper import UpperLayers
from engines.numpy_engine.worker_pool import WorkerPool


class PlainSteps:
    """Trains a network example by example; rows are fetched in blocks, and in the meantime where there is a helper.

    Args:
        network: whose layers are trained in place.
        scale: what makes features of the rows that it is given.
        pool: fetches the rows.
    """

    def __init__(self, network: Network, scale: float, pool: WorkerPool) -> None:
        self._network = network
        self._scale = scale
        self._pool = pool
        self._upper = UpperLayers(network) if len(network.layers) > 1 else None
        self._gradient = np.empty_like(network.layers[0])  # takes no memory before it is written to

    def train(self, blocks: Iterator[BlockOfRows]) -> list[Array]:
        """Take one step on each example in turn; see ``Block.train``."""
        losses = []
        rows = fetch_next(blocks, self._pool)
        while len(rows()[0]):
            B, y = rows()
            rows = fetch_next(blocks, self._pool)
            B *= self._scale
            scores = np.empty((len(B), len(self._network.layers[-1])), B.dtype)
            self._walk(B, scores, y)
            losses.append(self._network.loss.values(scores, y))
        return losses

    def _walk(self, B: Array, scores: Array, y: Array) -> None:
        """Step on every example, filling in its scores before the step."""
        A, V, gradient = self._network.layers[0], self._network.momenta[0], self._gradient
        z, d = np.empty((2, len(A)), A.dtype)
        for x, s, label in zip(B, scores, y.tolist(), strict=True):
            if self._upper is None:
                self._network.loss.gradient(A.dot(x, s), label, d)
            else:
                self._upper.step(A.dot(x, z), label, s, d)
            # Each entry is one product, for which the general product of matrices takes ten times as long.
            self._network.descent.step(A, V, np.multiply(d[:, None], x, gradient))
