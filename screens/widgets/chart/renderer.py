"""Drawing with plotext; the only file of the program that knows it.

plotext's own logarithmic scale breaks on the second draw, its legend covers the curve, and values that are no numbers
end the program. So it gets heights, ticks and colours that have been worked out, and nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rich.color import Color
from rich.style import Style
from rich.text import Span, Text
from textual_plotext.plot import Plot

from screens.widgets.chart.raster import DOTS_X, DOTS_Y, rasterise, rasterise_band, to_cells
from screens.widgets.chart.scale import Tick
from screens.widgets.chart.series import Floats

Rgb = tuple[int, int, int]

_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWYZ"
ASCII_MARKERS = "*o+x#@%&" + _LETTERS
"""What curves are drawn with in ASCII, by the number of the series."""
PLAIN_MARKERS = "●▲■◆○△□◇" + _LETTERS
"""What stands on curves here and there where there is no colour to tell them apart."""
_CELLS_BETWEEN_MARKERS = 12

_LARGEST_LABEL_SHARE = 0.2


@dataclass(frozen=True)
class Curve:
    """A curve as it is drawn.

    Attributes:
        x: positions (n,), reduced to what the canvas shows.
        y: heights (n,), NaN for gaps.
        colour: red, green and blue.
        style: which of the markers, where curves need them.
    """

    x: Floats
    y: Floats
    colour: Rgb
    style: int


@dataclass(frozen=True)
class Area:
    """A band around a curve as it is drawn.

    Attributes:
        x: positions (n,).
        low: heights of its lower end (n,).
        high: heights of its upper end (n,).
        colour: red, green and blue.
    """

    x: Floats
    low: Floats
    high: Floats
    colour: Rgb


@dataclass(frozen=True)
class Beyond:
    """A point above the canvas.

    Attributes:
        x: its position.
        label: its value.
        colour: of its curve.
    """

    x: float
    label: str
    colour: Rgb


@dataclass(frozen=True)
class Drawing:
    """Everything a picture is made of, in heights and not in values.

    Attributes:
        curves: from the back to the front.
        x_range: left and right end.
        y_range: lower and upper end.
        x_ticks: positions and labels.
        x_label: what the x axis counts, written at its right end; left out where it takes too much of the width.
        y_ticks: heights and labels.
        marks: positions of dotted vertical lines.
        floors: heights of dotted horizontal lines.
        beyond: points that are off the scale, told at the upper edge.
        crosshair: position of the vertical line that reads values; ``None`` for none.
        axes: colour of axes, ticks and lines.
        ascii: whether to use only ASCII.
        plain: whether there are no colours, so that curves need markers.
        areas: bands behind all curves.
    """

    curves: Sequence[Curve]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_ticks: Sequence[Tick]
    x_label: str
    y_ticks: Sequence[Tick]
    marks: Sequence[float]
    floors: Sequence[float]
    beyond: Sequence[Beyond]
    crosshair: float | None
    axes: Rgb
    ascii: bool
    plain: bool
    areas: Sequence[Area] = ()

    @property
    def margin(self) -> int:
        """Columns left of the canvas: the labels of the y axis and its line."""
        return max((len(label) for _, label in self.y_ticks), default=0) + 1


def draw(drawing: Drawing, width: int, height: int) -> Text:
    """Return the picture.

    plotext is told everything in cells of its canvas, so that no value can be too large for it.

    Args:
        drawing: what to draw.
        width: columns in all.
        height: rows in all; the last two are the x axis and its labels.
    """
    columns, rows = width - drawing.margin, height - 2
    plot = Plot()
    plot.plotsize(width, height)
    plot._set_size(width, height)  # plotsize alone leaves the size of the terminal in force
    plot.theme("clear")
    plot.axes_color("default")
    plot.canvas_color("default")
    plot.ticks_color(drawing.axes)
    plot.xaxes(True, False)
    plot.yaxes(True, False)
    plot.xlim(0, columns - 1)
    plot.ylim(0, rows - 1)
    plot.xticks(*_x_ticks(drawing, columns, width))
    plot.yticks(*_ticks(drawing.y_ticks, drawing.y_range, rows))
    _draw_lines(plot, drawing, columns, rows)
    _draw_curves(plot, drawing, columns, rows)
    if drawing.crosshair is not None:
        _draw_vertical(plot, drawing.crosshair, drawing, columns, rows, "|" if drawing.ascii else "│")
    picture = _build(plot, drawing, width, height)
    return _as_ascii(picture) if drawing.ascii else picture


def _ticks(ticks: Sequence[Tick], ends: tuple[float, float], cells: int) -> tuple[list[float], list[str]]:
    return [_cell(at, ends, cells) for at, _ in ticks], [label for _, label in ticks]


def _x_ticks(drawing: Drawing, columns: int, width: int) -> tuple[list[float], list[str]]:
    """Return the ticks of the x axis; those that the axis' label takes the place of stay without theirs."""
    cells, labels = _ticks(drawing.x_ticks, drawing.x_range, columns)
    room = width - _label_width(drawing, width) - drawing.margin
    return cells, [text if cell + len(text) / 2 < room else "" for cell, text in zip(cells, labels, strict=True)]


