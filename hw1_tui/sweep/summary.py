"""What a sweep came to, a trial at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import find_trained, is_done
from hw1_tui.settings.point import plain_point
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.halving import Progress, rungs_of, target_of
from hw1_tui.sweep.kept import is_given_up, progress_of, trainings_of
from hw1_tui.sweep.search import rivals_of
from hw1_tui.sweep.trial import Trial
from hw1_tui.training.event import FAILURES

HELD = "halved"
"""How a trial ended that halving stopped."""

LEFT = "given up"
"""How a trial ended that a person stopped for good."""

WAITING = "waiting"
"""Of a trial that has not begun."""

ENDED_WELL = frozenset(("finished", HELD, LEFT))
"""How a trial ends by the sweep's own rule, or because a person gave it up."""


@dataclass(frozen=True)
class TrialResult:
    """What a trial came to.

    Attributes:
        trial: the trial.
        record: the run as the history has it; ``None`` for none.
        status: the run's, or ``halved`` where halving stopped it, ``given up`` where a person did, or ``waiting``.
    """

    trial: Trial
    record: RunRecord | None
    status: str

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to train of it, whatever else is trained."""
        return self.record is not None and is_done(self.record)

    @property
    def has_finished(self) -> bool:
        """Whether all of its epochs were trained."""
        return self.status == "finished"

    def result(self, name: str) -> Any:
        """Return a result of the run by its name; ``None`` where there is none."""
        return self.record.results.get(name) if self.record else None

    def as_dict(self) -> dict[str, Any]:
        """Return it as a flat dictionary fit for JSON."""
        results = {name: self.result(name) for name in ("epochs_done", "val_loss", "val_accuracy", "seconds")}
        run = self.record.run if self.record else ""
        point = plain_point(self.trial.point)
        return {"trial": self.trial.number, **point, "seed": self.trial.seed, **results, "status": self.status,
                "run": run}  # fmt: skip


@dataclass(frozen=True)
class SweepSummary:
    """What a sweep came to.

    Attributes:
        sweep: the sweep.
        results: of every trial, in order; where TPE chooses the points, of those that are known so far.
    """

    sweep: Sweep
    results: tuple[TrialResult, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many trials have which status."""
        statuses = [result.status for result in self.results] + [WAITING] * (self.sweep.n_trials - len(self.results))
        return {status: statuses.count(status) for status in dict.fromkeys(statuses)}

    @property
    def has_failed(self) -> bool:
        """Whether a trial failed or diverged."""
        return any(result.status in FAILURES for result in self.results)

    @property
    def is_complete(self) -> bool:
        """Whether every trial ended well, by the sweep's own rule, or because a person gave it up."""
        return self.counts.keys() <= ENDED_WELL


def read_summary(sweep: Sweep, store: Store, failed: Mapping[int, str] | None = None) -> SweepSummary:
    """Return what the history has of a sweep.

    Args:
        sweep: the sweep.
        store: the history.
        failed: the trials that failed or were refused just now, of which the history has nothing, with the reason.
    """
    kept = find_trained(store, trainings_of(sweep))
    progress = {
        trial.number: _progress(sweep, store, trial, kept.get(trial.number), failed or {}) for trial in sweep.trials
    }
    results = tuple(
        TrialResult(
            trial, kept.get(trial.number), _status(sweep, trial, kept.get(trial.number), progress, failed or {})
        )
        for trial in sweep.trials
    )
    return SweepSummary(sweep, results)


def _progress(
    sweep: Sweep, store: Store, trial: Trial, record: RunRecord | None, failed: Mapping[int, str]
) -> Progress:
    if record is None:
        return Progress(is_over=trial.number in failed, is_lost=trial.number in failed, point=trial.place)
    return progress_of(sweep, trial, record, store)


def _status(
    sweep: Sweep,
    trial: Trial,
    record: RunRecord | None,
    progress: Mapping[int, Progress],
    failed: Mapping[int, str],
) -> str:
    if record is None or record.is_live or is_done(record):
        return record.status if record else "failed" if trial.number in failed else WAITING
    if is_given_up(sweep, record):
        return LEFT
    rungs = rungs_of(sweep.config.epochs) if sweep.halving else ()
    rivals = rivals_of(sweep, trial.number, progress)
    target = target_of(trial.number, rivals, rungs, trial.config.epochs, is_patient=False)
    return HELD if target is None else record.status
