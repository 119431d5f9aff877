"""Taking the report away: the dialog that asks where to, and the thread that writes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from engines.contract import Dataset
from hw1_tui.files.folder import folder_mistake
from hw1_tui.mistake import MistakeError
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.reading import export_report
from hw1_tui.report.runs.request import Request
from hw1_tui.report.write.output import foreign_files
from screens.dialogs.target_dialog import Target, TargetDialog
from screens.main_screen import MainScreen

_NOTE = "The folder for report.md, .html, .tex and .json with the figures."


def ask_for_folder(screen: MainScreen, part: Homework, title: str, request: Request, dataset: Dataset) -> None:
    """Ask for a folder, and write the report as far as the history has it in a thread of its own.

    Args:
        screen: the screen that asks, which is told how it ends.
        part: the questions to write.
        title: of the dialog.
        request: which runs are meant.
        dataset: what they were trained on.
    """
    write = partial(export_report, part, request, dataset, screen.workspace.store)

    def begin(target: Target | None) -> None:
        if target:
            work = partial(write, target.path, overwrite=target.overwrite)
            written = partial(_write, screen, work, target.path)
            screen.run_worker(written, thread=True, group="export", exit_on_error=False)

    screen.app.push_screen(TargetDialog(title, "report", _NOTE, folder_mistake, partial(foreign_files, homework=part)),
                           begin)  # fmt: skip


def _write(screen: MainScreen, work: Callable[[], None], folder: Path) -> None:
    try:
        work()
    except (MistakeError, OSError) as error:
        said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error)
        screen.notify(said, severity="error")
    else:
        screen.notify(f"The report is in {folder}.")
