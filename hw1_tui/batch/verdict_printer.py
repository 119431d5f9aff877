"""Prints what a report came to: one row a verdict."""

from __future__ import annotations

from collections.abc import Iterator

from hw1_tui.batch.page import print_text
from hw1_tui.batch.run_table import print_table
from hw1_tui.export.table import Table
from hw1_tui.markup import pad, visible
from hw1_tui.report.judge.report import Report
from hw1_tui.report.questions.question import VERDICTS, Voice
from hw1_tui.report.questions.wording import verdict_words
from hw1_tui.report.write.grid import format_pair, summary_rows

_COLUMNS = ("question", "kind", "name", "verdict", "expect", "unexpected", "result")
_VOICES: dict[str, Voice] = {"claim": "says", "implied": "implies", "remark": "remark"}
"""The kinds of rows that are claims, by whose they are."""


def print_report(report: Report, output_format: str) -> None:
    """Print every verdict as ``table``, ``jsonl`` or ``csv``."""
    rows = tuple(_rows(report))
    if output_format != "table":
        print_table(Table(_COLUMNS, rows), output_format, quiet=True)
        return
    for question, kind, name, verdict, expect, is_unexpected, result in rows:
        voice = _VOICES.get(kind, "says")
        mark = "" if voice == "says" else f" ({kind})"
        if is_unexpected:
            mark += f", UNEXPECTED: {verdict_words(expect, voice)} was expected"
        print_text(f"{pad(visible(question), 5)} {verdict_words(verdict, voice):<14} {name}{mark}", more=21)
        if result:
            print_text(result, indent=6, more=2)
    print()
    for title, *counts in summary_rows(report):
        told = ", ".join(f"{verdict} {count}" for verdict, count in zip(VERDICTS, counts, strict=True))
        print_text(f"{title}: {told}")


def _rows(report: Report) -> Iterator[tuple[str, str, str, str, str, bool, str]]:
    """Yield each number of a table beside what is printed, each order of settings, and each claim."""
    for table in report.tables:
        question, name = table.table.question, f"table {table.table.number}"
        for row in table.rows:
            metric = row.row.metric
            for column, cell in zip(table.table.columns, row.cells, strict=True):
                printed, ours = format_pair(row, cell)
                verdict = cell.comparison.verdict if cell.comparison else "not compared" if printed else "measured"
                result = f"printed {printed}, ours {ours}" if printed else ours
                yield question, "figure", f"{name}, {metric}, {column.title}", verdict, "", False, result
            if row.ranking:
                order = f"{name}, {metric}, order of settings"
                part = f"{row.part_told} pairs are clear" if row.part_told else ""
                yield question, "order", order, row.ranking, row.row.expect, row.is_unexpected, part
    for claim in report.claims:
        about, found = claim.claim, claim.finding
        kind = next(kind for kind, voice in _VOICES.items() if voice == about.voice)
        yield about.question, kind, about.name, found.verdict, about.expect, claim.is_unexpected, found.text
