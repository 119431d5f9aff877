"""Drawing with plotext; the only file of the program that knows it.

plotext's own logarithmic scale breaks on the second draw, its legend covers the curve, and values that are no numbers
end the program. So it gets heights, ticks and colours that have been worked out, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text
from textual_plotext.plot import Plot

from screens.widgets.chart.scale import Tick
from screens.widgets.chart.series import Floats

Rgb = tuple[int, int, int]

ASCII_MARKERS = "*o+x#@%&"
DASHES = ((1, 0), (6, 4), (2, 2), (12, 4), (4, 4), (9, 3))
"""Columns of dots drawn and left out, by the number of the series: curves differ without colour too."""


@dataclass(frozen=True)
class Curve:
    """A curve as it is drawn.

    Attributes:
        x: positions (n,), reduced to what the canvas shows.
        y: heights (n,), NaN for gaps.
        colour: red, green and blue.
        style: which markers or dashes; see ``DASHES``.
    """

    x: Floats
    y: Floats
    colour: Rgb
    style: int


@dataclass(frozen=True)
class Drawing:
    """Everything a picture is made of, in heights and not in values.

    Attributes:
        curves: from the back to the front.
        x_range: left and right end.
        y_range: lower and upper end.
        x_ticks: positions and labels.
        y_ticks: heights and labels.
        marks: positions of dotted vertical lines.
        floors: heights of dotted horizontal lines.
        crosshair: position of the vertical line that reads values; ``None`` for none.
        axes: colour of axes, ticks and lines.
        ascii: whether to use only ASCII.
    """

    curves: Sequence[Curve]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    marks: Sequence[float]
    floors: Sequence[float]
    crosshair: float | None
    axes: Rgb
    ascii: bool

    @property
    def margin(self) -> int:
        """Columns left of the canvas: the labels of the y axis and its line."""
        return max((len(label) for _, label in self.y_ticks), default=0) + 1


def draw(drawing: Drawing, width: int, height: int) -> Text:
    """Return the picture.

    Args:
        drawing: what to draw.
        width: columns in all.
        height: rows in all; the last two are the x axis and its labels.
    """
    plot = Plot()
    plot.plotsize(width, height)
    plot._set_size(width, height)  # plotsize alone leaves the size of the terminal in force
    plot.theme("clear")
    plot.axes_color("default")
    plot.canvas_color("default")
    plot.ticks_color(drawing.axes)
    plot.xaxes(True, False)
    plot.yaxes(True, False)
    plot.xlim(*drawing.x_range)
    plot.ylim(*drawing.y_range)
    plot.xticks(*_unzip(drawing.x_ticks))
    plot.yticks(*_unzip(drawing.y_ticks))
    _draw_lines(plot, drawing, width - drawing.margin, height - 2)
    for curve in drawing.curves:
        _draw_curve(plot, curve, drawing)
    if drawing.crosshair is not None:
        _draw_vertical(plot, drawing.crosshair, drawing, height - 2, "|" if drawing.ascii else "│", drawing.axes)
    picture = Text.from_ansi(plot.build())
    return Text("\n").join(picture.split("\n")[:height]) if not drawing.ascii else _as_ascii(picture, height)


def _unzip(ticks: Sequence[Tick]) -> tuple[list[float], list[str]]:
    return [position for position, _ in ticks], [label for _, label in ticks]


def _draw_lines(plot: Plot, drawing: Drawing, columns: int, rows: int) -> None:
    for x in drawing.marks:
        _draw_vertical(plot, x, drawing, rows, ":" if drawing.ascii else "┊", drawing.axes)
    for y in drawing.floors:
        xs = np.linspace(*drawing.x_range, max(2, columns)).tolist()
        plot.scatter(xs, [y] * len(xs), marker="-" if drawing.ascii else "╌", color=drawing.axes)


def _draw_vertical(plot: Plot, x: float, drawing: Drawing, rows: int, marker: str, colour: Rgb) -> None:
    ys = np.linspace(*drawing.y_range, max(2, rows)).tolist()
    plot.scatter([x] * len(ys), ys, marker=marker, color=colour)


def _draw_curve(plot: Plot, curve: Curve, drawing: Drawing) -> None:
    marker = ASCII_MARKERS[curve.style % len(ASCII_MARKERS)] if drawing.ascii else "braille"
    on, off = (1, 0) if drawing.ascii else DASHES[curve.style % len(DASHES)]
    for x, y in _pieces(curve.x, curve.y):
        if len(x) == 1:
            plot.scatter(x.tolist(), y.tolist(), marker=marker, color=curve.colour)
        elif not off:
            plot.plot(x.tolist(), y.tolist(), marker=marker, color=curve.colour)
        else:
            for dash_x, dash_y in _dashes(x, y, drawing, on, off):
                plot.plot(dash_x.tolist(), dash_y.tolist(), marker=marker, color=curve.colour)


def _pieces(x: Floats, y: Floats) -> list[tuple[Floats, Floats]]:
    """Return the stretches between gaps."""
    there = np.flatnonzero(~np.isnan(y))
    if not len(there):
        return []
    runs = np.split(there, np.flatnonzero(np.diff(there) > 1) + 1)
    return [(x[run], y[run]) for run in runs]


_DASH_COLUMNS = 120
"""Columns of dots that a dash pattern is laid over: fixed, so that dashes do not crawl when the width changes."""


def _dashes(x: Floats, y: Floats, drawing: Drawing, on: int, off: int) -> list[tuple[Floats, Floats]]:
    """Return a curve cut into dashes along the x axis."""
    low, high = drawing.x_range
    step = (high - low) / _DASH_COLUMNS
    first = int(np.floor((max(x[0], low) - low) / step / (on + off)))
    last = int(np.ceil((min(x[-1], high) - low) / step / (on + off)))
    dashes = []
    for number in range(first, last + 1):
        start = low + number * (on + off) * step
        left, right = max(start, x[0]), min(start + on * step, x[-1])
        if right > left:
            inside = (x > left) & (x < right)
            ends = np.interp([left, right], x, y)
            dashes.append(
                (np.concatenate([[left], x[inside], [right]]), np.concatenate([[ends[0]], y[inside], [ends[1]]]))
            )
    return dashes


_ASCII_AXES = str.maketrans({"┤": "|", "│": "|", "└": "+", "┬": "+", "─": "-", "┼": "+", "├": "|"})


def _as_ascii(picture: Text, height: int) -> Text:
    lines = []
    for line in picture.split("\n")[:height]:
        plain = line.plain.translate(_ASCII_AXES)
        lines.append(Text(plain, spans=line.spans))
    return Text("\n").join(lines)
