"""A picture of curves with its axes, made of the cells of a terminal.

It gets heights, ticks and colours that have been worked out, and nothing else. A tick stands for the middle of its
cell, and dots are laid over the cells accordingly, so that a curve passes a tick's height beside the tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from hw1_tui.markup.width import cell_width
from screens.widgets.chart.canvas import Canvas, Cells, Codes, Rgb
from screens.widgets.chart.end_label import EndLabel, spread_rows
from screens.widgets.chart.frame import ROWS_OF_X_AXIS, Frame, Words
from screens.widgets.chart.raster import DOTS_X, DOTS_Y, Dots, rasterise, rasterise_band, thicken, to_braille
from screens.widgets.chart.scale import Ends, Tick
from screens.widgets.chart.series import Floats

_LETTERS = "ABCDEFGHIJKLMNPQRSTUVWYZ"
ASCII_MARKERS = "*o+x#@%&" + _LETTERS
"""What curves are drawn with in ASCII, by the number of the series."""
PLAIN_MARKERS = "●▲■○△□◇" + _LETTERS
"""What stands on curves here and there where there is no colour to tell them apart."""
_CELLS_BETWEEN_MARKERS = 12

_MOST_THICK, _ROWS_FOR_THICK = 4, 7
"""Of so few curves the lines are two dots thick, where there is room for lines beside each other."""

_LARGEST_LABEL_SHARE = 0.2
_LEAST_WIDTH_FOR_LABEL = 30


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
class Best:
    """The point of a curve that is the best one.

    Attributes:
        x: its position.
        y: its height.
        colour: of its curve.
    """

    x: float
    y: float
    colour: Rgb


@dataclass(frozen=True)
class Drawing:
    """Everything a picture is made of, in heights and not in values.

    Attributes:
        curves: from the back to the front; where they meet the dots of all of them stay.
        x_range: what the first and the last column of cells stand for.
        y_range: what the lowest and the highest row of cells stand for.
        x_ticks: positions and labels.
        x_label: what the x axis counts, written before its ticks; left out where it takes too much of the width.
        y_ticks: heights and labels.
        axes: colour of axes, ticks and lines.
        grid: colour of the dotted lines at the ticks of the y axis.
        marks: positions of dotted vertical lines.
        floors: heights of dotted horizontal lines.
        beyond: points that are off the scale, told at the upper edge.
        crosshair: position of the vertical line that reads values; ``None`` for none.
        ascii: whether to use only ASCII.
        plain: whether there are no colours, so that curves need markers.
        areas: bands behind all curves.
        behind: curves that step back, behind the others.
        ends: names at the ends of curves, right of the canvas.
        bests: the best points.
    """

    curves: Sequence[Curve]
    x_range: Ends
    y_range: Ends
    x_ticks: Sequence[Tick]
    x_label: str
    y_ticks: Sequence[Tick]
    axes: Rgb
    grid: Rgb
    marks: Sequence[float] = ()
    floors: Sequence[float] = ()
    beyond: Sequence[Beyond] = ()
    crosshair: float | None = None
    ascii: bool = False
    plain: bool = False
    areas: Sequence[Area] = ()
    behind: Sequence[Curve] = ()
    ends: Sequence[EndLabel] = ()
    bests: Sequence[Best] = ()

    def columns(self, width: int) -> tuple[int, int]:
        """Return the first column of the canvas, after the y axis, and how many it has.

        Args:
            width: columns in all.
        """
        left = left_margin(self.y_ticks, self.x_label, width)
        right = max((cell_width(label.text) + 1 for label in self.ends), default=0)
        return left, width - left - right


def left_margin(y_ticks: Sequence[Tick], x_label: str, width: int) -> int:
    """Return the columns left of the canvas: the labels of the y axis and its line; below them what x counts.

    Args:
        y_ticks: of the y axis.
        x_label: what the x axis counts.
        width: columns in all.
    """
    label = len(x_label) + 1 if _has_label(x_label, width) else 0
    return max(label, max((len(text) for _, text in y_ticks), default=0) + 1)


def _has_label(x_label: str, width: int) -> bool:
    return bool(x_label) and width >= _LEAST_WIDTH_FOR_LABEL and len(x_label) <= width * _LARGEST_LABEL_SHARE


class Picture:
    """A drawing on its way to become text.

    Args:
        drawing: what to draw.
        width: columns in all.
        height: rows in all; the last two are the x axis and its labels.
    """

    def __init__(self, drawing: Drawing, width: int, height: int) -> None:
        self._drawing = drawing
        self._left, self._columns = drawing.columns(width)
        self._rows = height - ROWS_OF_X_AXIS
        self._width = width
        self._canvas = Canvas(self._columns, self._rows)
        self._is_ascii = drawing.ascii

    def draw(self) -> Text:
        """Draw everything, from the back to the front."""
        self._draw_lines()
        self._draw_areas()
        self._draw_curves(self._drawing.behind)
        self._draw_curves(self._drawing.curves)
        self._draw_bests()
        if self._drawing.crosshair is not None:
            self._draw_vertical(self._drawing.crosshair, "|" if self._is_ascii else "│")
        self._draw_beyond()
        return self._frame().picture(self._canvas)

    def _frame(self) -> Frame:
        drawing = self._drawing
        return Frame(
            left=self._left,
            columns=self._columns,
            rows=self._rows,
            colour=drawing.axes,
            x_ticks=[self._column(x) for x, _ in drawing.x_ticks],
            y_ticks=[(round(self._row(y)), label) for y, label in drawing.y_ticks],
            below=self._below(),
            right=self._ends(),
            ascii=self._is_ascii,
            grid=None if self._is_ascii or drawing.plain else drawing.grid,
        )

    def _row(self, y: float) -> float:
        low, high = self._drawing.y_range
        return (high - y) / (high - low) * (self._rows - 1)

    def _column(self, x: float) -> int:
        low, high = self._drawing.x_range
        return round((x - low) / (high - low) * (self._columns - 1))

    def _below(self) -> list[Words]:
        """Return what x counts, and of its ticks the labels that there is room for."""
        words, free, colour = [], 0, self._drawing.axes
        row = self._rows + ROWS_OF_X_AXIS - 1
        if _has_label(self._drawing.x_label, self._width):
            words.append(Words(row, 0, self._drawing.x_label, colour))
            free = len(self._drawing.x_label) + 1
        for x, label in self._drawing.x_ticks:
            column = self._left + self._column(x)
            start = min(column - (len(label) - 1) // 2, self._left + self._columns - len(label))
            if start >= free or free == 0:
                start = max(start, free)
                words.append(Words(row, start, label, colour))
                free = start + len(label) + 1
        return words

    def _draw_lines(self) -> None:
        for x in self._drawing.marks:
            self._draw_vertical(x, ":" if self._is_ascii else "┊")
        for y in self._drawing.floors:
            line = ("-" if self._is_ascii else "╌") * self._columns
            self._canvas.write(round(self._row(y)), 0, line, self._drawing.axes)

    def _draw_vertical(self, x: float, character: str) -> None:
        for row in range(self._rows):
            self._canvas.write(row, self._column(x), character, self._drawing.axes)

    def _draw_areas(self) -> None:
        for area in self._drawing.areas:
            dots = rasterise_band(area.x, area.low, area.high, *self._dots)
            codes = to_braille(dots)
            self._canvas.fill(codes > 0, ord(".") if self._is_ascii else codes, area.colour)

    def _draw_curves(self, curves: Sequence[Curve]) -> None:
        """Draw curves; where they meet the dots of all stay, in the colour of the one that has most of them there."""
        merged: Codes = np.zeros((self._rows, self._columns), np.uint32)
        most = np.zeros((self._rows, self._columns), np.uint8)
        is_thick = len(self._drawing.curves) <= _MOST_THICK and self._rows >= _ROWS_FOR_THICK and not self._is_ascii
        for curve in curves:
            dots: Dots = rasterise(curve.x, curve.y, *self._dots)
            codes = to_braille(thicken(dots) if is_thick else dots)
            cells = codes > 0
            if self._is_ascii:
                self._canvas.fill(cells, ord(ASCII_MARKERS[curve.style % len(ASCII_MARKERS)]), curve.colour)
                continue
            merged |= codes
            number = np.bitwise_count(codes & 0xFF)
            self._canvas.fill(cells & (number >= most), merged, curve.colour)
            self._canvas.fill(cells & (number < most), merged, None)
            most = np.maximum(most, number)
            if self._drawing.plain:
                marker = PLAIN_MARKERS[curve.style % len(PLAIN_MARKERS)]
                self._canvas.fill(_marked(cells, curve.style), ord(marker), curve.colour)

    @property
    def _dots(self) -> tuple[Ends, Ends, int, int]:
        """What the first and the last dot stand for, to the right and up, and how many there are."""
        x_range = _dot_ends(self._drawing.x_range, self._columns, DOTS_X)
        y_range = _dot_ends(self._drawing.y_range, self._rows, DOTS_Y)
        return x_range, y_range, self._columns * DOTS_X, self._rows * DOTS_Y

    def _draw_bests(self) -> None:
        low, high = self._drawing.x_range
        for best in self._drawing.bests:
            row = (round(self._row(best.y) * DOTS_Y + (DOTS_Y - 1) / 2)) // DOTS_Y  # the cell of its dot
            if low <= best.x <= high and 0 <= row < self._rows:
                self._canvas.write(row, self._column(best.x), best_marker(self._is_ascii), best.colour)

    def _draw_beyond(self) -> None:
        """Write an arrow and the value at the upper edge for every point above it, as far as there is room."""
        free = 0
        for point in self._drawing.beyond:
            column = self._column(point.x)
            if column < free:
                continue
            words = f"{'^' if self._is_ascii else '▲'} {point.label}"
            text = words if column + len(words) <= self._columns else words[0]
            self._canvas.write(0, column, text, point.colour)
            free = column + len(text) + 1

    def _ends(self) -> list[Words]:
        ends = self._drawing.ends
        rows = spread_rows([min(max(self._row(end.y), 0.0), self._rows - 1.0) for end in ends], self._rows)
        right = self._left + self._columns
        return [Words(row, right, f" {end.text}", end.colour) for row, end in zip(rows, ends, strict=True)]


def draw(drawing: Drawing, width: int, height: int) -> Text:
    """Return the picture of a drawing.

    Args:
        drawing: what to draw.
        width: columns in all.
        height: rows in all; the last two are the x axis and its labels.
    """
    return Picture(drawing, width, height).draw()


def best_marker(is_ascii: bool) -> str:
    """Return what stands at the best point of a curve."""
    return "!" if is_ascii else "◆"


def _dot_ends(ends: Ends, cells: int, dots: int) -> Ends:
    """Return what the first and the last dot stand for, where ``ends`` are the middles of the first and last cell."""
    beyond = (ends[1] - ends[0]) / max(1, cells - 1) * (dots - 1) / (2 * dots)
    return ends[0] - beyond, ends[1] + beyond


def _marked(cells: Cells, style: int) -> Cells:
    """Return where markers stand: the highest cell of some columns of a curve, of each curve on others."""
    rows, columns = cells.shape
    chosen = (np.arange(columns) - 5 * style - 2) % _CELLS_BETWEEN_MARKERS == 0
    top = np.arange(rows)[:, np.newaxis] == cells.argmax(axis=0)
    marked: Cells = cells & top & chosen
    return marked
