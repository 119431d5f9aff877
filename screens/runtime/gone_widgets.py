"""A click on what was just taken off the screen is a click on nothing."""

from __future__ import annotations

from textual.geometry import Offset
from textual.screen import Screen
from textual.widget import Widget

_find = Screen.get_widget_and_offset_at


def _find_there(self: Screen[object], x: int, y: int) -> tuple[Widget | None, Offset | None]:
    widget, offset = _find(self, x, y)
    is_gone = widget is not None and not isinstance(widget, Screen) and widget.parent is None
    return (None, None) if is_gone else (widget, offset)


def pass_over_gone() -> None:
    """Let no screen begin to select text in a widget that it has no more.

    Until the next layout Textual (8.2.8) finds such a widget where it was, asks its parent where it lies, and ends the
    program, as it has none: on a slow machine a click at a notice that goes, or at a form that is built anew, will do.
    """
    Screen.get_widget_and_offset_at = _find_there  # type: ignore[method-assign, assignment]
