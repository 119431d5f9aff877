"""The contract between a run and the engine that trains it: the arrays and numbers that cross it.

An engine is found by its entry point in the group ``hw1_tui.engines`` (see ``engines.registry``). It names the
models it can train and starts trainers. A trainer owns the weights; the session above it owns time: it asks for
one epoch after the other, pauses by not asking, and stops by not asking again. What an engine may do besides stands in
``engines.capability``; whether one keeps the contract is tested by ``engines.testing``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, get_args

from engines.interruption import is_interruption
from engines.standardization import Standardization

if TYPE_CHECKING:  # an engine is asked what it can train before there is anything to compute with
    import numpy as np
    import numpy.typing as npt

Array: TypeAlias = "npt.NDArray[Any]"
Value = int | float | bool | str | tuple[int, ...]
"""What a hyperparameter can be."""

SplitName = Literal["train", "val", "test"]
SPLITS: tuple[SplitName, ...] = get_args(SplitName)


class EngineError(Exception):
    """An engine cannot do what it was asked, said in one sentence for the user.

    Attributes:
        name: the hyperparameter whose value is the reason; empty where it is none in particular.
    """

    def __init__(self, sentence: str = "", name: str = "") -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True)
class Split:
    """The examples of one split.

    Attributes:
        x: inputs, shape (n_examples, n_features); uint8 as stored in the file, or float.
        y: classes (n_examples,) as int64, or targets (n_examples,) as float64 for a regression.
    """

    x: Array
    y: Array

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Dataset:
    """Three splits of examples, kept once in memory, as they were stored.

    Attributes:
        name: how the user named it: ``builtin``, ``digits``, a path.
        train: examples to learn from.
        val: examples to choose by; may be empty.
        test: examples looked at once, at the end; may be empty.
        classes: names of the classes in the order of their labels; empty for a regression.
        scale: what ``x`` is multiplied with to become features: 1/256 for uint8 images, 1 for floats.
        image_shape: the shape of one example as a picture, in the file's own order of axes:
            (H, W, 3), (3, H, W) or (H, W); empty where the examples are no pictures.
        remark: one sentence that must be said wherever the data is used, such as that it is drawn.
        fingerprint: hexadecimal digest of every array, by which a run can be tied to its data.
        value_range: smallest and largest stored value of the training split; empty where nobody looked.
        left_out: what the source holds and these splits do not, such as pictures that cannot be read, a sentence each.
        files: of a folder, the file of each example below it, by split; empty where examples are no files.
        source_rows: of splits that were drawn from a larger part of the source, the row of each example there, from 0.
        found: what was found out when the source was read, such as how labels became classes, a sentence each.
        feature_names: names of the features in their order; empty where the source names none.
        standardization: what makes features of ``x`` in place of ``scale``, where the run asks for it.
    """

    name: str
    train: Split
    val: Split
    test: Split
    classes: tuple[str, ...] = ()
    scale: float = 1.0
    image_shape: tuple[int, ...] = ()
    remark: str = ""
    fingerprint: str = ""
    value_range: tuple[float, ...] = ()
    left_out: tuple[str, ...] = ()
    files: Mapping[SplitName, tuple[str, ...]] = field(default_factory=dict)
    source_rows: Mapping[SplitName, Array] = field(default_factory=dict)
    found: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    standardization: Standardization | None = None

    def __getitem__(self, split: SplitName) -> Split:
        return {"train": self.train, "val": self.val, "test": self.test}[split]

    @property
    def n_features(self) -> int:
        """Number of features of one example."""
        return int(self.train.x.shape[1])

    @property
    def n_classes(self) -> int:
        """Number of classes; 0 for a regression."""
        return len(self.classes)

    @property
    def is_regression(self) -> bool:
        """Whether the targets are numbers and not classes."""
        return not self.classes

    @property
    def feature_titles(self) -> tuple[str, ...]:
        """What each feature is called where it is shown: by its name, or x1, x2, ... where it has none."""
        names = self.feature_names or ("",) * self.n_features
        return tuple(name or f"x{number}" for number, name in enumerate(names, start=1))

    def features(self, x: Array, dtype: npt.DTypeLike = "float64") -> Array:
        """Return rows of a split as features.

        Args:
            x: rows of a split's ``x``, shape (n, n_features).
            dtype: float type of the result.

        Returns:
            ``x * scale`` as ``dtype``, or standardised, (n, n_features); a new array unless nothing had to change.
        """
        if self.standardization is not None:
            return self.standardization.apply(x, dtype)
        features = x.astype(dtype, copy=False)
        return features if self.scale == 1.0 else features * features.dtype.type(self.scale)


@dataclass(frozen=True)
class Refusal:
    """A value that an engine does not take, or not beside the others, though the table of hyperparameters allows it.

    Attributes:
        name: the hyperparameter.
        problem: what is wrong with its value, in words that can stand after its name.
        allowed: what would be right; empty where the problem says it.
    """

    name: str
    problem: str
    allowed: str = ""


class Config(Protocol):
    """What an engine reads of a run's configuration."""

    @property
    def model(self) -> str:
        """Name of the model, one of ``Engine.models()``."""

    @property
    def hyperparameters(self) -> Mapping[str, Any]:
        """Every hyperparameter of the model, checked: names as in ``ModelSpec.defaults``."""


