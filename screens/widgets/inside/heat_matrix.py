"""A matrix of counts by class as heat, in colour and in shade characters, with a cursor; 1,000 classes scroll."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.color import Color, ColorParseError
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from engines.contract import Array
from hw1_tui.markup import cell_width, pad, shorten, visible
from hw1_tui.numeral import percent

_SHADES = " ░▒▓█"
_STEPS = (0.02, 0.2, 0.4, 0.7)
"""Heat from which a cell has the next shade."""

_WIDEST_NAME, _WIDEST, _ROUND_NAME = 16, 16, 2
"""Cells of a name, of a cell of the matrix at most, and round a name over a column."""
_TALLEST = 5
"""Lines of a cell of the matrix at most, or as many as make it a square."""
_LEAST = 7
"""Lines that there are in any case."""

_MANY = 20
"""In a matrix of more classes nearly every count is 0, and dots let the others be seen."""

_LEVELS = 32
_DEEPEST = 0.75
"""How far the ground of the hottest cell is from that of the widget towards the accent."""


class HeatMatrix(Widget, can_focus=True):
    """Counts with a row a true class and a column a predicted one.

    Args:
        id: of the widget.

    Attributes:
        cursor: row and column of the cell that is pointed at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0,-1)", "Left", show=False, id="heat.left", tooltip="One predicted class back."),
        Binding("right", "move(0,1)", "Right", show=False, id="heat.right", tooltip="One predicted class on."),
        Binding("up,k", "move(-1,0)", "Up", show=False, id="heat.up", tooltip="One true class back."),
        Binding("down,j", "move(1,0)", "Down", show=False, id="heat.down", tooltip="One true class on."),
        Binding("pageup", "move(-20,0)", "Page up", show=False, id="heat.page-up", tooltip="20 classes up."),
        Binding("pagedown", "move(20,0)", "Page down", show=False, id="heat.page-down", tooltip="20 classes down."),
        Binding("home", "diagonal(0)", "First class", show=False, id="heat.first", tooltip="To the first class."),
        Binding("end", "diagonal(-1)", "Last class", show=False, id="heat.last", tooltip="To the last class."),
        Binding("enter", "open", "Examples", id="heat.open", tooltip="The examples in the cell."),
    ]
    DEFAULT_CSS: ClassVar[str] = "HeatMatrix { width: 1fr; height: auto; }"

    class Pointed(Message):
        """Another cell is pointed at."""

        def __init__(self, matrix: HeatMatrix) -> None:
            super().__init__()
            self.matrix = matrix

        @property
        def control(self) -> HeatMatrix:
            """The matrix."""
            return self.matrix

    class Opened(Pointed):
        """The examples in a cell are to be seen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.cursor = (0, 0)
        self._names: list[str] = []
        self._widest, self._shared = 0, 0
        self._accents: tuple[Color, Color] | None = None
        self._counts: Array = np.zeros((0, 0), np.int64)
        self._heat: Array = np.zeros((0, 0))
        self._is_good: Array = np.zeros((0, 0), bool)
        self._form, self._is_share = "d", False
        self._first = [0, 0]
        self._digits, self._room = 1, 0

    def show(
        self, counts: Array, heat: Array, classes: Sequence[str], *, is_good: Array | None = None, signed: bool = False
    ) -> None:
        """Show another matrix; the cursor stays where it can.

        Args:
            counts: (n_classes, n_classes).
            heat: how hot each cell is, from 0 to 1, the same shape; NaN for not at all.
            classes: their names.
            is_good: which cells have the colour of what is good, the same shape; the diagonal by default.
            signed: whether a plus stands before what is more.
        """
        self._counts, self._heat = counts, np.nan_to_num(heat)
        self._names = list(map(visible, classes))
        self._widest = max(map(cell_width, self._names), default=0)
        self._shared = _shared(self._names)
        self._is_good = np.eye(len(counts), dtype=bool) if is_good is None else is_good
        self._form = "+d" if signed else "d"
        largest = max((abs(int(counts.min(initial=0))), int(counts.max(initial=0))))
        self._digits = len(str(largest)) + signed
        last = len(counts) - 1
        self.cursor = (min(self.cursor[0], max(last, 0)), min(self.cursor[1], max(last, 0)))
        self._bring_into_view()
        self.refresh(layout=True)

    def on_mount(self) -> None:
        """Take the theme's colours, and those of the next."""
        self._take_theme()
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._take_theme())

    def show_shares(self, is_share: bool) -> None:
        """Write shares of the true class in place of counts, or counts again."""
        self._is_share = is_share
        self.refresh()

    def point_at(self, row: int, column: int) -> None:
        """Move the cursor to a cell; beyond an end, to that end."""
        last = max(len(self._counts) - 1, 0)
        there = (min(max(row, 0), last), min(max(column, 0), last))
        if there != self.cursor:
            self.cursor = there
            self._bring_into_view()
            self.refresh()
            self.post_message(self.Pointed(self))

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor."""
        self.point_at(self.cursor[0] + down, self.cursor[1] + right)

    def action_diagonal(self, place: int) -> None:
        """Go to the first or the last class."""
        k = place % max(len(self._counts), 1)
        self.point_at(k, k)

    def action_open(self) -> None:
        """Ask for the examples in the cell."""
        if self._counts.size:
            self.post_message(self.Opened(self))

    def on_click(self, event: Click) -> None:
        """Point at a cell; open it where it is the one pointed at."""
        offset = event.get_content_offset(self)
        if offset is None or offset.x < self._name_width or offset.y < 1:
            return
        row = self._first[0] + (offset.y - 1) // self._cell_height
        column = self._first[1] + (offset.x - self._name_width) // self._cell_width
        if max(row, column) >= len(self._counts):
            return
        if (row, column) == self.cursor:
            self.action_open()
        self.point_at(row, column)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Go down where rows are hidden."""
        if self._rows < len(self._counts):
            event.stop()
            self.action_move(3, 0)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Go up likewise."""
        if self._rows < len(self._counts):
            event.stop()
            self.action_move(-3, 0)

    def on_resize(self) -> None:
        """Show the cell of the cursor in the new room, and say so: other classes may be hidden."""
        self._bring_into_view()
        self.refresh()
        self.post_message(self.Pointed(self))

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()

    # Room.

    @property
    def _name_width(self) -> int:
        return min(_WIDEST_NAME, self._widest) + 1

    @property
    def _cell_width(self) -> int:
        """As wide as the numbers need, and wider where all columns fit so."""
        return self._cell_width_in(self.size.width)

    def _cell_width_in(self, width: int) -> int:
        fair = (width - self._name_width) // max(len(self._names), 1)
        return max(self._digits, 3) + 3 if fair < self._digits + 3 else min(fair, _WIDEST)

    @property
    def _cell_height(self) -> int:
        return self._cell_height_in(self.size.width, self.size.height)

    def _cell_height_in(self, width: int, room: int) -> int:
        tallest = max(_TALLEST, self._cell_width_in(width) // 2)
        return max(1, min(tallest, (room - 1) // max(len(self._names), 1)))

    @property
    def _rows(self) -> int:
        return max(1, (self.size.height - 1) // self._cell_height)

    @property
    def _columns(self) -> int:
        return max(1, (self.size.width - self._name_width) // self._cell_width)

    @property
    def left_out(self) -> str:
        """Which classes are shown, in words, where there is no room for all; else empty."""
        n = len(self._names)
        if self._rows >= n and self._columns >= n:
            return ""
        top, left = self._first
        rows, columns = min(self._rows, n), min(self._columns, n)
        return f"rows {top + 1:,} to {top + rows:,}, columns {left + 1:,} to {left + columns:,} of {n:,}"

    def fit(self, room: int) -> None:
        """Make rows as high as so many lines allow."""
        if room != self._room:
            self._room = room
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the height of all rows, or of as many as there is room for."""
        n = max(len(self._names), 1)
        return min(1 + n * self._cell_height_in(width, self._room), max(self._room, _LEAST))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """Return the width of all columns with their names whole."""
        named = self._widest + _ROUND_NAME
        return self._name_width + len(self._names) * max(named, self._digits + 3)

    def _bring_into_view(self) -> None:
        last = len(self._counts)
        for axis, shown in ((0, self._rows), (1, self._columns)):
            place = self.cursor[axis]
            first = min(max(self._first[axis], place - shown + 1), place)
            self._first[axis] = max(0, min(first, last - shown))

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Return one row of cells."""
        plain = self.rich_style
        if not self._counts.size:
            return Strip.blank(self.size.width, plain)
        if y == 0:
            return Strip([Segment(self._heading(), plain)]).adjust_cell_length(self.size.width, plain)
        row, line = divmod(y - 1, self._cell_height)
        row += self._first[0]
        if row >= len(self._counts) or row >= self._first[0] + self._rows:
            return Strip.blank(self.size.width, plain)
        middle = line == (self._cell_height - 1) // 2
        name = (
            pad(shorten(self._names[row], self._name_width - 1), self._name_width) if middle else " " * self._name_width
        )
        segments = [Segment(name, plain + Style(bold=row == self.cursor[0]))]
        right = min(len(self._counts), self._first[1] + self._columns)
        ground = self.background_colors[1]
        for column in range(self._first[1], right):
            segments += self._cell(row, column, middle, plain, ground)
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def _heading(self) -> str:
        width = self._cell_width
        right = min(len(self._names), self._first[1] + self._columns)
        names = (self._fitting(name, width - 1) for name in self._names[self._first[1] : right])
        return " " * self._name_width + "".join(pad(name, width - 1, ">") + " " for name in names)

    def _fitting(self, name: str, room: int) -> str:
        """Return a name in so many cells: what all names begin with is left out first."""
        if cell_width(name) > room and self._shared > 1:
            name = f"…{name[self._shared :]}"
        return shorten(name, room)

    def _cell(self, row: int, column: int, middle: bool, style: Style, ground: Color) -> list[Segment]:
        heat = float(abs(self._heat[row, column]))
        shade = _SHADES[int(np.searchsorted(_STEPS, heat, side="right"))]
        here = self.has_focus and (row, column) == self.cursor
        text = self._text(row, column) if middle else ""
        mark = "▸" if here and middle else " "
        of_shade = style
        if here:
            style = of_shade = style + Style(reverse=True, bold=True)
        elif self._accents is not None and ground.ansi is None:
            accent = self._accents[0 if self._is_good[row, column] else 1]
            of_heat, of_accent = _styles(ground, accent, round(min(heat, 1.0) * _LEVELS))
            style += of_heat
            of_shade = style + of_accent
        return [Segment(f"{mark}{text:>{self._cell_width - 3}}", style), Segment(shade, of_shade), Segment(" ", style)]

    def _text(self, row: int, column: int) -> str:
        if self._is_share:
            share = float(self._heat[row, column])
            return "" if math.isnan(share) else percent(share)
        count = int(self._counts[row, column])
        return "·" if not count and len(self._counts) > _MANY else format(count, self._form)

    def _take_theme(self) -> None:
        """Take the two accents of the theme; none of one whose colours the terminal decides on."""
        variables = self.app.theme_variables
        try:
            found = [Color.parse(variables.get(name, "")) for name in ("success", "error")]
        except ColorParseError:
            found = []
        self._accents = (found[0], found[1]) if found and all(colour.ansi is None for colour in found) else None
        self.refresh()


@functools.lru_cache(1024)
def _styles(ground: Color, accent: Color, level: int) -> tuple[Style, Style]:
    """Return the ground of a cell of a heat, from 0 to ``_LEVELS``, and the colour of its shade."""
    heated = ground.blend(accent, level / _LEVELS * _DEEPEST, alpha=1.0)
    return Style(bgcolor=heated.rich_color), Style(color=accent.rich_color)


def _shared(names: Sequence[str]) -> int:
    """Return with how many characters all names begin; 0 of one name."""
    if len(names) < 2:
        return 0
    first, last = min(names), max(names)
    return next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
