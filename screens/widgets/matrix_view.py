"""A matrix in numbers: aligned, in brackets, with a cursor to edit entries and marks on those that are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import ClassVar

import numpy as np
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Key, Paste
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from engines.contract import Array
from hw1_tui.markup import cell_width, visible
from hw1_tui.mistake import Mistake
from hw1_tui.numeral import meant_number, number_problem, read_number
from screens.widgets.matrix_text import written

_LARGEST_ENTRY = 1e6
_ALLOWED = f"a number from -{_LARGEST_ENTRY:,.0f} to {_LARGEST_ENTRY:,.0f}"
_BEGINS = "0123456789.-+eE,\N{MINUS SIGN}"
"""What begins an entry. All that follows belongs to it: a sign that was passed over would leave another number."""
_MARK = "✗"


class MatrixView(Widget, can_focus=True):
    """A matrix of any size; what does not fit is cut at the sides, and the cursor brings it into view.

    Args:
        title: how the matrix is called.
        editable: whether entries can be typed over.
        most_rows: rows shown at a time.
        id: of the widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "matrix--wrong",
        "matrix--cursor",
        "matrix--label",
        "matrix--title",
        "matrix--entry",
    }
    DEFAULT_CSS: ClassVar[str] = """
    MatrixView {
        width: auto; max-width: 100%; height: auto; margin: 0 2 0 0;
        .matrix--wrong { color: $text-error; text-style: bold underline; }
        .matrix--cursor { background: $primary; color: $text; }
        .matrix--label { color: $foreground; }
        .matrix--title { text-style: bold; }
        .matrix--entry { background: $panel; color: $foreground; }
        &:focus .matrix--title { color: $primary; text-style: bold underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0,-1)", "Left", show=False, id="matrix.left"),
        Binding("right", "move(0,1)", "Right", show=False, id="matrix.right"),
        Binding("up", "move(-1,0)", "Up", show=False, id="matrix.up"),
        Binding("down", "move(1,0)", "Down", show=False, id="matrix.down"),
        Binding(
            "enter", "edit", "Edit entry", show=False, id="matrix.edit", tooltip="Type over the entry; enter keeps."
        ),
    ]
    _typed: var[str | None] = var(None)

    class Edited(Message):
        """An entry was typed over."""

        def __init__(self, view: MatrixView, row: int, column: int, value: float) -> None:
            self.view, self.row, self.column, self.value = view, row, column, value
            super().__init__()

        @property
        def control(self) -> MatrixView:
            """The matrix."""
            return self.view

    def __init__(self, title: str, editable: bool = False, most_rows: int = 6, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.title, self.editable, self._most_rows = title, editable, most_rows
        self._cells: list[list[str]] = [[]]
        self._values: Array = np.zeros((0, 0))
        self._marks: Array = np.zeros((0, 0), bool)
        self._columns: list[str] = []
        self._cell_width = 1
        self._cursor = (0, 0)
        self._first = [0, 0]
        self._is_lowered = False
        self.can_focus = editable
        if editable:
            self.tooltip = "Arrows move, typing changes the entry, enter keeps it, escape leaves it."

    @property
    def values(self) -> Array:
        """What is shown, shape (rows, columns)."""
        return self._values

    @property
    def marks(self) -> Array:
        """Which entries are marked as wrong, shape (rows, columns)."""
        return self._marks

    def show(self, values: Array, marks: Array | None = None, columns: Sequence[str] = ()) -> None:
        """Show a matrix.

        Args:
            values: shape (rows, columns), or (columns,) for one row.
            marks: which entries are wrong, the same shape.
            columns: names over the columns.
        """
        self._values = np.atleast_2d(np.asarray(values, dtype=np.float64))
        self._marks = np.zeros(self._values.shape, bool) if marks is None else np.atleast_2d(marks)
        self._cells = written(self._values)
        self._columns = list(columns)
        self._cell_width = max(map(len, chain(*self._cells, self._columns)), default=1)
        rows, width = self._values.shape
        self._cursor = (min(self._cursor[0], rows - 1), min(self._cursor[1], width - 1))
        self._first = [min(self._first[0], self._cursor[0]), min(self._first[1], self._cursor[1])]
        self._allow_focus()
        self.refresh(layout=True)

    @property
    def has_names(self) -> bool:
        """Whether names stand over the columns."""
        return bool(self._columns)

    def lower(self, is_lowered: bool) -> None:
        """Leave a line for names of columns also where there are none, so that rows stand level with a neighbour's."""
        if is_lowered != self._is_lowered:
            self._is_lowered = is_lowered
            self.refresh(layout=True)

    def on_resize(self) -> None:
        """See whether everything fits now."""
        self._allow_focus()

    def _allow_focus(self) -> None:
        """Let the cursor in where there is something to edit, or something cut to bring into view."""
        rows, columns = self._values.shape
        cut = rows > self._most_rows or columns > self._columns_that_fit(self.size.width)
        self.can_focus = self.editable or bool(self.size.width and cut)

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor; what was being typed is kept, and stays to be mended where it is no entry."""
        if not self._keep():
            return
        rows, columns = self._values.shape
        row, column = self._cursor
        self._cursor = (min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1))
        self._bring_into_view()
        self.refresh()

    def action_edit(self) -> None:
        """Begin to type over the entry, or keep what was typed."""
        if self.editable and self._typed is None:
            self._typed = ""
            self.refresh()
        else:
            self._keep()

    def watch__typed(self, before: str | None, now: str | None) -> None:
        """Have the footer offer the keys of the screen only while they do not go to an entry."""
        if self.is_attached and (before is None) != (now is None):
            self.screen.refresh_bindings()

    def check_consume_key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Digits belong to the entry, not to the places."""
        return self._is_taken(character)

    def _is_taken(self, character: str | None) -> bool:
        if not self.editable or not character or not character.isprintable():
            return False
        return self._typed is not None or character in _BEGINS

    def on_key(self, event: Key) -> None:
        """Take what is typed."""
        if self._typed is not None and event.key in ("escape", "backspace"):
            self._typed = self._typed[:-1] if event.key == "backspace" else None
        elif self._is_taken(event.character):
            self._typed = (self._typed or "") + (event.character or "")
        else:
            return
        event.stop()
        event.prevent_default()
        self.refresh()

    def on_paste(self, event: Paste) -> None:
        """Take what is pasted as if it were typed."""
        if self.editable:
            event.stop()
            self._typed = (self._typed or "") + visible(" ".join(event.text.split()))
            self.refresh()

    def on_blur(self, _event: Blur) -> None:
        """Keep what was typed."""
        self._keep()
        self._typed = None

    def on_click(self, event: Click) -> None:
        """Put the cursor on the entry under the mouse."""
        width = self._cell_width
        row = event.y - self._heading + self._first[0]
        column = (event.x - 2) // (width + 2) + self._first[1]
        if 0 <= row < len(self._values) and 0 <= column < self._values.shape[1]:
            if self._keep():
                self._cursor = (row, column)
            self.refresh()

    def _keep(self) -> bool:
        """Tell what was typed, if it is an entry; else say what is wrong, leave it, and return that it is none."""
        typed = self._typed
        if typed and not _is_entry(typed):
            nearest = meant_number(typed, _is_entry)
            self.notify(
                str(Mistake(self.title, number_problem(typed, read_number), _ALLOWED, nearest)), severity="error"
            )
            return False
        if typed:
            self.post_message(self.Edited(self, *self._cursor, read_number(typed)))
        self._typed = None
        self.refresh()
        return True

    @property
    def _heading(self) -> int:
        return 1 + (self.has_names or self._is_lowered)

    def _columns_that_fit(self, width: int) -> int:
        return max(1, (width - 5) // (self._cell_width + 2))

    def _bring_into_view(self) -> None:
        shown = (self._most_rows, self._columns_that_fit(self.size.width))
        for axis in (0, 1):
            place = self._cursor[axis]
            self._first[axis] = min(max(self._first[axis], place - shown[axis] + 1), place)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """Return the width of the whole matrix."""
        rows = len(self._values)
        words = [
            f"{self.title}  {self._shape}",
            f"  rows {rows} to {rows} of {rows}" if rows > self._most_rows else "",
        ]
        return max(*map(len, words), int(self._values.shape[1]) * (self._cell_width + 2) + 5)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the height: title, names, rows, and a line where rows are cut."""
        rows = len(self._values)
        return self._heading + min(rows, self._most_rows) + (rows > self._most_rows)

    @property
    def _shape(self) -> str:
        return f"{self._values.shape[0]}×{self._values.shape[1]}" + ", editable" * self.editable

    def render(self) -> Text:
        """Draw the matrix."""
        rows, columns = self._values.shape
        top, left = self._first
        right = min(columns, left + self._columns_that_fit(self.size.width))
        bottom = min(rows, top + self._most_rows)
        text = Text(no_wrap=True, end="")
        text.append(self.title, self.get_component_rich_style("matrix--title", partial=True))
        text.append(f"  {self._shape}", self.get_component_rich_style("matrix--label", partial=True))
        if self._columns:
            names = "".join(f" {name.rjust(self._cell_width)} " for name in self._columns[left:right])
            text.append(f"\n  {names}", self.get_component_rich_style("matrix--label", partial=True))
        elif self._is_lowered:
            text.append("\n")
        for row in range(top, bottom):
            opening, closing = _brackets(row, rows)
            text.append(f"\n{opening}{'⋯' if left else ' '}")
            cells = Text()
            for column in range(left, right):
                self._append_cell(cells, row, column)
            text.append(self._with_typed(cells, row, left))
            text.append(f"{'⋯' if right < columns else ' '}{closing}")
        if rows > self._most_rows:
            text.append(f"\n  rows {top + 1} to {bottom} of {rows}", self.get_component_rich_style("matrix--label"))
        return text

    def _append_cell(self, text: Text, row: int, column: int) -> None:
        wrong = bool(self._marks[row, column])
        here = self.has_focus and (row, column) == self._cursor
        cell = self._cells[row][column]
        plain = "matrix--entry" if self.editable else ""
        name = "matrix--cursor" if here else "matrix--wrong" if wrong else plain
        style = self.get_component_rich_style(name, partial=True) if name else ""
        text.append(" ")
        text.append(" " * (self._cell_width - len(cell)), style if self.editable else "")
        text.append(cell, style)
        text.append(
            _MARK if wrong else " ", self.get_component_rich_style("matrix--wrong", partial=True) if wrong else ""
        )

    def _with_typed(self, cells: Text, row: int, left: int) -> Text:
        """Return the entries of a row with what is typed over them; what has no room in its column covers others.

        Args:
            cells: the entries that are shown.
            row: of the entries.
            left: the first column that is shown.
        """
        if self._typed is None or not self.has_focus or row != self._cursor[0]:
            return cells
        width, room = self._cell_width, len(cells)
        plain = "".join(letter if cell_width(letter) == 1 else "?" for letter in self._typed)
        shown = f"{plain[1 - room :]}▏".rjust(width)
        start = min((self._cursor[1] - left) * (width + 2) + 1, room - len(shown))
        typed = Text(shown, self.get_component_rich_style("matrix--cursor", partial=True))
        return cells[:start] + typed + cells[start + len(shown) :]


def _is_entry(text: str) -> bool:
    try:
        return abs(read_number(text)) <= _LARGEST_ENTRY
    except ValueError:
        return False


def _brackets(row: int, rows: int) -> tuple[str, str]:
    """Return the opening and the closing bracket of a row."""
    if rows == 1:
        return "[", "]"
    if row == 0:
        return "⎡", "⎤"
    return ("⎣", "⎦") if row == rows - 1 else ("⎢", "⎥")
