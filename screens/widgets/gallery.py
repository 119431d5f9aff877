"""Pictures a page at a time, as many as fit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click

from engines.contract import Array
from hw1_tui.markup import cell_width
from screens.one_shot import call_after
from screens.widgets.example_view import ExampleView
from screens.widgets.picture import Picture
from screens.widgets.plain import plain

WIDTHS = (12, 16, 20, 24, 32, 48)
"""Of a thumbnail and the gutter beside it, columns; as many pixels, and half as many rows."""

_UNASKED = range(16, 36, 4)
"""The widths of which the one is taken that leaves the least room empty."""

_ENOUGH = 12
"""As many are shown as soon as small ones allow it."""


_CELLS_AT_ONCE = 1000
_SECONDS_OF_A_FRAME = 1 / 30


class Thumbnail(Picture):
    """One picture of the page.

    Args:
        number: its place on the page.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def on_click(self, event: Click) -> None:
        """Point at it."""
        event.stop()
        gallery = self.parent
        if isinstance(gallery, Gallery) and self.number < len(gallery.page):
            gallery.click_on(gallery.page[self.number])


class Gallery(ExampleView):
    """A page of thumbnails with their classes.

    Attributes:
        chosen_width: columns of a thumbnail and the gutter beside it; 0 for as many as there is room for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "resize(1)", "Larger", id="gallery.larger", show=False, tooltip="Fewer, larger."),
        Binding("minus", "resize(-1)", "Smaller", id="gallery.smaller", show=False, tooltip="More, smaller."),
    ]
    DEFAULT_CSS: ClassVar[str] = """
    Gallery {
        layout: grid;
        grid-gutter: 0 1;
        overflow: hidden hidden;
        Thumbnail { width: 100%; height: 100%; }
    }
    Gallery Thumbnail.-pointed { background: $primary 50%; text-style: bold; }
    Gallery:focus Thumbnail.-pointed { background: $primary; color: $text; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.chosen_width = 0
        self._waiting: deque[Callable[[], None]] = deque()

    @property
    def thumbnail_width(self) -> int:
        """Columns of a thumbnail: chosen, or by the room there is."""
        enough = [width for width in _UNASKED if self.fitting(width) >= _ENOUGH] or WIDTHS[:2]
        return self.chosen_width or max(enough, key=lambda width: self.fitting(width) * width * self._height(width))

    def fitting(self, width: int) -> int:
        """Return how many thumbnails of a width fit."""
        return ((self.size.width + 1) // width) * (self.size.height // self._height(width))

    def _height(self, width: int) -> int:
        """Return the rows of a thumbnail of a width, with its caption."""
        return width // 2 + self.caption_lines

    @property
    def is_drawn(self) -> bool:
        """Whether every picture of the page has been drawn."""
        return not self._waiting

    @property
    def caption_lines(self) -> int:
        """Rows of a caption."""
        return self.examples.caption_lines if self.examples is not None else 1

    @property
    def columns(self) -> int:
        """Thumbnails in a row."""
        return max(1, (self.size.width + 1) // self.thumbnail_width)

    @property
    def rows(self) -> int:
        """Rows of thumbnails, a caption under each."""
        return max(1, self.size.height // self._height(self.thumbnail_width))

    def action_resize(self, by: int) -> None:
        """Make thumbnails larger or smaller."""
        now = self.thumbnail_width
        beyond = [width for width in WIDTHS[::by] if (width - now) * by > 0 and width <= self.size.width]
        if beyond:
            self.chosen_width = beyond[0]
            self.turn_to_cursor()

    def draw_page(self) -> None:
        """Draw the thumbnails of the page: captions at once, other pictures some a frame."""
        page = self.page
        is_new = self._lay_out(len(page))
        self._waiting.clear()
        for thumbnail in self.query(Thumbnail):
            on_page = thumbnail.number < len(page)
            thumbnail.display = on_page
            if on_page:
                position = page[thumbnail.number]
                pointed = position == self.cursor
                thumbnail.set_class(pointed, "-pointed")
                picture, title, number = self.thumbnail(position)
                told = self.told(position)
                is_read = told == f"{title} {number}".strip() and cell_width(told) < self.thumbnail_width
                thumbnail.tooltip = plain(told) if told and not is_read else None
                show = partial(thumbnail.show, picture, ("▸" if pointed else "") + title, number)
                if thumbnail.shows(picture):
                    show()
                else:
                    self._waiting.append(show)
        if is_new:  # what lays them out has a frame of its own
            call_after(self, _SECONDS_OF_A_FRAME, self._draw_some)
        else:
            self._draw_some()

    def _draw_some(self) -> None:
        """Draw as many as a frame has time for: a whole page of a large terminal holds the interface up."""
        cells = self.thumbnail_width * self._height(self.thumbnail_width)
        for _ in range(min(len(self._waiting), max(1, _CELLS_AT_ONCE // cells))):
            self._waiting.popleft()()
        if self._waiting:
            call_after(self, _SECONDS_OF_A_FRAME, self._draw_some)

    def thumbnail(self, position: int) -> tuple[Array | None, str, str]:
        """Return a picture of the page, its title and what stands after that."""
        if self.examples is None:
            return None, "", ""
        return self.examples.picture(position), self.examples.caption(position), self.examples.number(position)

    def told(self, position: int) -> str:
        """Return what is said of a picture under the mouse: all that its caption may have no room for."""
        return "" if self.examples is None else self.examples.told(position)

    def _lay_out(self, wanted: int) -> bool:
        """Have as many thumbnails as the page needs, and return whether some are new; those beyond it hide."""
        there = len(self.query(Thumbnail))
        if wanted > there:
            self.mount_all(Thumbnail(number) for number in range(there, wanted))
        self.styles.grid_size_columns = self.columns
        self.styles.grid_columns = str(self.thumbnail_width - 1)
        self.styles.grid_rows = str(self._height(self.thumbnail_width))
        return wanted > there
