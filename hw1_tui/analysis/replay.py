"""A run over its kept epochs: what it took each example for, and what its first layer looked like, epoch by epoch."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array, EngineError, SplitName
from hw1_tui.analysis.opened_run import OpenedRun, Subject
from hw1_tui.analysis.weight_picture import CommonDirection, as_pictures, weight_pictures
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError

MOST_FRAMES = 60
"""Kept epochs that are shown; of more so many, lying evenly, the last among them."""

MOST_UNITS = 12
"""Units whose weights are shown: the classes of a linear model, else those that moved farthest."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A run after one epoch.

    Attributes:
        epoch: which.
        predicted: the class that each example is taken for, (n,).
        certainty: the probability of that class, (n,); NaN where the model has none.
        weights: of the units that are shown, from -1 to 1, (n_units, H, W, channels); ``None`` where the examples are
            no pictures.
    """

    epoch: int
    predicted: Array
    certainty: Array
    weights: Array | None

    def counts(self, labels: Array, n_classes: int) -> Array:
        """Return the confusion matrix, a row a true class, (n_classes, n_classes)."""
        flat = np.bincount(labels * n_classes + self.predicted, minlength=n_classes**2)
        return np.asarray(flat.reshape(n_classes, n_classes))


@dataclass(frozen=True, eq=False)
class Replay:
    """A run as it went.

    Attributes:
        opened: the run.
        split: whose examples.
        labels: their classes, (n,).
        classes: names of the classes.
        metrics: what was measured after every epoch, kept or not.
        frames: the kept epochs, in order.
        units: what the units that are shown are called.
        shown: what is shown of them, in words.
    """

    opened: OpenedRun
    split: SplitName
    labels: Array
    classes: Sequence[str]
    metrics: Sequence[EpochMetrics]
    frames: Sequence[Frame]
    units: Sequence[str]
    shown: str


@dataclass(frozen=True, eq=False)
class _Layer:
    """How first layers are drawn so that epochs can be compared."""

    shape: Sequence[int]
    units: Array
    start: Array | None
    common: CommonDirection | None
    scale: float

    def pictures(self, weights: Array) -> Array:
        rows = weights.astype(np.float64) - (0 if self.start is None else self.start)
        if self.common is not None:
            rows = self.common.taken_off(rows)
        pictures = as_pictures(np.nan_to_num(rows[self.units]), self.shape)
        return np.asarray((pictures / self.scale).clip(-1, 1))


def replay(subject: Subject, is_cancelled: Callable[[], bool] = lambda: False) -> Replay:
    """Return a run as it went; opens every kept epoch, which takes a part of a second each.

    Args:
        subject: the run, and the split whose examples it is asked about.
        is_cancelled: asked between two epochs; then the frames so far are returned.

    Raises:
        MistakeError: it has no classes, or no whole epoch was kept.
        EngineError: the engine failed.
    """
    opened, split = subject.opened, subject.split
    if opened.dataset.is_regression:
        raise MistakeError(Mistake("replay", f"the targets of {opened.dataset.name} are no classes"))
    if not opened.epochs:
        raise MistakeError(Mistake(opened.record.run, "has no whole epoch that was kept"))
    places = np.unique(np.linspace(0, len(opened.epochs) - 1, min(MOST_FRAMES, len(opened.epochs))).astype(int))
    last = next(filter(None, (_at(opened, epoch) for epoch in reversed(opened.epochs))), opened)
    can_be_drawn = bool(opened.dataset.image_shape) and bool(np.isfinite(last.parameters()["W1"]).all())
    layer, names, shown = _layer(last) if can_be_drawn else (None, [], "")
    frames = []
    for epoch in (opened.epochs[place] for place in places):
        if one := last if epoch == last.model.epoch else _at(opened, epoch):
            frames.append(_frame(one, split, layer))
        if is_cancelled():
            break
    return Replay(
        opened,
        split,
        opened.dataset[split].y,
        opened.dataset.classes,
        opened.store.metrics(opened.record.run),
        frames,
        names,
        shown,
    )


def _at(opened: OpenedRun, epoch: int) -> OpenedRun | None:
    """Return a run after another of its kept epochs; ``None`` where a run that trains has taken the checkpoint away."""
    if opened.place == (epoch, 0):
        return opened
    try:
        return opened.at(epoch)
    except MistakeError:
        return None


def _frame(one: OpenedRun, split: SplitName, layer: _Layer | None) -> Frame:
    told = one.measured(split)
    rows, p = np.arange(len(told.predicted)), told.probabilities
    certainty = np.full(len(rows), np.nan) if p is None else p[rows, told.predicted]
    weights = layer.pictures(one.parameters()["W1"]) if layer else None
    return Frame(one.model.epoch, told.predicted.astype(np.int64), certainty, weights)


def _layer(last: OpenedRun) -> tuple[_Layer, list[str], str]:
    """Return how the first layer is drawn: as at the last epoch and on its scale, so that one sees it grow."""
    weights, shape, start = last.parameters(), last.dataset.image_shape, None
    with contextlib.suppress(EngineError):  # an engine that cannot begin again: then the weights themselves are shown
        start = last.initial_parameters()["W1"].astype(np.float64)
    found = weight_pictures(weights["W1"], shape, start)
    start = start if found.shown == "movement" else None
    shown = "weights W" if start is None else "movement W - W at the start"
    if "W2" not in weights:
        units, names = np.arange(len(found.values)), list(last.dataset.classes)
    else:
        sizes = np.linalg.norm(found.values.reshape(len(found.values), -1), axis=1)
        units, names = np.argsort(-sizes, kind="stable"), [f"unit {unit}" for unit in range(len(sizes))]
    units = units[:MOST_UNITS]
    return _Layer(shape, units, start, found.common, found.scale), [names[unit] for unit in units], shown
