"""Taking runs away: what the dialog that asks for a file is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.app import App

from hw1_tui.export.run_export import SUFFIXES, export_file, export_mistake
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.x_axis import XAxis
from screens.dialogs.file_export import ask_for_file
from screens.widgets.run_words import names_of


def export_runs(
    app: App[Any], store: Store, records: Sequence[RunRecord], *, gathers: bool = True, x_axis: XAxis = "epoch"
) -> None:
    """Ask for a file and write runs there.

    Args:
        app: is told how it ends.
        store: the history.
        records: the runs, at least one.
        gathers: whether runs that differ in their seed alone are one curve of a figure, with a band.
        x_axis: what the curves of a figure are drawn over.
    """
    write = partial(export_file, store, records, gathers=gathers, x_axis=x_axis)
    mistake = partial(export_mistake, n_runs=len(records))
    ask_for_file(app, f"Export {names_of(records)}", SUFFIXES, mistake, write)
