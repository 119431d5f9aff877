"""Text of others as text: nothing in a name or a note is markup, and nothing in it steers the terminal."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from hw1_tui.markup import steady, visible

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_NOT_ENCODED = re.compile("[\ud800-\udfff]")


def plain(text: str) -> Content:
    """Return text for a title, a prompt or a tooltip, where Textual would read markup in a plain one."""
    return Content(visible(text))


class ControlCharacterFilter(LineFilter):
    """Takes out of everything that is drawn what a terminal would obey: the net below every widget.

    Such characters take no cell, so nothing moves; an emoji is drawn in the cells that it was given room for. What
    cannot be encoded becomes a mark, and would end the program.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's
        """Return the segments of a line without control characters."""
        return [self._clean(segment) for segment in segments]

    def _clean(self, segment: Segment) -> Segment:
        text, style, control = segment
        if text.isascii() and text.isprintable():  # nearly every segment
            return segment
        return Segment(steady(_NOT_ENCODED.sub("\ufffd", _STEERING.sub("", text)), cell_len), style, control)
