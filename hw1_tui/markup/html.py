"""Writes any text so that a browser shows it as it is."""

from __future__ import annotations

from hw1_tui.markup.visible import visible


def escape(text: str) -> str:
    """Return text as HTML shows it, in an attribute too: nothing in it is a tag, and nothing turns its direction."""
    import html  # not for the interface's first frame

    return html.escape(visible(text))
