"""What stands within the axes: a rectangle of cells, each with a character and a colour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rgb = tuple[int, int, int]
HELD_BLANK = "\xa0"
"""A blank within a text: nothing takes its place, as it does that of a cell on which nothing was written."""
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

    def write(self, row: int, column: int, text: str, colour: Rgb) -> None:
        """Write characters of one cell each from a column on; what does not fit is left out."""
        if not 0 <= row < len(self._codes):
            return
        text = text.replace(" ", HELD_BLANK)[max(0, -column) : max(0, self._codes.shape[1] - column)]
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

    def cells(self) -> tuple[list[int], list[int], list[str], list[Rgb]]:
        """Return what is written: columns, rows from the top, characters and colours, one of each a cell."""
        row, column = np.nonzero(self._codes != ord(" "))
        characters = [chr(code) for code in self._codes[row, column].tolist()]
        palette = list(self._palette)
        colours = [palette[number - 1] for number in self._colours[row, column].tolist()]
        return column.tolist(), row.tolist(), characters, colours

    def _number(self, colour: Rgb) -> int:
        return self._palette.setdefault(colour, len(self._palette) + 1)
