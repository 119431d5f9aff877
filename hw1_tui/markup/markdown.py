"""Writes any text so that Markdown shows it as it is."""

from __future__ import annotations

import re

from hw1_tui.markup.visible import visible

_ITEM = re.compile(r"^(\d*)([-+.)](?= )|-(?=-+$)|=(?==*$))")
"""How an item of a list, a rule or the line under a heading begins: only where a line does."""


def escape(text: str) -> str:
    """Return text as Markdown shows it: nothing in it is a mark, a tag or, where that is known, a formula."""
    # An ampersand is a mark only where it may begin the name of a character.
    text = re.sub(r"[\\`*_\[\]<>|~#$]|&(?=[#A-Za-z])", r"\\\g<0>", visible(text).strip())
    return _ITEM.sub(r"\1\\\2", text)
