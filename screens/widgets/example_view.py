"""Examples a page at a time, with a cursor: what the gallery of pictures and the table of numbers share."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import MouseScrollDown, MouseScrollUp
from textual.message import Message

from screens.state.example_list import ExampleList


class ExampleView(Container, can_focus=True):
    """A page of examples. Subclasses say how many stand on one and draw it.

    Attributes:
        cursor: position in the list of the example that is pointed at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Before", id="examples.left", show=False, tooltip="The example before."),
        Binding("right", "move(1)", "After", id="examples.right", show=False, tooltip="The example after."),
        Binding("up,k", "move_row(-1)", "Up", id="examples.up", show=False, tooltip="One row up, or a page back."),
        Binding("down,j", "move_row(1)", "Down", id="examples.down", show=False, tooltip="One row down, or a page on."),
        Binding("pageup", "turn(-1)", "Page back", id="examples.page-back", show=False, tooltip="The page before."),
        Binding("pagedown,space", "turn(1)", "Page on", id="examples.page-on", show=False, tooltip="The page after."),
        Binding("home", "first", "First", id="examples.first", show=False, tooltip="The first example."),
        Binding("end", "last", "Last", id="examples.last", show=False, tooltip="The last example."),
        Binding("enter", "open", "Look closer", id="examples.open", tooltip="The example large, with its values."),
    ]

    class Moved(Message):
        """Other examples are shown, or another is pointed at."""

        def __init__(self, view: ExampleView) -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> ExampleView:
            """Where."""
            return self.view

    class Opened(Moved):
        """An example is to be looked at closely."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.examples: ExampleList | None = None
        self.cursor = 0

    def show(self, examples: ExampleList | None) -> None:
        """Show other examples from their first on."""
        self.examples, self.cursor = examples, 0
        self.turn_to_cursor()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.examples or ())

    @property
    def columns(self) -> int:
        """Examples in a row."""
        return 1

    @property
    def rows(self) -> int:
        """Rows on a page."""
        raise NotImplementedError

    @property
    def page(self) -> range:
        """Positions of the examples on the page of the cursor."""
        size = self.columns * self.rows
        start = self.cursor // size * size
        return range(start, min(start + size, self.count))

    def draw_page(self) -> None:
        """Draw what is on the page, and the cursor."""
        raise NotImplementedError

    def turn_to_cursor(self) -> None:
        """Draw the page of the cursor and say so."""
        if self.size.width:
            self.draw_page()
            self.post_message(self.Moved(self))

    def on_resize(self) -> None:
        """Fill the new size."""
        self.turn_to_cursor()

    def go_to(self, position: int) -> None:
        """Point at an example; beyond an end, at that end."""
        last = self.count - 1
        position = max(0, min(position, last))
        if position != self.cursor:
            self.cursor = position
            self.turn_to_cursor()

    def action_move(self, by: int) -> None:
        """Point at another example."""
        self.go_to(self.cursor + by)

    def action_move_row(self, by: int) -> None:
        """Point at the example above or below."""
        self.go_to(self.cursor + by * self.columns)

    def action_turn(self, by: int) -> None:
        """Turn pages."""
        self.go_to(self.cursor + by * self.columns * self.rows)

    def action_first(self) -> None:
        """Point at the first."""
        self.go_to(0)

    def action_last(self) -> None:
        """Point at the last."""
        self.go_to(self.count)

    def action_open(self) -> None:
        """Look at the example under the cursor."""
        if self.count:
            self.post_message(self.Opened(self))

    def click_on(self, position: int) -> None:
        """Point at an example; look closer if it is the one pointed at."""
        self.focus()
        if position == self.cursor:
            self.action_open()
        else:
            self.go_to(position)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Turn a page."""
        event.stop()
        self.action_turn(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Turn back."""
        event.stop()
        self.action_turn(-1)
