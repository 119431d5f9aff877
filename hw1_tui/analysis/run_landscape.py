"""The loss around a run's model: on the way to it from where it began, or from another run, and along its gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.capability import measure
from engines.contract import Array, Dataset, EngineError, SplitName
from engines.inspection import Inspectable
from hw1_tui.analysis.inspected_split import inspect_all
from hw1_tui.analysis.landscape import Examples, LossLine, WeightLine, between, downhill
from hw1_tui.analysis.opened_run import OpenedRun, Subject
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.training.loss_line import MOST_REACH

_MOST = 1000
"""Examples of each split that the loss is measured on, lying evenly in it."""

_POINTS = 25
_BEYOND = 0.25
"""The line goes on by so much beyond both ends."""

_LEAST_BARRIER = 0.02
"""Of the higher end; what is lower is the noise of the examples."""

_AGREES = 0.01
"""The share by which the loss may differ from what the engine itself measures; more, and the model is another."""


@dataclass(frozen=True, eq=False)
class RunLandscape:
    """The loss along two lines through a model.

    Attributes:
        way: from where it comes, at t = 0, to the model, at t = 1.
        start: what stands at t = 0, in words.
        end: the model, in words.
        down: along the negative gradient of the training examples; t is a learning rate. ``None`` where the engine
            shows no gradients.
        reach: the largest rate at which one step still lowers the training loss; 0 where none does, infinity where
            every one does.
        rate: the run's own learning rate now; ``None`` for a model without.
        examples: how many of each split were measured.
    """

    way: LossLine
    start: str
    end: str
    down: LossLine | None
    reach: float
    rate: float | None
    examples: Mapping[str, int]

    @property
    def words(self) -> list[str]:
        """What there is to say of both lines, a sentence each."""
        return [self._of_way(), self._of_down()]

    def _of_way(self) -> str:
        barrier, loss = self.way.barrier("train"), np.interp((0, 1), self.way.t, self.way.losses["train"])
        said = f"From {self.start} to {self.end} the training loss goes from {loss[0]:.3g} to {loss[1]:.3g}"
        if barrier > _LEAST_BARRIER * float(loss.max()):
            return f"{said} over a barrier {barrier:.3g} higher than both: they lie in different valleys."
        return f"{said} without a barrier on the straight line."

    def _of_down(self) -> str:
        if self.down is None:
            return "The engine shows no gradients, so there is no line along them."
        if not self.reach:
            return "Along the gradient no step lowers the training loss: it is at a minimum, or its numbers have ended."
        if math.isinf(self.reach):
            return "One step along the gradient lowers the training loss however long it is."
        of_rate = "" if not self.rate else f", {self.reach / self.rate:.3g} times the run's {self.rate:g}"
        return f"One step along the gradient lowers the training loss up to a rate of {self.reach:.3g}{of_rate}."


def look_around(subject: Subject, start: OpenedRun | None = None, titles: Sequence[str] = ()) -> RunLandscape:
    """Return the loss around a run's model.

    Args:
        subject: the run; the other run beside it, where there is one, is where the line comes from.
        start: the same run after another epoch, where the line comes from; by default the weights that it began with.
        titles: what the run beside it and this one are called, where there is one beside it; by default the name of
            that one, or its identifier, and the epoch of this one.

    Raises:
        MistakeError: the other run has other layers, so no line leads to it; or there is nothing to measure on.
        EngineError: the engine's model is another than its settings say.
    """
    opened = subject.opened
    config, dataset, weights = opened.model.config, opened.dataset, opened.parameters()
    came_from, name = _start(subject, start)
    name, end = titles if subject.other is not None and titles else (name, opened.model.place)
    splits = {split: _chosen(dataset, split, weights["W1"]) for split in ("train", "val") if len(dataset[split])}
    try:
        way = WeightLine(came_from, between(came_from, weights), splits, opened.model.activation, config.spec.loss)
    except ValueError as error:
        raise MistakeError(Mistake("landscape", str(error))) from None
    except KeyError as error:
        raise EngineError(f"what {error} does between layers or to the scores is not known here") from None
    told, found = _measured_loss(opened), way.loss("train", 1.0)
    if np.isfinite(told) and not abs(found - told) <= _AGREES * abs(told) + 1e-9:
        raise EngineError(f"the model of {opened.record.run} computes something else than its settings say")
    rate = config.hyperparameters.get("learning_rate")
    down, reach = _look_down(opened, weights, splits, float(rate or 1.0))
    return RunLandscape(
        way.losses(np.linspace(-_BEYOND, 1 + _BEYOND, _POINTS)),
        name,
        end,
        down,
        reach,
        None if rate is None else float(rate),
        {split: len(examples.y) for split, examples in splits.items()},
    )


def _start(subject: Subject, start: OpenedRun | None) -> tuple[dict[str, Array], str]:
    if subject.other is not None:
        return subject.other.parameters(), subject.other.record.title
    if start is not None:
        return start.parameters(), f"epoch {start.model.epoch}"
    return subject.opened.initial_parameters(), "the start"


def _measured_loss(opened: OpenedRun) -> float:
    """Return the mean loss of the training examples as the engine itself measures it; NaN where it tells none."""
    train, rows = opened.dataset.train, _rows(opened.dataset, "train")
    with opened.asking():
        spec, n_classes = opened.model.config.spec, opened.dataset.n_classes
        losses = measure(opened.model.trainer, spec, train.x[rows], train.y[rows], n_classes).losses
    return float(losses.mean(dtype=np.float64))


def _look_down(
    opened: OpenedRun, weights: Mapping[str, Array], splits: Mapping[str, Examples], rate: float
) -> tuple[LossLine | None, float]:
    """Return the loss against the gradient, and up to which rate it falls; none where the engine shows no gradients.

    Args:
        opened: the run.
        weights: of its model.
        splits: examples by the name of their split.
        rate: to begin the search with.
    """
    if not isinstance(opened.model.trainer, Inspectable):
        return None, 0.0
    train, rows = opened.dataset.train, _rows(opened.dataset, "train")
    with opened.asking():
        inside = inspect_all(opened.inspectable(), train.x[rows], train.y[rows])
    spec = opened.model.config.spec
    line = WeightLine(weights, downhill(inside.gradients), splits, opened.model.activation, spec.loss)
    reach = line.longest_descent("train", rate)
    end = 1.5 * reach if math.isfinite(reach) else rate * MOST_REACH
    return line.losses(np.linspace(0.0, end or rate, _POINTS)), reach


def _rows(dataset: Dataset, split: SplitName) -> Array:
    n = len(dataset[split])
    return np.unique(np.linspace(0, n - 1, min(n, _MOST)).astype(int))


def _chosen(dataset: Dataset, split: SplitName, like: Array) -> Examples:
    rows = _rows(dataset, split)
    return Examples(dataset.features(dataset[split].x[rows], like.dtype), dataset[split].y[rows])
