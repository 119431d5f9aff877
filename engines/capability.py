"""What an engine or its trainers may do beyond the contract; having the methods of a class here is saying so.

Nothing derives from these classes, and an engine that leaves one out is a complete engine: each function here answers
for those as well. The methods stand in a class of the engine or the trainer: one that ``__getattr__`` makes up is left
out, from Python 3.12 on.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from engines.contract import (
    Array,
    Config,
    Engine,
    EngineError,
    Evaluation,
    ModelSpec,
    Progress,
    Refusal,
    SplitName,
    Trainer,
)

_ROUNDING = 0.02
"""By how much probabilities in bfloat16 may be beyond what probabilities are."""


@runtime_checkable
class Refusing(Protocol):
    """An engine that does not take every value that the table of hyperparameters allows."""

    def refusals(self, config: Config) -> Sequence[Refusal]:
        """Return what of a configuration cannot be trained, whatever the data: it is told before there is a run.

        Must be quick: it is asked while a user types. What shows only when it starts it refuses there.

        Args:
            config: the model, one of ``models()``, and every hyperparameter of it, checked against the table.
        """


@runtime_checkable
class HoldsInterpreter(Protocol):
    """An engine that says how its runs get on with each other in one process.

    Attributes:
        holds_interpreter: whether a run spends its time in many short calls. Two such runs contend for the
            interpreter, and are done no sooner beside each other than one after the other. Beside a run of an engine
            of long calls each has a core.
    """

    holds_interpreter: bool


@runtime_checkable
class ThreadIndependent(Protocol):
    """An engine of which some runs come to the same bits with any number of threads."""

    def is_thread_independent(self, config: Config) -> bool:
        """Return whether a run of this configuration is one of them: it may have more threads and is still repeated."""


@runtime_checkable
class Stackable(Protocol):
    """An engine that can train several models as one."""

    def stack_key(self, config: Config) -> Hashable | None:
        """Return what runs that are trained as one have in common, beside data and order; ``None`` to train alone.

        Must be quick: nothing heavy is imported to answer.

        Args:
            config: the model and all of its hyperparameters, checked against the table.
        """

    def stack(self, members: Sequence[Trainer]) -> Stack:
        """Return trainers of this engine as one.

        Args:
            members: on the same data, at the same place of an epoch, with the same order of examples before them.

        Raises:
            EngineError: they cannot be trained together; each alone they can.
        """


class Stack(Protocol):
    """Trainers that take their steps together. Each stays a trainer: it is measured, adjusted and kept by itself."""

    def use_threads(self, count: int) -> None:
        """Use so many threads from the next step on, in the thread that asks."""

    def epoch(self) -> Iterator[list[Progress]]:
        """Train one epoch of all, or what is left of one; yields as ``Trainer.epoch``, one for each member.

        Raises:
            EngineError: since the last epoch a member was changed so that it no longer goes with the others.
        """

    def evaluate(self, split: SplitName) -> list[Evaluation]:
        """Measure every member on a split as ``Trainer.evaluate``, in one pass over the examples."""


@runtime_checkable
class Threaded(Protocol):
    """A trainer with a say in how many threads compute its products; the others' are those of BLAS."""

    def use_threads(self, count: int) -> int | None:
        """Use so many threads from the next step on.

        Returns:
            How many of them BLAS should use in each product; ``None`` where numpy's BLAS is not used.
        """


@dataclass(frozen=True, eq=False)
class Measured:
    """A model measured on examples, one by one, in evaluation mode.

    Attributes:
        predicted: the class with the highest score, the first winning ties, (n,) int64; or the predicted target (n,).
        losses: the loss of each, (n,), whose mean ``Trainer.evaluate`` gives; NaN where the trainer cannot tell it.
        probabilities: of the classes, (n, n_classes); ``None`` for a regression, and for a model whose scores are none.
    """

    predicted: Array
    losses: Array
    probabilities: Array | None


@runtime_checkable
class Measuring(Protocol):
    """A trainer that tells of each example what ``evaluate`` tells of a whole split."""

    def measure(self, x: Array, y: Array) -> Measured:
        """Measure the model on examples; leaves the training state as it was.

        Args:
            x: rows as in ``Split.x``, shape (n, n_features), in the data's own scale.
            y: classes or targets as in ``Split.y``, (n,).
        """


@runtime_checkable
class OnDevice(Protocol):
    """A trainer that may compute elsewhere than on the processor."""

    @property
    def device(self) -> str:
        """What computes, such as ``cpu`` or ``cuda``."""


def refusals_of(engine: Engine, config: Config) -> Sequence[Refusal]:
    """Return what an engine refuses of a configuration; nothing for one that takes what the table allows."""
    return engine.refusals(config) if isinstance(engine, Refusing) else ()


