"""Several logistic regressions trained as one, one example at a time: the same steps as each alone.

They see the same examples in the same order, so a block of rows B is fetched once, its Gram matrix is made once, and
the products with the weights of all are one, B [A_1; ...; A_N]'. The walk through the block (see ``block.py``) takes
each example's step of every member in the same few calls. Learning rate, l2, momentum and weights may differ.

The members are ordinary trainers, and stay so: during a stacked epoch their weights are views into the stack.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Generator, Sequence

import numpy as np

from engines.contract import Array, EngineError, Evaluation, Progress, SplitName
from engines.numpy_engine.block import Unrolled, gram
from engines.numpy_engine.loss import CrossEntropy, softmax
from engines.numpy_engine.network_learner import NetworkLearner
from engines.numpy_engine.trainer import EVALUATED_AT_ONCE, SECONDS_BETWEEN_YIELDS, NumpyTrainer


class NumpyStack:
    """Trainers that are trained together; see ``engines.capability.Stack``.

    Args:
        members: what is trained, on the same data and with the same order of examples before them.

    Raises:
        EngineError: they cannot be trained together; each alone they can.
    """

    def __init__(self, members: Sequence[NumpyTrainer]) -> None:
        self.members = list(members)
        self._learners = [member.learner for member in members if isinstance(member.learner, NetworkLearner)]
        self._check()
        networks = [learner.network for learner in self._learners]
        self._A, self._V = (np.stack([getattr(one, name)[0] for one in networks]) for name in ("layers", "momenta"))
        for network, A, V in zip(networks, self._A, self._V, strict=True):
            network.layers[0], network.momenta[0] = A, V
        self._unrolled: list[Unrolled] = []

    def _check(self) -> None:
        first, reasons = self.members[0], []
        if len(self._learners) < len(self.members) or not all(map(_is_stackable, self._learners)):
            reasons.append("they are no logistic regressions that are trained one example at a time")
        elif len({learner.network.layers[0].dtype for learner in self._learners}) > 1:
            reasons.append("dtype")
        if not all(member.goes_on_like(first) for member in self.members):
            reasons.append("they see the examples in different orders")
        if reasons:
            raise EngineError(f"these runs cannot be trained together: {', '.join(reasons)}")

    def use_threads(self, count: int) -> None:
        """Leave the threads as they are: a block of one layer is too little to be shared out."""

    def epoch(self) -> Generator[list[Progress], None, None]:
        """Train one epoch of all members, or what is left of one; see ``engines.capability.Stack``.

        Raises:
            EngineError: since the last epoch a member was changed so that it no longer goes with the others.
        """
        self._check()
        first, stride = self.members[0], self._learners[0].stride
        for member in self.members:
            member.begin_epoch()
        self._unrolled = [
            Unrolled(learner.network.descent, stride, learner.scale, self._A.dtype) for learner in self._learners
        ]
        last = time.perf_counter()
        for B, y in first.rows.blocks(first.data.train, first.position.order[first.position.position :], stride):
            losses = self._train(B, y)
            for member, loss in zip(self.members, losses.sum(axis=1).tolist(), strict=True):
                member.position.count(len(y), loss, len(y))
            if first.position.position and time.perf_counter() - last > SECONDS_BETWEEN_YIELDS:
                yield [member.position.progress for member in self.members]
                last = time.perf_counter()
        yield [member.position.progress for member in self.members]

    def _train(self, B: Array, y: Array) -> Array:
        """Take a step of every member on each row of a block; return the losses before it, (n_members, m)."""
        m, (n, k, _) = len(B), self._A.shape
        with np.errstate(all="ignore"):  # a loss that is no longer finite is for the session to see
            G = gram(B)
            # [I | C] times [Z; D] gives z_i whole; see ``Block.train``.
            I_and_C = np.zeros((n, m, 2 * m), B.dtype)
            I_and_C[:, range(m), range(m)] = 1.0
            Z_and_D = np.zeros((n, 2 * m, k), B.dtype)
            Z_and_D[:, :m] = self._from_start(B)
            for number, unrolled in enumerate(self._unrolled):
                np.multiply(G, unrolled.C[:m, :m], I_and_C[number, :, m:])
            scores = np.empty((n, m, k), B.dtype)
            if not _walk(I_and_C, Z_and_D, scores, y):
                _walk_safely(I_and_C, Z_and_D, scores, y)
            self._finish(B, Z_and_D[:, m:])
            highest = scores.max(axis=2)
            log_sum = np.log(np.exp(scores - highest[..., None]).sum(axis=2)) + highest
            return np.asarray(log_sum - scores[:, range(m), y])

    def _from_start(self, B: Array) -> Array:
        """Return p_i A_0 x~_i + q_i V_0 x~_i of each row and member, (n_members, m, n_out)."""
        m = len(B)
        Z = self._times(self._A, B) * np.stack([unrolled.p[:m] for unrolled in self._unrolled])
        if self._has_momentum:
            Z += self._times(self._V, B) * np.stack([unrolled.q[:m] for unrolled in self._unrolled])
        return np.asarray(Z)

    @staticmethod
    def _times(A: Array, B: Array) -> Array:
        """Return A_n B' of each member as one product, (n_members, m, n_out)."""
        n, k, width = A.shape
        return np.asarray((B @ A.reshape(n * k, width).T).reshape(len(B), n, k).transpose(1, 0, 2))

    @property
    def _has_momentum(self) -> bool:
        return any(learner.network.descent.momentum for learner in self._learners)

    def _finish(self, B: Array, D: Array) -> None:
        """Bring A and V from the start of the block to its end."""
        m, (n, k, width) = len(B), self._A.shape
        powers = np.stack([unrolled.powers[m] for unrolled in self._unrolled]).astype(B.dtype)
        p, q, p_V, q_V = (powers[:, row, column, None, None] for row, column in itertools.product((0, 1), (0, 1)))
        to_A = D * np.stack([unrolled.to_A[-m:] for unrolled in self._unrolled])[..., None]
        product = (to_A.transpose(0, 2, 1).reshape(n * k, m) @ B).reshape(n, k, width)
        if not self._has_momentum:
            if (p != 1.0).any():
                self._A *= p
            self._A += product
            return
        moving = np.array([bool(learner.network.descent.momentum) for learner in self._learners])
        to_V = D * np.stack([unrolled.to_V[-m:] for unrolled in self._unrolled])[..., None]
        A, V = p * self._A + q * self._V, p_V * self._A + q_V * self._V
        V += (to_V.transpose(0, 2, 1).reshape(n * k, m) @ B).reshape(n, k, width)
        np.add(A, product, self._A)
        self._V[moving] = V[moving]  # without momentum there is none

    def evaluate(self, split: SplitName) -> list[Evaluation]:
        """Measure every member on a split; see ``engines.capability.Stack``."""
        first, examples = self.members[0], self.members[0].data[split]
        losses, correct = np.zeros(len(self.members)), np.zeros(len(self.members), np.int64)
        with np.errstate(all="ignore"):
            for start in range(0, len(examples), EVALUATED_AT_ONCE):
                rows = slice(start, start + EVALUATED_AT_ONCE)
                scores, y = self._times(self._A, first.rows.features(examples.x[rows])), examples.y[rows]
                for number, learner in enumerate(self._learners):
                    losses[number] += learner.losses(scores[number], y).sum(dtype=np.float64)
                    correct[number] += (scores[number].argmax(axis=1) == y).sum()
        n = len(examples)
        return [Evaluation(loss / n, count / n) for loss, count in zip(losses.tolist(), correct.tolist(), strict=True)]


