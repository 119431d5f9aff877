"""What the report is asked to do, the same from the command line and from the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engines.contract import Dataset
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import option_words
from hw1_tui.mistake import Mistake
from hw1_tui.numeral import meant_number, number_problem, read_number, read_whole
from hw1_tui.read_options import Wanted
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.questions.tuning import with_tunings
from hw1_tui.report.runs.plan import PlannedRun, plan_runs
from hw1_tui.settings import SEEDS

MAX_SEEDS, MAX_SCALE = int(SEEDS.maximum or 1), 100


@dataclass(frozen=True)
class Request:
    """Which runs the report is made of.

    Attributes:
        data: where the data comes from; empty where it was not said.
        seeds: how many seeds each run is repeated with.
        epochs_scale: what the numbers of epochs are multiplied with.
        is_course_data: whether the data is the course's own, so that digits are compared.
        questions_file: path of the questions; empty for those that come with the program.
        questions: those that are asked, as one types them: ``2.2`` is 2.2a and the others; none for all.
        tunes: whether rivals of the report's conclusions are tuned too; the homework that is asked has their runs then.
    """

    data: str
    seeds: int = 1
    epochs_scale: float = 1.0
    is_course_data: bool = False
    questions_file: str = ""
    questions: tuple[str, ...] = ()
    tunes: bool = False

    @property
    def scale_text(self) -> str:
        """What the numbers of epochs are multiplied with, with all of its digits."""
        return repr(self.epochs_scale).removesuffix(".0")

    def trains_as(self, other: Request) -> bool:
        """Whether another request needs the same runs."""
        return replace(self, is_course_data=other.is_course_data) == other

    def homework(self) -> Homework:
        """Return the homework that is asked, all of its questions.

        Raises:
            MistakeError: with every mistake in its file.
        """
        homework = read_questions(user_path(self.questions_file) if self.questions_file else None)
        return with_tunings(homework) if self.tunes else homework

    def words(self) -> list[str]:
        """Return the options that ask for it on the command line."""
        return [
            *(option_words("--data", self.data) if self.data else []),
            *(["--seeds", str(self.seeds)] if self.seeds > 1 else []),
            *(["--epochs-scale", self.scale_text] if self.epochs_scale != 1 else []),
            *(["--course-data"] if self.is_course_data else []),
            *(["--tune"] if self.tunes else []),
            *(option_words("--questions", self.questions_file) if self.questions_file else []),
        ]

    def runs(
        self, homework: Homework, data: Mapping[Wanted, Dataset], questions: tuple[str, ...] = ()
    ) -> list[PlannedRun]:
        """Return every run that some questions need; those of all questions by default.

        Args:
            homework: the questions.
            data: every data set that they need, by its source and how it is read.
            questions: those that are asked.
        """
        return plan_runs(homework.only(questions), self.data, data, self.seeds, self.epochs_scale)


def read_seeds(place: str, text: str, mistakes: list[Mistake]) -> int:
    """Return a number of seeds from text, or add the mistake and return 1."""
    try:
        seeds = read_whole(text)
    except ValueError:
        seeds = 0
    if 1 <= seeds <= MAX_SEEDS:
        return seeds
    nearest = meant_number(text, lambda meant: meant.isdigit() and 1 <= int(meant) <= MAX_SEEDS)
    mistakes.append(Mistake(place, number_problem(text), f"a whole number from 1 to {MAX_SEEDS}", nearest))
    return 1


def read_scale(place: str, text: str, mistakes: list[Mistake]) -> float:
    """Return what numbers of epochs are multiplied with from text, or add the mistake and return 1."""
    try:
        scale = read_number(text)
    except ValueError:
        scale = 0.0
    if 0 < scale <= MAX_SCALE:
        return scale
    nearest = meant_number(text, lambda meant: 0 < float(meant) <= MAX_SCALE)
    problem, allowed = number_problem(text, read_number), f"a number above 0 and at most {MAX_SCALE}"
    mistakes.append(Mistake(place, problem, allowed, nearest))
    return 1.0
