"""A dialog that asks for one line of text."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button
from screens.widgets.input import Input
from screens.widgets.plain import plain


class EntryDialog(Dialog[None]):
    """One line of text; ``enter`` takes it, ``escape`` leaves everything as it was.

    Args:
        title: stands in the frame.
        text: what stands there at first.
        note: what is expected.
        take: takes what was typed and returns whether it could; else it has said why, and the text stays to be mended.
    """

    def __init__(self, title: str, text: str, note: str, take: Callable[[str], bool]) -> None:
        super().__init__()
        self._heading, self._text, self._note, self._take = title, text, note, take

    def compose(self) -> ComposeResult:
        """Draw the line and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = plain(self._heading)
            box.border_subtitle = "enter takes it, escape changes nothing"
            yield Static(self._note, markup=False, classes="text")
            yield Input(self._text, id="entry", select_on_focus=False)
            with Horizontal(classes="buttons"):
                yield Button("OK", id="ok", variant="primary", action="screen.take")
                yield Button("Cancel", id="cancel", action="screen.dismiss_dialog")

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take it."""
        if self._take(self.query_one("#entry", Input).value):
            self.dismiss(None)
