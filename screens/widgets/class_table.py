"""How many examples of each class each split has; the cell under the cursor chooses them."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType

from engines.contract import SPLITS, Dataset, SplitName
from screens.state.example_list import class_counts
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import count
from screens.widgets.vim_keys import vim_keys

_WIDTH_OF_NAME, _WIDTH_OF_COUNT = 10, 7


class ClassTable(CutTable):
    """A line for all examples and one for each class, a column for each split."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *vim_keys("counts"),
        Binding("l", "cursor_right", "Right", id="counts.right", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cell_padding=0, zebra_stripes=True)

    def on_mount(self) -> None:
        """Make the columns."""
        self.add_column("class", width=_WIDTH_OF_NAME)
        for split in SPLITS:
            self.add_column(Text(split.rjust(_WIDTH_OF_COUNT)), width=_WIDTH_OF_COUNT, key=split)

    def show(self, dataset: Dataset | None) -> None:
        """Show the counts of a data set, all examples of train chosen."""
        self.clear()
        for name, counts in class_counts(dataset) if dataset else []:
            self.add_row(cut_text(name), *(Text(count(n).rjust(_WIDTH_OF_COUNT)) for n in counts))
        self.move_cursor(row=0, column=1)

    @property
    def split(self) -> SplitName:
        """The chosen split; on a class's name, train."""
        return SPLITS[max(0, self.cursor_column - 1)]

    @property
    def label(self) -> int | None:
        """The chosen class; ``None`` for all."""
        return self.cursor_row - 1 if self.cursor_row > 0 else None
