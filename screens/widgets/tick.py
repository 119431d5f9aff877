"""A checkbox whose cross is there only when it is ticked: Textual's own tells the two apart by colour alone."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """A checkbox that can be read without colours."""

    @property
    def _button(self) -> Content:
        button = super()._button
        return button if self.value else Content(button.plain.replace(self.BUTTON_INNER, " "), spans=list(button.spans))
