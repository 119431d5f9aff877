"""A model in training: the order of examples, the place in the epoch, and a state that continues bit for bit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np

from engines.capability import Measured
from engines.contract import (
    Array,
    Dataset,
    EngineError,
    Evaluation,
    Progress,
    SplitName,
    Value,
)
from engines.epoch_position import EpochPosition
from engines.inspection import Inspection, checked_parameters
from engines.numpy_engine.loss import softmax
from engines.numpy_engine.network import Network
from engines.numpy_engine.rows import Rows
from engines.numpy_engine.worker_pool import WorkerPool
from engines.state import pack_generator, unpack_generator

SECONDS_BETWEEN_YIELDS = 0.05
"""A person who steers or stops a run waits so long at most."""
EVALUATED_AT_ONCE = 256

T = TypeVar("T")


class Learner(Protocol):
    """A model as the trainer sees it."""

    pool: WorkerPool
    """Who does its work."""
    has_probabilities: bool
    """Whether the softmax of its scores is what it takes for the probabilities of the classes."""

    @property
    def stride(self) -> int:
        """Examples of a block."""

    def use_threads(self, count: int) -> int:
        """Take so many threads; return how many of them BLAS should use in each product."""

    def train(self, blocks: Iterator[tuple[Array, Array]]) -> list[Array]:
        """Train on blocks of ``stride`` examples, in this order.

        Args:
            blocks: as ``Rows.blocks`` gives them.

        Returns:
            For each block the loss of each step before it was taken, (n_steps,).
        """

    def scores(self, x: Array) -> Array:
        """Return the scores (n, n_out) of inputs with their one, (n, n_features + 1)."""

    def losses(self, scores: Array, y: Array) -> Array:
        """Return the loss of each example, (n,)."""

    def adjust(self, **changes: Value) -> None:
        """Change settings from the next step on."""

    @property
    def network(self) -> Network:
        """The model as a network of layers, for looking at; it may be a copy."""

    def layers(self) -> list[Array]:
        """Return the layers [W_l | b_l], first to last; they may be live."""

    def set_layers(self, layers: Sequence[Array]) -> None:
        """Overwrite the layers, and nothing else of the learner."""

    def state(self) -> dict[str, Array]:
        """Return the arrays that make up the learner; they may be live."""

    def load(self, state: Mapping[str, Array]) -> None:
        """Overwrite the learner with such arrays."""


class NumpyTrainer:
    """Trains a learner on a data set; see ``engines.contract.Trainer``.

    Args:
        learner: the model.
        data: what it is trained on.
        rng: draws one fresh permutation at the start of each epoch.
        adjustable: the names that ``adjust`` takes.

    Attributes:
        learner: the model.
        data: what it is trained on.
        rows: the examples as rows of features.
        position: where it stands in the epoch.
    """

    def __init__(self, learner: Learner, data: Dataset, rng: np.random.Generator, adjustable: frozenset[str]) -> None:
        self.learner = learner
        self.data = data
        self._rng = rng
        self.rows = Rows(data, learner.layers()[0].dtype)
        self._adjustable = adjustable
        self.position = EpochPosition(len(data.train))
        self._n_blocks = 1

    def use_threads(self, count: int) -> int:
        """Take so many threads; return how many of them BLAS should use. See ``engines.capability.Threaded``."""
        return self.learner.use_threads(count)

    def epoch(self) -> Iterator[Progress]:
        """Train one epoch, or what is left of one that was begun; see the contract."""
        self.begin_epoch()
        while True:
            start = time.perf_counter()
            trained = self._train_blocks()
            self._pace(trained, time.perf_counter() - start)
            if not self.position.position:
                break
            yield self.position.progress
        yield self.position.progress

    def begin_epoch(self) -> None:
        """Draw the order of the next epoch, unless one was begun."""
        self.position.begin(self._rng)

    def goes_on_like(self, other: NumpyTrainer) -> bool:
        """Return whether both are at the same place and will see the examples in the same order."""
        same_draws = self._rng.bit_generator.state == other._rng.bit_generator.state
        return same_draws and self.position.goes_on_like(other.position)

    def _pace(self, n_blocks: int, seconds: float) -> None:
        """Decide how many blocks come before the next yield, from what some have taken.

        Never more than twice as many as before and never more than an epoch has: an epoch that is over sooner than the
        time between two yields says nothing about how long more blocks than it has would take.
        """
        wanted = n_blocks * SECONDS_BETWEEN_YIELDS / max(seconds, 1e-9)
        n_in_epoch = -(-len(self.data.train) // self.learner.stride)
        self._n_blocks = max(1, int(min(wanted, 2 * self._n_blocks, n_in_epoch)))

    def _train_blocks(self) -> int:
        """Train on some blocks of the epoch, as many as take the time between two yields; return their number."""
        stride = self.learner.stride
        order = self.position.order[self.position.next(self._n_blocks * stride)]
        blocks = self.rows.blocks(self.data.train, order, stride)
        with np.errstate(all="ignore"):  # a loss that is no longer finite is for the session to see
            for start, losses in zip(range(0, len(order), stride), self.learner.train(blocks), strict=True):
                self.position.count(min(stride, len(order) - start), float(losses.sum()), len(losses))
        return -(-len(order) // stride)

    def evaluate(self, split: SplitName) -> Evaluation:
        """Measure the model on a split, some rows at a time.

        Raises:
            EngineError: the split is empty.
        """
        examples = self.data[split]
        if not len(examples):
            raise EngineError(f"the {split} split has no examples to measure on")

        def total(scores: Array, y: Array) -> tuple[float, int]:
            loss = float(self.learner.losses(scores, y).sum(dtype=np.float64))
            return loss, int((scores.argmax(axis=1) == y).sum())

        losses, correct = zip(*self._of_scores(examples.x, examples.y, total), strict=True)
        n = len(examples)
        return Evaluation(sum(losses) / n, None if self.data.is_regression else sum(correct) / n)

    def measure(self, x: Array, y: Array) -> Measured:
        """Measure the model on examples, one by one; see ``engines.capability.Measuring``."""

        def each(scores: Array, y: Array) -> tuple[Array, Array]:
            return scores, self.learner.losses(scores, y)

        scores, losses = map(np.concatenate, zip(*self._of_scores(x, y, each), strict=True))
        if self.data.is_regression:
            return Measured(scores[:, 0], losses, None)
        with np.errstate(all="ignore"):
            probabilities = softmax(scores) if self.learner.has_probabilities else None
        return Measured(scores.argmax(axis=1), losses, probabilities)

    def _of_scores(self, x: Array, y: Array, tell: Callable[[Array, Array], T]) -> list[T]:
        """Return what is told of the scores of some rows at a time and their classes or targets, in their order."""
        told: dict[int, T] = {}

        def work(start: int) -> None:
            rows = slice(start, start + EVALUATED_AT_ONCE)
            told[start] = tell(self._scores(x[rows]), y[rows])

        with np.errstate(all="ignore"):
            self.learner.pool.share(work, range(0, max(len(y), 1), EVALUATED_AT_ONCE))
        return [told[start] for start in sorted(told)]

    def predict(self, x: Array) -> Array:
        """Return class probabilities (n, n_classes), or targets (n,) for a regression; see the contract."""
        starts = range(0, max(len(x), 1), EVALUATED_AT_ONCE)
        scores = np.concatenate([self._scores(x[start : start + EVALUATED_AT_ONCE]) for start in starts])
        return scores[:, 0] if self.data.is_regression else softmax(scores)

    def _scores(self, x: Array) -> Array:
        with np.errstate(all="ignore"):
            return self.learner.scores(self.rows.features(x))

    def inspect(self, x: Array, y: Array) -> Inspection:
        """Return what the model does with some examples; see ``engines.inspection.Inspectable``."""
        network = self.learner.network
        with np.errstate(all="ignore"):
            zs, inputs = network.forward(self.rows.features(x))
            gradients, _ = network.backward(zs, inputs, network.loss.gradients(zs[-1], y) / max(len(y), 1))
            losses = network.loss.values(zs[-1], y)
        return Inspection(tuple(zs), tuple(h[:, :-1] for h in inputs[1:]), losses, _by_name(gradients))

    def score_gradients(self, x: Array, classes: Array) -> Array:
        """Return the gradient of one score of each example; see ``engines.inspection.Inspectable``."""
        network = self.learner.network
        with np.errstate(all="ignore"):
            zs, inputs = network.forward(self.rows.features(x))
            _, d = network.backward(zs, inputs, np.eye(zs[-1].shape[1], dtype=zs[-1].dtype)[classes])
            return np.asarray(d @ network.layers[0][:, :-1])

    def set_parameters(self, parameters: Mapping[str, Array]) -> None:
        """Overwrite parameters; see ``engines.inspection.Settable``.

        Raises:
            EngineError: there is no such parameter, or it has another shape.
        """
        layers = [A.copy() for A in self.learner.layers()]
        for name, live in checked_parameters(parameters, _by_name(layers)):
            live[:] = parameters[name]
        self.learner.set_layers(layers)

    def adjust(self, **changes: Value) -> None:
        """Change hyperparameters from the next step on.

        Raises:
            EngineError: one of them cannot change while the model trains.
        """
        if unknown := sorted(changes.keys() - self._adjustable):
            raise EngineError(
                f"{', '.join(unknown)} cannot change during a run; "
                f"what can: {', '.join(sorted(self._adjustable)) or 'nothing'}"
            )
        stride = self.learner.stride
        self.learner.adjust(**changes)
        if self.learner.stride != stride:
            self._n_blocks = 1  # what was timed were blocks of another size

    def parameters(self) -> dict[str, Array]:
        """Return views of the live weights: ``W1`` (n_out, n_in), ``b1`` (n_out,), ``W2``, ..."""
        return _by_name(self.learner.layers())

    def state(self) -> dict[str, Array]:
        """Return copies of everything that the future depends on; see the contract."""
        learned = {name: array.copy() for name, array in self.learner.state().items()}
        return {"generator": pack_generator(self._rng), **self.position.state(), **learned}

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over a state of a trainer with the same configuration and data.

        Raises:
            EngineError: it is not such a state.
        """
        try:
            self.learner.load(state)
            unpack_generator(self._rng, state["generator"])
            self.position.load(state)
        except (KeyError, ValueError, TypeError) as error:
            raise EngineError(f"this is not a state of such a run: {error}") from error


def _by_name(layers: Sequence[Array]) -> dict[str, Array]:
    """Return views of arrays [W_l | b_l], or of anything in their shapes, under the names of the parameters."""
    named = {}
    for number, A in enumerate(layers, start=1):
        named[f"W{number}"], named[f"b{number}"] = A[:, :-1], A[:, -1]
    return named
