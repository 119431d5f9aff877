"""A list in which one thing is chosen, with the keys of vim beside the arrows."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.events import Click
from textual.visual import VisualType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from hw1_tui.markup import cell_width, visible
from screens.widgets.vim_keys import vim_keys


class ChoiceList(OptionList):
    """An option list that ``j`` and ``k`` move in; a prompt that is a plain text is shown as it is.

    Args:
        options: what can be chosen.
        click_selects: whether one click does what enter does, where it leads away; otherwise it takes two.
        widget: what ``OptionList`` takes by name.
    """

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("list")

    def __init__(self, *options: Option, click_selects: bool = True, **widget: Any) -> None:
        super().__init__(*options, **{"markup": False, **widget})
        self._click_selects = click_selects

    def on_click(self, event: Click) -> None:
        """Only highlight what was clicked, where one click is not enough; nothing of what is there no more."""
        place = event.style.meta.get("option")
        if place is not None and place >= self.option_count:
            event.prevent_default()  # Textual's own list fails
        elif not self._click_selects and event.chain == 1 and place is not None:
            event.prevent_default()  # Textual's own list selects
            if not self.get_option_at_index(place).disabled:
                self.highlighted = place

    @property
    def tooltip(self) -> VisualType | None:
        """The option under the pointer, or else the highlighted one, where the list is too narrow for it."""
        place = self._mouse_hovering_over if self._mouse_hovering_over is not None else self.highlighted
        if place is None or place >= self.option_count:
            return None
        lines = [visible(line) for line in str(self.get_option_at_index(place).prompt).splitlines()]
        room = self.scrollable_content_region.width
        return Text("\n".join(lines)) if any(cell_width(line) > room for line in lines) else None

    @tooltip.setter
    def tooltip(self, tooltip: VisualType | None) -> None:
        self._tooltip = tooltip  # Textual's own, which this list has no use for

    def action_page_up(self) -> None:
        """Move a page up; a list that has no room, or none yet, has no pages, and Textual fails on one."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Move a page down; see ``action_page_up``."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def choose(self, option_id: str) -> None:
        """Highlight an option by its id; does nothing where there is none."""
        for index, option in enumerate(self.options):
            if option.id == option_id:
                self.highlighted = index
