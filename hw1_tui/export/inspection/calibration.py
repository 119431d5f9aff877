"""``inspect RUN calibration``: whether the model is as often right as it is certain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hw1_tui.analysis.calibration import Bin, calibration_of
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
    record = {
        **asked.subject.as_dict(),
        "ece": found.error.value,
        "ece_low": found.error.low,
        "ece_high": found.error.high,
        "floor": found.floor,
        "floor_top": found.floor_top,
        "confidence": found.confidence,
        "accuracy": found.accuracy,
        "bins": [_bin_record(one) for one in found.bins],
    }

    def draw() -> Any:
        from hw1_tui.export.calibration_figure import draw_calibration

        return draw_calibration(f"{opened.record.title} after {opened.model.place}, {split}", found)

    return Shown([record], [found.words(), found.sizes()], [_table(found.bins)], draw)


def _bin_record(one: Bin) -> dict[str, Any]:
    return {
        "low": one.low,
        "high": one.high,
        "examples": one.n,
        "confidence": None if math.isnan(one.confidence) else one.confidence,
        "right": one.accuracy and one.accuracy.value,
    }


def _table(bins: Sequence[Bin]) -> Table:
    rows = [
        (f"{one.low:.2f} to {one.high:.2f}", one.n, one.confidence, right.value, right.low, right.high)
        for one in bins
        if (right := one.accuracy) is not None
    ]
    return Table(("confidence from", "examples", "confidence", "right", "right_low", "right_high"), tuple(rows))
