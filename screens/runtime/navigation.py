"""From one main screen to another and back, and what every one has: its help, and every action by its name."""

from __future__ import annotations

from textual.command import Provider

from screens.main_screen import MainScreen
from screens.runtime.switchboard import Switchboard


def action_provider() -> type[Provider]:
    """Return what the palette offers, imported when it is first opened."""
    from screens.runtime.palette import ActionProvider

    return ActionProvider


class Navigation(Switchboard):
    """An app whose modes are main screens."""

    def __init__(self) -> None:
        super().__init__()
        self._visited: list[str] = []

    def action_go(self, name: str) -> None:
        """Go to a main screen."""
        if name != self.current_mode and not self.screen.is_modal:
            self._visited.append(self.current_mode)
            self._show(name)

    async def action_back(self) -> None:
        """Go to the screen one came from."""
        if self._visited and not self.screen.is_modal:
            self._show(self._visited.pop())

    def _show(self, name: str) -> None:
        """Show a main screen; a press of the mouse that was never let go does not hold it beyond its own screen."""
        self.capture_mouse(None)
        self.switch_mode(name)

    def action_help(self) -> None:
        """Show the help of the screen one is at."""
        from screens.dialogs.help_dialog import HelpDialog

        text = self.screen.help_text() if isinstance(self.screen, MainScreen) else ""
        self.push_screen(HelpDialog(self.screen, text))

    def action_command_palette(self) -> None:
        """Show every action by its name."""
        from screens.runtime.palette import Palette

        if not self.screen.is_modal:
            self.push_screen(Palette(id="--command-palette"))
