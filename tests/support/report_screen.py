"""The Report screen, read."""

from __future__ import annotations

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from hw1_tui.report.questions.question_file import read_questions
from screens.widgets.report.question_list import QuestionList
from tests.support.scripted_engine import until

WIDE = (170, 50)
ALL = len(read_questions().runs)


def about(app: App[object]) -> str:
    """Return what the screen says of the question and its runs."""
    return str(app.screen.query_one("#about", Static).content)


def questions(app: App[object]) -> dict[str, str]:
    """Return each question's line by its number."""
    listed = app.screen.query_one(QuestionList)
    return {str(option.prompt).split()[1]: str(option.prompt) for option in listed.options}


async def read(pilot: Pilot[object]) -> None:
    """Wait until the report was read."""
    await until(pilot, lambda: "runs are kept" in about(pilot.app))
