"""Writes the report as LaTeX, for the packages of any installation and any engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hw1_tui.markup import visible
from hw1_tui.markup.tex import PREAMBLE, escape
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

_HEAD = rf"""\documentclass[a4paper]{{article}}
{PREAMBLE}
\usepackage{{array,booktabs,graphicx,longtable}}
\usepackage[margin=2cm]{{geometry}}
\setlength{{\emergencystretch}}{{3em}}
\setlength{{\LTleft}}{{0pt}}
\begin{{document}}"""

_ROWS_A_PAGE = 40


def latex(report: Report) -> str:
    """Return the report as a LaTeX document; figures are included from ``figures/figure-N.pdf``."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield _HEAD
    yield rf"\title{{{escape(report.evidence.homework.heading)}}}\author{{}}\date{{}}\maketitle"
    yield r"\begin{itemize}"
    yield from (rf"\item {escape(sentence)}" for sentence in report.conditions())
    yield r"\end{itemize}"
    if summary := summary_rows(report):  # a fresh homework has nothing to be judged
        yield from _grid(SUMMARY, summary)
    for question, tables, figures, claims in report.sections():
        yield rf"\section*{{{escape(question_title(question))}}}"
        if question.text:
            yield rf"\begin{{quote}}{escape(typeset(question.text))}\end{{quote}}"
        for table in tables:
            yield from _table(table)
        for figure in figures:
            yield from _figure(figure)
        yield from _claims(claims)
    yield r"\section*{How verdicts are found}"
    yield "\n\n".join(map(_paragraph, rule_paragraphs()))
    yield r"\section*{Runs}"
    yield from _runs(report)
    yield from _reproduction(report)
    yield r"\end{document}"


def _paragraph(text: str) -> str:
    """Return a paragraph of the rule, with what stands between asterisks as letters of formulas."""
    parts = text.split("*")
    return "".join(rf"\emph{{{escape(part)}}}" if place % 2 else escape(part) for place, part in enumerate(parts))


def _figure(figure: Figure) -> Iterator[str]:
    own, drawing = " (ours)" if figure.own else "", f"figures/figure-{figure.number}.pdf"
    yield r"\begin{center}"
    yield rf"\includegraphics[width=\linewidth,height=6cm,keepaspectratio]{{{drawing}}}\\*"
    yield rf"\emph{{Figure {figure.number}{own}. {escape(figure.title)}.}}"
    yield r"\end{center}"


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
    """Yield a table, made smaller where it is too wide and parted where it is too long for a page.

    Args:
        titles: of the columns.
        rows: the cells.
        caption: what stands above, as LaTeX.
        begins: the rows with a rule above.
    """
    numbers = number_columns(rows)
    columns = "".join("r" if place in numbers else "l" for place in range(len(titles)))
    for start in range(0, max(1, len(rows)), _ROWS_A_PAGE):
        yield r"\begin{center}\small\setlength{\tabcolsep}{4pt}\begin{minipage}{\linewidth}\centering"
        if caption:
            yield rf"{caption}{' (continued)' * (start > 0)}\\[2pt]"
        yield r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%"
        yield rf"\begin{{tabular}}{{{columns}}}"
        yield r"\toprule"
        yield _row(titles)
        for place, row in enumerate(rows[start : start + _ROWS_A_PAGE], start):
            if place in begins or place == start:
                yield r"\midrule"
            yield _row(row)
        yield r"\bottomrule"
        yield r"\end{tabular}}"
        yield r"\end{minipage}\end{center}"


def _row(cells: Iterable[str]) -> str:
    return " & ".join(map(escape, cells)) + r" \\"


def _runs(report: Report) -> Iterator[str]:
    """Yield the runs, however many: titles and the runs of all seeds are broken over lines, the table over pages."""
    wrapped = r">{\raggedright\arraybackslash}p{%s\linewidth}"
    yield r"{\footnotesize\setlength{\tabcolsep}{4pt}"
    yield rf"\begin{{longtable}}{{@{{}}{wrapped % 0.18}{wrapped % 0.31}rlr{wrapped % 0.21}@{{}}}}"
    yield r"\toprule"
    yield _row(RUNS)
    yield r"\midrule\endhead"
    yield r"\bottomrule\endfoot"
    yield from (rf"{_row(row)} \addlinespace[2pt]" for row in run_rows(report))
    yield r"\end{longtable}}"


def _reproduction(report: Report) -> Iterator[str]:
    reproduction = report.reproduction()
    yield r"\section*{Reproduce this}"
    yield rf"{{\raggedright\ttfamily\small {escape(visible(reproduction.command))}\par}}"
    yield r"\begin{description}\footnotesize"
    yield from (rf"\item[{escape(title)}] {escape(text)}" for title, text in reproduction.rows())
    yield r"\end{description}"


def _claims(claims: Sequence[ClaimResult]) -> Iterator[str]:
    for title, of_voice in by_voice(claims):
        yield rf"\subsection*{{{escape(title)}}}"
        yield r"\begin{description}"
        for result in of_voice:
            claim, finding = result.claim, result.finding
            verdict = escape(result.words.capitalize() + f" ({result.surprise})" * result.is_unexpected)
            where = f" ({escape(claim.where)})" if claim.where else ""
            yield rf"\item[{verdict}] ``{escape(typeset(claim.says))}''{where}\\*"
            yield escape(typeset(finding.text)) + (r"\\" if result.right else "")
            if result.right:
                yield rf"\emph{{{escape(typeset(result.right))}}}"
        yield r"\end{description}"
