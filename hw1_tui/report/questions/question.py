"""What a report is made of, as data: runs, tables, figures and claims, grouped by question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engines.contract import Value
from hw1_tui.read_options import Wanted
from hw1_tui.report.questions.preset import Preset
from hw1_tui.settings.point import Point

Verdict = Literal["agrees", "differs", "cannot be told"]
AGREES: Verdict = "agrees"
CANNOT_BE_TOLD: Verdict = "cannot be told"
DIFFERS: Verdict = "differs"
VERDICTS: tuple[Verdict, ...] = (AGREES, CANNOT_BE_TOLD, DIFFERS)
"""From best to worst."""

Expectation = Verdict | Literal[""]
"""What ``--check`` asks for: that it agrees, that it differs, or, with ``cannot be told``, that it does not differ."""

ClaimKind = Literal["ranking", "trend", "threshold", "computed", "tuned"]
KINDS: tuple[ClaimKind, ...] = ("ranking", "trend", "threshold", "computed")
"""Those that a file's claims have; the claim of a ``Tuning`` is of its own."""

Voice = Literal["says", "implies", "remark"]
VOICES: tuple[Voice, ...] = ("says", "implies", "remark")
"""Whose a claim is: the text says it, the text implies it without saying it, or it is a remark of ours beside it."""


VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")
"""When students see a test of Gradescope."""


@dataclass(frozen=True)
class Column:
    """A column of a table: one run."""

    title: str
    run: str


@dataclass(frozen=True)
class Row:
    """A row of a table: one metric of every run.

    Attributes:
        metric: a name out of ``question_metrics``; ``seconds`` is compared as a ratio to the first column.
        printed: what the report prints, a number a column; empty for a fresh homework, which nothing is compared with;
            ``None`` where what a student handed in for a column is no answer.
        meant: what it means where it prints something else; as ``printed`` by default.
        others: the range of what independent solutions got, a pair a column or ``None``; empty where none is known.
        expect: the verdict on the order of the columns that ``--check`` asks for; empty where none is expected.
        points: what it is worth where it is graded; 0 leaves it out.
    """

    metric: str
    printed: tuple[float | None, ...]
    meant: tuple[float | None, ...]
    others: tuple[tuple[float, float] | None, ...] = ()
    expect: Expectation = ""
    points: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table of the report."""

    number: int
    question: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Panel:
    """One set of axes: the curves of some metrics of some runs; ``weights`` draws histograms of their weights."""

    title: str
    runs: tuple[str, ...]
    metrics: tuple[str, ...]
    log: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure, of the report or of ours (numbered after the report's)."""

    number: int
    question: str
    title: str
    panels: tuple[Panel, ...]
    own: bool = False


@dataclass(frozen=True)
class Claim:
    """A statement that a number can settle, of the report or beside it.

    Attributes:
        name: short and unique.
        question: the question that it belongs to.
        where: where it stands in the report; empty for nowhere.
        says: the statement, in our words.
        kind: how it is settled.
        runs: the runs that are looked at; for a ranking, the one with the highest value first.
        metric: the metric that is looked at.
        direction: for a trend, ``rises``, ``falls``, ``flat``, ``does not rise`` or ``does not fall``; for a
            threshold, ``above`` or ``below``.
        values: numbers from the report that the computation takes; for a threshold, the one.
        function: for a computed claim, the name of the function.
        right: what is right where the report is wrong; empty where it is not.
        expect: the verdict that ``--check`` asks for; empty where none is expected.
        voice: whose it is. A remark is ours, and its verdict says nothing of the report.
        points: what it is worth where it is graded, 0 leaving it out; ``None`` for one point where ``--check`` asks for
            it, and nothing of what students answer.
    """

    name: str
    question: str
    where: str
    says: str
    kind: ClaimKind
    runs: tuple[str, ...] = ()
    metric: str = ""
    direction: str = ""
    values: tuple[float, ...] = ()
    function: str = ""
    right: str = ""
    expect: Expectation = ""
    voice: Voice = "says"
    points: float | None = None


@dataclass(frozen=True)
class Tuning:
    """A conclusion that is to survive when its rivals are tuned too.

    Attributes:
        name: short and unique; its claim is called so, its runs with a number behind it.
        number: of its figure.
        question: the question that it belongs to.
        says: the conclusion, in our words.
        run: what all runs share but for what is compared and tuned.
        compares: the hyperparameter that the question compares.
        best: those of its values that are best by the report.
        rivals: the others.
        grid: what each of them is tuned in: hyperparameters with their values.
        trials: the names of its runs with what each tries, ``compares`` first; empty while they were not asked for.
        as_reported: the values of ``grid`` that the report has.
    """

    name: str
    number: int
    question: str
    says: str
    run: str
    compares: str
    best: tuple[Value, ...]
    rivals: tuple[Value, ...]
    grid: Mapping[str, tuple[Value, ...]]
    trials: tuple[tuple[str, Point], ...] = ()
    as_reported: Point = field(default_factory=dict)

    @property
    def contenders(self) -> tuple[Value, ...]:
        """All that is compared."""
        return *self.best, *self.rivals


