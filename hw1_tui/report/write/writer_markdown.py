"""Writes the report as Markdown, with its figures beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hw1_tui.markup import escape_markdown as escape
from hw1_tui.markup import visible
from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.judge.report import Report
from hw1_tui.report.judge.table_result import TableResult
from hw1_tui.report.judge.verdict import rule_paragraphs
from hw1_tui.report.questions.question import Figure
from hw1_tui.report.questions.wording import typeset
from hw1_tui.report.write.grid import (
    RUNS,
    SUMMARY,
    by_voice,
    header,
    number_columns,
    question_title,
    run_rows,
    summary_rows,
    table_lines,
    table_sentence,
)


def markdown(report: Report) -> str:
    """Return the report as Markdown; figures are linked as ``figures/figure-N.svg``."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    homework = report.evidence.homework
    yield f"# {escape(homework.heading)}"
    yield ""
    yield from (f"- {escape(sentence)}" for sentence in report.conditions())
    yield ""
    if summary := summary_rows(report):  # a fresh homework has nothing to be judged
        yield from _grid(SUMMARY, summary)
    for question, tables, figures, claims in report.sections():
        yield f"## {escape(question_title(question))}"
        yield ""
        if question.text:
            yield f"> {escape(typeset(question.text))}"
            yield ""
        for table in tables:
            yield from _table(table)
        for figure in figures:
            yield from _figure(figure)
        yield from _claims(claims)
    yield "## How verdicts are found"
    yield ""
    yield "\n\n".join(rule_paragraphs())
    yield ""
    yield "## Runs"
    yield ""
    yield from _grid(RUNS, run_rows(report))
    yield "## Reproduce this"
    yield ""
    reproduction = report.reproduction()
    yield f"    {visible(reproduction.command)}"
    yield ""
    yield from (f"- {escape(title)}: {escape(text)}" for title, text in reproduction.rows())


def _table(result: TableResult) -> Iterator[str]:
    yield f"**Table {result.table.number}. {escape(result.table.title)}**"
    yield ""
    yield from _grid(header(result), [line.cells for line in table_lines(result)])
    if sentence := table_sentence(result):
        yield escape(sentence)
        yield ""


def _figure(figure: Figure) -> Iterator[str]:
    title = escape(figure.title)
    yield f"![{title}](figures/figure-{figure.number}.svg)"
    yield ""
    yield f"*Figure {figure.number}{' (ours)' if figure.own else ''}. {title}.*"
    yield ""


def _claims(claims: Sequence[ClaimResult]) -> Iterator[str]:
    for title, of_voice in by_voice(claims):
        yield f"### {title}"
        yield ""
        for result in of_voice:
            claim = result.claim
            verdict = f"**{result.words.capitalize()}**" + f" ({result.surprise})" * result.is_unexpected
            where = "; ".join(escape(text) for text in (claim.where, claim.name) if text)
            yield f"- {verdict}: “{escape(typeset(claim.says))}” ({where})  "
            yield f"  {escape(typeset(result.finding.text))}" + ("  " if result.right else "")
            if result.right:
                yield f"  *{escape(typeset(result.right))}*"
        yield ""


def _grid(titles: Iterable[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    titles, numbers = list(titles), number_columns(rows)
    yield _row(titles)
    yield "|" + "".join(" ---: |" if place in numbers else " --- |" for place in range(len(titles)))
    yield from map(_row, rows)
    yield ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(escape, cells)) + " |"
