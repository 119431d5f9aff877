"""Taking something away as a file: the dialog that asks where to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual.app import App

from hw1_tui.mistake import Mistake
from screens.dialogs.target_dialog import TargetDialog, taken_file


def ask_for_file(
    app: App[Any],
    title: str,
    suffixes: Sequence[str],
    mistake: Callable[[Path], Mistake | None],
    write: Callable[..., object],
    suggested: str = "",
) -> None:
    """Ask for a file and write it.

    Args:
        app: shows the dialog.
        title: of the dialog.
        suffixes: what can be written.
        mistake: what is wrong with a path, if anything is.
        write: writes it, in a thread; takes the path, and ``overwrite`` by name.
        suggested: a name that stands there at first, and gives way to what is typed.
    """
    note = f"The file; its suffix says what: {' '.join(suffixes)}"
    app.push_screen(TargetDialog(title, suggested, note, mistake, taken_file, write, is_suggested=bool(suggested)))
