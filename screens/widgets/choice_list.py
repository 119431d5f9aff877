"""A list in which one thing is chosen, with the keys of vim beside the arrows."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import OptionList


class ChoiceList(OptionList):
    """An option list that ``j`` and ``k`` move in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", id="list.down", show=False),
        Binding("k", "cursor_up", "Up", id="list.up", show=False),
    ]

    def action_page_up(self) -> None:
        """Move a page up; a list without lines yet has no pages, and Textual fails on one."""
        if self.virtual_size.height:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Move a page down; see ``action_page_up``."""
        if self.virtual_size.height:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def choose(self, option_id: str) -> None:
        """Highlight an option by its id; does nothing where there is none."""
        for index, option in enumerate(self.options):
            if option.id == option_id:
                self.highlighted = index
