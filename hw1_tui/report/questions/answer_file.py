"""Reads what a student hands in: the numbers of their tables, and what they say of claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from hw1_tui.files.toml import read_toml
from hw1_tui.markup import as_name, as_written
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.numeral import counted
from hw1_tui.report.questions.entry_reader import number_list_problem
from hw1_tui.report.questions.question import VERDICTS, Homework, Row, Table, Verdict
from hw1_tui.report.questions.question_file import CLAIM_KEYS, ROW_KEYS, SECTIONS, TABLE_KEYS
from hw1_tui.report.questions.question_metric import share_split


@dataclass(frozen=True)
class Answers:
    """What a student hands in for a homework.

    Attributes:
        numbers: of each table's metric, by its number and name, a number a column; ``None`` for what is no answer.
        verdicts: by the name of a claim.
        mistakes: what in the file is no answer to this homework, which counts as not handed in, or is there twice.
    """

    numbers: Mapping[tuple[int, str], tuple[float | None, ...]]
    verdicts: Mapping[str, Verdict]
    mistakes: tuple[Mistake, ...] = ()

    def printed_in(self, homework: Homework) -> Homework:
        """Return a homework whose tables print these numbers in place of their own."""
        return replace(homework, tables=tuple(map(self._printed, homework.tables)))

    def _printed(self, table: Table) -> Table:
        given = [self.numbers.get((table.number, row.metric), ()) for row in table.rows]
        rows = zip(table.rows, given, strict=True)
        return replace(table, rows=tuple(Row(r.metric, n, n, points=r.points) for r, n in rows))


def read_answers(path: Path, homework: Homework) -> Answers:
    """Return the answers in a file: a questions file with what the student ``printed``, or its tables and claims alone.

    Args:
        path: the file.
        homework: what is asked.

    Raises:
        MistakeError: there is no such file.
    """
    try:
        content = read_toml(path, "answers")
    except MistakeError as error:
        if isinstance(error.__context__, OSError):
            raise
        return Answers({}, {}, error.mistakes)
    reading = _Reading(path.name, homework)
    reading.read(content)
    return Answers(reading.numbers, reading.verdicts, tuple(reading.mistakes))


class _Reading:
    """One reading of a file: the answers and the mistakes found so far."""

    def __init__(self, file: str, homework: Homework) -> None:
        self._file = file
        self._tables = {table.number: table for table in homework.tables}
        self._claims = [claim.name for claim in homework.claims]
        self.numbers: dict[tuple[int, str], tuple[float | None, ...]] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.mistakes: list[Mistake] = []

    def read(self, content: Mapping[str, Any]) -> None:
        self._tell_strangers("", content, ("tables", "claims"), SECTIONS)
        for table in self._entries(content.get("tables", []), "tables"):
            self._table(table)
        for claim in self._entries(content.get("claims", []), "claims"):
            self._claim(claim)

    def _entries(self, entries: Any, place: str) -> list[Mapping[str, Any]]:
        if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
            return entries
        self._refuse(place, "is not a list of tables of keys and values")
        return []

    def _tell_strangers(
        self, place: str, entry: Mapping[str, Any], answers: Sequence[str], also: Sequence[str]
    ) -> None:
        """Tell the keys that nothing reads: an answer under one would be missing without a word.

        Args:
            place: where the entry stands in the file; empty for the file itself.
            entry: the keys and their values.
            answers: the keys that an answer has.
            also: those that a whole questions file may have beside them.
        """
        whole = ", ".join(filter(None, (self._file, place)))
        strangers = [key for key in entry if key not in {*answers, *also}]
        self.mistakes.extend(unknown_name(whole, "key", key, answers) for key in strangers)

    def _refuse(self, place: str, problem: str, allowed: str = "") -> None:
        self.mistakes.append(Mistake(f"{self._file}, {place}", problem, allowed))

    def _table(self, entry: Mapping[str, Any]) -> None:
        number = entry.get("number")
        table = self._tables.get(number) if type(number) is int else None  # True is an int as well
        if table is None:
            problem = "has no number" if number is None else f"there is no table {as_written(number)}"
            nearest = f"number = {number}" if str(number) in map(str, self._tables) else ""
            allowed = ", ".join(map(str, self._tables))
            self.mistakes.append(Mistake(f"{self._file}, tables", problem, allowed, nearest))
            return
        self._tell_strangers(f"tables {number}", entry, ("number", "rows"), TABLE_KEYS)
        for row in self._entries(entry.get("rows", []), f"tables {number}, rows"):
            self._row(table, row)

    def _row(self, table: Table, entry: Mapping[str, Any]) -> None:
        metric, printed, size = as_name(entry.get("figure", "")), entry.get("printed"), len(table.columns)
        place, known = f"tables {table.number}, {metric}", [row.metric for row in table.rows]
        self._tell_strangers(
            place if metric else f"tables {table.number}, rows", entry, ("figure", "printed"), ROW_KEYS
        )
        if not metric:
            self._refuse(f"tables {table.number}, rows", "has no figure", ", ".join(known))
        elif metric not in known:
            self.mistakes.append(unknown_name(f"{self._file}, tables {table.number}", "figure", metric, known))
        elif not isinstance(printed, list) or len(printed) != size:
            problem = "is not handed in" if printed is None else number_list_problem(printed, size)
            self._refuse(f"{place}, printed", problem, _one_a_column(size))
        else:
            self._tell_twice(place, is_known=(table.number, metric) in self.numbers)
            self.numbers[table.number, metric] = self._numbers(f"{place}, printed", metric, printed)

    def _numbers(self, place: str, metric: str, printed: Sequence[Any]) -> tuple[float | None, ...]:
        """Return the numbers of a row; ``None`` for one that is no answer, which the others do not pay for."""
        is_share = share_split(metric) is not None
        numbers: list[float | None] = []
        for value in printed:
            problem, allowed = number_list_problem([value], 1), _one_a_column(len(printed))
            if not problem and is_share and not 0 <= value <= 1:
                problem, allowed = f"{as_written(value)} is no share of examples", "numbers from 0 to 1"
            if problem:
                self._refuse(place, problem, allowed)
            numbers.append(None if problem else float(value))
        return tuple(numbers)

    def _tell_twice(self, place: str, *, is_known: bool) -> None:
        if is_known:
            self._refuse(place, "is handed in more than once; what stands last counts")

    def _claim(self, entry: Mapping[str, Any]) -> None:
        name, verdict = as_name(entry.get("name", "")), entry.get("verdict", entry.get("expect"))
        self._tell_strangers(f"claims {name}".strip(), entry, ("name", "verdict"), CLAIM_KEYS)
        if not name:
            self._refuse("claims", "has no name", ", ".join(self._claims))
        elif name not in self._claims:
            self.mistakes.append(unknown_name(f"{self._file}, claims", "claim", name, self._claims))
        elif verdict in VERDICTS:
            self._tell_twice(f"claims {name}", is_known=name in self.verdicts)
            self.verdicts[name] = cast("Verdict", verdict)
        elif verdict is not None:
            self.mistakes.append(unknown_name(f"{self._file}, claims {name}", "verdict", str(verdict), VERDICTS))


def _one_a_column(size: int) -> str:
    return f"a list of {counted(size, 'number')}, one a column"
