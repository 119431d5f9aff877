"""The tables of a question: printed numbers and ours side by side, a row each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType

from hw1_tui.report.judge.table_result import Cell, RowResult, TableResult
from hw1_tui.report.questions.question import AGREES, CANNOT_BE_TOLD, DIFFERS, Row, Table
from hw1_tui.report.questions.question_metric import question_metrics
from hw1_tui.report.questions.wording import format_metric
from hw1_tui.report.write.grid import format_ratio
from hw1_tui.statistics.repeat import LAST_EPOCHS
from screens.widgets.cut_table import CutTable, cut_text
from screens.widgets.report.verdict import VERDICT_CLASSES, mark
from screens.widgets.vim_keys import vim_keys

_SETTING = ("setting", 7)
_COMPARED = (("metric", 10), _SETTING, ("printed", 7), ("ours", 7), ("verdict", 16))
_MEASURED = (("metric", 10), _SETTING, ("measured", 8))
"""The columns where numbers are printed, and where nothing is."""
_NUMBER = ("#", 2)
"""The column with the numbers of the tables, where there are several."""
_LAST = "last mean"
_GROUNDS = (("error", 8), (_LAST, 10), ("others", 12))
_NUMBERS = ("printed", "ours", "measured", *(title for title, _ in _GROUNDS))
_ORDERS = {AGREES: "same order", CANNOT_BE_TOLD: "order unclear", DIFFERS: "other order"}


class FigureTable(CutTable):
    """Rows of printed numbers; ``enter`` or a click opens the runs behind one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*VERDICT_CLASSES, "figure--remark"}
    BINDINGS: ClassVar[list[BindingType]] = vim_keys("figures")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, cursor_type="row", classes="frame")
        self._runs: list[str] = []
        self._shown: tuple[Sequence[Table], Mapping[int, TableResult]] = ((), {})
        self._layout: tuple[list[tuple[str, int]], int] = ([], 0)

    @property
    def run_name(self) -> str:
        """The name of the run behind the row under the cursor; empty where there is none."""
        return self._runs[self.cursor_row] if 0 <= self.cursor_row < len(self._runs) else ""

    def on_mount(self) -> None:
        """Take other accents where the theme changes."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.show(*self._shown))

    def show(self, tables: Sequence[Table], results: Mapping[int, TableResult]) -> None:
        """Show tables.

        Args:
            tables: what is printed.
            results: our numbers, by the number of the table; none where there are none yet.
        """
        self._shown = tables, results
        self._layout = columns, grounds = self._find_layout()
        with self.in_place():
            self.clear(columns=True)
            for title, width in columns:
                shown = self._last_title() if title == _LAST else title
                self.add_column(Text(shown, justify="right" if title in _NUMBERS else "left"), width=width)
            self._runs = []
            for table in tables:
                for cells, run in self._rows(table, results.get(table.number), grounds):
                    self.add_row(*cells if len(tables) > 1 else cells[1:], key=str(len(self._runs)))
                    self._runs.append(run)
        self.border_title = f"Table{'s' * (len(tables) > 1)} {', '.join(str(table.number) for table in tables)}".strip()

    def on_resize(self) -> None:
        """Show as many columns as fit."""
        if self._find_layout() != self._layout:
            self.show(*self._shown)

    def _find_layout(self) -> tuple[list[tuple[str, int]], int]:
        """Return the columns with their widths, and how many of them are what verdicts rest on: as many as fit.

        The names of the settings come first: they have as much room as they need and there is.
        """
        padding, tables = 2 * self.cell_padding, self._shown[0]
        columns = [*[_NUMBER] * (len(tables) > 1), *(_COMPARED if self._prints else _MEASURED)]
        room = self.size.width - 1 - sum(width + padding for _, width in columns)
        setting = columns.index(_SETTING)
        title, width = columns[setting]
        longest = max((len(column.title) for table in tables for column in table.columns), default=0)
        more = min(max(0, longest - width), max(0, room))
        columns[setting] = title, width + more
        known = _GROUNDS if any(row.others for table in tables for row in table.rows) else _GROUNDS[:-1]
        widths = itertools.accumulate(width + padding for _, width in known)
        grounds = sum(width <= room - more for width in widths)
        return [*columns, *known[:grounds]], grounds

    def _last_title(self) -> str:
        """Return the heading of the means over the last epochs: how many these are, where all runs have as many."""
        *some, n = set().union(*(result.last_epochs for result in self._shown[1].values())) or {LAST_EPOCHS}
        return _LAST if some else f"mean of {n}"

    @property
    def _prints(self) -> bool:
        return any(row.printed for table in self._shown[0] for row in table.rows)

    def _rows(self, table: Table, result: TableResult | None, grounds: int) -> Iterator[tuple[list[Text], str]]:
        """Yield the cells of every row, the table's number first, with the name of its run."""
        for position, row in enumerate(table.rows):
            filled = result.rows[position] if result else _unfilled(row, len(table.columns))
            for place, (column, cell) in enumerate(zip(table.columns, filled.cells, strict=True)):
                first, name = place == 0, question_metrics()[row.metric].short
                number = str(table.number) * (first and position == 0)
                numbers = _numbers(filled, cell)
                words = [number, name * first, column.title, *(numbers if self._prints else numbers[1:])]
                texts = [*map(cut_text, words), *[self._verdict(filled, cell, place)] * self._prints]
                texts += [Text(word, justify="right") for word in _grounds(cell, row.metric)[:grounds]]
                yield texts, column.run

    def _verdict(self, row: RowResult, cell: Cell, place: int) -> Text:
        """Return the verdict on the digits where they are compared, else that on the order of the settings."""
        words = f"meant {cell.meant:.4f}" if cell.meant is not None and cell.printed != cell.meant else ""
        if cell.comparison:
            return mark(self, cell.comparison.verdict, words)
        remark = self.get_component_rich_style("figure--remark", partial=True)
        if words:
            return Text(words, style=remark)
        if row.ranking and place == 0:
            words = f"same, {row.part_told}" if row.part_told else _ORDERS[row.ranking]
            return mark(self, row.ranking, words + " !" * row.is_unexpected)
        is_left_out = cell.ours and cell.printed is not None and not row.ranking
        return Text("not compared" if is_left_out else "", style=remark)


def _unfilled(row: Row, columns: int) -> RowResult:
    """Return a row as it is before anything was trained."""
    pairs = zip(row.printed, row.meant, strict=True) if row.printed else [(None, None)] * columns
    return RowResult(row, tuple(Cell(printed, meant, None, None, None) for printed, meant in pairs), None)


def _numbers(row: RowResult, cell: Cell) -> list[str]:
    """Return what is printed and ours; times as ratios to the first."""
    metric, values = row.row.metric, (cell.printed, cell.ours.value if cell.ours else None)
    texts = ["-" if value is None else format_metric(value, metric) for value in values]
    return [(ratio or text).rjust(7) for ratio, text in zip(format_ratio(row, cell), texts, strict=True)]


def _grounds(cell: Cell, metric: str) -> list[str]:
    """Return what a verdict rests on: standard error, mean of the last epochs, what others got."""
    mean = cell.ours.last_mean if cell.ours else None
    error = cell.ours.sampling_error if cell.ours else 0.0
    if cell.comparison:
        error = cell.comparison.error
    elif cell.ours:
        error = (error**2 + cell.ours.spread**2) ** 0.5
    others = "-".join(f"{value:.3f}" for value in dict.fromkeys(cell.others)) if cell.others else ""
    return [
        format_metric(error, metric, spread=True) if error else "",
        "" if mean is None else format_metric(mean, metric),
        others,
    ]
