"""The row above the steps: which step is open, the ways to the next, and the sizes of the example."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalGroup
from textual.message import Message
from textual.widgets import Label, Static

from hw1_tui.derivation import MAX_SEED, MAX_UNITS, SHOWN_INPUTS
from screens.widgets.button import Button
from screens.widgets.derivation.example import Example
from screens.widgets.input import Input

_SIZES = {"inputs": ("D", 1, SHOWN_INPUTS), "units": ("K", 1, MAX_UNITS), "seed": ("seed", 0, MAX_SEED)}


class SizeBar(VerticalGroup):
    """D, K and the seed, taken as soon as they are numbers in range.

    Args:
        example: whose sizes are shown.
    """

    class Resized(Message):
        """One of ``inputs``, ``units`` and ``seed`` was changed."""

        def __init__(self, name: str, value: int) -> None:
            self.name, self.value = name, value
            super().__init__()

    def __init__(self, example: Example) -> None:
        super().__init__()
        self._example = example

    def compose(self) -> ComposeResult:
        """Draw the row, and room for what is wrong."""
        with Horizontal(id="sizes"):
            yield Button("‹", id="back", tooltip="The step before", action="screen.walk(-1)")
            yield Static(id="where", markup=False)
            yield Button("›", id="on", tooltip="The next step", action="screen.walk(1)")
            for name, (label, smallest, largest) in _SIZES.items():
                yield Label(label, classes="label")
                field = Input(str(getattr(self._example, name)), id=f"size-{name}", classes="size")
                field.tooltip = f"{label}: a whole number from {smallest} to {largest}"
                yield field
        yield Static(id="problem", markup=False)

    def show(self, position: int, steps: int, title: str) -> None:
        """Say which step is open."""
        self.query_one("#where", Static).update(f"{position + 1}/{steps}  {title}")
        self.query_one("#back", Button).disabled = position == 0
        self.query_one("#on", Button).disabled = position == steps - 1

    def put(self, name: str, value: int) -> None:
        """Change a size as if it was typed."""
        self.query_one(f"#size-{name}", Input).value = str(value)

    @on(Input.Changed)
    def _read(self, event: Input.Changed) -> None:
        event.stop()
        name = (event.input.id or "").removeprefix("size-")
        label, smallest, largest = _SIZES[name]
        text = event.value.strip()
        right = text.isascii() and text.isdecimal() and len(text) < 10 and smallest <= int(text) <= largest
        problem = "" if right else f"{label} = {text or 'nothing'}; allowed: {smallest} to {largest}"
        self.query_one("#problem", Static).update(problem)
        self.query_one("#problem").set_class(bool(problem), "-shown")
        if right and int(text) != getattr(self._example, name):
            self.post_message(self.Resized(name, int(text)))
