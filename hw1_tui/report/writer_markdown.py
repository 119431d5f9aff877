"""Writes the report as Markdown, with its figures beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from hw1_tui.report.claim_result import ClaimResult
from hw1_tui.report.grid import header, ranking_sentence, table_lines
from hw1_tui.report.question import Figure
from hw1_tui.report.report import Report
from hw1_tui.report.table_result import TableResult

RULE = Path(__file__).with_name("rule.md")


def markdown(report: Report) -> str:
    """Return the report as Markdown; figures are linked as ``figures/figure-N.svg``."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    homework = report.evidence.homework
    yield f"# {homework.title}, run again"
    yield ""
    yield from (f"- {sentence}" for sentence in report.conditions())
    yield ""
    yield from _summary(report)
    for question in homework.questions:
        yield f"## Question {question}"
        yield ""
        for table in report.tables:
            if table.table.question == question:
                yield from _table(table)
        for figure in homework.figures:
            if figure.question == question:
                yield from _figure(figure)
        claims = [claim for claim in report.claims if claim.claim.question == question]
        if claims:
            yield from _claims(claims)
    yield "## How verdicts are found"
    yield ""
    yield RULE.read_text(encoding="utf-8")
    yield from _runs(report)


def _summary(report: Report) -> Iterator[str]:
    counts = report.counts()
    titles = {"figures": "printed figures", "rankings": "orders of settings in tables", "claims": "claims"}
    yield from _grid(
        ("", "agrees", "cannot be told", "differs"),
        [(titles[name], *map(str, verdicts.values())) for name, verdicts in counts.items() if any(verdicts.values())],
    )


def _table(result: TableResult) -> Iterator[str]:
    yield f"**Table {result.table.number}. {result.table.title}**"
    yield ""
    yield from _grid(header(result), [line.cells for line in table_lines(result)])
    if sentence := ranking_sentence(result):
        yield sentence
        yield ""


def _figure(figure: Figure) -> Iterator[str]:
    yield f"![{figure.title}](figures/figure-{figure.number}.svg)"
    yield ""
    yield f"*Figure {figure.number}{' (ours)' if figure.own else ''}. {figure.title}.*"
    yield ""


def _claims(claims: Iterable[ClaimResult]) -> Iterator[str]:
    yield "### Claims"
    yield ""
    for result in claims:
        claim, finding = result.claim, result.finding
        unexpected = f" (unexpected: {claim.expect} was expected)" if result.is_unexpected else ""
        yield f"- **{finding.verdict.capitalize()}**{unexpected}: “{claim.says}” ({claim.where}; `{claim.name}`)  "
        yield f"  {finding.text}" + ("  " if claim.right else "")
        if claim.right:
            yield f"  *{claim.right}*"
    yield ""


def _runs(report: Report) -> Iterator[str]:
    yield "## Runs"
    yield ""
    rows = []
    for name, records in report.runs.items():
        title = report.evidence.homework.runs[name].title
        seconds = sum(record.results["seconds"] for record in records)
        runs = ", ".join(f"`{record.run}`" for record in records)
        status = ", ".join(dict.fromkeys(record.status for record in records))
        rows.append((name, title, str(records[0].results["epochs_done"]), status, f"{seconds:.0f} s", runs))
    yield from _grid(("name", "what", "epochs", "status", "time", "run"), rows)


def _grid(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    titles = list(titles)
    yield "| " + " | ".join(titles) + " |"
    yield "|" + " --- |" * len(titles)
    yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    yield ""
