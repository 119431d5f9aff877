"""Which example a view looks at: its number, its class, and what the model takes it for."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from hw1_tui.analysis import Subject
from hw1_tui.markup import shorten
from hw1_tui.numeral import read_place
from screens.widgets.button import Button
from screens.widgets.input import Input

_WIDEST = 20
"""Cells of what is repeated of the field."""


class ExampleBar(Horizontal):
    """A row to choose an example in."""

    DEFAULT_CSS: ClassVar[str] = """
    ExampleBar {
        height: 1; padding: 0 1;
        Static { width: auto; padding: 0 1 0 0; }
        Input { width: 9; margin: 0 1; }
        #what { width: 1fr; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    class Chosen(Message):
        """Another example was chosen."""

        def __init__(self, example: int) -> None:
            super().__init__()
            self.example = example

    class Turned(Message):
        """The example after is wanted, or the one before: of what was asked for last, which need not be drawn yet."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self) -> None:
        super().__init__()
        self._example, self._of = 0, 0

    def compose(self) -> ComposeResult:
        """Draw the row."""
        yield Static("example", markup=False, classes="remark")
        yield Button("‹", id="example-before", tooltip="The example before (,).")
        yield Input(id="example-number", select_on_focus=True)
        yield Button("›", id="example-after", tooltip="The next example (.).")
        yield Static(markup=False, id="what")

    def show(self, subject: Subject, example: int, words: str) -> None:
        """Show which example is looked at.

        Args:
            subject: what is looked at.
            example: its number in the split.
            words: what it is and what it is taken for.
        """
        self._example, self._of = example, len(subject.opened.dataset[subject.split])
        number = self.query_one(Input)
        if not number.has_focus:
            number.value = str(example)
        number.tooltip = f"0 to {self._of - 1:,}; enter looks at it."
        self.query_one("#what", Static).update(words)

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Turned(1 if event.button.id == "example-after" else -1))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        example = read_place(text, self._of)
        if example is not None:
            self.post_message(self.Chosen(example))
        else:
            self.notify(f"There is no example {shorten(text, _WIDEST)!r}; 0 to {self._of - 1:,}.", severity="warning")
            event.input.value = str(self._example)
