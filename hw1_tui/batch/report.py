"""``hw1-tui --batch report``: the report run again and set beside what was printed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.batch.grading import Grading, print_grade, read_grading
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.on_end import add_end_options, read_end
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_force_option,
    add_home_option,
    add_max_bytes,
    add_option,
    add_output_options,
    add_questions_option,
    home_of,
    home_place,
    raise_mistakes,
    read_bytes,
    read_choice,
)
from hw1_tui.batch.place_option import add_place_options, read_place_options, workers_of
from hw1_tui.batch.questions import check_questions, load_data, write_template
from hw1_tui.batch.rerun_narration import narrated
from hw1_tui.batch.tuning import keep_sweeps
from hw1_tui.batch.verdict_printer import print_report
from hw1_tui.exit_code import CHECK_FAILED, DONE, FAILED
from hw1_tui.files.folder import prepare_folder
from hw1_tui.files.user_path import user_path
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.read_options import DEFAULT_OPTIONS, Wanted
from hw1_tui.report.judge.grade import Grade
from hw1_tui.report.judge.report import Report
from hw1_tui.report.questions.question import Homework, is_part
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.questions.tuning import with_tunings
from hw1_tui.report.reading import settle_report
from hw1_tui.report.runs.plan import misfits
from hw1_tui.report.runs.request import Request, read_scale, read_seeds
from hw1_tui.report.runs.rerun import Rerun
from hw1_tui.report.write.grade_file import GRADE_FILES
from hw1_tui.report.write.output import foreign_file, foreign_files, unwritable_files, write_report
from hw1_tui.runs import Store
from hw1_tui.runs.home import home_option
from hw1_tui.settings import DEFAULT_DATA, option_name
from hw1_tui.signals import SIGNALS
from hw1_tui.training.control import Control
from hw1_tui.training.event import RunEnded
from hw1_tui.training.executors import EXECUTOR_NAMES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the questions, the data, how long and how often, and where the report goes."""
    what = parser.add_argument_group("what is run")
    what.add_argument("questions", nargs="*", metavar="QUESTION", help="such as 1.2 or 2.2b (default: all)")
    add_option(what, "--data", "builtin, digits, FILE.npz or a FOLDER of images (default: builtin)", "DATA")
    add_questions_option(what, "instead of the one that comes along (see hw1-tui guide questions)")
    add_option(what, "--new-questions", "write a questions file with comments to start from, and train nothing", "FILE")
    add_option(what, "--check-questions", "tell everything wrong in a questions file, and train nothing", "FILE")
    add_option(what, "--seeds", "repeat every run with so many seeds, the report's own first (default: 1)", "N")
    add_option(what, "--epochs-scale", "multiply the numbers of epochs, such as 0.1 for a quick look", "F")
    what.add_argument("--course-data", action="store_true", help="the data is the course's own file: compare digits")
    add_max_bytes(what)
    what.add_argument("--tune", action="store_true", help="tune the rivals of what these questions conclude as well")
    what.add_argument("--kept", action="store_true", help="train nothing: take the runs that the history has")
    names = ", ".join(EXECUTOR_NAMES)
    add_option(what, "--executor", f"what trains the runs: {names} (default: auto, by a timed trial)", "NAME")
    add_place_options(parser)
    add_home_option(parser)
    output = add_output_options(
        parser, "how stdout is written: table (default), jsonl or csv; of a grade gradescope or junit"
    )
    add_option(output, "--out", "folder for report.md, .html, .tex, .json and the figures (default: report)", "DIR")
    add_force_option(output, "files of that folder that no report has written, or that were changed since")
    output.add_argument(
        "--check", action="store_true", help="exit 3 when a verdict is worse than the questions file expects"
    )
    add_option(output, "--grade", "hold what a student handed in to these runs; exit 3 when a point is lost", "FILE")
    add_end_options(output)


