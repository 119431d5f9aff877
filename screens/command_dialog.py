"""Copy as command: the shell line of the run on a screen."""

from __future__ import annotations

from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from screens.place import Place
from screens.text_dialog import TextDialog


def copy_command(place: Place) -> None:
    """Copy the line and show it; terminals that refuse the clipboard still let one select it."""
    try:
        config = place.config_on_screen()
    except MistakeError as error:
        place.notify(str(error), title="No command yet", severity="warning")
        return
    if config is None:
        place.notify("There is no run on this screen yet.", severity="warning")
        return
    command, note = config.command(), "Copied. It trains this run without the interface:"
    if left_out := place.left_out_on_screen():
        command = f"# not repeated: {visible('; '.join(left_out))}\n{command}"
        note = "Copied. It trains this run from its beginning; what was changed on the way stands above it:"
    place.app.copy_to_clipboard(command)
    place.app.push_screen(TextDialog("Copy as command", command, note))
