"""Writes the report as LaTeX, for booktabs and graphicx."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hw1_tui.report.claim_result import ClaimResult
from hw1_tui.report.grid import header, ranking_sentence, table_lines
from hw1_tui.report.report import Report
from hw1_tui.report.table_result import TableResult

_HEAD = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{booktabs,graphicx}
\usepackage[margin=2cm]{geometry}
\begin{document}"""

_ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "−": "$-$", "±": r"$\pm$", "“": "``", "”": "''",
    "²": r"\textsuperscript{2}", "√": r"$\surd$", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def escape(text: str) -> str:
    """Return text as LaTeX prints it."""
    return "".join(_ESCAPES.get(character, character) for character in text)


def latex(report: Report) -> str:
    """Return the report as a LaTeX document; figures are included from ``figures/figure-N.pdf``."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    homework = report.evidence.homework
    yield _HEAD
    yield rf"\title{{{escape(homework.title)}, run again}}\date{{}}\maketitle"
    yield escape(" ".join(report.conditions()))
    for question in homework.questions:
        yield rf"\section*{{Question {escape(question)}}}"
        for table in report.tables:
            if table.table.question == question:
                yield from _table(table)
        for figure in homework.figures:
            if figure.question == question:
                own, drawing = " (ours)" if figure.own else "", f"figures/figure-{figure.number}.pdf"
                yield r"\begin{center}"
                yield rf"\includegraphics[width=\linewidth,height=7cm,keepaspectratio]{{{drawing}}}"
                yield rf"\\\emph{{Figure {figure.number}{own}. {escape(figure.title)}.}}"
                yield r"\end{center}"
        yield from _claims([claim for claim in report.claims if claim.claim.question == question])
    yield r"\end{document}"


def _table(result: TableResult) -> Iterator[str]:
    yield r"\begin{center}\small"
    yield rf"\emph{{Table {result.table.number}. {escape(result.table.title)}.}}\\[2pt]"
    yield r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
    yield rf"\begin{{tabular}}{{{'l' * len(header(result))}}}"
    yield r"\toprule"
    yield _row(header(result))
    for line in table_lines(result):
        if line.is_first:
            yield r"\midrule"
        yield _row(line.cells)
    yield r"\bottomrule"
    yield r"\end{tabular}}"
    yield r"\end{center}"
    if sentence := ranking_sentence(result):
        yield escape(sentence) + "\n"


def _row(cells: Iterable[str]) -> str:
    return " & ".join(map(escape, cells)) + r" \\"


def _claims(claims: list[ClaimResult]) -> Iterator[str]:
    if not claims:
        return
    yield r"\begin{description}"
    for result in claims:
        claim, finding = result.claim, result.finding
        yield rf"\item[{escape(finding.verdict.capitalize())}] ``{escape(claim.says)}'' ({escape(claim.where)})"
        yield escape(finding.text)
        if claim.right:
            yield rf"\emph{{{escape(claim.right)}}}"
    yield r"\end{description}"
