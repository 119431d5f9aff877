"""Questions files: one to start from, and everything that is wrong in one, without training."""

from __future__ import annotations

from collections.abc import Sequence

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.batch.option import raise_mistakes, read_bytes, read_target
from hw1_tui.batch.page import print_text
from hw1_tui.exit_code import DONE
from hw1_tui.files.target import write_target_bytes
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import shell_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import Wanted
from hw1_tui.report.questions.preset import TEMPLATE
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.plan import misfits, plan_runs


def write_template(file: str, force: bool, mistakes: list[Mistake]) -> int:
    """Write a questions file with comments; return the exit code.

    Args:
        file: where it goes.
        force: whether to overwrite what is there.
        mistakes: what was already found wrong with the command line.

    Raises:
        MistakeError: with every mistake.
    """
    path = read_target("--new-questions", file, force, mistakes)
    raise_mistakes(mistakes)
    try:
        write_target_bytes(path, TEMPLATE.read_bytes(), overwrite=force)
    except OSError as error:
        raise MistakeError(Mistake("--new-questions", f"{path} cannot be written: {error.strerror}")) from None
    print_text(f"Written: {path}. hw1-tui report --check-questions {shell_path(path)} tells what is wrong in it.")
    return DONE


def check_questions(file: str, max_bytes: str | None, mistakes: list[Mistake]) -> int:
    """Print what a questions file holds; return the exit code.

    Args:
        file: the questions file.
        max_bytes: the most that a data set may take in memory, as it was given.
        mistakes: what was already found wrong with the command line.

    Raises:
        MistakeError: with everything that is wrong in it, and with the data that it names.
    """
    size = read_bytes("--max-bytes", max_bytes, data.MAX_BYTES, mistakes)
    homework = None
    try:
        homework = read_questions(user_path(file), needs_data=True)
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    raise_mistakes(mistakes)
    assert homework is not None  # noqa: S101 - no mistake
    wanted = homework.wanted(homework.data)
    named = [one for one in wanted if one[0]]
    sets = load_data(named, size, mistakes)
    raise_mistakes(mistakes)
    if len(named) == len(wanted):
        raise_mistakes(misfits(plan_runs(homework, homework.data, sets)))
    print_text(f"{user_path(file).name}: nothing is wrong. It has {_contents(homework)}.")
    described = [question.name for question in homework.asked]
    if apart := [name for name in homework.questions if name not in described] if described else []:
        print_text(f"Without an entry of [[questions]]: {', '.join(apart)}.")
    if idle := [run for run in homework.runs if run not in homework.needed_runs()]:
        print_text(f"Never trained, as no table, figure or claim asks for it: {', '.join(idle)}.")
    return DONE


def _contents(homework: Homework) -> str:
    parts = (homework.questions, homework.needed_runs(), homework.tables, homework.figures, homework.claims)
    names = ("question", "run", "table", "figure", "claim")
    return ", ".join(counted(len(part), name) for part, name in zip(parts, names, strict=True))


def load_data(wanted: Sequence[Wanted], max_bytes: int, mistakes: list[Mistake]) -> dict[Wanted, Dataset]:
    """Return data sets by their source and how they are read, or add what is wrong with them."""
    sets: dict[Wanted, Dataset] = {}
    for source, options in wanted:
        try:
            sets[source, options] = data.load(source, options, max_bytes=max_bytes)
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    return sets
