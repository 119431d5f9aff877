"""Writes any text so that matplotlib draws it as it is."""

from __future__ import annotations

from hw1_tui.markup.visible import visible


def escape_mathtext(text: str) -> str:
    """Return text for a title or a label of a figure; a dollar in it begins no formula.

    matplotlib leaves a label that begins with an underscore out of legends, so a space of no width stands before it.
    """
    text = visible(text).replace("$", r"\$")
    return f"\u200b{text}" if text.startswith("_") else text
