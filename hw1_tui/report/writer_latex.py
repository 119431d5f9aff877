"""Writes the report as LaTeX, for booktabs and graphicx."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from hw1_tui.report.claim_result import ClaimResult
from hw1_tui.report.grid import RUNS, SUMMARY, header, run_rows, summary_rows, table_lines, table_sentence
from hw1_tui.report.report import Report
from hw1_tui.report.table_result import TableResult
from hw1_tui.report.wording import rule_paragraphs, typeset

_HEAD = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{booktabs,graphicx}
\usepackage[margin=2cm]{geometry}
\begin{document}"""

_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "±": r"$\pm$", "“": "``", "”": "''",
    "²": r"\textsuperscript{2}", "√": r"$\surd$", "×": r"$\times$", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def escape(text: str) -> str:
    """Return text as LaTeX prints it."""
    return "".join(_ESCAPES.get(character, character) for character in text).replace("--", "-{}-")


def latex(report: Report) -> str:
    """Return the report as a LaTeX document; figures are included from ``figures/figure-N.pdf``."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    homework = report.evidence.homework
    yield _HEAD
    yield rf"\title{{{escape(homework.title)}, run again}}\date{{}}\maketitle"
    yield escape(" ".join(report.conditions()))
    yield from _grid(SUMMARY, summary_rows(report))
    for question, tables, figures, claims in report.sections():
        yield rf"\section*{{Question {escape(question)}}}"
        for table in tables:
            yield from _table(table)
        for figure in figures:
            own, drawing = " (ours)" if figure.own else "", f"figures/figure-{figure.number}.pdf"
            yield r"\begin{center}"
            yield rf"\includegraphics[width=\linewidth,height=7cm,keepaspectratio]{{{drawing}}}"
            yield rf"\\\emph{{Figure {figure.number}{own}. {escape(figure.title)}.}}"
            yield r"\end{center}"
        yield from _claims(claims)
    yield r"\section*{How verdicts are found}"
    yield "\n\n".join(re.sub(r"[*](.+?)[*]", r"\\emph{\1}", escape(paragraph)) for paragraph in rule_paragraphs())
    yield r"\section*{Runs}"
    yield from _grid(RUNS, run_rows(report))
    yield r"\end{document}"


def _table(result: TableResult) -> Iterator[str]:
    lines = table_lines(result)
    begins = [place for place, line in enumerate(lines) if line.is_first]
    caption = rf"\emph{{Table {result.table.number}. {escape(result.table.title)}.}}"
    yield from _grid(header(result), [line.cells for line in lines], caption, begins)
    if sentence := table_sentence(result):
        yield escape(sentence) + "\n"


def _grid(
    titles: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", begins: Sequence[int] = (0,)
) -> Iterator[str]:
    """Yield a table that is made smaller where it is too wide; ``begins`` are the rows with a rule above."""
    yield r"\begin{center}\small"
    if caption:
        yield rf"{caption}\\[2pt]"
    yield r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
    yield rf"\begin{{tabular}}{{{'l' * len(titles)}}}"
    yield r"\toprule"
    yield _row(titles)
    for place, row in enumerate(rows):
        if place in begins:
            yield r"\midrule"
        yield _row(row)
    yield r"\bottomrule"
    yield r"\end{tabular}}"
    yield r"\end{center}"


def _row(cells: Iterable[str]) -> str:
    return " & ".join(map(escape, cells)) + r" \\"


def _claims(claims: list[ClaimResult]) -> Iterator[str]:
    if not claims:
        return
    yield r"\begin{description}"
    for result in claims:
        claim, finding = result.claim, result.finding
        unexpected = f" (unexpected: {claim.expect} was expected)" if result.is_unexpected else ""
        verdict = escape(finding.verdict.capitalize() + unexpected)
        yield rf"\item[{verdict}] ``{escape(typeset(claim.says))}'' ({escape(claim.where)})"
        yield escape(typeset(finding.text))
        if claim.right:
            yield rf"\emph{{{escape(typeset(claim.right))}}}"
    yield r"\end{description}"
