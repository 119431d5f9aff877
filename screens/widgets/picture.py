"""A picture in half blocks: two pixels a cell, one above the other."""

from __future__ import annotations

import functools
from collections.abc import Hashable

import numpy as np
from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from engines.contract import Array
from hw1_tui.data import resize
from hw1_tui.markup import cell_width, pad, shorten, visible


@functools.lru_cache(maxsize=8192)  # more, and searches for garbage take longer than drawing
def _cell(upper: int, lower: int) -> Segment:
    """Return two pixels, each as red * 65536 + green * 256 + blue, as a cell."""
    return Segment("▀", Style.from_color(_colour(upper), _colour(lower)))


def _colour(code: int) -> Color:
    # Rich's own ways read text, and take longer than all else that is done for a cell.
    return Color(f"#{code:06x}", ColorType.TRUECOLOR, None, ColorTriplet(code >> 16, code >> 8 & 255, code & 255))


def _are_same(one: Array | None, other: Array | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and bool((one == other).all())


class Picture(Widget):
    """Draws one picture as large as fits, its sides in proportion.

    Args:
        picture: uint8, shape (H, W, 3); ``None`` for nothing yet.
        title: lines below, each cut where it is too long; empty for none.
        number: stands after the last of them, never cut.

    Attributes:
        picture: what is drawn.
        is_repainted: whether its cells were written since who draws over them has set it to false.
    """

    DEFAULT_CSS = "Picture { width: 24; height: 13; }"

    def __init__(
        self,
        picture: Array | None = None,
        title: str = "",
        number: str = "",
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self.picture, self._title, self._number = picture, title, number
        self._lines: list[Strip] = []
        self._drawn_in: Size | None = None
        self._around = Style.null()
        self.is_repainted = False

    def show(self, picture: Array | None, title: str = "", number: str = "") -> None:
        """Draw another picture; one that it shows already is not drawn again, whatever is to stand below it."""
        is_same = self.shows(picture)
        if is_same and (title, number) == (self._title, self._number):
            return
        self._drawn_in = (
            self._drawn_in
            if is_same and title.count("\n") == self._title.count("\n") and bool(title) == bool(self._title)
            else None
        )
        self.picture, self._title, self._number = picture, title, number
        self.refresh()

    def shows(self, picture: Array | None) -> bool:
        """Return whether a picture is the one that is drawn."""
        return _are_same(picture, self.picture)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows of cells; what surrounds them is looked up once, which for each row takes as long as drawing."""
        self._around = self.rich_style
        self.is_repainted = True
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return one row of cells."""
        if self._drawn_in != self.size:
            self._lines, self._drawn_in = self._draw(), self.size
        if y < len(self._lines):
            return self._lines[y].adjust_cell_length(self.size.width, self._around)
        if y < len(self._lines) + self._n_captions:
            return Strip([Segment(self._caption(y - len(self._lines), self.size.width), self._around)])
        return Strip.blank(self.size.width, self._around)

    def _draw(self) -> list[Strip]:
        """Return the lines of the picture, without the room beside it."""
        width, height = self.size
        if self.picture is None or width <= 0 or height - self._n_captions <= 0:
            return []
        n_rows, n_columns = self.drawn_size(self.picture)
        pixels = resize(self.picture, 2 * n_rows, n_columns).astype("int32")
        codes = (pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]).tolist()
        return [
            Strip(list(map(_cell, upper, lower)), n_columns)
            for upper, lower in zip(codes[::2], codes[1::2], strict=True)
        ]

    def drawn_size(self, picture: Array) -> tuple[int, int]:
        """Return the rows and columns of cells that a picture takes here, its sides in proportion."""
        rows = max(1, self.size.height - self._n_captions)
        scale = min(self.size.width / picture.shape[1], 2 * rows / picture.shape[0])
        return max(1, round(picture.shape[0] * scale / 2)), max(1, round(picture.shape[1] * scale))

    @property
    def look(self) -> Hashable:
        """What tells two pictures in pixels apart."""
        return None if self.picture is None else (self.picture.shape, self.picture.tobytes())

    def enlarged(self, height: int, width: int) -> Array:
        """Return the picture in so many pixels, (height, width, 3): each a square, where there are more than it has."""
        if self.picture is None:
            return np.zeros((height, width, 3), np.uint8)
        small = resize(self.picture, min(height, len(self.picture)), min(width, self.picture.shape[1]))
        rows, columns = (np.arange(n) * have // n for n, have in zip((height, width), small.shape, strict=False))
        return np.asarray(small[rows][:, columns])

    @property
    def _n_captions(self) -> int:
        return self._title.count("\n") + 1 if self._title else 0

    def _caption(self, line: int, width: int) -> str:
        """Return a line of the title, the last with its number, in ``width`` cells."""
        number = self._number if line == self._n_captions - 1 else ""
        room = width - cell_width(number) - 1 if number else width
        title = shorten(visible(self._title.split("\n")[line]), max(0, room))
        return pad(shorten(f"{title} {number}".rstrip(), width), width)
