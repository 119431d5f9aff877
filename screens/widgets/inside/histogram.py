"""A histogram in block characters, with what stands at its ends."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from engines.contract import Array
from hw1_tui.analysis.distribution import Distribution
from hw1_tui.numeral import percent

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_ROUNDING = 1e-6
"""Of a height in eighths of a cell, so that a sum that is 0 but for rounding is none."""


class Histogram(Widget):
    """One distribution, as high and wide as there is room; its title above, the ends of its axis below."""

    DEFAULT_CSS: ClassVar[str] = "Histogram { width: 1fr; height: 6; }"

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._shown: Distribution | None = None

    def show(self, title: str, shown: Distribution | None) -> None:
        """Show a distribution; ``None`` for one that is not known."""
        self._title, self._shown = title, shown
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row of cells."""
        width, rows, style = self.size.width, self.size.height - 2, self.rich_style
        if y == 0:
            return _row(self._head(width), width, style)
        if self._shown is None or rows < 1:
            return _row("not known" if self._shown is None and y == 1 else "", width, style)
        if y == self.size.height - 1:
            return _row(self._axis(width), width, style + Style(dim=True))
        heights = self._heights(width, rows)
        below = (rows - y) * 8
        return _row("".join(_EIGHTHS[int(min(max(h - below, 0), 8))] for h in heights), width, style)

    def _head(self, width: int) -> str:
        if self._shown is None:
            return self._title
        zeros, deviation = self._shown.zeros, self._shown.deviation
        words = (f" {percent(zeros)} are 0", f" {percent(zeros)} 0") if zeros > 0.005 else (f" ± {deviation:.2g}",)
        return self._title + next((word for word in words if len(self._title) + len(word) <= width), "")

    def _axis(self, width: int) -> str:
        """Return both ends of the axis, and 0 in the middle; where there is no room for them 0 alone."""
        low, high = (f"{self._shown.edges[end]:.2g}" if self._shown else "" for end in (0, -1))
        left = width // 2
        right = max(width - left - 1, 0)
        if len(low) >= left or len(high) >= right:  # a number that is cut, or touches another, is another number
            low = high = ""
        return f"{low:<{left}}0{high:>{right}}"

    def _heights(self, width: int, rows: int) -> list[int]:
        """Return the height of each column in eighths of a cell; what is there at all is seen."""
        if self._shown is None:
            return [0] * width
        of_column = _in_columns(self._shown.counts, width)
        scaled = np.ceil(of_column * (rows * 8) / (of_column.max(initial=0.0) or 1.0) - _ROUNDING)
        return [int(height) for height in scaled]


def _in_columns(counts: Array, columns: int) -> Array:
    """Return how much of a histogram falls into each of so many equal columns, (columns,); no peak is left out.

    Args:
        counts: what is in each bin, (bins,).
        columns: how many there is room for.
    """
    edges = np.linspace(0, len(counts), columns + 1)
    below = np.interp(edges, np.arange(len(counts) + 1), np.concatenate([[0], np.cumsum(counts)]))
    parts: Array = np.diff(below)
    return parts


def _row(text: str, width: int, style: Style) -> Strip:
    return Strip([Segment(text[:width].ljust(width), style)])
