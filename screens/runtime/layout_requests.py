"""A widget that asks for a layout while an earlier request of its waits is measured again all the same."""

from __future__ import annotations

from textual.geometry import Region
from textual.widget import Widget

_refresh = Widget.refresh


def _refresh_counted(
    self: Widget, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
) -> Widget:
    if layout and self._layout_required:
        self._layout_updates += 1
    return _refresh(self, *regions, repaint=repaint, layout=layout, recompose=recompose)


def count_all() -> None:
    """Let every widget count every request for a layout.

    By that count Textual (8.2.8) knows whether a height that it has measured is still good, but it leaves out requests
    that come while an earlier one of the widget waits to be sent. With a terminal that changes its size a layout comes
    between the two, and a text that is set for its new width kept the height that the old one would have had there: its
    last line was cut off, or an empty one followed.
    """
    Widget.refresh = _refresh_counted  # type: ignore[method-assign, assignment]
