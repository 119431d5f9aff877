"""Writes the report as one HTML file that needs nothing beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path

from hw1_tui.report.claim_result import ClaimResult
from hw1_tui.report.grid import header, ranking_sentence, table_lines
from hw1_tui.report.report import Report
from hw1_tui.report.table_result import TableResult
from hw1_tui.report.writer_markdown import RULE

_STYLE = Path(__file__).with_name("report.css")


def html(report: Report, drawings: Mapping[int, str]) -> str:
    """Return the report as a page with its figures inside.

    Args:
        report: the report.
        drawings: the figures by number, as SVG.
    """
    title = escape(report.evidence.homework.title)
    body = "\n".join(_body(report, drawings))
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}, run again</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(report: Report, drawings: Mapping[int, str]) -> Iterator[str]:
    homework = report.evidence.homework
    yield f"<h1>{escape(homework.title)}, run again</h1>"
    yield "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in report.conditions()) + "</ul>"
    questions = homework.questions
    yield "<nav>" + " ".join(f'<a href="#q{question}">{question}</a>' for question in questions) + "</nav>"
    yield from _summary(report)
    for question in questions:
        yield f'<h2 id="q{escape(question)}">Question {escape(question)}</h2>'
        for table in report.tables:
            if table.table.question == question:
                yield from _table(table)
        for figure in homework.figures:
            if figure.question == question:
                own = " (ours)" if figure.own else ""
                caption = f"Figure {figure.number}{own}. {escape(figure.title)}."
                drawing = _inline(drawings[figure.number], f"f{figure.number}-")
                yield f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"
        yield from _claims([claim for claim in report.claims if claim.claim.question == question])
    yield "<h2>How verdicts are found</h2>"
    paragraphs = escape(RULE.read_text(encoding="utf-8")).strip().split("\n\n")
    emphasised = (re.sub(r"[*](.+?)[*]", r"<em>\1</em>", paragraph) for paragraph in paragraphs)
    yield "".join(f"<p>{paragraph}</p>" for paragraph in emphasised)
    yield from _runs(report)


def _inline(svg: str, prefix: str) -> str:
    """Return a drawing without its XML head, its identifiers made its own in a page with others."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', svg)
    return re.sub(r'(url\(|xlink:href="|href=")#', rf"\1#{prefix}", svg)


def _summary(report: Report) -> Iterator[str]:
    titles = {"figures": "printed figures", "rankings": "orders of settings in tables", "claims": "claims"}
    rows = [
        (titles[name], *map(str, verdicts.values()))
        for name, verdicts in report.counts().items()
        if any(verdicts.values())
    ]
    yield _grid(("", "agrees", "cannot be told", "differs"), rows)


def _table(result: TableResult) -> Iterator[str]:
    caption = f"Table {result.table.number}. {escape(result.table.title)}"
    yield _grid(header(result), [line.cells for line in table_lines(result)], caption)
    if sentence := ranking_sentence(result):
        yield f"<p>{escape(sentence)}</p>"


def _claims(claims: Iterable[ClaimResult]) -> Iterator[str]:
    for result in claims:
        claim, finding = result.claim, result.finding
        kind = finding.verdict.replace(" ", "-")
        unexpected = f" <b>unexpected: {escape(claim.expect)} was expected</b>" if result.is_unexpected else ""
        right = f"<p><em>{escape(claim.right)}</em></p>" if claim.right else ""
        yield (
            f'<section class="claim {kind}" id="{escape(claim.name)}"><p><span class="verdict">{finding.verdict}</span>'
            f"{unexpected} “{escape(claim.says)}” <small>{escape(claim.where)}</small></p>"
            f"<p>{escape(finding.text)}</p>{right}</section>"
        )


def _runs(report: Report) -> Iterator[str]:
    yield "<h2>Runs</h2>"
    rows = []
    for name, records in report.runs.items():
        seconds = sum(record.results["seconds"] for record in records)
        runs = ", ".join(record.run for record in records)
        title = report.evidence.homework.runs[name].title
        rows.append((name, title, str(records[0].results["epochs_done"]), f"{seconds:.0f} s", runs))
    yield _grid(("name", "what", "epochs", "time", "run"), rows)


def _grid(titles: Iterable[str], rows: Iterable[Iterable[str]], caption: str = "") -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in titles)
    body = "\n".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    caption = f"<caption>{caption}</caption>" if caption else ""
    return f'<div class="scroll"><table>{caption}<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'


def _cell(text: str) -> str:
    kind = text.replace(" ", "-") if text in ("agrees", "differs", "cannot be told") else ""
    return f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"
