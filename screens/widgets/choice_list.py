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

    def choose(self, option_id: str) -> None:
        """Highlight an option by its id; does nothing where there is none."""
        for index, option in enumerate(self.options):
            if option.id == option_id:
                self.highlighted = index