def holds_interpreter(engine: Engine) -> bool:
    """Return what an engine says of itself; one that does not say leaves the interpreter to others."""
    return isinstance(engine, HoldsInterpreter) and engine.holds_interpreter


def is_thread_independent(engine: Engine, config: Config) -> bool:
    """Return whether a run comes to the same bits with any number of threads; no, where the engine does not say."""
    return isinstance(engine, ThreadIndependent) and engine.is_thread_independent(config)


def stack_key(engine: Engine, config: Config) -> Hashable | None:
    """Return what runs that the engine trains as one have in common; ``None`` for a run that trains alone."""
    return engine.stack_key(config) if isinstance(engine, Stackable) else None


def measure(trainer: Trainer, spec: ModelSpec, x: Array, y: Array, n_classes: int | None = None) -> Measured:
    """Return a model measured on examples, also by a trainer that only predicts; what it tells may be a stranger's.

    Of such a trainer the losses follow from its predictions where it minimises cross-entropy or half the squared error;
    of any other loss they are NaN.

    Args:
        trainer: the model.
        spec: what its engine says of it.
        x: rows as in ``Split.x``, shape (n, n_features).
        y: classes or targets, (n,).
        n_classes: how many classes there are, where that is known.

    Raises:
        EngineError: what it tells has not the shapes of ``Measured`` or of predictions, or is no numbers.
    """
    import numpy as np

    n, is_regression = len(y), spec.task == "regression"
    if isinstance(trainer, Measuring):
        return _checked(trainer.measure(x, y), n, None if is_regression else n_classes, is_regression=is_regression)
    told = _numbers("predictions", trainer.predict(x), (n,) if is_regression else (n, n_classes))
    if is_regression:
        return Measured(told, (told - y) ** 2 / 2, None)
    _check_probabilities(told)
    if spec.loss != "cross-entropy":
        return Measured(told.argmax(axis=1), np.full(n, np.nan), told)
    with np.errstate(divide="ignore"):
        return Measured(told.argmax(axis=1), -np.log(told[np.arange(n), y]), told)


def _checked(told: Measured, n: int, n_classes: int | None, *, is_regression: bool) -> Measured:
    import numpy as np

    if not isinstance(told, Measured):
        raise EngineError(f"what it measured of {n} examples is no Measured but {type(told).__name__}")
    predicted, losses = (_numbers(name, getattr(told, name), (n,)) for name in ("predicted", "losses"))
    if is_regression:
        return Measured(predicted, losses, None)
    p = None if told.probabilities is None else _numbers("probabilities", told.probabilities, (n, n_classes))
    if p is not None:
        _check_probabilities(p)
    most = p.shape[1] if p is not None else n_classes
    if not ((predicted >= 0) & (predicted == np.floor(predicted))).all() or (most and predicted.max(initial=0) >= most):
        raise EngineError("what it predicted are no classes")
    return Measured(predicted.astype(np.int64), losses, p)


def _numbers(name: str, told: object, shape: tuple[int | None, ...]) -> Array:
    """Return numbers that an engine told, as an array; ``None`` in the shape stands for any length but 0.

    Raises:
        EngineError: they have another shape, or are none.
    """
    import numpy as np

    array = np.asarray(told)
    if array.ndim != len(shape) or any(
        length != wanted if wanted is not None else not length
        for length, wanted in zip(array.shape, shape, strict=True)
    ):
        wanted = str(shape).replace("None", "n_classes")
        raise EngineError(f"the {name} that it tells have the shape {array.shape}, not {wanted}")
    if array.dtype.kind not in "fiub":
        raise EngineError(f"the {name} that it tells are of the type {array.dtype}, which is no number")
    return array


def _check_probabilities(told: Array) -> None:
    """Look whether a row of numbers for each example can be probabilities; NaN is what a diverged model tells.

    Raises:
        EngineError: some lie outside 0 to 1, or those of an example do not add up to 1, as scores and logarithms.
    """
    if (told < -_ROUNDING).any() or (told > 1 + _ROUNDING).any():
        raise EngineError(
            f"the probabilities that it tells reach from {told.min():.4g} to {told.max():.4g}, not 0 to 1"
        )
    sums = told.sum(axis=1, dtype=float)
    if (wrong := abs(sums - 1) > _ROUNDING).any():
        raise EngineError(f"the probabilities that it tells of an example add up to {sums[wrong][0]:.4g}, not 1")


def device_of(trainer: Trainer) -> str:
    """Return what computes a trainer's products; the processor where it does not say."""
    return trainer.device if isinstance(trainer, OnDevice) else "cpu"
