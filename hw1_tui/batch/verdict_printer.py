"""Prints what a report came to: one row a verdict."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from typing import Any

from hw1_tui.batch.event_printer import print_json
from hw1_tui.batch.page import print_text
from hw1_tui.markup import csv_cell, pad, visible
from hw1_tui.report.judge.report import Report
from hw1_tui.report.write.grid import format_pair

_COLUMNS = ("question", "kind", "name", "verdict", "expect", "unexpected", "result")


def print_report(report: Report, output_format: str) -> None:
    """Print every verdict as ``table``, ``jsonl`` or ``csv``."""
    rows = list(_rows(report))
    if output_format == "jsonl":
        for row in rows:
            print_json(row)
    elif output_format == "csv":
        writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: csv_cell(value) for name, value in row.items()} for row in rows)
    else:
        for row in rows:
            mark = f", UNEXPECTED: {row['expect']} was expected" if row["unexpected"] else ""
            print_text(f"{pad(visible(row['question']), 5)} {row['verdict']:<14} {row['name']}{mark}", more=21)
            if row["result"]:
                print_text(row["result"], indent=6, more=2)


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    """Yield each comparison of a printed figure, each order of settings, and each claim."""
    for table in report.tables:
        question, name = table.table.question, f"table {table.table.number}"
        for row in table.rows:
            figure = row.row.figure
            for column, cell in zip(table.table.columns, row.cells, strict=True):
                verdict = cell.comparison.verdict if cell.comparison else "not compared"
                printed, ours = format_pair(row, cell)
                result = f"printed {printed}, ours {ours}"
                yield _row(question, "figure", f"{name}, {figure}, {column.title}", verdict, "", False, result)
            if row.ranking:
                order = f"{name}, {figure}, order of settings"
                yield _row(question, "order", order, row.ranking, row.row.expect, row.is_unexpected, "")
    for claim in report.claims:
        about = claim.claim
        found = claim.finding
        yield _row(
            about.question, "claim", about.name, found.verdict, about.expect, claim.is_unexpected, found.text
        )  # fmt: skip


def _row(*values: str | bool) -> dict[str, Any]:
    return dict(zip(_COLUMNS, values, strict=True))
