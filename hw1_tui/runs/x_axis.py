"""What curves are drawn over: epochs, updates of the weights, or seconds of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Literal

from hw1_tui.config_history import Change
from hw1_tui.metric import EpochMetrics
from hw1_tui.runs.record import RunRecord

XAxis = Literal["epoch", "update", "time"]

X_LABELS: Mapping[XAxis, str] = {"epoch": "epoch", "update": "updates", "time": "seconds"}
"""What each is called beside its numbers."""


def next_axis(axis: XAxis) -> XAxis:
    """Return what comes after an axis, the first again after the last."""
    names = [*X_LABELS]
    return names[(names.index(axis) + 1) % len(names)]


Steps = Sequence[tuple[int, int]]
"""From which epoch on an epoch takes how many updates, from the first on."""


def positions(epochs: Sequence[EpochMetrics], axis: XAxis, steps: Steps) -> list[float]:
    """Return where each epoch stands on an axis.

    Args:
        epochs: of one run, in their order.
        axis: which.
        steps: updates of its epochs.
    """
    if axis == "time":
        return list(accumulate((epoch["seconds"] or 0.0) for epoch in epochs))
    return [float(_updates(epoch.epoch, steps) if axis == "update" else epoch.epoch) for epoch in epochs]


def _updates(epoch: int, steps: Steps) -> int:
    """Return how many updates were made at the end of an epoch."""
    ends = [*(start for start, _ in steps[1:]), epoch + 1]
    return sum(n * max(0, min(end, epoch + 1) - start) for (start, n), end in zip(steps, ends, strict=True))


def steps_of(record: RunRecord) -> Steps:
    """Return the updates of the epochs of a run, and of those before it was branched."""
    return steps_by_batch(record.facts.get("train_examples"), record.config, record.joined_changes)


def steps_by_batch(examples: object, config: Mapping[str, Any], changes: Sequence[Change]) -> Steps:
    """Return the updates of the epochs of a run; 1 where that is not known.

    Args:
        examples: of its training split.
        config: what it began with.
        changes: what was changed on the way; where the batch was, from the epoch in which it was.
    """
    changed = [change for change in changes if change.name == "batch_size"]
    first = changed[0].old if changed else config.get("batch_size", 1)
    batches = [(1, first), *((change.epoch, change.new) for change in changed)]
    if not isinstance(examples, int) or not all(isinstance(batch, int) and batch > 0 for _, batch in batches):
        return ((1, 1),)
    return [(epoch, max(1, -(-examples // batch))) for epoch, batch in batches]