def _label_width(drawing: Drawing, width: int) -> int:
    """Return the columns that the label of the x axis takes, with a space before it."""
    wanted = len(drawing.x_label) + 1
    return wanted if drawing.x_label and wanted <= width * _LARGEST_LABEL_SHARE else 0


def _cell(at: float, ends: tuple[float, float], cells: int) -> int:
    return round((at - ends[0]) / (ends[1] - ends[0]) * (cells - 1))


def _draw_lines(plot: Plot, drawing: Drawing, columns: int, rows: int) -> None:
    for x in drawing.marks:
        _draw_vertical(plot, x, drawing, columns, rows, ":" if drawing.ascii else "┊")
    for y in drawing.floors:
        marker = "-" if drawing.ascii else "╌"
        height = _cell(y, drawing.y_range, rows)
        plot.scatter(list(range(columns)), [height] * columns, marker=marker, color=drawing.axes)


def _draw_vertical(plot: Plot, x: float, drawing: Drawing, columns: int, rows: int, marker: str) -> None:
    column = _cell(x, drawing.x_range, columns)
    plot.scatter([column] * rows, list(range(rows)), marker=marker, color=drawing.axes)


def _draw_curves(plot: Plot, drawing: Drawing, columns: int, rows: int) -> None:
    """Draw all curves in one go, for plotext takes its time for each point; where they meet the front one is seen."""
    cells: dict[tuple[int, int], tuple[str, Rgb]] = {}
    size = columns * DOTS_X, rows * DOTS_Y
    for area in drawing.areas:
        dots = rasterise_band(area.x, area.low, area.high, drawing.x_range, drawing.y_range, *size)
        found = zip(*to_cells(dots, "." if drawing.ascii else ""), strict=True)
        cells.update({(x, y): (marker, area.colour) for x, y, marker in found})
    for curve in drawing.curves:
        dots = rasterise(curve.x, curve.y, drawing.x_range, drawing.y_range, *size)
        places = to_cells(dots, ASCII_MARKERS[curve.style % len(ASCII_MARKERS)] if drawing.ascii else "")
        drawn = {(x, y): marker for x, y, marker in zip(*places, strict=True)}
        if drawing.plain and not drawing.ascii:
            drawn |= _markers(drawn, curve.style)
        cells.update({place: (marker, curve.colour) for place, marker in drawn.items()})
    if cells:
        xs, ys = zip(*cells, strict=True)
        markers, colours = zip(*cells.values(), strict=True)
        plot.scatter(list(xs), list(ys), marker=list(markers), color=list(colours))  # type: ignore[arg-type]


def _markers(drawn: Mapping[tuple[int, int], str], style: int) -> dict[tuple[int, int], str]:
    """Return markers on the highest cell of some columns of a curve, of each curve on others; all of it stays."""
    tops: dict[int, int] = {}
    for x, y in drawn:
        if (x - 5 * style - 2) % _CELLS_BETWEEN_MARKERS == 0:
            tops[x] = max(y, tops.get(x, y))
    return dict.fromkeys(tops.items(), PLAIN_MARKERS[style % len(PLAIN_MARKERS)])


def _write_beyond(cells: Any, drawing: Drawing, width: int, height: int) -> None:
    """Write an arrow and the value at the upper edge for every point above it, as far as there is room."""
    free = drawing.margin
    for point in drawing.beyond:
        column = drawing.margin + _cell(point.x, drawing.x_range, width - drawing.margin)
        if column < free:
            continue
        words = f"{'^' if drawing.ascii else '▲'} {point.label}"
        text = words if column + len(words) <= width else words[0]
        cells.add_horizontal_string(column, height - 1, text, point.colour, alignment="left")
        free = column + len(text) + 1


def _build(plot: Any, drawing: Drawing, width: int, height: int) -> Text:
    """Return the picture, taken from plotext's cells: written as a string with codes it takes half as long again."""
    plot._set_sizes()
    plot._build_matrix()
    cells = plot.monitor.matrix
    if _label_width(drawing, width):
        cells.add_horizontal_string(width - 1, 0, drawing.x_label, drawing.axes, alignment="right")
    _write_beyond(cells, drawing, width, height)
    lines: list[str] = []
    spans: list[Span] = []
    position = 0
    for markers, colours in zip(cells.marker[::-1][:height], cells.fullground[::-1], strict=False):
        for colour, same in groupby(colours):
            start, position = position, position + sum(1 for _ in same)
            if isinstance(colour, tuple):
                spans.append(Span(start, position, _style(*colour)))
        position += 1
        lines.append("".join(markers))
    return Text("\n".join(lines), spans=spans)


@functools.cache
def _style(red: int, green: int, blue: int) -> Style:
    return Style(color=Color.from_rgb(red, green, blue))


_ASCII_AXES = str.maketrans({"┤": "|", "│": "|", "└": "+", "┬": "+", "─": "-", "┼": "+", "├": "|"})


def _as_ascii(picture: Text) -> Text:
    return Text(picture.plain.translate(_ASCII_AXES), spans=picture.spans)
