"""How long the rest of a report takes, by what its runs took so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hw1_tui.report.runs.plan import PlannedRun

_LEAST_KNOWN = 0.5
"""Share of the work whose pace must be known before anything is told of the whole."""


@dataclass(frozen=True)
class Running:
    """A run that trains.

    Attributes:
        run: which.
        elapsed: seconds that it has trained.
        left: seconds to its end; ``None`` where that cannot be said yet.
    """

    run: PlannedRun
    elapsed: float
    left: float | None


def seconds_left(
    done: Iterable[tuple[PlannedRun, float]],
    running: Sequence[Running],
    waiting: Iterable[PlannedRun],
) -> float | None:
    """Return the seconds until the last run has ended, or ``None`` while that cannot be said.

    The work of a run is only an estimate, and engines differ more than it knows: so a run that waits is told by the
    pace of those of its own engine and model, where there are any.

    Args:
        done: runs that have ended, with the seconds that they took.
        running: those that train; as many train at once from here on.
        waiting: those that have not begun.
    """
    took: dict[tuple[str, str], tuple[float, float]] = {}
    known = [(one.run, one.elapsed + one.left) for one in running if one.left is not None]
    for run, seconds in [*done, *known]:
        work, before = took.get(_kind(run), (0.0, 0.0))
        took[_kind(run)] = work + run.work(), before + seconds
    todo = [(_kind(run), run.work()) for run in waiting]
    todo += [(_kind(one.run), one.run.work()) for one in running if one.left is None]
    told = sum(work for kind, work in todo if kind in took)
    whole = sum(work for _, work in todo)
    if not running or not took or told < _LEAST_KNOWN * whole:
        return None
    mean = sum(seconds for _, seconds in took.values()) / max(sum(work for work, _ in took.values()), 1e-9)
    rates = {kind: seconds / max(work, 1e-9) for kind, (work, seconds) in took.items()}
    lefts = [one.left for one in running if one.left is not None]
    total = sum(lefts) + sum(work * rates.get(kind, mean) for kind, work in todo)
    return max([total / len(running), *lefts])


def _kind(run: PlannedRun) -> tuple[str, str]:
    return run.config.engine, run.config.model
