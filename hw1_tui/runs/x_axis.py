"""What curves are drawn over: epochs, updates of the weights, or seconds of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Literal

from hw1_tui.metric import EpochMetrics
from hw1_tui.runs.record import RunRecord

XAxis = Literal["epoch", "update", "time"]

X_LABELS: Mapping[XAxis, str] = {"epoch": "epoch", "update": "updates", "time": "seconds"}
"""What each is called beside its numbers."""


def next_axis(axis: XAxis) -> XAxis:
    """Return what comes after an axis, the first again after the last."""
    names = [*X_LABELS]
    return names[(names.index(axis) + 1) % len(names)]


def positions(epochs: Sequence[EpochMetrics], axis: XAxis, updates_per_epoch: int) -> list[float]:
    """Return where each epoch stands on an axis.

    Args:
        epochs: of one run, in their order.
        axis: which.
        updates_per_epoch: steps of an epoch.
    """
    if axis == "time":
        return list(accumulate((epoch["seconds"] or 0.0) for epoch in epochs))
    return [float(epoch.epoch * (updates_per_epoch if axis == "update" else 1)) for epoch in epochs]


def updates_per_epoch(record: RunRecord) -> int:
    """Return the steps of an epoch of a run, by the batch size that it began with; 1 where that is not known."""
    examples, batch = record.facts.get("train_examples"), record.config.get("batch_size", 1)
    if not isinstance(examples, int) or not isinstance(batch, int) or min(examples, batch) < 1:
        return 1
    return -(-examples // batch)
