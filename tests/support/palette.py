"""What the palette finds."""

from __future__ import annotations

from textual.app import App
from textual.command import CommandList


def first_found(app: App[object]) -> str:
    """Return what the palette lists first; empty while it looks."""
    found = app.screen.query_one(CommandList)
    return str(found.get_option_at_index(0).prompt) if found.option_count else ""
