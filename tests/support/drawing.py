"""Pictures of curves as the interface's charts draw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.text import Text

from engines.contract import Array
from screens.widgets.chart.renderer import Curve, Drawing, draw


def picture(y: Sequence[float] | Array, width: int = 40, height: int = 10, **changes: Any) -> Text:
    """Return the picture of one curve, with something else of it changed."""
    x = np.arange(float(len(y)))
    drawing: dict[str, Any] = {
        "curves": [Curve(x, np.array(y, float), (255, 0, 0), 0)],
        "x_range": (0.0, max(1.0, float(len(y) - 1))),
        "y_range": (0.0, 1.0),
        "x_ticks": [(0.0, "0")],
        "x_label": "epoch",
        "y_ticks": [(0.0, "0.0"), (1.0, "1.0")],
        "marks": (),
        "floors": (),
        "beyond": (),
        "crosshair": None,
        "axes": (128, 128, 128),
        "grid": (40, 40, 40),
        "ascii": False,
        "plain": False,
    }
    return draw(Drawing(**{**drawing, **changes}), width, height)
