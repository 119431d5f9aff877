"""The table of a dialog that compares: read line by line, and wider than the dialog where much is compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from textual.binding import BindingType
from textual.strip import Strip

from screens.widgets.row_table import RowTable
from screens.widgets.vim_keys import vim_keys


class ComparedTable(RowTable):
    """Lines with the cursor on one of them; the first column stays when the others are scrolled.

    Args:
        id: as of every widget.
        header_height: lines of the headings.
    """

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("compared")

    def __init__(self, *, id: str, header_height: int = 1) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", fixed_columns=1, header_height=header_height)

    def render_line(self, y: int) -> Strip:
        """Draw a line; where the edge cuts a cell stands an ellipsis, as a part of a number reads as another one."""
        strip = super().render_line(y)
        for x in self._cuts(self.scrollable_content_region.width):  # the line goes on below the bar
            if (cut := strip.crop(x, x + 1)).text.strip():
                mark = Strip([Segment("…", style) for _, style, _ in cut], 1)
                strip = Strip.join([strip.crop(0, x), mark, strip.crop(x + 1)])
        return strip

    def _cuts(self, width: int) -> Iterator[int]:
        """Yield where on a line a cell ends before its text does, or begins after it."""
        ends = 0
        fixed = 0
        for place, column in enumerate(self.ordered_columns):
            begins, ends = ends, ends + column.get_render_width(self)
            if place < self.fixed_columns:
                fixed = ends
                continue
            left, right = begins - self.scroll_offset.x, ends - self.scroll_offset.x
            if left + self.cell_padding < fixed < right - self.cell_padding:
                yield fixed
            if left + self.cell_padding < width < right - self.cell_padding:
                yield width - 1
