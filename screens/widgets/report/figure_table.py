"""The tables of a question: printed figures and ours side by side, a row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from hw1_tui.report.question import Table
from hw1_tui.report.table_result import Cell, RowResult, TableResult
from hw1_tui.report.wording import TITLES, format_figure
from screens.widgets.report.verdict import mark

_COLUMNS = (("table", 5), ("figure", 19), ("setting", 11), ("printed", 8), ("ours", 8), ("verdict", 22))
_WIDE_COLUMNS = (("mean of 10", 10), ("error", 8), ("others", 12))
_SHORT = {"train_accuracy": "train accuracy", "val_accuracy": "val accuracy"}


class FigureTable(DataTable[Text]):
    """Rows of figures; ``enter`` or a click opens the runs behind one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", id="figures.down", show=False),
        Binding("k", "cursor_up", "Up", id="figures.up", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self._runs: list[str] = []

    @property
    def run_name(self) -> str:
        """The name of the run behind the row under the cursor; empty where there is none."""
        return self._runs[self.cursor_row] if 0 <= self.cursor_row < len(self._runs) else ""

    def show(self, tables: Sequence[Table], results: Mapping[int, TableResult], wide: bool) -> None:
        """Show tables.

        Args:
            tables: what is printed.
            results: our figures, by the number of the table; none where there are none yet.
            wide: whether there is room for what the verdicts rest on.
        """
        row = self.cursor_row
        self.clear(columns=True)
        columns = (*_COLUMNS[:-1], *(_WIDE_COLUMNS if wide else ()), _COLUMNS[-1])
        for title, width in columns:
            self.add_column(title, width=width)
        self._runs = []
        for table in tables:
            for cells, run in _rows(table, results.get(table.number), wide):
                self.add_row(*cells)
                self._runs.append(run)
        self.move_cursor(row=min(row, max(0, len(self._runs) - 1)))


def _rows(table: Table, result: TableResult | None, wide: bool) -> list[tuple[list[Text], str]]:
    rows = []
    for position, row in enumerate(table.rows):
        filled = result.rows[position] if result else None
        for place, column in enumerate(table.columns):
            cell = filled.cells[place] if filled else Cell(row.printed[place], row.meant[place], None, None, None)
            name = _SHORT.get(row.figure, TITLES[row.figure])
            words = [str(table.number), name if place == 0 else "", column.title, *_numbers(cell, row.figure)]
            texts = [Text(word, no_wrap=True, overflow="ellipsis") for word in words]
            if wide:
                texts += [Text(word, justify="right") for word in _grounds(cell, row.figure)]
            rows.append(([*texts, _verdict(filled, cell, place)], column.run))
    return rows


def _numbers(cell: Cell, figure: str) -> list[str]:
    ours = format_figure(cell.ours.value, figure) if cell.ours else "-"
    return [format_figure(cell.printed, figure).rjust(8), ours.rjust(8)]


def _grounds(cell: Cell, figure: str) -> list[str]:
    """Return what a verdict rests on: mean of the last epochs, standard error, what others got."""
    mean = cell.ours.last_mean if cell.ours else None
    error = cell.ours.sampling_error if cell.ours else 0.0
    if cell.comparison:
        error = cell.comparison.error
    elif cell.ours:
        error = (error**2 + cell.ours.spread**2) ** 0.5
    others = "-".join(f"{value:.3f}" for value in dict.fromkeys(cell.others)) if cell.others else ""
    return [
        "" if mean is None else format_figure(mean, figure),
        format_figure(error, figure, spread=True) if error else "",
        others,
    ]


def _verdict(row: RowResult | None, cell: Cell, place: int) -> Text:
    """Return the verdict on the digits where they are compared, else that on the order of the settings."""
    if cell.printed != cell.meant:
        return Text(f"misprint of {cell.meant:.4f}", style="italic")
    if cell.comparison:
        return mark(cell.comparison.verdict)
    if row and row.ranking and place == 0:
        return mark(row.ranking, "order ")
    return Text("")
