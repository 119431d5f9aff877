"""A click on a widget that has just been removed is a click on nothing."""

from __future__ import annotations

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

_get_widget_and_offset_at = Screen.get_widget_and_offset_at


def _get_present(self: Screen[object], x: int, y: int) -> tuple[Widget | None, Offset | None]:
    widget, offset = _get_widget_and_offset_at(self, x, y)
    is_gone = widget is not None and widget is not self and widget.parent is None
    return (None, None) if is_gone else (widget, offset)


def click_on_present_alone() -> None:
    """Let a screen find under the pointer what is there.

    Until the next layout Textual (8.2.8) finds what was removed since the last one, and asks where its parent stands,
    as a selection may begin there: the click ended the interface.
    """
    Screen.get_widget_and_offset_at = _get_present  # type: ignore[method-assign, assignment]
