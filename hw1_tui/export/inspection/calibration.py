"""``inspect RUN calibration``: whether the model is as often right as it is certain."""

from __future__ import annotations

import math
from typing import Any

from hw1_tui.analysis.calibration import calibration_of
from hw1_tui.export.inspection.view import Asked, Shown
from hw1_tui.export.table import Table


def show(asked: Asked) -> Shown:
    """Show the reliability curve and the calibration error.

    Raises:
        MistakeError: the run predicts numbers.
        EngineError: its model tells no probabilities.
    """
    opened, split = asked.subject.opened, asked.subject.split
    found = calibration_of(opened, split)
    rows: list[tuple[Any, ...]] = [
        (f"{b.low:.2f} to {b.high:.2f}", b.n, b.confidence, b.accuracy.value, b.accuracy.low, b.accuracy.high)
        for b in found.bins
        if b.accuracy is not None
    ]
    table = Table(("confidence from", "examples", "confidence", "right", "right_low", "right_high"), tuple(rows))
    record = {
        "run": opened.record.run,
        "epoch": opened.model.epoch,
        "split": split,
        "ece": found.error.value,
        "ece_low": found.error.low,
        "ece_high": found.error.high,
        "floor": found.floor,
        "floor_top": found.floor_top,
        "confidence": found.confidence,
        "accuracy": found.accuracy,
        "bins": [
            {
                "low": b.low,
                "high": b.high,
                "examples": b.n,
                "confidence": None if math.isnan(b.confidence) else b.confidence,
                "right": b.accuracy and b.accuracy.value,
            }
            for b in found.bins
        ],
    }

    def draw() -> Any:
        from hw1_tui.export.calibration_figure import draw_calibration

        return draw_calibration(f"{opened.record.title} after epoch {opened.model.epoch}, {split}", found)

    return Shown([record], [found.words(), found.sizes()], [table], draw)
