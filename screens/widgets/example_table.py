"""Examples that are no pictures, as lines of numbers."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Click
from textual.widgets import Static

from hw1_tui.markup import pad, shorten, visible
from screens.state.example_list import ExampleList
from screens.widgets.example_view import ExampleView

_INDEX, _TARGET, _VALUE = 8, 14, 12
"""Widths of the columns."""


class ExampleTable(ExampleView):
    """A page of examples: place in the split, class or target, and as many features as fit."""

    DEFAULT_CSS: ClassVar[str] = "ExampleTable Static { height: 1fr; text-wrap: nowrap; }"

    def compose(self) -> ComposeResult:
        """Draw the lines in one piece."""
        yield Static(markup=False)

    @property
    def rows(self) -> int:
        """Lines on a page; the first of all is the heading."""
        return max(1, self.size.height - 1)

    def draw_page(self) -> None:
        """Draw the lines."""
        text = Text(no_wrap=True)
        if self.examples is not None:
            features = self._features(self.examples)
            titles = [shorten(visible(name), _VALUE - 1) for name in self.examples.dataset.feature_titles[:features]]
            text.append(_line("index", self._target_name, titles), style="bold")
            for position in self.page:
                values = [f"{float(value):.5g}" for value in self.examples.row(position)[:features]]
                style = "reverse" if position == self.cursor else ""
                line = _line(str(self.examples.indices[position]), self.examples.target(position), values)
                text.append("\n" + line, style=style)
        self.query_one(Static).update(text)

    @property
    def _target_name(self) -> str:
        return "target y" if self.examples and self.examples.dataset.is_regression else "class"

    def _features(self, examples: ExampleList) -> int:
        return max(1, min(examples.dataset.n_features, (self.size.width - _INDEX - _TARGET) // _VALUE))

    def on_click(self, event: Click) -> None:
        """Point at a line."""
        row = event.y - 1
        if 0 <= row < len(self.page):
            self.click_on(self.page[row])


def _line(index: str, target: str, values: list[str]) -> str:
    cells = "".join(pad(value, _VALUE, ">") for value in values)
    return f"{index:>{_INDEX - 1}} {pad(shorten(visible(target), _TARGET - 1), _TARGET - 1, '>')}{cells}"
