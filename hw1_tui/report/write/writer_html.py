"""Writes the report as one HTML file that needs nothing beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from hw1_tui.markup import escape_html as escape
from hw1_tui.markup import visible
from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.judge.report import Report
from hw1_tui.report.judge.table_result import TableResult
from hw1_tui.report.judge.verdict import rule_paragraphs
from hw1_tui.report.questions.question import VERDICTS
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

_STYLE = Path(__file__).with_name("report.css")


def html(report: Report, drawings: Mapping[int, str]) -> str:
    """Return the report as a page with its figures inside.

    Args:
        report: the report.
        drawings: the figures by number, as SVG.
    """
    title = escape(report.evidence.homework.heading)
    body = "\n".join(_body(report, drawings))
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(report: Report, drawings: Mapping[int, str]) -> Iterator[str]:
    homework = report.evidence.homework
    yield f"<h1>{escape(homework.heading)}</h1>"
    yield "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in report.conditions()) + "</ul>"
    links = [(_anchor("q", question), question) for question in homework.questions]
    links += [("rule", "How verdicts are found"), ("runs", "Runs"), ("reproduce", "Reproduce this")]
    yield "<nav>" + " ".join(f'<a href="#{escape(to)}">{escape(text)}</a>' for to, text in links) + "</nav>"
    if summary := summary_rows(report):  # a fresh homework has nothing to be judged
        yield _grid(SUMMARY, summary)
    for question, tables, figures, claims in report.sections():
        yield f'<h2 id="{escape(_anchor("q", question.name))}">{escape(question_title(question))}</h2>'
        if question.text:
            yield f"<blockquote>{escape(typeset(question.text))}</blockquote>"
        for table in tables:
            yield from _table(table)
        for figure in figures:
            own = " (ours)" if figure.own else ""
            caption = f"Figure {figure.number}{own}. {escape(figure.title)}."
            drawing = _inline(drawings[figure.number], f"f{figure.number}-")
            style = f"--panels: {len(figure.panels)}"
            yield f'<figure style="{style}">{drawing}<figcaption>{caption}</figcaption></figure>'
        yield from _claims(claims)
    yield '<h2 id="rule">How verdicts are found</h2>'
    for paragraph in rule_paragraphs():
        yield "<p>" + re.sub(r"[*](.+?)[*]", r"<em>\1</em>", escape(paragraph)) + "</p>"
    yield '<h2 id="runs">Runs</h2>'
    yield _grid(RUNS, run_rows(report))
    reproduction = report.reproduction()
    yield '<h2 id="reproduce">Reproduce this</h2>'
    yield f"<pre>{escape(visible(reproduction.command))}</pre>"
    yield "<dl>"
    yield from (f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in reproduction.rows())
    yield "</dl>"


def _anchor(kind: str, name: str) -> str:
    """Return the identifier of a part of the page, which must have no spaces."""
    return kind + re.sub(r"\s", "-", name)


def _inline(svg: str, prefix: str) -> str:
    """Return a drawing without its XML head, its identifiers made its own in a page with others."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    return re.sub(r'(url\(|xlink:href="|href=")#', rf"\1#{prefix}", svg)


def _table(result: TableResult) -> Iterator[str]:
    caption = f"Table {result.table.number}. {escape(result.table.title)}"
    yield _grid(header(result), [line.cells for line in table_lines(result)], caption)
    if sentence := table_sentence(result):
        yield f"<p>{escape(sentence)}</p>"


def _claims(claims: Sequence[ClaimResult]) -> Iterator[str]:
    for title, of_voice in by_voice(claims):
        yield f"<h3>{title}</h3>"
        yield from map(_claim, of_voice)


def _claim(result: ClaimResult) -> str:
    claim, finding = result.claim, result.finding
    anchor, kind = escape(_anchor("claim-", claim.name)), finding.verdict.replace(" ", "-")
    unexpected = f" <b>({escape(result.surprise)})</b>" * result.is_unexpected
    right = f"<p><em>{escape(typeset(result.right))}</em></p>" if result.right else ""
    return (
        f'<section class="claim {kind}" id="{anchor}"><p><span class="verdict">{result.words}</span>'
        f"{unexpected} “{escape(typeset(claim.says))}” <small>{escape(claim.where)}</small></p>"
        f"<p>{escape(typeset(finding.text))}</p>{right}</section>"
    )


def _grid(titles: Iterable[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    numbers = number_columns(rows)
    head = "".join(f"<th{_kind(place in numbers)}>{escape(cell)}</th>" for place, cell in enumerate(titles))
    body = "\n".join(
        "<tr>" + "".join(_cell(cell, place in numbers) for place, cell in enumerate(row)) + "</tr>" for row in rows
    )
    caption = f"<caption>{caption}</caption>" if caption else ""
    return f'<div class="scroll"><table>{caption}<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _cell(text: str, is_number: bool) -> str:
    return f"<td{_kind(is_number, text if text in VERDICTS else '')}>{escape(text)}</td>"


def _kind(is_number: bool, verdict: str = "") -> str:
    kind = "number" if is_number else verdict.replace(" ", "-")
    return f' class="{kind}"' if kind else ""
