"""Reads a questions file, ours or a teacher's, with every mistake in it at once."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from hw1_tui.files.toml import read_toml
from hw1_tui.markup import as_name
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.report.questions.claim_function import FUNCTIONS, MANY
from hw1_tui.report.questions.entry_reader import EntryReader, on_one_line
from hw1_tui.report.questions.preset import QUESTIONS, Preset, printed_by_run
from hw1_tui.report.questions.question import (
    KINDS,
    VERDICTS,
    VISIBILITIES,
    VOICES,
    Claim,
    ClaimKind,
    Column,
    Expectation,
    Figure,
    Homework,
    Panel,
    Question,
    Row,
    Table,
    Tuning,
    Voice,
)
from hw1_tui.report.questions.question_metric import (
    WEIGHTS,
    needs_classes,
    question_curves,
    question_metrics,
    share_split,
)
from hw1_tui.report.questions.run_reader import KEYS as RUN_KEYS
from hw1_tui.report.questions.run_reader import RunReader
from hw1_tui.report.questions.tuning import KEYS as TUNING_KEYS
from hw1_tui.report.questions.tuning import read_tuning

SECTIONS = ("homework", "runs", "tables", "figures", "claims", "questions", "tunings")
_ASKING = ("tables", "figures", "claims")
_DIRECTIONS = {"trend": ("rises", "falls", "flat", "does not rise", "does not fall"), "threshold": ("above", "below")}
_ABOUT_KEYS = ("title", "note", "data", "examples", "fingerprints", "visibility")
_RUNS: Mapping[ClaimKind, tuple[int, int]] = {
    "ranking": (2, MANY), "trend": (1, 1), "threshold": (1, MANY), "computed": (0, MANY),
}  # fmt: skip
_VALUES = {"share": "a share from 0 to 1", "positive": "a number above 0", "split": "a split as 0, 1 or 2"}
TABLE_KEYS = ("number", "question", "title", "columns", "rows")
ROW_KEYS = ("figure", "printed", "meant", "others", "expect", "points")
CLAIM_KEYS = (
    "name", "question", "where", "says", "kind", "voice", "runs", "figure", "direction", "values", "function", "right",
    "expect", "points",
)  # fmt: skip
T = TypeVar("T")


def read_questions(path: Path | None = None, *, needs_data: bool = False) -> Homework:
    """Return the homework that a file describes.

    Args:
        path: the file; the one that comes with the program by default.
        needs_data: whether the homework's data must be there; otherwise other data may stand in for it.

    Raises:
        MistakeError: with every mistake in the file.
    """
    return _read(path, needs_data) if path else _read_once(QUESTIONS)


@functools.cache
def _read_once(path: Path) -> Homework:
    return _read(path, needs_data=False)


def _read(path: Path, needs_data: bool) -> Homework:
    content = read_toml(path, "a questions file")
    mistakes: list[Mistake] = []
    homework = _Reading(path, content, mistakes, needs_data).homework()
    if mistakes:
        raise MistakeError(mistakes)
    printed = printed_by_run(content.get("tables", ()))
    runs = {name: replace(run, printed=printed.get(name, {})) for name, run in homework.runs.items()}
    return replace(homework, runs=runs, digest=_digest(path))


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file that was just read; empty where it is gone."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def runs_of(path: Path) -> tuple[Preset, ...]:
    """Return the runs of a questions file, each with the data that the file names for it.

    Raises:
        MistakeError: with every mistake in the file.
    """
    homework = read_questions(path)
    return tuple(replace(run, data=run.data or homework.data) for run in homework.runs.values())


class _Reading:
    """One reading of a file: its content, and the mistakes found so far."""

    def __init__(self, path: Path, content: Mapping[str, Any], mistakes: list[Mistake], needs_data: bool) -> None:
        self._needs_data = needs_data
        self._file = path.name
        self._content = content
        self._mistakes = mistakes
        self._runs: dict[str, Preset] = {}
        self._run_reader = RunReader(content, path.absolute().parent)
        self._names: tuple[str, ...] = ()

    def homework(self) -> Homework:
        """Return what the file describes."""
        EntryReader(self._content, self._file, self._mistakes, SECTIONS)
        about = self._reader(self._content.get("homework", {}), "homework", _ABOUT_KEYS)
        examples = about.sizes("examples", 3) if about.has("examples") else None
        self._run_reader.n_examples = examples[0] if examples else 1
        fingerprints = about.raw("fingerprints") or []
        if not isinstance(fingerprints, list) or not all(isinstance(digest, str) for digest in fingerprints):
            about.refuse("fingerprints", "is not a list of digests")
            fingerprints = []
        self._runs.update({run.name: run for run in self._each("runs", "name", self._run)})
        if not self._runs:
            self._mistakes.append(Mistake(f"{self._file}, runs", "there are none"))
        if not any(self._content.get(section) for section in _ASKING):
            self._mistakes.append(Mistake(self._file, "asks nothing: there is no table, no figure and no claim"))
        homework = Homework(
            about.text("title"),
            about.text("note", ""),
            cast("tuple[int, int, int] | None", examples),
            tuple(fingerprints),
            self._runs,
            tuple(self._each("tables", "number", self._table)),
            tuple(self._each("figures", "number", self._figure)),
            tuple(self._each("claims", "name", self._claim)),
            data=self._run_reader.source(about, must_exist=self._needs_data),
            visibility=about.choice("visibility", VISIBILITIES, VISIBILITIES[0]),
            tunings=tuple(self._each("tunings", "name", self._tuning)),
        )
        self._check_names(homework)
        self._names = homework.questions
        return replace(homework, asked=tuple(self._each("questions", "name", self._question)))

    def _reader(self, entry: Any, place: str, known: tuple[str, ...]) -> EntryReader:
        return EntryReader(entry, f"{self._file}, {place}", self._mistakes, known)

    def _each(self, section: str, key: str, read: Callable[[Any, str], T]) -> list[T]:
        """Read every entry of a section, each named by its key or its place."""
        entries = self._content.get(section, [])
        if not isinstance(entries, list):
            self._mistakes.append(Mistake(f"{self._file}, {section}", f"is not a list: write [[{section}]]"))
            return []
        read_entries, seen = [], set()
        for position, entry in enumerate(entries, start=1):
            name = on_one_line(as_name(entry.get(key, position) if isinstance(entry, dict) else position))
            read_entries.append(read(entry, f"{section} {name}"))
            if name in seen:
                self._mistakes.append(Mistake(f"{self._file}, {section}", f"{name!r} is there twice"))
            seen.add(name)
        return read_entries

    def _run(self, entry: Any, place: str) -> Preset:
        return self._run_reader.read(self._reader(entry, place, RUN_KEYS), self._mistakes)

    def _question(self, entry: Any, place: str) -> Question:
        reader = self._reader(entry, place, ("name", "title", "text", "data"))
        name = reader.text("name")
        if name and name not in self._names:
            nearest = nearest_name(name, self._names)
            problem = f"{name!r} has no table, figure or claim"
            self._mistakes.append(Mistake(f"{self._file}, {place}", problem, ", ".join(self._names), nearest))
        self._run_reader.source(reader)
        return Question(name, reader.text("title", ""), reader.text("text", ""))

    def _table(self, entry: Any, place: str) -> Table:
        reader = self._reader(entry, place, TABLE_KEYS)
        columns = []
        for position, column in enumerate(reader.entries("columns"), start=1):
            own = self._reader(column, f"{place}, column {position}", ("title", "run"))
            columns.append(Column(own.text("title"), own.choice("run", self._runs, kind="run")))
        rows = [
            self._row(row, f"{place}, row {position}", tuple(column.run for column in columns))
            for position, row in enumerate(reader.entries("rows"), start=1)
        ]
        return Table(reader.whole("number"), reader.text("question"), reader.text("title"), tuple(columns), tuple(rows))

    def _row(self, entry: Any, place: str, runs: tuple[str, ...]) -> Row:
        size = len(runs)
        reader = self._reader(entry, place, ROW_KEYS)
        printed = reader.numbers("printed", size) if reader.has("printed") else ()
        metric = reader.choice("figure", question_metrics(), kind="figure")
        self._check_task("figure", (metric,), runs, reader)
        if size < 2 and reader.has("expect"):
            reader.refuse("expect", "is about the order of the columns, and there is one")
        meant = reader.numbers("meant", size, default=printed) if printed else ()
        if printed:
            _check_printed(metric, (*printed, *meant), reader)
        else:
            given = [key for key in ("meant", "others", "expect") if reader.has(key) and not reader.has("printed")]
            for key in given:
                reader.refuse(key, "is about what is printed, and nothing is")
        return Row(
            metric, printed, meant, reader.pairs("others", size),
            cast("Expectation", reader.choice("expect", VERDICTS, "", "verdict")), reader.points(),
        )  # fmt: skip

    def _figure(self, entry: Any, place: str) -> Figure:
        reader = self._reader(entry, place, ("number", "question", "title", "panels", "own"))
        panels = []
        for position, panel in enumerate(reader.entries("panels"), start=1):
            own = self._reader(panel, f"{place}, panel {position}", ("title", "runs", "figures", "log"))
            runs, drawn = own.names("runs", self._runs, "run"), own.names("figures", question_curves(), "figure")
            if WEIGHTS in drawn and len(drawn) > 1:
                own.refuse("figures", "weights are no curve: they are drawn alone")
            self._check_task("figures", drawn, runs, own)
            panels.append(Panel(own.text("title", ""), runs, drawn, own.switch("log")))
        return Figure(
            reader.whole("number"), reader.text("question"), reader.text("title"), tuple(panels), reader.switch("own")
        )

    def _tuning(self, entry: Any, place: str) -> Tuning:
        return read_tuning(self._reader(entry, place, TUNING_KEYS), self._runs, self._run_reader.n_examples)

    def _check_names(self, homework: Homework) -> None:
        """See that figures and claims of tunings are called as no other."""
        numbers, names = {figure.number for figure in homework.figures}, {claim.name for claim in homework.claims}
        for tuning in homework.tunings:
            place = f"{self._file}, tunings {tuning.name}"
            if tuning.number in numbers:
                self._mistakes.append(Mistake(f"{place}, number", f"another figure is number {tuning.number}"))
            if tuning.name in names:
                self._mistakes.append(Mistake(f"{place}, name", f"a claim is called {tuning.name!r}"))
            numbers.add(tuning.number)

    def _claim(self, entry: Any, place: str) -> Claim:
        reader = self._reader(entry, place, CLAIM_KEYS)
        kind = cast("ClaimKind", reader.choice("kind", KINDS, kind="kind"))
        runs = reader.names("runs", self._runs, "run", required=_RUNS[kind][0] > 0)
        direction = reader.choice("direction", _DIRECTIONS[kind], kind="direction") if kind in _DIRECTIONS else ""
        function = reader.choice("function", FUNCTIONS, kind="function") if kind == "computed" else ""
        is_known = bool(function) and reader.raw("function") == function
        needs_metric = kind != "computed" or (is_known and FUNCTIONS[function].metric)
        claim = Claim(
            reader.text("name"), reader.text("question"), reader.text("where", ""), reader.text("says"), kind, runs,
            reader.choice("figure", question_metrics(), None if needs_metric else "", "figure"), direction,
            reader.numbers("values", 1 if kind == "threshold" else None, None if kind == "threshold" else ()),
            function, reader.text("right", ""), cast("Expectation", reader.choice("expect", VERDICTS, "", "verdict")),
            cast("Voice", reader.choice("voice", VOICES, "says", "voice")),
            reader.points() if reader.has("points") else None,
        )  # fmt: skip
        if reader.raw("kind") == kind:
            _check_claim(claim, reader)
        self._check_task("figure", (claim.metric,), claim.runs, reader)
        if is_known and FUNCTIONS[function].classes and not all(map(self._run_reader.learns_classes, runs)):
            reader.refuse("function", f"{function} is about models that learn classes")
        if kind == "computed" and len({self._runs[run].data for run in runs}) > 1:
            reader.refuse("runs", "are of several data sets, and one is computed with")
        return claim

    def _check_task(self, key: str, metrics: Iterable[str], runs: Iterable[str], reader: EntryReader) -> None:
        """See that no accuracy is asked of what learns numbers."""
        metric = next(filter(needs_classes, metrics), "")
        run = next((run for run in runs if not self._run_reader.learns_classes(run)), "")
        if metric and run:
            reader.refuse(key, f"{metric} is of classes, and {run} learns numbers", "a loss, the norm or seconds")


def _check_printed(metric: str, values: tuple[float, ...], reader: EntryReader) -> None:
    """See that a share is one, not a percentage, and that a time can be divided by."""
    if share_split(metric) is not None and not all(0 <= value <= 1 for value in values):
        reader.refuse("printed", f"has what is no share of examples, as {metric} is", "numbers from 0 to 1")
    if question_metrics()[metric].kind == "time" and not all(value > 0 for value in values):
        reader.refuse("printed", "has what is no time", "numbers above 0")


def _check_claim(claim: Claim, reader: EntryReader) -> None:
    """See that a claim gives what settles it what it needs; what is wrong with its names was said before."""
    if claim.voice == "remark" and claim.right:
        reader.refuse("right", "is about what the report has wrong, and a remark is ours")
    if reader.raw("runs"):
        _check_count(f"a {claim.kind}", _RUNS[claim.kind], reader)
    if reader.raw("function") != claim.function or claim.function not in FUNCTIONS:
        return
    wanted = FUNCTIONS[claim.function]
    _check_count(claim.function, wanted.runs, reader)
    right = len(claim.values) == len(wanted.values)
    if not right or not all(map(_fits, wanted.values, claim.values)):
        allowed = ", ".join(_VALUES[kind] for kind in wanted.values) or "none"
        reader.refuse("values", f"{claim.function} does not take {list(claim.values)}", allowed)


def _check_count(what: str, wanted: tuple[int, int], reader: EntryReader) -> None:
    """See that a claim names as many runs as are looked at, whether there are such runs or not."""
    given = reader.raw("runs")
    count = len(given) if isinstance(given, list) else 0
    if not wanted[0] <= count <= wanted[1]:
        allowed = " to ".join(map(str, dict.fromkeys(wanted)))
        reader.refuse("runs", f"{what} does not take {count}", f"{allowed} runs")


def _fits(kind: str, value: float) -> bool:
    """Return whether a value is of the kind that a computation takes."""
    return {"share": 0 <= value <= 1, "positive": value > 0, "split": value in (0, 1, 2)}[kind]
