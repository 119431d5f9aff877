"""A checkbox that can be read without colours: Textual's own shows tick and edge by colour alone."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """A checkbox in brackets, with a cross only when it is ticked."""

    @property
    def _button(self) -> Content:
        return Content.styled("[X]" if self.value else "[ ]", self.get_visual_style("toggle--label"))
