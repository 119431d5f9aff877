"""The table of a dialog that compares: read line by line, and wider than the dialog where much is compared."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

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
