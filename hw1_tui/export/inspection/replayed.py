"""``inspect RUN replay``: what a run took its examples for after each kept epoch, and its first layer there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from hw1_tui.analysis.replay import Frame, Replay, replay
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table
from hw1_tui.export.weight_figure import draw_epochs

_MOST_ROWS = 6


def show(asked: Asked) -> Shown:
    """Show every kept epoch.

    Raises:
        MistakeError: it has no classes, or no whole epoch was kept.
        EngineError: the engine failed.
    """
    found = replay(asked.subject)
    facts = {"run": found.opened.record.run, "split": found.split, "classes": list(found.classes)}
    records = [
        {**facts, "epoch": frame.epoch, "confusion": frame.counts(found.labels, len(found.classes)).tolist()}
        for frame in found.frames
    ]
    rows = tuple(_row(found, frame) for frame in found.frames)
    table = Table(("epoch", "right", "most often wrong", "taken for", "times"), rows)
    shown = [found.frames[place] for place in _spread(len(found.frames))]
    weights = [frame.weights for frame in shown if frame.weights is not None]
    draws = partial(draw_epochs, [frame.epoch for frame in shown], weights, found.units)
    return Shown(records, tables=[table], draw=draws if found.units else None)


def _row(found: Replay, frame: Frame) -> tuple[Any, ...]:
    counts = frame.counts(found.labels, len(found.classes))
    wrong = counts * (1 - np.eye(len(counts), dtype=counts.dtype))
    label, taken_for = np.unravel_index(int(wrong.argmax()), wrong.shape)
    right = int(np.trace(counts)) / max(int(counts.sum()), 1)
    if not wrong.any():
        return frame.epoch, right, None, None, 0
    return frame.epoch, right, found.classes[int(label)], found.classes[int(taken_for)], int(wrong.max())


def _spread(n: int) -> Sequence[int]:
    return [int(place) for place in np.unique(np.linspace(0, n - 1, min(n, _MOST_ROWS)).astype(int))]
