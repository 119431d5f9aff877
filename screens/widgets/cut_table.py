"""A table that says whole what its columns have no room for."""

from __future__ import annotations

from rich.text import Text
from textual.visual import VisualType

from hw1_tui.markup import cell_width, visible
from screens.widgets.row_table import RowTable


def cut_text(text: str) -> Text:
    """Return text for a cell: where it is cut, an ellipsis says so."""
    return Text(visible(text), no_wrap=True, overflow="ellipsis")


class CutTable(RowTable):
    """Its tooltip has the whole texts of the row under the pointer that are cut."""

    def on_resize(self) -> None:
        """Draw the rows as wide as they are now: Textual may have drawn them before it heard of it."""
        self.refresh()

    @property
    def tooltip(self) -> VisualType | None:
        """The texts that the row under the pointer, or else the cursor, shows a part of; ``None`` for none."""
        return self._cut_of(self.hover_row if self._show_hover_cursor else self.cursor_row)

    @tooltip.setter
    def tooltip(self, tooltip: VisualType | None) -> None:
        self._tooltip = tooltip  # Textual's own, which this table has no use for

    def _cut_of(self, row: int) -> Text | None:
        if not self.is_valid_row_index(row):
            return None
        pairs = zip(self.get_row_at(row), self.ordered_columns, strict=True)
        cut = [visible(cell.plain.strip()) for cell, column in pairs if cell_width(cell.plain) > column.width > 0]
        return Text("\n".join(cut)) if cut else None
