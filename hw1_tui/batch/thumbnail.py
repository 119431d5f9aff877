"""Pictures beside each other on stdout: in colour by half blocks, two pixels a cell, else in shades of signs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

import numpy as np
from rich.console import Console
from rich.style import Style
from rich.text import Text

from engines.contract import Array
from hw1_tui.batch.page import columns_of
from hw1_tui.batch.stream import is_unicode, spelled
from hw1_tui.data import resize
from hw1_tui.markup import cell_width, pad, shorten

_SHADES = " .:-=+*#%@"
"""From black to white, as a terminal with light signs on a dark ground shows them."""

_COLOURS = ("256", "truecolor")
_GAP, _CAPTION = 2, 16
_WIDTH = 80
_LUMA = (0.299, 0.587, 0.114)


class Sheet:
    """Prints pictures beside each other, as many as the width has room for.

    Args:
        cells: width of a picture, cells; smaller pictures take a whole multiple of their pixels below it.
    """

    def __init__(self, cells: int) -> None:
        self._width = columns_of(sys.stdout) or int(os.environ.get("COLUMNS", "0") or 0) or _WIDTH
        self._console = Console(file=sys.stdout, width=self._width, highlight=False)
        self._cells = max(1, min(cells, self._width))

    @property
    def has_colour(self) -> bool:
        """Whether stdout shows enough colours for pictures."""
        return self._console.color_system in _COLOURS and not self._console.no_color and is_unicode(sys.stdout)

    def print(self, pictures: Sequence[Array], captions: Sequence[str]) -> None:
        """Print pictures (H, W, 3), uint8, all of one size, each with a line below it."""
        height, width = pictures[0].shape[:2]
        cells = width * (self._cells // width) or self._cells
        rows = max(1, round(cells * height / width / 2))
        room = max(cells, min(_CAPTION, self._width, max(map(cell_width, captions))))
        across = max(1, (self._width + _GAP) // (room + _GAP))
        for start in range(0, len(pictures), across):
            if start:
                print()
            drawn = [list(self._draw(picture, rows, cells)) for picture in pictures[start : start + across]]
            for line in zip(*drawn, strict=True):
                joined = Text(" " * (room - cells + _GAP)).join(line)
                joined.rstrip()
                self._console.print(joined, no_wrap=True, overflow="ignore", crop=False)
            below = [pad(shorten(spelled(caption), room), room) for caption in captions[start : start + across]]
            print((" " * _GAP).join(below).rstrip())

    def _draw(self, picture: Array, rows: int, cells: int) -> Iterator[Text]:
        """Yield the lines of a picture."""
        if not self.has_colour:
            grey = resize(picture, rows, cells) @ np.array(_LUMA)
            signs = np.rint(grey / 255 * (len(_SHADES) - 1)).astype(int)
            yield from (Text("".join(_SHADES[sign] for sign in line)) for line in signs)
            return
        pixels = resize(picture, 2 * rows, cells).tolist()
        for upper, lower in zip(pixels[::2], pixels[1::2], strict=True):
            pairs = zip(upper, lower, strict=True)
            yield Text.assemble(*(("▀", Style(color=_hex(above), bgcolor=_hex(below))) for above, below in pairs))


def _hex(colour: Sequence[int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
