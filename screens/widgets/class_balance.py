"""How many examples of each class each split has, as bars: what is rare is seen at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.widgets import Static

from engines.contract import SPLITS, Dataset
from hw1_tui.markup import cell_width, visible
from screens.theme import REMARK
from screens.widgets.number import count

_MOST_CLASSES = 10
_WIDEST_NAME, _WIDTH_OF_COUNT, _GAP = 20, 7, 2


class ClassBalance(Static):
    """A line for each class: its count in each split, and a bar as long as its share of the most frequent class."""

    DEFAULT_CSS: ClassVar[str] = "ClassBalance { height: 7; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._lines: list[tuple[str, list[int]]] = []

    def show(self, dataset: Dataset | None) -> None:
        """Show the counts of a data set; as many lines stay empty while there is none."""
        self._lines = []
        if dataset:
            from screens.state.example_list import class_counts  # with numpy: the card is there long before the data

            self._lines = class_counts(dataset)[1:]
            self.styles.height = 1 + min(len(self._lines), _MOST_CLASSES + 1) if self._lines else 0
        self._draw()

    def on_resize(self) -> None:
        """Draw bars of the new width."""
        self._draw()

    def _draw(self) -> None:
        if not self._lines or not self.size.width:
            self.update("", layout=False)
            return
        shown, left_out = self._lines[:_MOST_CLASSES], len(self._lines) - _MOST_CLASSES
        name = min(_WIDEST_NAME, max(cell_width(visible(title)) for title, _ in [("class", []), *shown]))
        most = [max(1, *(counts[split] for _, counts in self._lines)) for split in range(len(SPLITS))]
        bar = max(0, (self.size.width - name) // len(SPLITS) - _WIDTH_OF_COUNT - _GAP)
        heading = "".join(f"{split:>{_WIDTH_OF_COUNT}}{'':{bar + _GAP}}" for split in SPLITS)
        lines = [Content.styled(f"{'class':<{name}}{heading}", f"bold {REMARK}")]
        lines += [_line(title, counts, most, name, bar) for title, counts in shown]
        if left_out > 0:
            lines.append(Content.styled(f"and {left_out} classes more: Data shows all.", REMARK))
        self.update(Content("\n").join(lines), layout=False)


def _line(title: str, counts: Sequence[int], most: Sequence[int], name: int, bar: int) -> Content:
    parts: list[Content | tuple[str, str]] = [Content(visible(title).ljust(name)).truncate(name, ellipsis=True)]
    for n, largest in zip(counts, most, strict=True):
        length = round(bar * n / largest)
        parts += [(f"{count(n):>{_WIDTH_OF_COUNT}} ", ""), ("━" * length, "$secondary"), (" " * (bar - length + 1), "")]
    return Content.assemble(*parts)
