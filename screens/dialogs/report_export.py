"""Taking the report away: the dialog that asks where to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.screen import Screen

from hw1_tui.files.folder import folder_mistake
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.write.output import foreign_files
from screens.dialogs.target_dialog import TargetDialog

_NOTE = "The folder for report.md, .html, .tex and .json with the figures."


def ask_for_folder(screen: Screen[Any], part: Homework, title: str, write: Callable[..., object]) -> None:
    """Ask for a folder, and write the report there.

    Args:
        screen: the screen that asks.
        part: the questions to write.
        title: of the dialog.
        write: writes them as far as the history has them, in a thread; takes the folder, and ``overwrite`` by name.
    """
    taken = partial(foreign_files, homework=part)
    done = "The report is in {}."
    screen.app.push_screen(TargetDialog(title, "report", _NOTE, folder_mistake, taken, write, done=done))
