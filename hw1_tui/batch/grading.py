"""Grading: what a report is held to, and its grade as people, programs and courses read it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

from hw1_tui.batch.page import print_text
from hw1_tui.batch.run_table import print_table
from hw1_tui.export.table import Table
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.report.judge.grade import Grade, grade_answers, grade_check
from hw1_tui.report.judge.report import Report
from hw1_tui.report.questions.answer_file import Answers, read_answers
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.request import Request
from hw1_tui.report.write.grade_file import GRADE_FILES

_COLUMNS = ("question", "name", "score", "points", "checked", "output")


@dataclass(frozen=True)
class Grading:
    """What a report is held to.

    Attributes:
        output_format: one of the output formats, or of ``GRADE_FILES``.
        is_check: whether to what the questions file expects.
        answers: what a student handed in, to which it is held instead; ``None`` for nothing.
    """

    output_format: str
    is_check: bool = False
    answers: Answers | None = None

    def asked(self, homework: Homework, request: Request) -> tuple[Homework, Request]:
        """Return the homework and the request of the report that is graded: its print is the student's."""
        if self.answers is None:
            return homework, request
        return self.answers.printed_in(homework), replace(request, is_course_data=True)

    def grade(self, report: Report) -> Grade | None:
        """Return the grade of a report; ``None`` where nothing is graded."""
        if self.answers is not None:
            return grade_answers(report, self.answers)
        return grade_check(report) if self.is_check else None

    def holds(self, report: Report, grade: Grade | None) -> bool:
        """Whether the report is what it is held to."""
        is_whole = self.answers is None or grade is None or grade.is_whole
        return is_whole and not (self.is_check and report.unexpected)

    @property
    def _file(self) -> tuple[str, Callable[[Grade], str]] | None:
        return GRADE_FILES.get(self.output_format)

    @property
    def file_names(self) -> tuple[str, ...]:
        """The names of the files that it writes beside the report."""
        return (self._file[0],) if self._file else ()

    def files(self, grade: Grade | None) -> dict[str, str]:
        """Return the texts of these files by their names."""
        return {self._file[0]: self._file[1](grade)} if self._file and grade else {}


def read_grading(
    args: argparse.Namespace, output_format: str, homework: Homework | None, mistakes: list[Mistake]
) -> Grading:
    """Return what a report is held to, or add what is wrong with it."""
    if output_format in GRADE_FILES and args.grade is None and not args.check:
        mistakes.append(Mistake("--format", f"{output_format} tells a grade", "with --check or --grade FILE"))
    if args.grade is None or homework is None:
        return Grading(output_format, args.check)
    if args.epochs_scale is not None:
        mistakes.append(Mistake("--grade", "compares numbers, and does not go with --epochs-scale"))
    try:
        file = user_path(args.questions_file) if args.questions_file else None
        whole = read_questions(file) if args.questions else homework  # an answer to what is not asked now is none wrong
        return Grading(output_format, args.check, read_answers(user_path(args.grade), whole))
    except MistakeError as error:
        mistakes.extend(error.mistakes)
        return Grading(output_format, args.check)


def print_grade(grade: Grade, output_format: str) -> None:
    """Print what is graded."""
    if output_format in GRADE_FILES:
        print(GRADE_FILES[output_format][1](grade), end="", flush=True)
        return
    rows = tuple((p.question, p.name, p.score, p.points, p.is_checked, p.output) for p in grade.parts)
    if output_format != "table":
        print_table(Table(_COLUMNS, rows), output_format, quiet=True)
        return
    for mistake in grade.mistakes:
        print_text(str(mistake), more=2)
    for part in grade.parts:
        score = f"{part.score:g} of {part.points:g}" if part.is_checked else "not graded"
        print_text(f"{part.question:5} {score:12} {part.name}", more=19)
        for line in part.output.splitlines():
            print_text(line, indent=6, more=2)
