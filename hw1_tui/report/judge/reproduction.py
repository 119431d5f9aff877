"""What another needs to repeat a report: command, files, versions, processor, threads, seeds, time."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engines.contract import Dataset
from hw1_tui.report.questions.question import Homework
from hw1_tui.report.runs.request import Request
from hw1_tui.runs import RunRecord

_VERSIONS = {"hw1-tui": "hw1-tui", "python": "Python", "numpy": "numpy", "blas": "BLAS", "torch": "torch"}
"""What the numbers of a run rest on, as runs keep it and as it is called."""


@dataclass(frozen=True)
class Reproduction:
    """What another needs to repeat a report; files are named as they are called, wherever they lie.

    Attributes:
        command: the shell line that runs it again.
        questions: the questions file, empty for the one that comes with the program, with its SHA-256.
        data: each data set's name and fingerprint, as ``hw1-tui data check`` tells it.
        versions: of everything that the numbers rest on, by name; several where runs differ.
        processors: that trained the runs, with their widest instructions.
        systems: that they ran under.
        trained_on: the device of the runs, and on a processor their threads.
        seeds: of the runs.
        begun: when the first and the last run began, ISO 8601 in UTC; empty without runs.
        seconds: of training in all runs together.
    """

    command: str
    questions: tuple[str, str]
    data: tuple[tuple[str, str], ...]
    versions: Mapping[str, tuple[str, ...]]
    processors: tuple[str, ...]
    systems: tuple[str, ...]
    trained_on: tuple[str, ...]
    seeds: tuple[int, ...]
    begun: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON."""
        return asdict(self)

    def rows(self) -> list[tuple[str, str]]:
        """Return what stands below the command: what is told, and what it was."""
        name, digest = self.questions
        data = [("Data", f"{name}, fingerprint {fingerprint}") for name, fingerprint in self.data]
        versions = [f"{_VERSIONS[name]} {' and '.join(found)}" for name, found in self.versions.items()]
        when = " to ".join(dict.fromkeys(map(_minute, self.begun)))
        told = {
            "Versions": ", ".join(versions),
            "Processor": " and ".join(self.processors),
            "System": " and ".join(self.systems),
            "Trained on": " and ".join(self.trained_on),
            "Seeds": ", ".join(map(str, self.seeds)),
            "Time": f"begun {when}, {self.seconds:.1f} s of training in all" if self.begun else "",
        }
        of_file = f"{name}, SHA-256 {digest}" if digest else name
        questions = ("Questions", of_file if name else "those that come with hw1-tui")
        return [questions, *data, *((title, text or "nothing was trained yet") for title, text in told.items())]


def reproduction_of(
    homework: Homework, request: Request, data: Sequence[Dataset], records: Sequence[RunRecord]
) -> Reproduction:
    """Return what is needed to repeat a report.

    Args:
        homework: its questions.
        request: what was asked for.
        data: its data sets.
        records: its runs.
    """
    is_used = any(one.name == request.data for one in data)  # every question may have data of its own
    used = _called(request.data) if is_used else ""
    words = replace(request, data=used, questions_file=_called(request.questions_file)).words()
    versions = [record.facts.get("versions") or {} for record in records]
    known = {name: _different(of_run.get(name) for of_run in versions) for name in _VERSIONS}
    begun = sorted(record.created for record in records)
    return Reproduction(
        shlex.join(["hw1-tui", "--batch", "report", *request.questions, *words]),
        (_called(request.questions_file), homework.digest),
        tuple(dict.fromkeys((_called(one.name), one.fingerprint) for one in data)),
        {name: found for name, found in known.items() if found},
        _different(of_run.get("processor") for of_run in versions),
        _different(of_run.get("machine") for of_run in versions),
        _different(record.facts.get("trained_on") for record in records),
        tuple(sorted({int(record.config.get("seed") or 0) for record in records})),
        tuple(dict.fromkeys((begun[0], begun[-1]))) if begun else (),
        sum(float(record.results.get("seconds") or 0.0) for record in records),
    )


def _minute(begun: str) -> str:
    return f"{datetime.fromisoformat(begun).astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _called(path: str) -> str:
    """Return what a file is called, wherever it lies: where that is says nothing to another."""
    return Path(path).name if path else ""


def _different(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return the different ones of some texts, the empty left out."""
    return tuple(dict.fromkeys(text for text in texts if text))