def _is_stackable(learner: NetworkLearner) -> bool:
    network = learner.network
    is_linear = len(network.layers) == 1 and not network.descent.l1
    return learner.in_blocks and is_linear and isinstance(network.loss, CrossEntropy)


def _walk(I_and_C: Array, Z_and_D: Array, scores: Array, y: Array) -> bool:
    """Go through a block example by example, filling in D and the scores of all members.

    Returns:
        Whether no exponential left the range in which no digit is lost; otherwise nothing of it holds.
    """
    n, m, k = scores.shape
    exponentials, ones, totals = np.empty((n, k), scores.dtype), np.ones(k, scores.dtype), np.ones((m, n), scores.dtype)
    D, weights, z = Z_and_D[:, m:], I_and_C[:, :, None], scores[:, :, None]
    for i, label in enumerate(y.tolist()):
        np.matmul(weights[:, i], Z_and_D, z[:, i])
        np.exp(scores[:, i], exponentials)
        np.dot(exponentials, ones, totals[i])
        np.divide(exponentials, totals[i, :, None], D[:, i])
        D[:, i, label] -= 1.0
    info = np.finfo(scores.dtype)
    return bool((totals > info.tiny / info.eps).all() and (totals < info.max).all())


def _walk_safely(I_and_C: Array, Z_and_D: Array, scores: Array, y: Array) -> None:
    """Go through a block as ``_walk``, with the largest score taken off before it is raised to a power."""
    m = scores.shape[1]
    D = Z_and_D[:, m:]
    D[:] = 0.0
    for i, label in enumerate(y.tolist()):
        scores[:, i] = np.matmul(I_and_C[:, i : i + 1], Z_and_D)[:, 0]
        D[:, i] = softmax(scores[:, i])
        D[:, i, label] -= 1.0