@dataclass(frozen=True)
class Question:
    """What the homework asks.

    Attributes:
        name: its number, such as ``2.2a``.
        title: what it is about, in a few words; empty where nobody says.
        text: what is to be done, in our words; empty where nobody says.
    """

    name: str
    title: str = ""
    text: str = ""


def is_part(question: str, asked: str) -> bool:
    """Whether a question is what is asked for or a part of it: 2.2a is of 2.2, 1.10 is not of 1.1."""
    return bool(asked) and question.startswith(asked) and not re.match(r"\d\d", asked[-1:] + question[len(asked) :])


def _numbers_in(question: str) -> list[tuple[int, str]]:
    """Return what puts questions in order: numbers by their size, what is between them by its letters."""
    parts = re.split("([0-9]+)", question)
    return [(len(part.lstrip("0")), part.lstrip("0")) if part.isdecimal() else (-1, part) for part in parts]


@dataclass(frozen=True)
class Homework:
    """A report to be run again.

    Attributes:
        title: what it is.
        note: what a reader should know beside it; empty for nothing.
        examples: sizes of the course's splits, what a printed accuracy is a share of; ``None`` for those of the data
            that the report is run on.
        fingerprints: digests of the course's data; digits are compared on these only.
        runs: every run, by name.
        tables: in the order of the report.
        figures: in the order of the report.
        claims: in the order of the report.
        asked: what the homework asks, for those questions of which the file says it.
        data: what its runs are trained on that name none themselves; empty where the file leaves that open.
        digest: SHA-256 of the file that it was read from.
        visibility: when students see what their grade is made of, in Gradescope's words.
        tunings: conclusions whose rivals can be tuned too, see ``tuning.with_tunings``.
    """

    title: str
    note: str
    examples: tuple[int, int, int] | None
    fingerprints: tuple[str, ...]
    runs: Mapping[str, Preset]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    asked: tuple[Question, ...] = ()
    data: str = ""
    digest: str = field(default="", compare=False)
    visibility: str = VISIBILITIES[0]
    tunings: tuple[Tuning, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that have a table, a figure or a claim, in order: 1.10 comes after 1.9."""
        parts: tuple[Table | Figure | Claim, ...] = (*self.tables, *self.figures, *self.claims)
        return tuple(sorted({part.question for part in parts}, key=_numbers_in))

    @property
    def heading(self) -> str:
        """What stands above it once it was run: a printed report was run again."""
        return f"{self.title}, run again" if self.prints else self.title

    @property
    def prints(self) -> bool:
        """Whether there is a printed number to compare with."""
        return any(row.printed for table in self.tables for row in table.rows)

    def question(self, name: str) -> Question:
        """Return what a question asks; where the file does not say it, its first table gives the title."""
        titles = [table.title for table in self.tables if table.question == name]
        told = next((question for question in self.asked if question.name == name), Question(name))
        return told if told.title or not titles else replace(told, title=titles[0])

    def only(self, questions: tuple[str, ...]) -> Homework:
        """Return the part that belongs to some questions; ``2.2`` stands for ``2.2a`` and all others of 2.2."""
        if not questions:
            return self

        def keep(parts: Any) -> tuple[Any, ...]:
            return tuple(part for part in parts if any(is_part(part.question, asked) for asked in questions))

        return replace(
            self,
            tables=keep(self.tables),
            figures=keep(self.figures),
            claims=keep(self.claims),
            tunings=keep(self.tunings),
        )

    def needed_runs(self) -> tuple[str, ...]:
        """Return the runs that the tables, figures and claims need, each once, in the file's order."""
        needed = {column.run for table in self.tables for column in table.columns}
        needed |= {run for figure in self.figures for panel in figure.panels for run in panel.runs}
        needed |= {run for claim in self.claims for run in claim.runs}
        return tuple(run for run in self.runs if run in needed)

    def wanted(self, source: str) -> tuple[Wanted, ...]:
        """Return where the data of the needed runs comes from and how it is read, each once.

        Args:
            source: of the runs for which the file names none.
        """
        return tuple(dict.fromkeys(self.runs[run].wanted(source) for run in self.needed_runs()))
