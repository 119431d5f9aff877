"""A rectangle of cells, each with a character and a colour, that becomes the text of a widget."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
from rich.color import Color
from rich.style import Style
from rich.text import Span, Text

Rgb = tuple[int, int, int]
Codes = npt.NDArray[np.uint32]
Cells = npt.NDArray[np.bool_]


class Canvas:
    """Cells to write on; what is written later covers what was there.

    Args:
        width: columns.
        height: rows, the first at the top.
    """

    def __init__(self, width: int, height: int) -> None:
        self._codes = np.full((height, width), ord(" "), np.uint32)
        self._colours = np.zeros((height, width), np.int64)
        self._palette: dict[Rgb, int] = {}
        self._after: dict[int, tuple[str, Rgb]] = {}

    def write(self, row: int, column: int, text: str, colour: Rgb) -> None:
        """Write characters of one cell each from a column on; what does not fit is left out."""
        if not 0 <= row < len(self._codes):
            return
        text = text[max(0, -column) : max(0, self._codes.shape[1] - column)]
        start = max(0, column)
        self._codes[row, start : start + len(text)] = [ord(character) for character in text]
        self._colours[row, start : start + len(text)] = self._number(colour)

    def fill(self, cells: Cells, codes: Codes | int, colour: Rgb | None, column: int = 0) -> None:
        """Put characters into some cells.

        Args:
            cells: which, (rows, columns), at the top.
            codes: Unicode code points, of the same shape, or one for all.
            colour: of all of them; ``None`` leaves the colours that are there.
            column: where they begin.
        """
        rows, columns = cells.shape
        window = np.s_[:rows, column : column + columns]
        self._codes[window] = np.where(cells, codes, self._codes[window])
        if colour:
            self._colours[window] = np.where(cells, self._number(colour), self._colours[window])

    def append(self, row: int, text: str, colour: Rgb) -> None:
        """Write a text after the last column of a row, whatever the cells that its characters take."""
        self._after[row] = text, colour

    def text(self) -> Text:
        """Return the cells as text, a line a row."""
        height, width = self._codes.shape
        characters = self._codes.astype("<u4").tobytes().decode("utf-32-le")
        after = [self._after.get(row, ("", None)) for row in range(height)]
        lines = [characters[row * width : (row + 1) * width] + text for row, (text, _) in enumerate(after)]
        starts = np.cumsum([0, *(len(line) + 1 for line in lines[:-1])])
        spans = self._spans(starts)
        for start, (text, colour) in zip(starts.tolist(), after, strict=True):
            if colour:
                spans.append(Span(start + width, start + width + len(text), _style(*colour)))
        return Text("\n".join(lines), spans=spans)

    def _spans(self, starts: npt.NDArray[np.int64]) -> list[Span]:
        """Return the colours of the cells.

        Args:
            starts: where each row begins in the text, (rows,).
        """
        changes = np.diff(self._colours, prepend=-1, append=-1) != 0  # a row's first cell, and one beyond its last
        row, column = np.nonzero(changes)
        at = (starts[row] + column).tolist()
        coloured = self._colours[row, np.minimum(column, self._colours.shape[1] - 1)].tolist()
        styles = [None, *(_style(*colour) for colour in self._palette)]
        found = zip(at, [*at[1:], 0], coloured, (column < self._colours.shape[1]).tolist(), strict=True)
        return [
            Span(begin, end, style) for begin, end, number, is_cell in found if is_cell and (style := styles[number])
        ]

    def _number(self, colour: Rgb) -> int:
        return self._palette.setdefault(colour, len(self._palette) + 1)


@functools.cache
def _style(red: int, green: int, blue: int) -> Style:
    return Style(color=Color.from_rgb(red, green, blue))
