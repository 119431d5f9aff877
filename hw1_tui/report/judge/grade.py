"""Points for what a report comes to: for what a questions file expects, or for what a student handed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hw1_tui.mistake import Mistake
from hw1_tui.report.judge.claim_result import ClaimResult
from hw1_tui.report.judge.report import Report
from hw1_tui.report.judge.table_result import RowResult, TableResult
from hw1_tui.report.questions.answer_file import Answers
from hw1_tui.report.questions.question import CANNOT_BE_TOLD, DIFFERS
from hw1_tui.report.questions.wording import format_metric, metric_title


@dataclass(frozen=True)
class Graded:
    """One thing that is graded.

    Attributes:
        question: the question that it belongs to.
        name: what it is, unique.
        points: what it is worth.
        score: what it got.
        output: why, in sentences, a line each.
        is_checked: whether there is anything to hold it to; what is not checked counts neither way.
    """

    question: str
    name: str
    points: float
    score: float
    output: str
    is_checked: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether no point is lost."""
        return not self.is_checked or self.score >= self.points


@dataclass(frozen=True)
class Grade:
    """What is graded, and what of a student's file was no answer.

    Attributes:
        title: of the homework.
        visibility: when students see it, in Gradescope's words.
        parts: what is graded, in the order of the homework.
        mistakes: in the student's file.
    """

    title: str
    visibility: str
    parts: tuple[Graded, ...]
    mistakes: tuple[Mistake, ...] = ()

    @property
    def score(self) -> float:
        """The sum of the points that it got."""
        return sum(part.score for part in self.parts if part.is_checked)

    @property
    def points(self) -> float:
        """The sum of the points that it could get."""
        return sum(part.points for part in self.parts if part.is_checked)

    @property
    def is_whole(self) -> bool:
        """Whether no point is lost."""
        return all(part.is_whole for part in self.parts)

    def sentence(self) -> str:
        """Return how many points it is worth."""
        return f"Graded: {self.score:g} of {self.points:g} points."


def grade_check(report: Report) -> Grade:
    """Return a grade for what the questions file expects: each verdict that is not worse has its points."""
    rows = (_expected_row(table, row) for table in report.tables for row in table.rows if row.row.expect)
    claims = (_expected_claim(result) for result in report.claims if result.claim.expect)
    return _grade(report, [*rows, *claims], ())


def grade_answers(report: Report, answers: Answers) -> Grade:
    """Return a grade for what a student handed in.

    A number has its share of the points of its row unless it differs from ours beyond chance. What is said of a claim
    has the claim's points where the numbers say the same, or cannot tell.

    Args:
        report: of the homework that prints the student's numbers.
        answers: what was handed in.
    """
    rows = (_answered_row(table, row) for table in report.tables for row in table.rows if row.row.metric != "seconds")
    claims = (_answered_claim(result, answers) for result in report.claims if result.claim.points)
    return _grade(report, [*rows, *claims], answers.mistakes)


def _grade(report: Report, parts: Sequence[Graded], mistakes: tuple[Mistake, ...]) -> Grade:
    homework = report.evidence.homework
    order = {question: place for place, question in enumerate(homework.questions)}
    ordered = sorted((part for part in parts if part.points), key=lambda part: order[part.question])
    return Grade(homework.title, homework.visibility, tuple(ordered), mistakes)


def _expected_row(table: TableResult, row: RowResult) -> Graded:
    name, points = f"Table {table.table.number}, order of {metric_title(row.row.metric)}", row.row.points
    score = points * (row.is_checked and not row.is_unexpected)
    return Graded(table.table.question, name, points, score, f"{row.ranking}; {row.row.expect} is expected",
                  row.is_checked)  # fmt: skip


def _expected_claim(result: ClaimResult) -> Graded:
    claim = result.claim
    points = 1.0 if claim.points is None else claim.points
    output = f"{claim.says}\n{result.words}; {claim.expect} is expected. {result.finding.text}"
    score = points * (result.is_checked and not result.is_unexpected)
    return Graded(claim.question, claim.name, points, score, output, result.is_checked)


def _answered_row(table: TableResult, row: RowResult) -> Graded:
    points, cells = row.row.points, [cell for cell in row.cells if cell.ours]
    right = sum(cell.comparison is not None and cell.comparison.verdict != DIFFERS for cell in cells)
    name = f"Table {table.table.number}, {metric_title(row.row.metric)}"
    score = points * right / max(len(cells), 1)
    return Graded(table.table.question, name, points, score, "\n".join(_lines(table, row)), bool(cells))


def _lines(table: TableResult, row: RowResult) -> Iterator[str]:
    """Yield what was handed in for each column, and how it compares."""
    metric = row.row.metric
    for column, cell in zip(table.table.columns, row.cells, strict=True):
        if cell.ours is None:
            yield f"{column.title}: not graded, as no run is kept to compare it with."
        elif cell.printed is None or cell.comparison is None:
            yield f"{column.title}: no answer that can be read is handed in."
        else:
            printed, ours, error = (
                format_metric(value, metric) for value in (cell.printed, cell.ours.value, cell.comparison.error)
            )
            verdict = cell.comparison.verdict
            words = "within chance" if verdict == CANNOT_BE_TOLD else verdict
            how = f"standard error of the difference {error}: {words}"
            yield f"{column.title}: {printed} is handed in, ours is {ours}, {how}."


def _answered_claim(result: ClaimResult, answers: Answers) -> Graded:
    claim, found, said = result.claim, result.finding, answers.verdicts.get(result.claim.name)
    points = claim.points or 0.0
    score = points * (said is not None and found.verdict in (said, CANNOT_BE_TOLD))
    answer = "no answer that can be read is handed in" if said is None else f"{said} is handed in"
    output = f"{claim.says}\n{answer}; the runs say: {found.verdict}. {found.text}"
    return Graded(claim.question, claim.name, points, score, output)
