"""What the fields of a form stand in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from hw1_tui.mistake import Mistake
from screens.widgets.field import Field


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Fields below each other. The arrow keys move through them, also where there are more than the form has room for.

    Textual's own containers scroll with these keys as soon as they can, and the focus stays where it was.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page_up", "Page up", id="form.page-up", show=False),
        Binding("pagedown", "page_down", "Page down", id="form.page-down", show=False),
    ]

    # A class and not :focus-within: with that, Textual styles every field of the form anew whenever the focus moves.
    def on_descendant_focus(self) -> None:
        """Let the frame show that the focus is within."""
        self.add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Take the mark away, where the focus did not go to another field."""
        self.set_class(self.has_focus_within, "-focused")

    async def fill(self, widgets: Sequence[Widget]) -> None:
        """Put other fields in place of those that there are.

        Where one of them had the focus, the new one of its name has it, else the first: what is typed meanwhile goes
        there, and no digit is taken for the key of a screen.
        """
        held = self.screen.focused
        had = next((node.id for node in (held.ancestors if held else ()) if isinstance(node, Field)), None)
        is_here = had is not None and bool(self.query(f"#{had}"))
        if is_here:
            self.screen.set_focus(None)  # else Textual puts it anywhere, as if someone had gone there
        async with self.batch():
            await self.remove_children()
            await self.mount_all(widgets)
        if is_here and self.screen.focused is None and (fields := list(self.query(Field))):
            target = next((field for field in fields if field.id == had), fields[0])
            self.screen.set_focus(target.query_one(".control"))

    def explain(self, mistake: Mistake) -> None:
        """Say a mistake under the field that it is about and go there; where no field is, as a notification."""
        for field in self.query(Field):
            if field.about.name == mistake.place:
                field.explain(mistake.sentence)
                field.query_one(".control").focus()
                return
        self.notify(str(mistake), severity="warning", markup=False)
