"""What the fields of a form stand in."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Fields below each other. The arrow keys move through them, also where there are more than the form has room for.

    Textual's own containers scroll with these keys as soon as they can, and the focus stays where it was.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page_up", "Page up", id="form.page-up", show=False),
        Binding("pagedown", "page_down", "Page down", id="form.page-down", show=False),
    ]