@dataclass(frozen=True)
class _Asked:
    """What is asked for, read and checked.

    Attributes:
        homework: the questions.
        request: which runs are meant.
        data: every data set that they need, by its source and how it is read.
        grading: what the report is held to.
    """

    homework: Homework
    request: Request
    data: Mapping[Wanted, Dataset]
    grading: Grading


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Run what is missing, write the report, print every verdict, or see to a questions file; return the exit code.

    Raises:
        MistakeError: with every mistake.
    """
    _refuse_beside(args, mistakes)
    if args.new_questions is not None:
        return write_template(args.new_questions, args.force, mistakes)
    if args.check_questions is not None:
        return check_questions(args.check_questions, args.max_bytes, mistakes)
    return _run_report(args, mistakes)


def _run_report(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    executor = read_choice("--executor", args.executor, EXECUTOR_NAMES, mistakes)
    notifier, place = read_end(args, mistakes), read_place_options(args, mistakes)
    asked, control, store = _read(args, mistakes), Control(), Store(home_of(args))
    out = user_path(args.out if args.out is not None else "report")
    rerun = Rerun(asked.request.runs(asked.homework, asked.data), store, control, executor=executor)
    _check_kept(args, rerun, asked.grading, store)
    _prepare(out, asked.homework, args.force, asked.grading.file_names)
    if rerun.missing and not args.kept:
        prepare_folder(store.home, home_place(args.home) or "--home")
    with (
        Narrator(args.quiet) as narrator,
        SIGNALS.flagged(control.ask_to_stop),
        workers_of(place if rerun.missing and not args.kept else None) as rerun.workers,
    ):
        for remark in dict.fromkeys(dataset.remark for dataset in asked.data.values() if dataset.remark):
            narrator.remark(remark)
        failed = not args.kept and _train(rerun, narrator)
        holds = bool(SIGNALS.number) or _settle(args, asked, rerun, store, out, narrator)
    if SIGNALS.number:
        code = SIGNALS.exit_code
    elif failed or (rerun.missing and not args.kept):
        code = FAILED
    else:
        code = DONE if holds else CHECK_FAILED
    notifier.tell_plan(code, len(rerun.runs) - len(rerun.missing), len(rerun.runs), narrator)
    return code


_FILE_ONLY = {"new_questions": ("force",), "check_questions": ("max_bytes",)}
"""The options that only write or read a questions file, and what each heeds beside where, and how much, is said."""


def _refuse_beside(args: argparse.Namespace, mistakes: list[Mistake]) -> None:
    """Add the mistake of each option that changes nothing beside one of a questions file: nobody is graded there."""
    only = next((name for name in _FILE_ONLY if getattr(args, name) is not None), "")
    heeded = {only, *_FILE_ONLY.get(only, ()), "batch", "verb", "home", "quiet"}
    given = [name for name, value in vars(args).items() if value not in (None, False, []) and name not in heeded]
    for name in given if only else ():
        place = ", ".join(args.questions) if name == "questions" else option_name(name.removesuffix("_file"))
        mistakes.append(Mistake(place, f"does not go with {option_name(only)}, which trains and grades nothing"))


def _settle(args: argparse.Namespace, asked: _Asked, rerun: Rerun, store: Store, out: Path, narrator: Narrator) -> bool:
    """Settle the report, write and tell it; return whether what it is held to holds."""
    report = settle_report(asked.homework, asked.request, rerun.kept, asked.data, store)
    grade = asked.grading.grade(report)
    files = _write(report, out, args.force, asked.grading.files(grade))
    _tell(report, files, asked.grading, grade, narrator)
    if asked.request.tunes and not args.kept:
        names = keep_sweeps(asked.homework.tunings, rerun.runs, asked.request.seeds, store)
        home = home_option(store.home)
        for name in names:
            narrator.remark(f"hw1-tui sweep show {name}{home} tells more of what was tuned.")
    return asked.grading.holds(report, grade)


def _read(args: argparse.Namespace, mistakes: list[Mistake]) -> _Asked:
    """Return what is asked for.

    Raises:
        MistakeError: with every mistake.
    """
    output_format = read_choice("--format", args.format, (*OUTPUT_FORMATS, *GRADE_FILES), mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    request, homework = read_request(args, mistakes)
    request = replace(request, data=request.data or (homework.data if homework else "") or DEFAULT_DATA)
    grading = read_grading(args, output_format, homework, mistakes)
    wanted = (homework and homework.wanted(request.data)) or ((request.data, DEFAULT_OPTIONS),)
    sets = load_data(wanted, max_bytes, mistakes)
    raise_mistakes(mistakes)
    assert homework is not None  # noqa: S101 - no mistake
    raise_mistakes(misfits(request.runs(homework, sets)))
    homework, request = grading.asked(homework, request)
    return _Asked(homework, request, sets, grading)


def _check_kept(args: argparse.Namespace, rerun: Rerun, grading: Grading, store: Store) -> None:
    """See that there are runs to hold answers to, before a folder is made."""
    if rerun.missing and args.kept and grading.answers is not None:
        names = ", ".join(run.label for run in rerun.missing)
        allowed = "without --kept" if args.questions_file else "--questions FILE for another homework; without --kept"
        raise MistakeError(Mistake("--grade", f"{store.home} lacks runs to compare with: {names}", allowed))


def _train(rerun: Rerun, narrator: Narrator) -> bool:
    """Train what is missing; return whether a run failed."""
    ends = [step.event for step in narrated(rerun, narrator) if isinstance(step.event, RunEnded)]
    return any(end.status == "failed" for end in ends)


def _tell(report: Report, files: Sequence[Path], grading: Grading, grade: Grade | None, narrator: Narrator) -> None:
    """Print every verdict, or the grade; say where the report is, and what its check came to."""
    narrator.make_room()
    if grade and (grading.answers is not None or grading.file_names):
        print_grade(grade, grading.output_format)
        for mistake in grade.mistakes if grading.output_format in ("jsonl", "csv") else ():  # which have rows alone
            narrator.fail(str(mistake))
    else:
        print_report(report, grading.output_format)
    narrator.remark(f"Written: {', '.join(visible(str(path)) for path in files)}.")
    if grade and grading.answers is not None:
        (narrator.remark if grade.is_whole else narrator.fail)(grade.sentence())
    elif grade:
        (narrator.fail if report.unexpected else narrator.remark)(f"Checked: {report.check_sentence()}")


def _prepare(out: Path, homework: Homework, force: bool, beside: Sequence[str]) -> None:
    """See to the folder before hours are spent on what goes there."""
    prepare_folder(out)
    raise_mistakes(unwritable_files(out, homework, beside))
    if not force and (strangers := foreign_files(out, homework, beside)):
        raise MistakeError([foreign_file(path, "--force to overwrite it, or another --out") for path in strangers])


def _write(report: Report, out: Path, force: bool, beside: Mapping[str, str]) -> list[Path]:
    try:
        return write_report(report, out, overwrite=force, beside=beside)
    except OSError as error:
        raise MistakeError(Mistake("--out", f"{error.filename or out} cannot be written: {error.strerror}")) from None


def read_request(args: argparse.Namespace, mistakes: list[Mistake]) -> tuple[Request, Homework | None]:
    """Return what is asked for and the questions that it is asked of, or add what is wrong with them."""
    request = Request(
        args.data or "",
        read_seeds("--seeds", "1" if args.seeds is None else args.seeds, mistakes),
        read_scale("--epochs-scale", "1" if args.epochs_scale is None else args.epochs_scale, mistakes),
        args.course_data,
        args.questions_file or "",
        tuple(args.questions),
        args.tune,
    )
    homework = _read_homework(args.questions_file, args.questions, mistakes)
    if homework and args.tune and not homework.tunings:
        known = [tuning.question for tuning in read_questions(_questions_path(args.questions_file)).tunings]
        problem = "none of these questions has a conclusion with rivals to tune"
        mistakes.append(Mistake("--tune", problem, ", ".join(known) or "[[tunings]] in the questions file"))
    return request, with_tunings(homework) if homework and args.tune else homework


def _questions_path(file: str | None) -> Path | None:
    return user_path(file) if file is not None else None


def _read_homework(file: str | None, questions: Sequence[str], mistakes: list[Mistake]) -> Homework | None:
    try:
        homework = read_questions(_questions_path(file))
    except MistakeError as error:
        mistakes.extend(error.mistakes)
        return None
    known = homework.questions
    strangers = [question for question in questions if not any(is_part(name, question) for name in known)]
    mistakes.extend(unknown_name(question, "question", question, known) for question in strangers)
    return homework.only(tuple(questions))
