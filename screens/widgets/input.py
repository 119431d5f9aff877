"""A field to type into, as all screens have it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events, widgets
from textual.keys import KEY_NAME_REPLACEMENTS

_NAMED = frozenset(KEY_NAME_REPLACEMENTS.values())
"""``slash``, ``minus`` and others."""


class Input(widgets.Input, inherit_css=False):
    """A field of one row, without Textual's frames, which no screen uses (see ``screens.widgets.button``).

    Args:
        value: what stands in it at first.
        widget: what Textual's takes by name.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Input {
        width: 100%; height: 1; scrollbar-size-horizontal: 0; pointer: text;
        color: $foreground; background: $surface;
        &:focus { background-tint: $foreground 5%; }
        &.-invalid { background-tint: $error 20%; }
        & > .input--cursor {
            background: $input-cursor-background; color: $input-cursor-foreground;
            text-style: $input-cursor-text-style;
        }
        & > .input--selection { background: $input-selection-background; color: $input-selection-foreground; }
        & > .input--placeholder, & > .input--suggestion { color: $text-disabled; }
        &:ansi {
            background: ansi_default; color: ansi_default;
            & > .input--cursor { background: ansi_white; color: ansi_black; }
            & > .input--placeholder, & > .input--suggestion { text-style: dim; color: ansi_default; }
        }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = widgets.Input.COMPONENT_CLASSES

    def __init__(self, value: str | None = None, **widget: Any) -> None:
        super().__init__(value, **{"compact": True, **widget})

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is text here: Textual knows no character of those that it calls by names of its own."""
        return super().check_consume_key(key, character) or key in _NAMED

    def _on_paste(self, event: events.Paste) -> None:
        """Take all lines as one: Textual takes the first, and says nothing of the others."""
        event.prevent_default()
        event.stop()
        if line := " ".join(filter(str.strip, event.text.splitlines())):
            self.replace(line, *self.selection)
