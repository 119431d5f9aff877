"""A picture in half blocks: two pixels a cell, one above the other."""

from __future__ import annotations

import functools

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from engines.contract import Array
from hw1_tui.data import resize


@functools.lru_cache(maxsize=65536)
def _style(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Style:
    return Style(color="#{:02x}{:02x}{:02x}".format(*upper), bgcolor="#{:02x}{:02x}{:02x}".format(*lower))


class Picture(Widget):
    """Draws one picture as large as fits, its sides in proportion.

    Args:
        picture: uint8, shape (H, W, 3); ``None`` for nothing yet.
        title: one line below, cut where it is too long; empty for none.
        number: stands after it, never cut.

    Attributes:
        picture: what is drawn.
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
        self._strips: list[Strip] = []

    def show(self, picture: Array | None, title: str = "", number: str = "") -> None:
        """Draw another picture."""
        self.picture, self._title, self._number = picture, title, number
        self._strips = []
        self.refresh()

    def on_resize(self) -> None:
        """Draw in the new size; it may have been drawn with the strips of the old one meanwhile."""
        self._strips = []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row of cells."""
        if not self._strips:
            self._strips = self._draw(self.size.width, self.size.height)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def _draw(self, width: int, height: int) -> list[Strip]:
        rows = height - bool(self._title)
        strips = []
        if self.picture is not None and width > 0 and rows > 0:
            n_rows, n_columns = self.drawn_size(self.picture)
            pixels = resize(self.picture, 2 * n_rows, n_columns).tolist()
            strips = [
                Strip(
                    [
                        Segment("▀", _style(tuple(upper), tuple(lower)))
                        for upper, lower in zip(pixels[2 * row], pixels[2 * row + 1], strict=True)
                    ]
                ).adjust_cell_length(width, self.rich_style)
                for row in range(n_rows)
            ]
        if self._title:
            strips.append(Strip([Segment(self._caption(width).ljust(width), self.rich_style)]))
        return strips

    def drawn_size(self, picture: Array) -> tuple[int, int]:
        """Return the rows and columns of cells that a picture takes here, its sides in proportion."""
        rows = max(1, self.size.height - bool(self._title))
        scale = min(self.size.width / picture.shape[1], 2 * rows / picture.shape[0])
        return max(1, round(picture.shape[0] * scale / 2)), max(1, round(picture.shape[1] * scale))

    def _caption(self, width: int) -> str:
        """Return the title and its number in at most ``width`` cells."""
        room = width - len(self._number) - 1 if self._number else width
        title = self._title if len(self._title) <= room else self._title[: max(0, room - 1)] + "…"
        return f"{title} {self._number}".rstrip()[:width]
