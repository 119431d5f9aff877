"""Copy as command: the shell line of the run on a screen."""

from __future__ import annotations

from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from screens.dialogs.text_dialog import TextDialog
from screens.main_screen import MainScreen


def copy_command(screen: MainScreen) -> None:
    """Copy the line and show it; terminals that refuse the clipboard still let one select it."""
    try:
        config = screen.config_on_screen()
    except MistakeError as error:
        screen.notify(str(error), title="No command yet", severity="warning")
        return
    if config is None:
        screen.notify("There is no run on this screen yet.", severity="warning")
        return
    command, note = config.command(), "Copied. It trains this run without the interface:"
    if left_out := screen.left_out_on_screen():
        command = f"# not repeated: {visible('; '.join(left_out))}\n{command}"
        note = "Copied. It trains this run from its beginning; what was changed on the way stands above it:"
    screen.app.copy_to_clipboard(command)
    screen.app.push_screen(TextDialog("Copy as command", command, note))
