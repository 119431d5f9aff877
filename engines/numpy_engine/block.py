"""Exact stochastic gradient descent, one example at a time, at the speed of matrix products.

A step on one example needs z = A x~ and changes A by a multiple of d x~', where x~ is the example with a one appended
and d = dloss/dz: two passes over A that do one multiplication for each number fetched, so memory sets the pace. The
same steps can be had from matrix products over a block of m examples, with the rows x~_i' of B. It is not a
mini-batch: every step sees all steps before it.

**One step is linear in (A, V).** With learning rate r, decay l, momentum u and g_i = d_i x~_i' (see ``Descent``):

    V_{i+1} = u V_i + l A_i + g_i
    A_{i+1} = A_i - r V_{i+1} = (1 - r l) A_i - r u V_i - r g_i

or with M = [[1 - r l, -r u], [l, u]]: (A, V)_{i+1} = M (A, V)_i + (-r, 1) g_i. Unrolled from the start of the block,

    (A, V)_i = M^i (A, V)_0 + sum_{j<i} M^{i-1-j} (-r, 1) g_j.

Let p_i, q_i be the first row of M^i, and c_k the first entry of M^k (-r, 1); without momentum p_i = (1 - r l)^i, q_i
does not matter and c_k = -r (1 - r l)^k: the decay is a scalar that shrinks along the block.

**The pre-activations.** Since g_j x~_i = d_j (x~_j' x~_i) = G_ij d_j, with the Gram matrix G = B B',

    z_i = A_i x~_i = p_i A_0 x~_i + q_i V_0 x~_i + sum_{j<i} c_{i-1-j} G_ij d_j.

The first two terms are rows of B A_0' and B V_0', two products for the block; the sum is a product of row i of the
lower triangle C_ij = c_{i-1-j} G_ij with the d_j found so far, tiny beside n_in. (The one in x~ adds 1 to all of G.)
From z_i the layers above go on as in the plain step, and backpropagation brings d_i.

**The end of the block** is again two products, (A, V)_m with sum_j c_{m-1-j} d_j x~_j' = (C-weighted D)' B.

Cost per example for n_in inputs and n_out outputs: 4 n_in n_out operations as before, and m n_in for G, but A goes
through the processor twice a block and not twice an example. Rounding differs from the plain step's by the order of
sums alone. Soft-thresholding (l1) is not linear in A and takes the plain step (`plain_steps.py`).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator

import numpy as np

from engines.contract import Array
from engines.numpy_engine.descent import Descent
from engines.numpy_engine.network import Network
from engines.numpy_engine.rows import BlockOfRows, fetch_next
from engines.numpy_engine.upper import UpperLayers
from engines.numpy_engine.worker_pool import WorkerPool
from engines.threads import blas_version

_SMALL_PRODUCT = 1_000_000
"""Multiplications up to which such kernels are about twice as fast: the Gram matrix is made in strips of so many."""
_WITH_SMALL_KERNELS = ("skylakex", "cooperlake", "sapphirerapids")
"""Processors, as OpenBLAS calls them, that it has such kernels for: those with AVX-512."""
_STRIP_PRODUCT, _STRIP_WIDTH = 5_000_000, 256
"""Multiplications of a strip of a layer's columns, and its columns: enough to be worth a thread's time."""


@functools.cache
def has_small_kernels() -> bool:
    """Return whether numpy's BLAS has kernels of their own for small products, on this processor.

    A timed trial would tell as well, but then chance would choose the last bits of a run.
    """
    return blas_version().lower().endswith(_WITH_SMALL_KERNELS)


class Unrolled:
    """The coefficients of m steps of descent in one go, for examples that are divided by ``scale``.

    Attributes:
        powers: (m + 1, 2, 2); M^i.
        p: (m, 1); p_i scale.
        q: (m, 1); q_i scale.
        C: (m, m); c_{i-1-j} scale^2 for j < i, else 0.
        to_A: (m,); c_{m-1-j} scale, what a gradient has added to A at the end of the block. The last k of them serve
            a block of k examples.
        to_V: (m,); the same for V.

    Args:
        descent: the settings of each step.
        m: examples of a full block.
        scale: what makes features of the examples; cheaper to apply here than to them.
        dtype: float type of what is multiplied with the coefficients.
    """

    def __init__(self, descent: Descent, m: int, scale: float, dtype: np.dtype[np.floating]) -> None:
        self._settings = r, l2, u = descent.learning_rate, descent.l2, descent.momentum
        M = np.array([[1.0 - r * l2, -r * u], [l2, u]])
        self.powers = np.empty((m + 1, 2, 2))
        self.powers[0] = np.eye(2)
        for i in range(m):
            self.powers[i + 1] = M @ self.powers[i]
        response = self.powers[:m] @ np.array([-r, 1.0])
        age = np.subtract.outer(np.arange(m), np.arange(m)) - 1
        self.C = np.where(age >= 0, response[age, 0] * scale**2, 0.0).astype(dtype)
        self.p, self.q = (self.powers[:m, 0, :, None] * scale).astype(dtype).transpose(1, 0, 2)
        self.to_A, self.to_V = (response[::-1] * scale).astype(dtype).T

    def holds_for(self, descent: Descent) -> bool:
        """Return whether the settings are still those that were unrolled."""
        return self._settings == (descent.learning_rate, descent.l2, descent.momentum)


class Block:
    """Trains the first layer of a network by blocks, the small layers above it step by step.

    Args:
        network: whose layers are trained in place.
        size: examples of a full block.
        scale: what makes features of the rows that it is given.
        pool: shares the products.
    """

    def __init__(self, network: Network, size: int, scale: float, pool: WorkerPool) -> None:
        self.size = size
        self._network = network
        self._scale = scale
        self._pool = pool
        self._upper = UpperLayers(network) if len(network.layers) > 1 else None
        self._unrolled = self._unroll()
        n_out, n_in = network.layers[0].shape
        n_strips = max(1, min(n_out * n_in * size // _STRIP_PRODUCT, n_in // _STRIP_WIDTH))
        edges = np.linspace(0, n_in, n_strips + 1).astype(int).tolist()
        self._strips = [slice(*edge) for edge in itertools.pairwise(edges)]
        self._sums = np.empty((n_strips, n_out, size), network.layers[0].dtype)
        self._spare: list[Array] = []

    def _unroll(self) -> Unrolled:
        return Unrolled(self._network.descent, self.size, self._scale, self._network.layers[0].dtype)

    def train(self, blocks: Iterator[BlockOfRows]) -> list[Array]:
        """Take one step on each example in turn.

        Args:
            blocks: the rows x~' divided by the scale, (m, n_features + 1), with m at most ``size``, and their classes
                or targets (m,), each valid until the next but one.

        Returns:
            For each block the loss of each example before its own step, (m,).
        """
        if not self._unrolled.holds_for(self._network.descent):
            self._unrolled = self._unroll()
        losses = []
        rows, gram = self._fetch(blocks)
        layer, n_scores = self._network.layers[0], len(self._network.layers[-1])
        while m := len(rows()[0]):
            B, y = rows()
            # One product with [I | C] gives z_i whole, [Z; D] holding Z above and the d_j, zero until found, below.
            Z_and_D = np.zeros((2 * m, len(layer)), layer.dtype)
            self._from_start(B, Z_and_D[:m])
            I_and_C = np.eye(m, 2 * m, dtype=layer.dtype)
            np.multiply(gram(), self._unrolled.C[:m, :m], I_and_C[:, m:])
            # Only one thread can walk; what the next block needs and does not depend on the weights is done beside it.
            rows, gram = self._fetch(blocks)
            scores = np.empty((m, n_scores), layer.dtype)
            self._walk(I_and_C, Z_and_D, scores, y)
            self._finish(B, Z_and_D[m:])
            losses.append(self._network.loss.values(scores, y))
        return losses

    def _fetch(self, blocks: Iterator[BlockOfRows]) -> tuple[Callable[[], BlockOfRows], Callable[[], Array]]:
        """Ask for the next block, empty where there is none, and its Gram matrix."""
        rows = fetch_next(blocks, self._pool)
        return rows, self._pool.start(lambda: gram(rows()[0]))

    def _from_start(self, B: Array, Z: Array) -> None:
        """Write p_i A_0 x~_i + q_i V_0 x~_i of each row into Z, (m, n_out)."""
        np.multiply(self._times(self._network.layers[0], B), self._unrolled.p[: len(B)], Z)
        if self._network.descent.momentum:
            Z += self._times(self._network.momenta[0], B) * self._unrolled.q[: len(B)]

    def _times(self, A: Array, B: Array) -> Array:
        """Return B A', (m, n_out), as the sum of what the strips bring, always in the same order."""
        sums = self._sums[:, :, : len(B)]

        def add(number: int) -> None:
            strip = self._strips[number]
            np.matmul(A[:, strip], B[:, strip].T, sums[number])

        self._pool.share(add, range(len(self._strips)))
        return np.asarray(sums.sum(axis=0).T)

    def _walk(self, I_and_C: Array, Z_and_D: Array, scores: Array, y: Array) -> None:
        """Go through the block example by example, filling in D and the scores."""
        D, gradient = Z_and_D[len(y) :], self._network.loss.gradient
        if self._upper is None:
            for weights, d, s, label in zip(I_and_C, D, scores, y.tolist(), strict=True):
                gradient(weights.dot(Z_and_D, s), label, d)
        else:
            z = np.empty(D.shape[1], D.dtype)
            for weights, d, s, label in zip(I_and_C, D, scores, y.tolist(), strict=True):
                self._upper.step(weights.dot(Z_and_D, z), label, s, d)

    def _finish(self, B: Array, D: Array) -> None:
        """Bring A and V from the start of the block to its end."""
        m, unrolled, momentum = len(B), self._unrolled, self._network.descent.momentum
        (p, q), (p_V, q_V) = unrolled.powers[m].tolist()
        to_A = np.multiply(D.T, unrolled.to_A[-m:], order="C")
        to_V = np.multiply(D.T, unrolled.to_V[-m:], order="C") if momentum else to_A

        def bring(strip: slice) -> None:
            A, V, x = self._network.layers[0][:, strip], self._network.momenta[0][:, strip], B[:, strip]
            product = self._spare.pop() if self._spare else np.empty((len(A), x.shape[1] + 1), A.dtype)
            out = product[:, : x.shape[1]]
            if momentum:
                A[:], V[:] = p * A + q * V, p_V * A + q_V * V
                V += np.matmul(to_V, x, out)
            elif p != 1.0:
                A *= p
            A += np.matmul(to_A, x, out)
            self._spare.append(product)

        self._pool.share(bring, self._strips)


def gram(B: Array) -> Array:
    """Return the lower triangle of B B', (m, m); what stands above is of no use."""
    m, n = B.shape
    height = _SMALL_PRODUCT // max(1, n * m) if has_small_kernels() else 0
    if height < 4:
        return np.asarray(B @ B.T)
    G = np.zeros((m, m + 1), B.dtype)
    for top in range(0, m, height):
        # One column more than is needed: numpy turns B B' into another routine, slower on few rows.
        end = min(top + height + 1, m)
        np.matmul(B[top : top + height], B[:end].T, G[top : top + height, :end])
    return G[:, :m]
