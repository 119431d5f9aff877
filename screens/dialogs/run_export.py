"""Taking runs away: the dialog that asks for a file, and the thread that writes what its suffix says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from textual.app import App

from engines.contract import EngineError
from hw1_tui.export.run_export import SUFFIXES, export_file, export_mistake
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.x_axis import XAxis
from screens.dialogs.target_dialog import Target, TargetDialog, taken_file
from screens.widgets.run_words import names_of

_NOTE = f"The file; its suffix says what: {' '.join(SUFFIXES)}"


def ask_for_file(
    app: App[Any], store: Store, records: Sequence[RunRecord], *, gathers: bool = True, x_axis: XAxis = "epoch"
) -> None:
    """Ask for a file and write runs there in a thread of the app, which goes on when a dialog is closed meanwhile.

    Args:
        app: is told how it ends.
        store: the history.
        records: the runs, at least one.
        gathers: whether runs that differ in their seed alone are one curve of a figure, with a band.
        x_axis: what the curves of a figure are drawn over.
    """

    def begin(target: Target | None) -> None:
        if target:
            work = partial(export_file, store, records, target.path, overwrite=target.overwrite,
                           gathers=gathers, x_axis=x_axis)  # fmt: skip
            written = partial(_write, app, work, f"{target.path} is written.")
            app.run_worker(written, thread=True, group="export", exit_on_error=False)

    mistake = partial(export_mistake, n_runs=len(records))
    app.push_screen(TargetDialog(f"Export {names_of(records)}", "", _NOTE, mistake, taken_file), begin)


def _write(app: App[Any], work: Callable[[], object], done: str) -> None:
    try:
        work()
    except (MistakeError, EngineError) as error:
        app.notify(str(error), severity="error")
    except OSError as error:
        app.notify(f"{error.filename}: {error.strerror}", severity="error")
    else:
        app.notify(done)
