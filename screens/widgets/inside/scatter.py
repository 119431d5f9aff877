"""Points in a plane, a sign and a colour a class, with a cursor that goes from point to point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseMove
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from engines.contract import Array
from screens.widgets.chart.palette import ChartPalette

SIGNS = "●▲■◆+×○△□◇*#abcdefghijklmnopqrstuvwxyz"
"""Of the classes, in their order; from the first again where there are more."""

_ASIDE = 2.0
"""Going one way, a step aside counts so many times; and a cell is about twice as high as wide."""


class Scatter(Widget, can_focus=True):
    """Examples as points. In a cell with several stands the sign of the class with the most.

    Attributes:
        cursor: the point that is pointed at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1,0)", "Left", show=False, id="scatter.left", tooltip="The nearest point to the left."),
        Binding("right", "go(1,0)", "Right", show=False, id="scatter.right", tooltip="The nearest to the right."),
        Binding("up,k", "go(0,-1)", "Up", show=False, id="scatter.up", tooltip="The nearest point above."),
        Binding("down,j", "go(0,1)", "Down", show=False, id="scatter.down", tooltip="The nearest point below."),
        Binding(
            "space", "next_here", "Next here", show=False, id="scatter.next", tooltip="The next point of the cell."
        ),
        Binding("enter", "open", "Examples", id="scatter.open", tooltip="All examples of the cell."),
    ]
    DEFAULT_CSS: ClassVar[str] = "Scatter { width: 1fr; height: 1fr; }"

    class Pointed(Message):
        """Another point is pointed at."""

    class Opened(Message):
        """The examples of a cell are to be seen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.cursor = 0
        self._points: Array = np.zeros((0, 2))
        self._labels: Array = np.zeros(0, np.int64)
        self._cells: Array = np.zeros((0, 2), np.int64)
        self._signs: Array = np.zeros((0, 0), np.int64)
        self._colours: list[Style] = []

    def on_mount(self) -> None:
        """Take other colours with another theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._lay_out())

    def show(self, points: Array, labels: Array) -> None:
        """Show other points; the cursor stays where it can.

        Args:
            points: (n, 2).
            labels: their classes, (n,) int64.
        """
        self._points, self._labels = points, labels
        self.cursor = min(self.cursor, max(len(points) - 1, 0))
        self._lay_out()

    @property
    def here(self) -> Array:
        """The points in the cell of the cursor, (m,) places."""
        if not len(self._cells):
            return np.zeros(0, np.int64)
        return np.flatnonzero((self._cells == self._cells[self.cursor]).all(axis=1))

    def on_resize(self) -> None:
        """Lay the points out in the new room."""
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.size
        if not len(self._points) or width < 1 or height < 1:
            self._signs = np.zeros((0, 0), np.int64)
            self.refresh()
            return
        low, high = self._points.min(axis=0), self._points.max(axis=0)
        share = (self._points - low) / np.where(high > low, high - low, 1)
        columns = np.rint(share[:, 0] * (width - 1)).astype(np.int64)
        rows = np.rint((1 - share[:, 1]) * (height - 1)).astype(np.int64)
        self._cells = np.stack([columns, rows], axis=1)
        n_classes = int(self._labels.max(initial=0)) + 1
        places, inverse = np.unique(rows * width + columns, return_inverse=True)
        counts = np.bincount(inverse * n_classes + self._labels, minlength=len(places) * n_classes)
        signs = np.full(height * width, -1, np.int64)
        signs[places] = counts.reshape(len(places), n_classes).argmax(axis=1)
        self._signs = signs.reshape(height, width)
        palette = ChartPalette(self.app)
        self._colours = [Style(color="#{:02x}{:02x}{:02x}".format(*palette.series(k))) for k in range(n_classes)]
        self.refresh()

    def point_at(self, point: int) -> None:
        """Move the cursor to a point."""
        if point != self.cursor:
            self.cursor = point
            self.refresh()
            self.post_message(self.Pointed())

    def action_go(self, right: int, down: int) -> None:
        """Go to the nearest point on that side."""
        if not len(self._cells):
            return
        away = self._cells - self._cells[self.cursor]
        along = away[:, 0] * right + away[:, 1] * down * _ASIDE
        aside = np.abs(away[:, 1] * _ASIDE if right else away[:, 0])
        distance = np.where(along > 0, along + _ASIDE * aside, np.inf)
        if np.isfinite(distance).any():
            self.point_at(int(distance.argmin()))

    def action_next_here(self) -> None:
        """Go to the next point of the same cell, round the end."""
        here = self.here
        if len(here):
            self.point_at(int(here[(np.searchsorted(here, self.cursor) + 1) % len(here)]))

    def action_open(self) -> None:
        """Ask for the examples of the cell."""
        if len(self._cells):
            self.post_message(self.Opened())

    def on_mouse_move(self, event: MouseMove) -> None:
        """Point at what is under the mouse."""
        self._point_under(event.get_content_offset(self))

    def on_click(self, event: Click) -> None:
        """Point at what is under the mouse; what is pointed at already is opened."""
        self._point_under(event.get_content_offset(self))
        if event.chain > 1:
            self.action_open()

    def _point_under(self, offset: tuple[int, int] | None) -> None:
        if offset is None or not len(self._cells):
            return
        there = np.flatnonzero((self._cells == np.array(offset)).all(axis=1))
        if len(there) and self.cursor not in there:
            self.point_at(int(there[0]))

    def render_line(self, y: int) -> Strip:
        """Return one row of cells."""
        plain = self.rich_style
        if y >= len(self._signs):
            return Strip.blank(self.size.width, plain)
        segments: list[Segment] = []
        at = self._cells[self.cursor]
        for x, label in enumerate(self._signs[y].tolist()):
            if label < 0:
                segments.append(Segment(" ", plain))
                continue
            style = plain + self._colours[label]
            if (x, y) == (at[0], at[1]):
                style = plain + Style(reverse=True, bold=True)
            segments.append(Segment(SIGNS[label % len(SIGNS)], style))
        return Strip(segments).simplify()


def legend(classes: Sequence[str]) -> list[tuple[str, str]]:
    """Return the sign and the name of each class."""
    return [(SIGNS[k % len(SIGNS)], name) for k, name in enumerate(classes)]
