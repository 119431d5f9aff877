"""A table whose cursor stands on a row: the first and the last have keys, as in every list."""

from __future__ import annotations

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
