"""A view of what a sweep came to: panels beside or below each other, drawn for the room that there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hw1_tui.sweep.conclusion import Conclusion

_WIDTH_OF_PANEL = 56
"""Cells that a panel needs to stand beside another."""

Part = Content | str | tuple[str, str]
"""What a text is put together of."""


class FindingView(VerticalScroll):
    """Panels of text. Subclasses say what they show."""

    title: ClassVar[str] = ""
    narrowest: ClassVar[int] = _WIDTH_OF_PANEL
    DEFAULT_CSS: ClassVar[str] = """
    FindingView { height: 1fr; padding: 0 1; layout: grid; grid-size: 1; grid-rows: auto; grid-gutter: 1 3; }
    FindingView > Static { height: auto; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._conclusion: Conclusion | None = None

    def on_mount(self) -> None:
        """Draw in the colours of the next theme too."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.call_after_refresh(self._draw))

    def on_resize(self) -> None:
        """Draw for the new room."""
        self.call_after_refresh(self._draw)

    async def show(self, conclusion: Conclusion) -> None:
        """Show what follows from a sweep."""
        if conclusion is not self._conclusion:
            self._conclusion = conclusion
            await self._draw()

    async def _draw(self) -> None:
        if self._conclusion is None or not self.size.width:
            return
        room = self.size.width - 1  # of the scrollbar
        columns = max(1, room // (self.narrowest + 3))
        panels = self.panels(self._conclusion, (room - 3 * (columns - 1)) // columns)
        columns = min(columns, len(panels))
        panels = self.panels(self._conclusion, (room - 3 * (columns - 1)) // max(columns, 1)) if panels else panels
        self.styles.grid_size_columns = max(1, columns)
        shown = list(self.query(Static))
        if len(shown) != len(panels):
            async with self.batch():
                await self.remove_children()
                await self.mount_all([Static(panel, markup=False) for panel in panels])
        else:
            for widget, panel in zip(shown, panels, strict=True):
                widget.update(panel)

    def panels(self, conclusion: Conclusion, width: int) -> Sequence[Content]:
        """Return the panels, each of so many cells at most."""
        raise NotImplementedError
