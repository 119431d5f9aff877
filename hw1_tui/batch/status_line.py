"""The one line at the foot of a terminal that tells how far something is, and makes room for what is to stay."""

from __future__ import annotations

import os
import sys
import time

from hw1_tui.batch.page import columns_of
from hw1_tui.batch.stream import is_unicode
from hw1_tui.markup import shorten, visible

_SECONDS_BETWEEN_DRAWINGS = 0.1
_BAR = 20
_ERASE = "\r\x1b[K"


class StatusLine:
    """A line on stderr, drawn again in its place.

    It has no thread and holds no lock: a terminal that takes minutes for a line keeps nobody waiting but who draws.
    """

    def __init__(self) -> None:
        self._is_shown = False
        self._drawn = -float("inf")
        self._full, self._empty = ("━", "┄") if is_unicode(sys.stderr) else ("#", ".")

    def draw(self, what: str, share: float, times: str) -> None:
        """Show what is being done, how much of it is done (0 to 1), and times; not more often than one can see."""
        now = time.monotonic()
        if now - self._drawn < _SECONDS_BETWEEN_DRAWINGS:
            return
        self._drawn = now
        full = round(_BAR * min(1.0, max(0.0, share)))
        end = f"  {self._full * full}{self._empty * (_BAR - full)} {share:4.0%}  {times}"
        # A character in the last column would let some terminals begin another line.
        room = (columns_of(sys.stderr) or 80) - 1
        sys.stderr.write(_ERASE + shorten(visible(what), max(0, room - len(end))) + end[:room])
        sys.stderr.flush()
        self._is_shown = True

    def erase(self) -> None:
        """Take the line away; the cursor stands where it began."""
        if self._is_shown:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
            self._is_shown = False


def has_status_line() -> bool:
    """Return whether stderr is a terminal on which a line can be drawn again."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
