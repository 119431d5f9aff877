"""Taking the report away: the dialog that asks where to, and the thread that writes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from textual.screen import Screen

from hw1_tui.files.folder import folder_mistake
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.write.output import foreign_files
from screens.dialogs.target_dialog import Target, TargetDialog

_NOTE = "The folder for report.md, .html, .tex and .json with the figures."


def ask_for_folder(screen: Screen[Any], part: Homework, title: str, write: Callable[..., object]) -> None:
    """Ask for a folder, and write the report there in a thread of its own.

    Args:
        screen: the screen that asks, which is told how it ends.
        part: the questions to write.
        title: of the dialog.
        write: writes them as far as the history has them; takes the folder, and ``overwrite`` by name.
    """

    def begin(target: Target | None) -> None:
        if target:
            work = partial(write, target.path, overwrite=target.overwrite)
            written = partial(_write, screen, work, target.path)
            screen.run_worker(written, thread=True, group="export", exit_on_error=False)

    screen.app.push_screen(TargetDialog(title, "report", _NOTE, folder_mistake, partial(foreign_files, homework=part)),
                           begin)  # fmt: skip


def _write(screen: Screen[Any], work: Callable[[], object], folder: Path) -> None:
    try:
        work()
    except (MistakeError, OSError) as error:
        said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        screen.notify(said, severity="error")
    else:
        screen.notify(f"The report is in {folder.absolute()}.")
