"""The picture by plotext: axes, ticks and what stands within them; the only file of the program that knows it.

plotext's own logarithmic scale breaks on the second draw, its legend covers the curve, it keeps one curve a cell, and
values that are no numbers end the program. So it draws the axes, with ticks at whole cells; the dots of curves,
merged, are put into the cells of its canvas. What is written around it, plotext would move or leave out.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.color import Color
from rich.style import Style
from rich.text import Span, Text
from textual_plotext.plot import Plot

from screens.widgets.chart.canvas import HELD_BLANK, Canvas, Rgb

ROWS_OF_X_AXIS = 2
_ASCII_AXES = str.maketrans({"┤": "|", "│": "|", "└": "+", "┬": "+", "─": "-", "┼": "+", "├": "|"})


@dataclass(frozen=True)
class Words:
    """A text beside the canvas.

    Attributes:
        row: from the top.
        column: where it begins.
        text: what it says.
        colour: red, green and blue.
    """

    row: int
    column: int
    text: str
    colour: Rgb


@dataclass(frozen=True)
class Frame:
    """The axes, and what stands beside them.

    Attributes:
        left: columns of the y axis with its labels.
        columns: columns within the axes.
        rows: rows within the axes.
        colour: of axes and ticks.
        x_ticks: columns of the ticks of the x axis.
        y_ticks: rows from the top and labels of the ticks of the y axis.
        below: what is written below the x axis.
        right: what is written right of the canvas, whatever cells its characters take; at most one a row.
        ascii: whether to use only ASCII.
        grid: colour of the dotted lines at the ticks of the y axis, where nothing else stands; ``None`` for none.
    """

    left: int
    columns: int
    rows: int
    colour: Rgb
    x_ticks: Sequence[int]
    y_ticks: Sequence[tuple[int, str]]
    below: Sequence[Words]
    right: Sequence[Words]
    ascii: bool
    grid: Rgb | None = None

    def picture(self, canvas: Canvas) -> Text:
        """Return the picture of what was drawn on a canvas of this size, a line a row."""
        plot, written = self._plot(), list(zip(*canvas.cells(), strict=True))
        if written:
            plot.scatter([0], [0], marker=" ")  # without data there would be no ticks
        plot._set_sizes()
        plot._build_matrix()
        cells = plot.monitor.matrix
        # Not as data: plotext would work out every dot once more, which took as long as all the rest of a picture.
        lowest = self.rows - 1 + ROWS_OF_X_AXIS
        for column, row, character, colour in written:
            cells.marker[lowest - row][self.left + column] = character
            cells.fullground[lowest - row][self.left + column] = colour
        for words in self.below:
            cells.add_horizontal_string(words.column, 0, words.text, words.colour, alignment="left")
        return self._text(cells)

    def _plot(self) -> Any:
        width, height = self.left + self.columns, self.rows + ROWS_OF_X_AXIS
        plot = Plot()
        plot.plotsize(width, height)
        plot._set_size(width, height)  # plotsize alone leaves the size of the terminal in force
        plot.theme("clear")
        plot.axes_color("default")
        plot.canvas_color("default")
        plot.ticks_color(self.colour)
        plot.xaxes(True, False)
        plot.yaxes(True, False)
        plot.xlim(0, self.columns - 1)
        plot.ylim(0, self.rows - 1)
        plot.xticks(list(self.x_ticks), [""] * len(self.x_ticks))
        at = [float(self.rows - 1 - row) for row, _ in self.y_ticks]
        plot.yticks(at, [label.rjust(self.left - 1) for _, label in self.y_ticks])
        return plot

    def _text(self, cells: Any) -> Text:
        """Return plotext's cells as text: written as a string with codes it takes half as long again."""
        right = {words.row: words for words in self.right}
        lined = {row for row, _ in self.y_ticks} if self.grid else set()
        lines: list[str] = []
        spans: list[Span] = []
        position = 0
        rows = zip(cells.marker[::-1], cells.fullground[::-1], strict=True)
        for row, (markers, colours) in enumerate(rows):
            if row in lined:  # not by plotext, to which each dot costs as much as one of a curve
                free = [column >= self.left and marker == " " for column, marker in enumerate(markers)]
                markers = ["┈" if is_free else marker for is_free, marker in zip(free, markers, strict=True)]
                colours = [self.grid if is_free else colour for is_free, colour in zip(free, colours, strict=True)]
            for colour, same in groupby(colours):
                start, position = position, position + len(list(same))
                if isinstance(colour, tuple):
                    spans.append(Span(start, position, _style(*colour)))
            line = "".join(markers).replace(HELD_BLANK, " ")
            if self.ascii:
                line = line.translate(_ASCII_AXES)
            if words := right.get(row):
                line += words.text
                spans.append(Span(position, position + len(words.text), _style(*words.colour)))
                position += len(words.text)
            lines.append(line)
            position += 1
        return Text("\n".join(lines), spans=spans)


@functools.cache
def _style(red: int, green: int, blue: int) -> Style:
    return Style(color=Color.from_rgb(red, green, blue))
