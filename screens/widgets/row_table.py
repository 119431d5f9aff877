"""A table whose cursor stands on a row: the first and the last have keys, as in every list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.text import Text
from textual.events import Click
from textual.widgets import DataTable


class RowTable(DataTable[Text]):
    """``home`` and ``end`` lead to its first and its last row; in Textual's table they lead sideways alone."""

    def on_click(self, event: Click) -> None:
        """Pass over a click on a row or a column that was there when it was clicked; Textual's table fails on one."""
        row, column = (event.style.meta.get(name, -1) for name in ("row", "column"))
        if row >= self.row_count or column >= len(self.columns):
            event.prevent_default()

    def on_resize(self) -> None:
        """Keep the cursor in sight, whatever takes the room."""
        if self.row_count:
            self.move_cursor(row=self.cursor_row)

    @contextmanager
    def in_place(self, *, stays_first: bool = False) -> Iterator[None]:
        """Write all rows again, in whatever order: the cursor stays at its row, and what is seen where it is.

        From a row that is gone the cursor goes to the next one that is left. Who sees the first row goes on seeing it,
        and so what comes above.

        Args:
            stays_first: whether a cursor at the first row stays there, whichever it is.
        """
        keys, row, top = self._keys, self.cursor_row, round(self.scroll_y)
        height = max(1, self.scrollable_content_region.height - self.header_height)
        yield
        places = {key: place for place, key in enumerate(self._keys)}
        if not places:
            return
        at = 0 if stays_first and row == 0 else _place_left(keys, row, places)
        self.move_cursor(row=at, scroll=False)
        if top <= row < top + height:
            top = at - (row - top) if top else max(0, at - height + 1)
        elif top:
            top = _place_left(keys, top, places)
        self._show_from(top)
        # Before it Textual does not know of rows that were added, and in it brings the cursor into sight.
        self.call_after_refresh(self._show_again, top, at)

    @property
    def _keys(self) -> list[str | None]:
        return [row.key.value for row in self.ordered_rows]

    def _show_again(self, top: int, cursor: int) -> None:
        if self.cursor_row == cursor:  # where the frame came late, a person went on meanwhile and sees where
            self._show_from(top)

    def _show_from(self, row: int) -> None:
        self.scroll_to(y=max(0, row), animate=False, immediate=True)

    def action_scroll_home(self) -> None:
        """Go to the first row, and to the left; where the cursor is a cell, to the left alone."""
        super().action_scroll_home()
        if self.cursor_type == "row":
            self.action_scroll_top()

    def action_scroll_end(self) -> None:
        """Go to the last row; where the cursor is a cell, to the right."""
        if self.cursor_type == "row":
            self.action_scroll_bottom()
        else:
            super().action_scroll_end()


def _place_left(keys: Sequence[str | None], row: int, places: dict[str | None, int]) -> int:
    """Return where a row of the old order is now, else the next of those after it that are left, else before it."""
    nearest = [*keys[row:], *reversed(keys[:row])]
    return next((places[key] for key in nearest if key in places), 0)
