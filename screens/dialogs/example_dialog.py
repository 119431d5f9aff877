"""One example: its picture as large as fits, its class, its place and its values as they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ScrollableContainer, Vertical
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.markup import cell_width, pad, visible, wrap
from hw1_tui.numeral import counted
from screens.dialogs.dialog import Dialog
from screens.state.example_list import ExampleList
from screens.widgets.button import Button
from screens.widgets.picture import Picture
from screens.widgets.plain import plain

_CHANNELS = ("red", "green", "blue")
_A_LINE = 8
"""The most values in a line, where they are not those of a picture; half of them where features have names."""
_VALUE_WIDTH, _GAP = 11, 2
_NARROWEST, _SHORT_NAME = 6, 24
_SMALLEST_SHARE = 1e-6
"""A smaller scale is told as a decimal number, and not as one over a whole one."""


class ExampleDialog(Dialog[int]):
    """An example, and those before and after it. Gives the position of the one that was shown last.

    Args:
        examples: the list it is in.
        position: its position there.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "example_dialog.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "close", "Close", id="example.close", show=False),
        Binding("right,j,pagedown", "turn(1)", "Next", id="example.next", tooltip="The next example."),
        Binding("left,k,pageup", "turn(-1)", "Before", id="example.before", tooltip="The example before."),
        Binding("v", "values", "Values", id="example.values", tooltip="The numbers, or the picture."),
    ]
    AUTO_FOCUS = "#close"

    def __init__(self, examples: ExampleList, position: int) -> None:
        super().__init__()
        self._examples, self._position = examples, position

    def compose(self) -> ComposeResult:
        """Draw the picture, the facts, the values and the buttons."""
        with Vertical(classes="box -large", id="example-box") as box:
            values = ", v values" * bool(self._examples.dataset.image_shape)
            box.border_subtitle = f"left and right others{values}, escape closes"
            yield Static(markup=False, id="example-facts")
            with Horizontal(id="example-body"):
                yield Picture(id="example-picture")
                with ScrollableContainer(id="example-scroll"):
                    yield Static(markup=False, id="example-values")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.close")
                yield Button("Before", id="before", action="screen.turn(-1)")
                yield Button("Next", id="next", action="screen.turn(1)")
                yield Button("Values", id="values", action="screen.values")

    def on_mount(self) -> None:
        """Show the example; numbers at once where there is no picture."""
        self.set_class(not self._examples.dataset.image_shape, "-values")
        self.query_one("#values").display = bool(self._examples.dataset.image_shape)
        self._show()

    def on_resize(self) -> None:
        """Break lines of values for the new width."""
        self.call_after_refresh(self._show)  # the values say by then how wide they are

    def _show(self) -> None:
        examples, position = self._examples, self._position
        title = f"{examples.target(position)}: {position + 1:,} of {len(examples):,}, {examples.what}"
        self.query_one("#example-box").border_title = plain(title)
        self.query_one("#example-facts", Static).update(_facts(examples, position))
        scroll = self.query_one("#example-scroll")
        room = scroll.container_size.width - scroll.styles.scrollbar_size_vertical
        self.query_one("#example-values", Static).update(_values(examples, position, room))
        if examples.dataset.image_shape:
            self.query_one(Picture).show(examples.picture(position))

    def action_close(self) -> None:
        """Close, and leave the cursor on what was shown last."""
        self.dismiss(self._position)

    def action_turn(self, by: int) -> None:
        """Show another example."""
        self._position = max(0, min(self._position + by, len(self._examples) - 1))
        self._show()

    def action_values(self) -> None:
        """Show the numbers, or the picture."""
        if self._examples.dataset.image_shape:
            self.toggle_class("-values")


def _facts(examples: ExampleList, position: int) -> str:
    """Return index, label and a summary of the values."""
    dataset, row = examples.dataset, examples.row(position).astype(float)
    target = examples.target(position)
    if not dataset.is_regression:
        target += f" (label {int(dataset[examples.split].y[examples.indices[position]])})"
    parts = round(1 / dataset.scale) if dataset.scale > _SMALLEST_SHARE else 1
    times = f"1/{parts}" if 1 / max(1, parts) == dataset.scale else f"{dataset.scale:.6g}"
    scale = f", times {times} in training" if dataset.scale != 1 else ""
    spread = f"{row.min():g} to {row.max():g}, mean {row.mean():.4g}"
    values = counted(len(row), "value")
    return f"index {examples.indices[position]} in {examples.split}: {target}\n{values}: {spread}{scale}"


def _values(examples: ExampleList, position: int, room: int) -> str:
    """Return the values as stored: a table for each colour of a picture, else lines of numbers that are not cut."""
    row, shape = examples.row(position), examples.dataset.image_shape
    if not shape:
        return named_values(list(map(visible, examples.dataset.feature_titles)), row, room)
    picture = row.reshape(shape)
    if picture.ndim == 2:
        return _grid(picture)
    channels = picture if shape[0] == 3 and shape[2] != 3 else np.moveaxis(picture, 2, 0)
    return "\n\n".join(f"{name}\n{_grid(channel)}" for name, channel in zip(_CHANNELS, channels, strict=False))


def named_values(titles: Sequence[str], row: Array, room: int) -> str:
    """Return values after the names of their features, several in a line where no name is long; none is cut."""
    most = max(_SHORT_NAME, room - _VALUE_WIDTH - 1)
    width = max(_NARROWEST, min(most, max(map(cell_width, titles), default=0)))
    names = [[pad(line, width, ">") for line in wrap(title, width)] for title in titles]
    named = ["\n".join([*above, f"{last} {float(value):<{_VALUE_WIDTH}.6g}"])
             for (*above, last), value in zip(names, row, strict=True)]  # fmt: skip
    a_line = min(_A_LINE if width == _NARROWEST else _A_LINE // 2, (room + _GAP) // (width + 1 + _VALUE_WIDTH + _GAP))
    a_line = a_line if a_line > 1 and all(len(lines) == 1 for lines in names) else 1
    return "\n".join((" " * _GAP).join(named[i : i + a_line]) for i in range(0, len(named), a_line))


def _grid(values: Array) -> str:
    texts = [[f"{float(value):.4g}" for value in line] for line in values]
    width = max(len(text) for line in texts for text in line) + 1
    return "\n".join("".join(text.rjust(width) for text in line) for line in texts)
