"""What the history has of a sweep, read in a thread, and its trials as a list shows them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hw1_tui.metric import EpochMetrics, Metric
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import is_done
from hw1_tui.sweep.conclusion import Conclusion, conclude
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.halving import Progress, is_stopped, rungs_of
from hw1_tui.sweep.summary import HELD, LEFT, SweepSummary, TrialResult, read_summary
from hw1_tui.sweep.trial import Trial
from hw1_tui.training.event import FAILURES
from screens.state.live_run import LiveRun

_OVER = ("finished", LEFT, *FAILURES)


@dataclass(frozen=True)
class SweepReading:
    """What the history has of a sweep.

    Attributes:
        summary: its trials, and what each came to.
        curves: by the identifiers of runs, what was measured after each epoch.
        conclusion: what follows; ``None`` while no trial has finished.
        gone: runs that this program trained and that are no trials any more: deleted, or gone on with otherwise.
    """

    summary: SweepSummary
    curves: Mapping[str, Sequence[EpochMetrics]]
    conclusion: Conclusion | None
    gone: frozenset[str] = frozenset()

    @property
    def sweep(self) -> Sweep:
        """The sweep."""
        return self.summary.sweep

    @property
    def is_live(self) -> bool:
        """Whether one of its runs is being trained, by this program or another."""
        return any(result.record and result.record.is_live for result in self.summary.results)


def read_sweep(
    sweep: Sweep, store: Store, before: SweepReading | None = None, trained: Iterable[str] = ()
) -> SweepReading:
    """Return what the history has of a sweep. Not for the interface's own thread.

    Args:
        sweep: the sweep.
        store: the history.
        before: what was read before, of which the curves of runs that have ended are taken.
        trained: the runs that this program kept of it and that have ended.
    """
    summary = read_summary(sweep, store)
    known = _whole_curves(before) if before and before.sweep.identifier == sweep.identifier else {}
    runs = [result.record.run for result in summary.results if result.record]
    curves = {run: known[run] if run in known else store.metrics(run, joined=True) for run in runs}
    gone = frozenset(run for run in trained if run not in runs and _is_gone(store, run))
    if before and before.conclusion and _ended(before.summary) == _ended(summary):
        return SweepReading(summary, curves, before.conclusion, gone)
    return SweepReading(summary, curves, conclude(summary, store), gone)


def _is_gone(store: Store, run: str) -> bool:
    """Return whether a run that has ended and that is counted as no trial has not merely failed."""
    try:
        return store.get(run).status != "failed"
    except MistakeError:  # deleted, or damaged
        return True


def _whole_curves(reading: SweepReading) -> dict[str, Sequence[EpochMetrics]]:
    """Return the curves of the runs that had ended when they were read: of another there may be more by now."""
    records = [result.record for result in reading.summary.results]
    return {record.run: reading.curves[record.run] for record in records if record and is_done(record)}


def try_to_read(
    sweep: Sweep, store: Store, before: SweepReading | None, trained: Iterable[str]
) -> tuple[SweepReading | None, str]:
    """Return what ``read_sweep`` does, or ``None`` and why it cannot be read: never silence."""
    try:
        return read_sweep(sweep, store, before, trained), ""
    except MistakeError as error:
        return None, str(error)
    except Exception as error:  # whatever a damaged history makes of what reads it
        return None, f"The history cannot be read: {error}"


def _ended(summary: SweepSummary) -> list[tuple[str, str, object]]:
    """Return what a conclusion rests on: which runs have ended, how, and after how many epochs."""
    return [
        (result.record.run, result.status, result.result("epochs_done"))
        for result in summary.results
        if result.record and not result.record.is_live
    ]


@dataclass(frozen=True)
class TrialView:
    """A trial as it stands now.

    Attributes:
        trial: the trial.
        state: as of a run, or ``halved``, ``given up`` or ``waiting``.
        metric: what it is ranked by.
        run: its identifier in the history; empty for none.
        points: the epochs at which the metric was measured, with its value.
        epochs_done: epochs trained.
        record: as the history has it; ``None`` for nothing.
        is_here: whether this program trains it.
    """

    trial: Trial
    state: str
    metric: Metric
    run: str = ""
    points: Sequence[tuple[int, float]] = ()
    epochs_done: int = 0
    record: RunRecord | None = field(default=None, compare=False)
    is_here: bool = False

    @property
    def value(self) -> float | None:
        """What it is ranked by now; ``None`` where that is no number or was not measured."""
        return self.points[-1][1] if self.points and math.isfinite(self.points[-1][1]) else None

    @property
    def is_training(self) -> bool:
        """Whether it trains, here or elsewhere."""
        return self.state in ("opening", "training", "paused", "stopping", "running")

    @property
    def is_over(self) -> bool:
        """Whether it trains no further."""
        return self.state in _OVER

    @property
    def rank(self) -> tuple[bool, bool, float, int]:
        """What a list is sorted by, the best first."""
        value = self.value
        is_lost = self.state in FAILURES
        loss = 0.0 if value is None or is_lost else self.metric.as_loss(value)
        return value is None, is_lost, loss, self.trial.number


def view_trials(
    reading: SweepReading, lives: Mapping[int, LiveRun], refused: Mapping[int, str], given_up: Collection[int] = ()
) -> list[TrialView]:
    """Return the trials as they stand now, the best first.

    Args:
        reading: what the history has.
        lives: the runs of those that this program trains or has trained, by number.
        refused: why some were not trained, by number.
        given_up: numbers of those that a person stopped, which may not have begun.
    """
    sweep = reading.sweep
    views = [
        _view(result, sweep, reading, lives.get(result.trial.number), refused) for result in reading.summary.results
    ]
    views = [replace(one, state=LEFT) if one.trial.number in given_up and not one.run else one for one in views]
    return sorted(views, key=lambda view: view.rank)


def poor_trials(sweep: Sweep, views: Sequence[TrialView]) -> list[TrialView]:
    """Return the trials that train or wait and that the rule of halving would stop where they are.

    Each is compared at the last rung that it reached, whether or not the sweep itself halves.

    Args:
        sweep: the sweep.
        views: all its trials.
    """
    progress = {
        view.trial.number: Progress(
            view.epochs_done,
            {epoch: sweep.ranked_by.as_loss(value) for epoch, value in view.points},
            view.is_over,
            view.state in FAILURES,
            view.trial.place,
        )
        for view in views
    }
    return [
        view
        for view in views
        if not view.is_over
        and view.state != HELD
        and (rung := _rung_of(view))
        and is_stopped(view.trial.number, progress, rung)
    ]


def _rung_of(view: TrialView) -> int:
    """Return the last rung that a trial reached; 0 for none."""
    return max((rung for rung in rungs_of(view.trial.config.epochs) if rung <= view.epochs_done), default=0)


def _view(
    result: TrialResult, sweep: Sweep, reading: SweepReading, live: LiveRun | None, refused: Mapping[int, str]
) -> TrialView:
    trial, record = result.trial, result.record
    epochs = reading.curves.get(record.run, ()) if record else ()
    run, state = record.run if record else "", result.status
    if live and not live.is_live and live.is_other_than(trial.config):
        live = None  # it trained the trial once, and is another run now
    if live and live.run_id not in reading.gone and (live.is_live or len(live.epochs) > len(epochs) or not record):
        epochs, run = live.epochs, live.run_id
        state = state if state in (HELD, LEFT) and not live.is_live else live.state
    if trial.number in refused and not run:
        state = "failed"
    points = [(one.epoch, value) for one in epochs if (value := one[sweep.metric]) is not None]
    done = epochs[-1].epoch if epochs else 0
    return TrialView(trial, state, sweep.ranked_by, run, points, done, record, bool(live))
