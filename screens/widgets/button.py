"""A button as all screens have it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import widgets
from textual.visual import VisualType


class Button(widgets.Button, inherit_css=False):
    """A button of one row.

    Textual's has three hundred lines of looks that no screen uses, which each start would read before its first frame.

    Args:
        label: what it says.
        widget: what Textual's takes by name.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Button {
        width: auto; height: 1; line-pad: 1; text-align: center; text-style: bold; pointer: pointer;
        color: $button-foreground; background: $surface;
        &:hover { background: $surface-darken-1; }
        &:focus { text-style: $button-focus-text-style; background-tint: $foreground 5%; }
        &.-primary { color: $button-color-foreground; background: $primary; }
        &.-primary:hover { background: $primary-darken-2; }
        &.-primary:focus { text-style: bold underline; }
        &.-error { color: $button-color-foreground; background: $error; }
        &.-error:hover { background: $error-darken-1; }
        &.-active { tint: $background 30%; }
        &:disabled { text-opacity: 60%; pointer: not-allowed; }
        &:ansi { background: ansi_default; }
        &:ansi:hover { background: $ansi-background; }
        &:ansi.-primary { color: $primary; }
        &:ansi.-error { color: $error; }
        &:ansi:disabled { text-style: bold dim; text-opacity: 100%; }
    }
    """

    def __init__(self, label: VisualType | None = None, **widget: Any) -> None:
        super().__init__(label, **{"compact": True, **widget})  # type: ignore[arg-type]
