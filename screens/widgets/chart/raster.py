"""Curves as dots: lines between points, laid over the cells of a terminal, made by numpy at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from screens.widgets.chart.canvas import Codes
from screens.widgets.chart.series import Floats

Dots = npt.NDArray[np.bool_]

DOTS_X, DOTS_Y = 2, 4
_BLANK = 0x2800
_ROUNDING = 1e-6
"""Share of a dot that is far above what rounding does to a place."""
# Bits of a braille character (Unicode, from U+2800 on) by row from the top and column.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])


def rasterise(
    x: Floats, y: Floats, x_range: tuple[float, float], y_range: tuple[float, float], columns: int, rows: int
) -> Dots:
    """Return the dots of a curve.

    Args:
        x: increasing, (n,).
        y: heights (n,), NaN for gaps, which are left open.
        x_range: left and right end of the canvas.
        y_range: lower and upper end.
        columns: columns of dots.
        rows: rows of dots.

    Returns:
        Which dots are set, (rows, columns), the first row at the top.
    """
    dots = np.zeros((rows, columns), np.bool_)
    x, y = _cut(x, y, x_range)
    at_x = (x - x_range[0]) / (x_range[1] - x_range[0]) * (columns - 1)
    at_y = (y_range[1] - y) / (y_range[1] - y_range[0]) * (rows - 1)
    at_y = np.clip(at_y, -2 * rows, 3 * rows)  # what is far outside is not seen, and must not take long to draw
    there = ~np.isnan(at_y)
    _set(dots, at_x[there], at_y[there])
    joined = there[:-1] & there[1:]
    _draw_lines(dots, at_x[:-1][joined], at_y[:-1][joined], at_x[1:][joined], at_y[1:][joined])
    return dots


def rasterise_band(
    x: Floats,
    low: Floats,
    high: Floats,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    columns: int,
    rows: int,
) -> Dots:
    """Return the dots of the area between two curves: every second in a row and in a column, so that lines stand out.

    Args:
        x: increasing, (n,).
        low: heights of the lower curve (n,).
        high: those of the upper one.
        x_range: left and right end of the canvas.
        y_range: lower and upper end.
        columns: columns of dots.
        rows: rows of dots.

    Returns:
        Which dots are set, (rows, columns), the first row at the top.
    """
    at = np.linspace(*x_range, columns)
    bottom, top = (np.interp(at, x, y, left=np.nan, right=np.nan) for y in (low, high))
    column = np.rint((x - x_range[0]) / (x_range[1] - x_range[0]) * (columns - 1)).astype(np.int64)
    seen = (column >= 0) & (column < columns)
    np.fmin.at(bottom, column[seen], low[seen])  # of many epochs in one column all are inside
    np.fmax.at(top, column[seen], high[seen])
    first, last = (
        np.rint((y_range[1] - y) / (y_range[1] - y_range[0]) * (rows - 1))[np.newaxis] for y in (top, bottom)
    )
    row = np.arange(rows)[:, np.newaxis]
    inside = (row >= first) & (row <= last)  # nothing is, where there is no number
    inside[1::2], inside[:, 1::2] = False, False
    return inside


def _cut(x: Floats, y: Floats, x_range: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return a curve whose ends beyond the canvas are moved along their lines to its edges."""
    x, y = x.copy(), y.copy()
    if len(x) < 2:
        return x, y
    for end, neighbour, edge in ((0, 1, x_range[0]), (-1, -2, x_range[1])):
        if (edge - x[end]) * (1 if end == 0 else -1) > 0 and x[neighbour] != x[end]:
            y[end] += (y[neighbour] - y[end]) * (edge - x[end]) / (x[neighbour] - x[end])
            x[end] = edge
    return x, y


def _draw_lines(dots: Dots, x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> None:
    """Set the dots of all lines from (x0, y0) to (x1, y1)."""
    steps = np.ceil(np.maximum(np.abs(x1 - x0), np.abs(y1 - y0))).astype(np.int64) + 1
    line = np.repeat(np.arange(len(steps)), steps)
    share = (np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)) / np.maximum(steps - 1, 1)[line]
    _set(dots, x0[line] + (x1 - x0)[line] * share, y0[line] + (y1 - y0)[line] * share)


def _set(dots: Dots, x: Floats, y: Floats) -> None:
    rows, columns = dots.shape
    # Halves all go the same way, whatever rounding made of them: to the even ones, every second dot would be left out.
    column, row = (np.floor(at + 0.5 + _ROUNDING).astype(np.int64) for at in (x, y))
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    dots[row[inside], column[inside]] = True


def thicken(dots: Dots) -> Dots:
    """Return dots with a neighbour to the right and below each: lines two dots thick, whichever way they run."""
    thick = dots.copy()
    thick[1:] |= dots[:-1]
    thick[:, 1:] |= thick[:, :-1].copy()
    return thick


def to_braille(dots: Dots) -> Codes:
    """Return the braille character of each cell, as a code point; 0 where no dot is set.

    Args:
        dots: (4 * rows, 2 * columns).

    Returns:
        (rows, columns).
    """
    blocks = dots.reshape(dots.shape[0] // DOTS_Y, DOTS_Y, -1, DOTS_X)
    bits = np.einsum("ryci,yi->rc", blocks, _BITS).astype(np.uint32)
    return np.where(bits > 0, bits | _BLANK, 0).astype(np.uint32)
