"""A table of the report as rows of text, the same for every writer."""

from __future__ import annotations

from dataclasses import dataclass

from hw1_tui.report.table_result import Cell, RowResult, TableResult
from hw1_tui.report.wording import figure_title, format_difference, format_figure

HEADER = ("", "setting", "report", "ours", "difference", "error", "last ten", "verdict")


@dataclass(frozen=True)
class Line:
    """One printed figure with ours, as text in the order of ``HEADER``; ``is_first`` begins a figure."""

    cells: tuple[str, ...]
    is_first: bool


def header(result: TableResult) -> tuple[str, ...]:
    """Return the titles of the columns; the verdict's only where digits are compared."""
    compared = any(cell.comparison for row in result.rows for cell in row.cells)
    return HEADER if compared else HEADER[:-1]


def table_lines(result: TableResult) -> list[Line]:
    """Return a line for each printed figure, grouped by figure, as wide as ``header``."""
    width = len(header(result))
    lines = []
    for row in result.rows:
        for place, cell in enumerate(row.cells):
            title = figure_title(row.row.figure).capitalize() if place == 0 else ""
            setting = result.table.columns[place].title
            lines.append(Line((title, setting, *_cell_texts(row, cell))[:width], place == 0))
    return lines


def _cell_texts(row: RowResult, cell: Cell) -> tuple[str, ...]:
    """Return what is printed, ours, the difference, its error, the mean of the last ten epochs, and the verdict."""
    figure = row.row.figure
    printed = _printed(row, cell)
    if cell.ours is None:
        return (printed, "not measured", "", "", "", "")
    ours = format_figure(cell.ours.value, figure)
    if cell.ours.seeds > 1:
        ours += f" ± {format_figure(cell.ours.deviation, figure, spread=True)}"
    if figure == "seconds":
        first = row.cells[0]
        ratio = f", {cell.ours.value / first.ours.value:.2f} of the first" if first.ours and cell is not first else ""
        return (printed, ours + ratio, "", "", "", "")
    difference = cell.ours.value - cell.meant
    error = cell.comparison.error if cell.comparison else _own_error(cell)
    last = "" if cell.ours.last_mean is None else format_figure(cell.ours.last_mean, figure)
    verdict = cell.comparison.verdict if cell.comparison else ""
    return (printed, ours, format_difference(difference), format_figure(error, figure, spread=True), last, verdict)


def _own_error(cell: Cell) -> float:
    """Return the error of our figure alone."""
    assert cell.ours is not None  # noqa: S101 - asked for measured cells only
    return float((cell.ours.sampling_error**2 + cell.ours.spread**2) ** 0.5)


def _printed(row: RowResult, cell: Cell) -> str:
    figure = row.row.figure
    text = format_figure(cell.printed, figure)
    if figure == "seconds" and cell is not row.cells[0]:
        text += f", {cell.printed / row.cells[0].printed:.2f} of the first"
    if cell.meant != cell.printed:
        text += f" (meant: {format_figure(cell.meant, figure)})"
    if cell.others:
        low, high = cell.others
        text += f" (others: {low:g})" if low == high else f" (others: {low:g} to {high:g})"
    return text


def ranking_sentence(result: TableResult) -> str:
    """Return what the order of the columns says, figure by figure; empty for one column."""
    rankings = [f"{figure_title(row.row.figure)}: {row.ranking}" for row in result.rows if row.ranking is not None]
    return f"Order of the settings, {'; '.join(rankings)}." if rankings else ""
