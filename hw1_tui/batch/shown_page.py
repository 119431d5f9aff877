"""What is shown of a run or a test, on stdout in the format that was asked for."""

from __future__ import annotations

import sys

from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.page import columns_of, print_aligned, print_text, spelled_table
from hw1_tui.export.inspection.view import Shown
from hw1_tui.export.table import Table
from hw1_tui.markup import cell_width


def print_shown(shown: Shown, output_format: str) -> None:
    """Print the records as JSON lines, a table as CSV, or sentences and tables for a person."""
    if output_format == "jsonl":
        for record in shown.records:
            print_json(record)
        return
    if output_format == "csv":
        sys.stdout.write(shown.csv())
        return
    for sentence in shown.said:
        print_text(sentence)
    for place, table in enumerate(shown.tables):
        if place or shown.said:
            print()
        _print_table(spelled_table(table), columns_of(sys.stdout))
        if table.remark:
            print_text(table.remark)


def _print_table(table: Table, width: int | None) -> None:
    """Print a table with all its columns, below each other those that no line has room for, as a matrix may have."""
    is_wide = width is not None and max(map(cell_width, table.text(width, wraps=True).splitlines())) > width
    for number, part in enumerate(table.parts(width) if is_wide else [table]):
        if number:
            print()
        print_aligned(part, width, wraps=True)
