"""The keys of vim beside the arrows, for everything that is a list of lines."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def vim_keys(name: str) -> list[BindingType]:
    """Return ``j`` and ``k`` for a list of lines.

    Args:
        name: of the list in the settings, which give other keys to ``name.down`` and ``name.up``.
    """
    return [
        Binding("j", "cursor_down", "Down", id=f"{name}.down", show=False),
        Binding("k", "cursor_up", "Up", id=f"{name}.up", show=False),
    ]
