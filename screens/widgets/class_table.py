"""How many examples of each class each split has, and how even they are; the cell under the cursor chooses them."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from engines.contract import SPLITS, Dataset, SplitName
from screens.state.example_list import class_counts
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import count
from screens.widgets.vim_keys import vim_keys

_WIDTH_OF_NAME, _SHORTEST_NAME, _WIDTH_OF_COUNT = 10, 5, 7
_WHOLE, _HALF = "━╸"
_SHORTEST_BAR, _GUTTER, _SHARE = 6, 2, 7
"""Cells of a bar, of the room before it, and of the share behind it."""


class ClassTable(CutTable):
    """A line for all examples and one for each class, a column for each split; where there is room, bars.

    A bar is as long as the class has examples in train, of the largest class's; beside it stands its share.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *vim_keys("counts"),
        Binding("l", "cursor_right", "Right", id="counts.right", show=False),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"class-table--bar"}
    DEFAULT_CSS: ClassVar[str] = "ClassTable > .class-table--bar { color: $secondary; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cell_padding=0)
        self._dataset: Dataset | None = None

    def on_mount(self) -> None:
        """Take other colours with another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.on_resize())

    def watch_show_vertical_scrollbar(self) -> None:
        """Leave the scrollbar its room."""
        self.call_after_refresh(self.on_resize)

    def on_resize(self) -> None:
        """Draw bars as long as there is room for."""
        if self._dataset:
            row, column = self.cursor_coordinate
            self.show(self._dataset)
            self.move_cursor(row=row, column=column)

    def show(self, dataset: Dataset | None) -> None:
        """Show the counts of a data set, all examples of train chosen."""
        self._dataset = dataset
        lines = class_counts(dataset) if dataset else []
        width = self.scrollable_content_region.width
        name_width = min(_WIDTH_OF_NAME, max(_SHORTEST_NAME, width - len(SPLITS) * _WIDTH_OF_COUNT))
        room = width - _WIDTH_OF_NAME - len(SPLITS) * _WIDTH_OF_COUNT - _GUTTER
        has_bars = room >= _SHORTEST_BAR and len(lines) > 1
        share = _SHARE * (room >= 2 * _SHARE)
        self.clear(columns=True)
        self.add_column("class", width=name_width)
        for split in SPLITS:
            self.add_column(Text(split.rjust(_WIDTH_OF_COUNT)), width=_WIDTH_OF_COUNT, key=split)
        if has_bars:
            self.add_column(Text("  share of train"[: room + _GUTTER]), width=room + _GUTTER)
        style = self.get_component_rich_style("class-table--bar", partial=True)
        largest = max((counts[0] for _, counts in lines[1:]), default=0)
        for name, counts in lines:
            cells = [Text(count(n).rjust(_WIDTH_OF_COUNT)) for n in counts]
            told = f" {counts[0] / max(lines[0][1][0], 1):6.1%}"[:share]
            bar = " " * _GUTTER + _bar(counts[0], largest, room - share) + told
            self.add_row(cut_text(name), *cells, *[Text(bar if name is not lines[0][0] else "", style)] * has_bars)
        self.move_cursor(row=0, column=1)

    @property
    def split(self) -> SplitName:
        """The chosen split; on a class's name or bar, train."""
        return SPLITS[self.cursor_column - 1] if 0 < self.cursor_column <= len(SPLITS) else SPLITS[0]

    @property
    def label(self) -> int | None:
        """The chosen class; ``None`` for all."""
        return self.cursor_row - 1 if self.cursor_row > 0 else None


def _bar(value: int, largest: int, width: int) -> str:
    """Return a bar as long as its share of the largest, to half a cell, and as wide as the largest is."""
    whole, rest = divmod(round(2 * width * value / max(largest, 1)), 2)
    return (_WHOLE * whole + _HALF * rest).ljust(width)
