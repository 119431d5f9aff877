"""The history as a table: one row a run, marks for what is chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from hw1_tui.metric import METRICS
from hw1_tui.runs import RunRecord
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.number import duration, measure
from screens.widgets.vim_keys import vim_keys

MOST_ROWS = 500
"""Rows that are drawn; a filter finds the others."""


@dataclass(frozen=True)
class RunColumn:
    """A column of the table.

    Attributes:
        name: the value by which it sorts, as ``RunRecord.as_dict`` names it; empty for the mark.
        title: its heading.
        width: cells.
        fits: the narrowest class of screen that shows it: 0 narrow, 1 normal, 2 wide.
    """

    name: str
    title: str
    width: int
    fits: int = 0


COLUMNS = (
    RunColumn("", "", 1),
    RunColumn("starred", "*", 1),
    RunColumn("created", "run", 18),
    RunColumn("status", "status", 11),
    RunColumn("model", "model", 11),
    RunColumn("engine", "engine", 6, 1),
    RunColumn("epochs_done", "epochs", 9, 1),
    *(RunColumn(metric.name, metric.short, len(metric.short)) for metric in METRICS.values() if metric.is_listed),
    RunColumn("learning_rate", "rate", 7, 2),
    RunColumn("seed", "seed", 6, 2),
    RunColumn("seconds", "time", 8, 2),
    RunColumn("data", "data", 14, 2),
    RunColumn("tags", "tags", 22, 2),
)


class RunTable(CutTable):
    """Rows of the history; ``enter`` or a click opens one, a click on a heading sorts."""

    BINDINGS: ClassVar[list[BindingType]] = vim_keys("history")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self._columns: tuple[RunColumn, ...] = ()
        self._cells: dict[str, list[str]] = {}

    @property
    def run(self) -> str:
        """The identifier of the run under the cursor; empty where there is none."""
        if not 0 <= self.cursor_row < self.row_count:
            return ""
        return str(self.coordinate_to_cell_key((self.cursor_row, 0)).row_key.value)  # type: ignore[arg-type]

    def show(self, records: Sequence[RunRecord], marked: Collection[str], room: int, sort: str) -> None:
        """Show runs; only what changed is written.

        Args:
            records: the runs in their order.
            marked: those that are chosen.
            room: 0 for a narrow screen, 1 for a normal one, 2 for a wide one.
            sort: the name of the value they are sorted by, with ``-`` before it for the largest first.
        """
        columns = tuple(column for column in COLUMNS if column.fits <= room)
        cells = {r.run: [_cell(r, c, r.run in marked) for c in columns] for r in records[:MOST_ROWS]}
        before, row = self.run, self.cursor_row
        self._head(columns, sort)
        if list(cells) != list(self._cells):
            self._fill(cells)
            self.move_cursor(row=list(cells).index(before) if before in cells else min(row, len(cells) - 1))
        else:
            for run, values in cells.items():
                for column, old, new in zip(columns, self._cells[run], values, strict=True):
                    if old != new:
                        self.update_cell(run, column.title or "mark", cut_text(new))
        self._cells = cells

    def _head(self, columns: tuple[RunColumn, ...], sort: str) -> None:
        if columns != self._columns:
            self.clear(columns=True)
            self._columns, self._cells = columns, {}
            for column in columns:
                self.add_column(column.title, key=column.title or "mark", width=column.width)
        for key, column in zip(list(self.columns), columns, strict=True):
            arrow = {column.name: " ↑", f"-{column.name}": " ↓"}.get(sort, "") if len(column.title) > 1 else ""
            self.columns[key].label = Text(f"{column.title}{arrow}"[: column.width])
        self.refresh()

    def _fill(self, cells: dict[str, list[str]]) -> None:
        self.clear()
        for run, values in cells.items():
            self.add_row(*map(cut_text, values), key=run)


def _cell(record: RunRecord, column: RunColumn, is_marked: bool) -> str:
    """Return what stands in a cell."""
    results, name = record.results, column.name
    if not name:
        return "x" if is_marked else ""
    if name == "created":
        return record.title
    if name == "starred":
        return "*" if record.labels.starred else ""
    if name == "epochs_done":
        return f"{results.get('epochs_done') or 0}/{record.config.get('epochs', '-')}".rjust(column.width)
    if name == "seconds":
        return duration(results.get("seconds")).rjust(column.width)
    if name in METRICS and METRICS[name].is_listed:
        return measure(results.get(name)).rjust(column.width)
    if name == "tags":
        return " ".join(record.labels.tags)
    if name == "status":
        return record.status
    value = record.config.get(name)
    text = "-" if value is None else format(value, "g") if isinstance(value, float) else str(value)
    return text + "*" * any(change.name == name for change in record.changes)
