"""A dialog that shows text: the details of a failure, what was printed, a command."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button
from screens.widgets.plain import plain


class TextDialog(Dialog[None]):
    """Text that can be read, scrolled and copied.

    Args:
        title: stands in the frame.
        text: shown as it is, without markup.
        note: one line above the text; empty for none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "dismiss_dialog", "Close", id="text.close", show=False),
        Binding("y,ctrl+y", "copy", "Copy", id="text.copy", tooltip="Copy the whole text."),
    ]

    def __init__(self, title: str, text: str, note: str = "") -> None:
        super().__init__()
        self._heading, self._text, self._note = title, text, note

    def compose(self) -> ComposeResult:
        """Draw the note, the text and the buttons."""
        large = len(self._text) > 600
        with Vertical(classes="box -large" if large else "box") as box:
            box.border_title = plain(self._heading)
            box.border_subtitle = "y copies, escape closes"
            if self._note:
                yield Static(self._note, markup=False, classes="text")
            with VerticalScroll(classes="scroll"):
                yield Static(self._text, markup=False, id="text")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Copy", id="copy", action="screen.copy")

    def action_copy(self) -> None:
        """Copy the whole text."""
        self.app.copy_to_clipboard(self._text)
        self.notify("Copied.", timeout=2)
