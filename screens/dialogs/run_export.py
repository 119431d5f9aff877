"""Taking runs away: what the dialog that asks for a file is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from hw1_tui.export.run_export import PAGE, SUFFIXES, export_file, export_mistake
from hw1_tui.runs import RunRecord
from hw1_tui.runs.x_axis import XAxis
from screens.dialogs.file_export import ask_for_file
from screens.state.workspace import Workspace
from screens.widgets.run_words import names_of


def export_runs(
    app: App[Any], workspace: Workspace, records: Sequence[RunRecord], *, gathers: bool = True, x_axis: XAxis = "epoch"
) -> None:
    """Ask for a file and write runs there.

    Args:
        app: is told how it ends.
        workspace: has the history, and the data where it was moved.
        records: the runs, at least one.
        gathers: whether runs that differ in their seed alone are one curve of a figure, with a band.
        x_axis: what the curves of a figure are drawn over.
    """

    def write(path: Path, *, overwrite: bool) -> None:
        dataset = workspace.data_elsewhere(records[0].run) if path.suffix.lower() == PAGE else None
        export_file(workspace.store, records, path, overwrite=overwrite, gathers=gathers, x_axis=x_axis,
                    dataset=dataset)  # fmt: skip

    mistake = partial(export_mistake, n_runs=len(records))
    ask_for_file(app, f"Export {names_of(records)}", SUFFIXES, mistake, write)
