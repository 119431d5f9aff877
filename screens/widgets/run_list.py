"""All runs of this session in one list, each with its state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.events import Click

from hw1_tui.metric import METRICS
from screens.state.live_run import LiveRun
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import measure
from screens.widgets.run_state import state_words
from screens.widgets.vim_keys import vim_keys

_METRIC = "val_accuracy"
_ACCURACY = METRICS[_METRIC].short
_WIDTHS = {
    "": 1,
    "run": 3,
    "model": 8,
    "engine": 6,
    "seed": 4,
    "state": 10,
    "epochs": 7,
    _ACCURACY: max(7, len(_ACCURACY)),
}
_LEFT_OUT_FIRST = ("seed", "engine", "model", "epochs")
_WIDEST_MODEL = 19
_NUMBERS = ("run", "seed", "epochs", _ACCURACY)


class RunList(CutTable):
    """One row a run; ``enter`` or a click shows it in the charts. It has the columns that there is room for."""

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("runs")

    def on_mount(self) -> None:
        """Set up the columns."""
        self.cursor_type = "row"
        self._cells: dict[str, dict[str, str]] = {}
        self._shown: LiveRun | None = None
        self._widths: dict[str, int] = {}
        self._runs: Sequence[LiveRun] = ()
        self._fit()

    def on_resize(self) -> None:
        """Have the columns that there is room for now."""
        self._fit()

    def on_click(self, event: Click) -> None:
        """Choose the row that was clicked at once: Textual's table takes a second click, and keys act on the chosen."""
        row = event.style.meta.get("row", -1)
        if self.is_valid_row_index(row):
            self.post_message(self.RowSelected(self, row, self.ordered_rows[row].key))

    def _fit(self) -> None:
        if self._widths and not self.size.width:  # it is not seen
            return
        room = self.size.width - self.styles.scrollbar_size_vertical
        longest = max((len(_epochs(live)) for live in self._runs), default=0)
        wanted = {**_WIDTHS, "epochs": max(_WIDTHS["epochs"], longest)}
        widths = _fitting(wanted, room, self.cell_padding) if self.size.width else wanted
        if widths != self._widths:
            with self.in_place():
                self.clear(columns=True)
                self._cells, self._widths = {}, widths
                for name, width in widths.items():
                    self.add_column(_cell(name, name, width), key=name or "shown", width=width)
                self.show(self._runs, self._shown)

    def show(self, runs: Sequence[LiveRun], shown: LiveRun | None) -> None:
        """Show all runs, a mark and the cursor on the one that came into the charts; only what changed is written."""
        self._runs = runs
        self._fit()  # a run may have come that has more epochs
        cells = {str(live.number): _cells(live, live is shown) for live in runs}
        if cells.keys() != self._cells.keys():
            with self.in_place():
                self.clear()
                for key, values in cells.items():
                    self.add_row(*(_cell(name, values[name], width) for name, width in self._widths.items()), key=key)
        else:
            for key, values in cells.items():
                for name, width in self._widths.items():
                    if self._cells[key][name] != values[name]:
                        self.update_cell(key, name or "shown", _cell(name, values[name], width))
        self._cells = cells
        if shown is not self._shown and shown in runs:
            self.move_cursor(row=runs.index(shown))
        self._shown = shown


def _fitting(wanted: dict[str, int], room: int, padding: int) -> dict[str, int]:
    """Return the columns with their widths that fit into so many cells; what is left over goes to the model."""
    widths = dict(wanted)
    left_over = room - sum(widths.values()) - 2 * padding * len(widths)
    for name in _LEFT_OUT_FIRST:
        if left_over < 0:
            left_over += widths.pop(name) + 2 * padding
    if "model" in widths:
        widths["model"] = min(_WIDEST_MODEL, widths["model"] + max(0, left_over))
    return widths


def _cell(name: str, value: str, width: int) -> Text:
    return cut_text(value.rjust(width) if name in _NUMBERS else value)


def _epochs(live: LiveRun) -> str:
    return f"{live.epochs_done}/{live.config.epochs}"


def _cells(live: LiveRun, shown: bool) -> dict[str, str]:
    accuracy = live.epochs[-1][_METRIC] if live.epochs else None
    return {
        "": ">" if shown else " ",
        "run": str(live.number),
        "model": live.config.model,
        "engine": live.config.engine,
        "seed": str(live.config.hyperparameters["seed"]),
        "state": state_words(live.state),
        "epochs": _epochs(live),
        _ACCURACY: measure(accuracy),
    }
