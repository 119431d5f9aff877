"""All runs of this session in one list, each with its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from hw1_tui.metric import METRICS
from screens.state.live_run import LiveRun
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import measure
from screens.widgets.vim_keys import vim_keys

_METRIC = "val_accuracy"
_COLUMNS = (
    ("", 1),
    ("run", 3),
    ("model", 19),
    ("engine", 6),
    ("seed", 4),
    ("state", 9),
    ("epochs", 11),
    (METRICS[_METRIC].short, 7),
)


class RunList(CutTable):
    """One row a run; ``enter`` or a click shows it in the charts."""

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("runs")

    def on_mount(self) -> None:
        """Set up the columns."""
        self.cursor_type = "row"
        self._cells: dict[str, list[str]] = {}
        self._shown: LiveRun | None = None
        for name, width in _COLUMNS:
            self.add_column(name, key=name or "shown", width=width)

    def show(self, runs: Sequence[LiveRun], shown: LiveRun | None) -> None:
        """Show all runs, a mark and the cursor on the one that came into the charts; only what changed is written."""
        cells = {str(live.number): _cells(live, live is shown) for live in runs}
        if cells.keys() != self._cells.keys():
            row = self.cursor_row
            self.clear()
            for key, values in cells.items():
                self.add_row(*map(cut_text, values), key=key)
            self.move_cursor(row=min(row, len(cells) - 1))
        else:
            for key, values in cells.items():
                for (name, _), old, new in zip(_COLUMNS, self._cells[key], values, strict=True):
                    if old != new:
                        self.update_cell(key, name or "shown", cut_text(new))
        self._cells = cells
        if shown is not self._shown and shown in runs:
            self.move_cursor(row=runs.index(shown))
        self._shown = shown


def _cells(live: LiveRun, shown: bool) -> list[str]:
    accuracy = live.epochs[-1][_METRIC] if live.epochs else None
    epochs = f"{live.epochs_done}/{live.config.epochs}"
    mark, seed = ">" if shown else " ", str(live.config.hyperparameters["seed"])
    return [mark, str(live.number), live.config.model, live.config.engine, seed, live.state, epochs, measure(accuracy)]
