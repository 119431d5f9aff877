"""A row of labels, in which a click on one does something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from textual.content import Content
from textual.events import Click, Leave, MouseMove
from textual.visual import VisualType
from textual.widgets import Static

LabelT = TypeVar("LabelT")


class LabelRow(Static, Generic[LabelT]):
    """Labels beside each other, each with its own tooltip; the one under the pointer is shown as what a click takes.

    One widget, and not one a label: each costs a millisecond of every screen's first frame. Subclasses say how a label
    looks, what stands before it, and what a click on it does.

    Attributes:
        labels: what is shown, from the left.
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(markup=False, id=id)
        self.labels: Sequence[LabelT] = ()
        self._hovered: LabelT | None = None

    def draw_label(self, label: LabelT, *, is_hovered: bool) -> Content:
        """Return a label as it is shown; as wide whether the pointer is on it or not."""
        raise NotImplementedError

    def draw_gap(self, before: LabelT | None, label: LabelT) -> Content:
        """Return what stands between two labels, or before the first."""
        raise NotImplementedError

    def tell(self, label: LabelT) -> str:
        """Return the tooltip of a label."""
        raise NotImplementedError

    async def take(self, label: LabelT) -> None:
        """Do what a click on a label does."""
        raise NotImplementedError

    def draw(self) -> None:
        """Draw all labels."""
        self.update(Content.assemble(*(part for pair in self._parts() for part in pair)))

    def columns(self) -> list[range]:
        """Return the columns of each label."""
        columns, end = [], 0
        for gap, label in self._parts():
            start = end + gap.cell_length
            end = start + label.cell_length
            columns.append(range(start, end))
        return columns

    def _parts(self) -> list[tuple[Content, Content]]:
        pairs = zip([None, *self.labels], self.labels, strict=False)
        return [(self.draw_gap(*pair), self.draw_label(pair[1], is_hovered=pair[1] == self._hovered)) for pair in pairs]

    @property
    def tooltip(self) -> VisualType | None:
        """What is told of the label under the pointer."""
        return None if self._hovered is None else self.tell(self._hovered)

    @tooltip.setter
    def tooltip(self, tooltip: VisualType | None) -> None:
        self._tooltip = tooltip  # Textual's own, which has one for a whole widget

    def on_mouse_move(self, event: MouseMove) -> None:
        """Show which label a click would take."""
        self._hover(self._label_at(event.x))

    def on_leave(self, _event: Leave) -> None:
        """Show that a click would take none."""
        self._hover(None)

    def _label_at(self, column: int) -> LabelT | None:
        columns = zip(self.labels, self.columns(), strict=True)
        return next((label for label, cells in columns if column in cells), None)

    def _hover(self, label: LabelT | None) -> None:
        if label != self._hovered:
            self._hovered = label
            self.draw()

    async def on_click(self, event: Click) -> None:
        """Take the label that was clicked on."""
        event.stop()
        label = self._label_at(event.x)
        if label is not None:
            await self.take(label)
