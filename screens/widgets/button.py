"""A button as all screens have it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from textual import events, widgets
from textual.message import Message
from textual.message_pump import MessagePump
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

    class Refused(Message):
        """A button that can do nothing now was clicked: the screen says why, as it does for the key.

        Attributes:
            action: of the button.
        """

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, label: VisualType | None = None, **widget: Any) -> None:
        super().__init__(label, **{"compact": True, **widget})  # type: ignore[arg-type]

    def check_message_enabled(self, message: Message) -> bool:
        """Hear a click also where it is greyed out."""
        if self.disabled and isinstance(message, events.Click):
            return MessagePump.check_message_enabled(self, message)
        return super().check_message_enabled(message)

    def blur(self) -> Self:
        """Give the focus to nothing, where Textual gives it to the next: enter, pressed again, would press that."""
        if self.has_focus:
            self.screen.set_focus(None)
        return self

    def on_click(self) -> None:
        """Let it be told why it cannot be done, where that is so; otherwise Textual's own handler does it."""
        if not self.action or not self.is_attached:  # its screen was closed since
            return
        if self.disabled or self.screen.check_action(action_name(self.action), ()) is None:
            self.post_message(self.Refused(self.action))


def action_name(action: str) -> str:
    """Return what an action is called, without where it is looked for and what it is given."""
    return action.removeprefix("screen.").partition("(")[0]