@dataclass(frozen=True)
class ModelSpec:
    """A model that an engine can train.

    Attributes:
        title: the model's name as a person writes it.
        defaults: every hyperparameter that the engine takes for this model, with its default. The names are
            those of the table in ``hw1_tui.settings``. What the session itself applies (``epochs``, ``schedule``,
            ``patience``, ...) is taken by every model and stands here only where its default is another, such as
            the number of epochs.
        task: ``classification`` or ``regression``.
        adjustable: the hyperparameters that ``Trainer.adjust`` can change while it trains.
        loss: the name of the loss of one example, such as ``cross-entropy``; empty where it has none.
    """

    title: str
    defaults: Mapping[str, Value]
    task: Literal["classification", "regression"] = "classification"
    adjustable: frozenset[str] = frozenset()
    loss: str = ""


@dataclass(frozen=True)
class Progress:
    """How far an epoch is.

    Attributes:
        examples: examples of this epoch trained on so far.
        loss: unweighted mean of the losses of the steps of this epoch so far, each taken as it was trained on
            (before its update, dropout on); a step's loss is the mean per example of its batch, without the penalty.
    """

    examples: int
    loss: float


@dataclass(frozen=True)
class Evaluation:
    """A model measured on a split, in evaluation mode.

    Attributes:
        loss: mean per example, without the penalty.
        accuracy: correct / number of examples, the first arg-max winning ties; ``None`` for a regression.
    """

    loss: float
    accuracy: float | None


class Trainer(Protocol):
    """A model being trained. Not thread-safe: one thread at a time asks."""

    def epoch(self) -> Iterator[Progress]:
        """Train one epoch over the training split in a fresh order.

        Yields at least ten times a second on an ordinary machine and once at the end, where ``examples`` is the
        size of the split. Between two yields ``state()`` may be called; a trainer that loaded such a state goes on
        inside that epoch when it is next asked for one.
        """

    def evaluate(self, split: SplitName) -> Evaluation:
        """Measure the model on a split; leaves the training state as it was."""

    def predict(self, x: Array) -> Array:
        """Return class probabilities (n, n_classes), or targets (n,) for a regression.

        Args:
            x: rows as in ``Split.x``, shape (n, n_features), in the data's own scale.
        """

    def adjust(self, **changes: Value) -> None:
        """Change hyperparameters from the next step on: any of ``ModelSpec.adjustable``."""

    def parameters(self) -> dict[str, Array]:
        """Return the weights by name, layer by layer: ``W1`` (n_out, n_in), ``b1`` (n_out,), ``W2``, ...

        The arrays may be the live ones: copy what must not change, and write to none.
        """

    def state(self) -> dict[str, Array]:
        """Return copies of everything that the future depends on: weights, optimizer, generators, place in the epoch.

        Continuing from it is bit-identical to not having stopped.
        """

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over a state that ``state()`` of a trainer with the same configuration and data gave."""


class Engine(Protocol):
    """Something that can train models."""

    name: str

    def unavailable(self) -> str:
        """Return why the engine cannot be used here and the command that helps; empty where it can.

        Must be quick: nothing heavy is imported to answer.
        """

    def models(self) -> Mapping[str, ModelSpec]:
        """Return the models by name. Must be quick."""

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> Trainer:
        """Return a trainer with fresh weights.

        Args:
            config: the model and its hyperparameters, already checked against the table.
            data: what to train on.
            rng: source of all randomness of the run: the initial weights first, then the order of the examples.

        Raises:
            EngineError: the model cannot be trained on this data or this machine; nothing has begun then.
        """


@contextmanager
def engine_errors(name: str, *passed: type[BaseException]) -> Iterator[None]:
    """Make an ``EngineError`` of whatever the code of an engine raises, which may be a stranger's.

    What is no ``Exception`` counts too, such as ``SystemExit`` and the panics of compiled plug-ins: passed on, it would
    end the program, or a thread of it, without a word. Interruptions are the user's and pass.

    Args:
        name: the engine's name.
        passed: what else passes.

    Raises:
        EngineError: something else was raised.
    """
    try:
        yield
    except BaseException as error:
        if isinstance(error, (EngineError, *passed)) or is_interruption(error):
            raise
        raise EngineError(f"the {name} engine failed: {describe_error(error)}") from error


def describe_error(error: BaseException) -> str:
    """Return the first line of an error with its kind."""
    return f"{type(error).__name__}: {error_text(error)}".splitlines()[0].removesuffix(": ")


def error_text(error: BaseException) -> str:
    """Return what an error says; nothing of a stranger's that raises another when it is asked."""
    try:
        return str(error)
    except Exception:
        return ""


def find_model(engine: Engine, model: str, data: Dataset) -> ModelSpec:
    """Return what an engine says of a model that is to be trained on some data.

    Raises:
        EngineError: it has no such model, the model is not for such targets, or there is nothing to train on.
    """
    models = engine.models()
    if model not in models:
        raise EngineError(f"the {engine.name} engine has no model {model!r}; it has {', '.join(models)}")
    spec = models[model]
    if data.is_regression != (spec.task == "regression"):
        has = "numbers" if data.is_regression else "classes"
        raise EngineError(f"{spec.title} is for {spec.task}, and the targets of {data.name} are {has}")
    if not len(data.train):
        raise EngineError(f"{data.name} has no examples to train on")
    return spec
