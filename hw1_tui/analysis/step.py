"""One step on one example, taken apart: forward pass, loss, gradients and update, as the numbers of the real model.

With h_0 = x the features of the example and e_y the unit vector of its class,

    z_l = W_l h_{l-1} + b_l,    h_l = g(z_l) for l < L,    p = softmax(z_L),    loss = -ln p_y
    d_L = p - e_y,    d_l = (W_{l+1}' d_{l+1}) * g'(z_l),    dloss/dW_l = d_l h_{l-1}',    dloss/db_l = d_l

The step itself is taken by the run's own engine, with its momenta and penalties and without dropout.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from engines import registry
from engines.capability import measure
from engines.contract import Array, Dataset, EngineError, Split, SplitName, Trainer, engine_errors
from engines.inspection import Inspectable, Inspection, Settable, inspected
from hw1_tui.analysis.central_difference import STEP, WRONG, central_difference
from hw1_tui.analysis.opened_run import OpenedRun
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import seeds_of
from hw1_tui.training.numbers import quietly


def norm(values: Array) -> float:
    """Return the Euclidean norm: in float64, as squares of large float32 numbers leave their range."""
    return float(np.linalg.norm(values.astype(np.float64)))


@dataclass(frozen=True, eq=False)
class LayerStep:
    """What happens in one layer.

    Attributes:
        number: l, from 1.
        below: h_{l-1}, (n_in,).
        z: z_l, (n_out,).
        h: h_l, (n_out,); ``None`` in the last layer.
        weights: W_l, (n_out, n_in).
        biases: b_l, (n_out,).
        d: dloss/dz_l, (n_out,), which is dloss/db_l.
        gradient: dloss/dW_l, (n_out, n_in), without the penalty.
        update: what the step adds to W_l; ``None`` where the step could not be taken.
        bias_update: what it adds to b_l.
    """

    number: int
    below: Array
    z: Array
    h: Array | None
    weights: Array
    biases: Array
    d: Array
    gradient: Array
    update: Array | None
    bias_update: Array | None

    @property
    def ratio(self) -> float | None:
        """The norm of the update over that of the weights; ``None`` where there is none or no weights yet."""
        whole = norm(self.weights)
        return None if self.update is None or not whole else norm(self.update) / whole


@dataclass(frozen=True, eq=False)
class Step:
    """A step on one example.

    Attributes:
        split: where the example stands.
        example: its number there.
        target: its class, or the target of a regression.
        layers: the layers, first to last.
        probabilities: p, (n_classes,); ``None`` for a model whose scores are none.
        loss: before the step.
        loss_after: of the same example after the step; ``None`` where the step could not be taken.
        settings: what the step depends on: learning rate, l2, l1, momentum, optimizer, as far as the model has them.
        averaged: the step is taken from the mean of the weights after so many epochs; 0 where from the weights.
        why_none: why the step could not be taken; empty where it was.
    """

    split: SplitName
    example: int
    target: float
    layers: tuple[LayerStep, ...]
    probabilities: Array | None
    loss: float
    loss_after: float | None
    settings: Mapping[str, Any]
    averaged: int = 0
    why_none: str = ""

    @property
    def scores(self) -> Array:
        """z_L, (n_classes,), or the predicted target, (1,)."""
        return self.layers[-1].z


@dataclass(frozen=True)
class DifferenceCheck:
    """A gradient beside a central difference, both in float64.

    Attributes:
        name: the parameter, such as ``W1`` or ``b2``.
        place: which of its entries.
        gradient: what backpropagation gives.
        difference: (loss(w + step) - loss(w - step)) / (2 step).
        is_kinked: whether a unit is switched on or off between the two, where no derivative exists.
        rounding: what the digits that the losses have may make of the difference.
    """

    name: str
    place: tuple[int, ...]
    gradient: float
    difference: float
    is_kinked: bool
    rounding: float

    @property
    def error(self) -> float:
        """How far apart they are, of the larger of them and a millionth."""
        return abs(self.gradient - self.difference) / self._size

    @property
    def _size(self) -> float:
        return max(abs(self.gradient), abs(self.difference), 1e-6)

    @property
    def holds(self) -> bool:
        """Whether they agree within what the difference itself is wrong by."""
        return self.error < WRONG

    @property
    def doubt(self) -> str:
        """Why nothing can be told where they do not agree; empty where they differ."""
        if self.is_kinked:
            return "a unit switches between the two"
        return "" if self.rounding < WRONG * self._size else "the loss is too large to tell so small a difference"


def explain_step(opened: OpenedRun, split: SplitName, example: int) -> Step:
    """Take a step on one example apart; the model stays as it was.

    Args:
        opened: the run.
        split: where the example stands.
        example: its number there, from 0.

    Raises:
        MistakeError: there is no such example.
        EngineError: the engine does not show what is needed.
    """
    x, y = _one(opened, split, example)
    with opened.asking():
        trainer = opened.inspectable()
        before = {name: np.array(array) for name, array in trainer.parameters().items()}
        inside = quietly(lambda: inspected(trainer, x, y))
        told = measure(opened.model.trainer, opened.model.config.spec, x, y, opened.dataset.n_classes).probabilities
        stepped, why_none = _take_step(opened, x, y)
    after = {} if stepped is None else stepped.parameters()
    loss_after = None if stepped is None else _loss(quietly(lambda: stepped.inspect(x, y)))
    features = opened.dataset.features(x)[0]
    layers = tuple(_layer(number, features, inside, before, after) for number in range(1, len(inside.z) + 1))
    return Step(
        split, example, float(y[0]), layers, None if told is None else told[0], _loss(inside), loss_after,
        _settings(opened, opened.model.trainer), opened.model.averaged, why_none,
    )  # fmt: skip


def _one(opened: OpenedRun, split: SplitName, example: int) -> tuple[Array, Array]:
    examples = opened.dataset[split]
    if not 0 <= example < len(examples):
        allowed = f"0 to {len(examples) - 1}" if len(examples) else f"{opened.dataset.name} has no {split} examples"
        raise MistakeError(Mistake("example", f"there is no {split} example {example}", allowed))
    return examples.x[example : example + 1], examples.y[example : example + 1]


def _layer(
    number: int, features: Array, inside: Inspection, before: Mapping[str, Array], after: Mapping[str, Array]
) -> LayerStep:
    W, b = f"W{number}", f"b{number}"
    h = inside.h[number - 1][0] if number <= len(inside.h) else None
    return LayerStep(
        number, features if number == 1 else inside.h[number - 2][0], inside.z[number - 1][0], h,
        before[W], before[b], inside.gradients[b], inside.gradients[W],
        after[W] - before[W] if after else None, after[b] - before[b] if after else None,
    )  # fmt: skip


def _loss(inside: Inspection) -> float:
    """Return the loss of the one example; that of a certain answer, -ln 1, has no sign."""
    return float(inside.losses[0]) + 0.0


def _take_step(opened: OpenedRun, x: Array, y: Array) -> tuple[Inspectable | None, str]:
    """Return a trainer that took one step on the example from where the model stands, or why there is none."""
    if opened.model.examples:
        return None, f"{opened.record.run} stands inside an epoch here: a step is shown of the end of an epoch"
    state = opened.model.trainer.state()
    trainer = _twin(opened, _alone(opened.dataset, x, y))
    if not isinstance(trainer, Inspectable):
        return None, "this engine does not show what is inside"
    trainer.load(state)
    if "dropout" in opened.model.config.spec.adjustable:
        trainer.adjust(dropout=0.0)
    quietly(lambda: list(trainer.epoch()))
    return trainer, ""


def _alone(dataset: Dataset, x: Array, y: Array) -> Dataset:
    """Return data whose training split is one example."""
    return replace(dataset, train=Split(x, y))


def _twin(opened: OpenedRun, dataset: Dataset, **changes: Any) -> Trainer:
    """Return a fresh trainer of the run's kind on other data."""
    config = opened.model.config
    values = {
        **config.hyperparameters,
        **{name: new for name, new in changes.items() if name in config.hyperparameters},
    }
    named = SimpleNamespace(model=config.model, hyperparameters=values)
    return registry.get(config.engine).start(named, dataset, np.random.default_rng(seeds_of(values)[0]))


