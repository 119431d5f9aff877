"""What names a run: its identifier or a part of it, the name it was given, ``last``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs.record import RunRecord

LAST = "last"
"""Stands for the newest run wherever an identifier is asked for."""


def newest(records: Sequence[RunRecord]) -> RunRecord:
    """Return the newest of runs that are sorted so; one of a wrong clock, from the future, where it is alone."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    return next((record for record in records if record.created < tomorrow), records[0])


def refuse_empty(name: str) -> None:
    """See that what is to name a run is not empty.

    Raises:
        MistakeError: it is.
    """
    if not name:
        raise MistakeError(Mistake("RUN", "is empty", f"an identifier, a name, or {LAST}"))


def meant_by(part: str, runs: Iterable[str]) -> list[str]:
    """Return the identifiers that begin or end with what was given."""
    return [run for run in runs if run.startswith(part) or run.endswith(part)]


def called(name: str, records: Iterable[RunRecord]) -> list[str]:
    """Return the runs of a name, however wide its spaces were typed: where it is kept they are single ones."""
    return [record.run for record in records if record.labels.name in (name, on_one_line(name))]


def on_one_line(text: str) -> str:
    """Return a name or a tag as it stands in a list: on one line, without spaces around it."""
    return " ".join(text.split())
