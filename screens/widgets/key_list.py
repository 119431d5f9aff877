"""Every action of the program by the screen that it belongs to: its keys, what it is called, its id for other keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from hw1_tui.markup import cell_width, pad
from screens.state.keymap import all_bindings
from screens.theme import REMARK

_GAP, _SCROLLBAR = 3, 1
_FIRST = "app"
_STYLES = ("$accent", "", REMARK, REMARK)

Row = tuple[str, ...]
"""Keys, name and id of an action, and what it does; a title alone; nothing for a blank line."""


class KeyList(VerticalScroll):
    """What has a tooltip, and so does something; the keys that only move about are left to the help of their screen.

    Args:
        chosen: keys from the settings, by id.
        id: of the widget.
        classes: of the widget.
    """

    DEFAULT_CSS: ClassVar[str] = """
    KeyList { height: 1fr; scrollbar-gutter: stable; }
    KeyList > Static { text-wrap: nowrap; }
    """

    class Found(Message):
        """The bindings of all screens were gathered."""

        def __init__(self, bindings: Mapping[str, Binding]) -> None:
            super().__init__()
            self.bindings = bindings

    def __init__(self, chosen: Mapping[str, str], *, id: str, classes: str) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.border_title = "Keys"
        self._chosen = chosen
        self._groups: list[list[Row]] = []
        self._is_asked = False

    @property
    def is_drawn(self) -> bool:
        """Whether the keys are there, as far as anyone has asked for them."""
        return bool(self._groups) or not self._is_asked

    def compose(self) -> ComposeResult:
        """Draw the list."""
        yield Static("Gathering the keys of all screens...", markup=False)

    def on_resize(self) -> None:
        """Fit the keys to the room; gather them when first shown, in a thread, as that imports every screen."""
        if not self._is_asked:
            self._is_asked = True
            self.run_worker(self._gather, thread=True, exit_on_error=False)
        self._lay_out()

    def _gather(self) -> None:
        self.post_message(self.Found(all_bindings()))

    @on(Found)
    def _show(self, event: Found) -> None:
        event.stop()
        by_place: dict[str, list[Row]] = {_FIRST: []}
        for name, binding in sorted(event.bindings.items()):
            if binding.tooltip:
                keys = self._chosen.get(name, binding.key).split(",")
                shown = " ".join(self.app.get_key_display(Binding(key, "")) for key in keys)
                row = (shown, binding.description, name, binding.tooltip)
                by_place.setdefault(name.partition(".")[0], []).append(row)
        self._groups = [[(place,), *rows] for place, rows in by_place.items() if rows]
        self._lay_out()

    def _lay_out(self) -> None:
        """Set as many columns of lines as there is room for; where that is one, say of each action what it does."""
        if not self._groups:
            return
        rows = [row for group in self._groups for row in group[1:]]
        widths = [max(map(cell_width, texts)) + 1 for texts in list(zip(*rows, strict=True))[:3]]
        room = self.size.width - _SCROLLBAR
        count = max(1, (room + _GAP) // (sum(widths) + _GAP))
        if count == 1:
            widths.append(max(0, room - sum(widths)))
        columns = [[self._line(row, widths) for row in column] for column in _columns(self._groups, count)]
        lines = list(zip_longest(*columns, fillvalue=Content(" " * sum(widths))))
        text = self.query_one(Static)
        text.update(Content("\n").join(Content(" " * _GAP).join(parts) for parts in lines))
        # A height of its own: Textual keeps a measured one where the text changes while a layout is still to come.
        text.styles.height = len(lines)

    def _line(self, row: Row, widths: Sequence[int]) -> Content:
        if len(row) < 2:
            return Content.styled(pad("".join(row), sum(widths)), "bold")
        styles = ("bold $primary", *_STYLES[1:]) if row[2] in self._chosen else _STYLES
        parts = zip(row, widths, styles, strict=False)  # what it does is said where it is whole
        return Content.assemble(*((pad(text if cell_width(text) <= width else "", width), style)
                                  for text, width, style in parts))  # fmt: skip


def _columns(groups: Sequence[Sequence[Row]], count: int) -> list[list[Row]]:
    """Return the rows of all groups in columns about as long as each other; no group is parted."""
    columns: list[list[Row]] = [[]]
    left = sum(len(group) + 1 for group in groups)
    for group in groups:
        fair = left / (count - len(columns) + 1)
        if columns[-1] and len(columns) < count and len(columns[-1]) + len(group) / 2 > fair:
            left -= len(columns[-1])
            columns.append([])
        columns[-1] += [*([()] if columns[-1] else []), *group]
    return columns