def _settings(opened: OpenedRun, trainer: Trainer) -> dict[str, Any]:
    """Return the settings that a step depends on; the learning rate as the schedule has it after this epoch."""
    values = opened.model.config.hyperparameters
    names = ("optimizer", "learning_rate", "l2", "l1", "momentum", "nesterov", "dropout")
    settings = {name: copy.copy(values[name]) for name in names if name in values}
    kept = trainer.state().get("setting.learning_rate")  # how ``engines.state`` names it
    if kept is not None:
        settings["learning_rate"] = float(kept)
    return settings


def check_gradient(
    opened: OpenedRun, split: SplitName, example: int, name: str, place: tuple[int, ...]
) -> DifferenceCheck:
    """Set the gradient of one parameter beside a central difference of the loss of one example, in float64.

    Args:
        opened: the run.
        split: where the example stands.
        example: its number there.
        name: a parameter, such as ``W1`` or ``b2``.
        place: which of its entries.

    Raises:
        MistakeError: there is no such example, parameter or entry.
        EngineError: the engine does not show gradients, or does not let parameters be set.
    """
    x, y = _one(opened, split, example)
    weights = opened.parameters()
    if name not in weights:
        raise MistakeError(Mistake("weight", f"there is no {name!r}", ", ".join(weights)))
    if len(place) != weights[name].ndim or not all(0 <= i < n for i, n in zip(place, weights[name].shape, strict=True)):
        shape = ", ".join(f"0 to {n - 1}" for n in weights[name].shape)
        raise MistakeError(Mistake("weight", f"{name} has no entry {', '.join(map(str, place))}", shape))
    with engine_errors(opened.model.config.engine):
        twin = _twin(opened, _alone(opened.dataset, x, y), dtype="float64", precision="full", device="cpu")
        if not isinstance(twin, Inspectable) or not isinstance(twin, Settable):
            raise EngineError(f"the {opened.model.config.engine} engine does not let its parameters be set")
        exact = {each: array.astype(np.float64) for each, array in weights.items()}
        twin.set_parameters(exact)
        gradient = float(twin.inspect(x, y).gradients[name][place])
        told = central_difference(twin, x, y, name, place, STEP)
    is_kinked = told.is_switched and opened.model.activation == "relu"
    return DifferenceCheck(name, place, gradient, told.value, is_kinked, told.rounding)
