"""Trains what a report, or a configuration with several seeds, needs and the history does not have yet."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engines import registry
from engines.threads import cores
from hw1_tui.mistake import Mistake, MistakeError, NoWorkersError
from hw1_tui.report.runs.plan import PlannedRun, PlannedRunKey, find_kept, key
from hw1_tui.report.runs.planned_job import epochs_done, open_planned, planned_jobs, work_left
from hw1_tui.runs import Store
from hw1_tui.runs.turn import SECONDS_BETWEEN_LOOKS, WAITED_FOR, is_done, is_taken, read_again
from hw1_tui.training.checkpoint import DEFAULT_CHECKPOINTS, CheckpointOptions
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Event, Remarked, RunEnded, RunStarted
from hw1_tui.training.executor import JobEnded
from hw1_tui.training.executors import AUTO, make_executor
from hw1_tui.training.job import Job
from hw1_tui.training.timed_trial import Stacking, find_stacking

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers


LOST = "was deleted or went on otherwise meanwhile, and is not counted. The same command trains another."
"""Said of a run that was done."""


@dataclass(frozen=True)
class RunEvent:
    """An event of one of the runs.

    Attributes:
        run: the run.
        event: what happened in it.
        done: share of all work that is done, between 0 and 1.
    """

    run: PlannedRun
    event: Event
    done: float


class Rerun:
    """Trains the runs of a plan, as many at once as there are cores, and keeps them.

    An interrupted run is gone on with and a finished one is taken as it is, so that nothing is trained twice, however
    often this is asked for, and by however many programs at once.

    Args:
        runs: what is needed.
        store: the history.
        control: the control, common to all runs; its ``stop`` ends those that train and leaves the others.
        checkpoints: which checkpoints are kept.
        executor: what trains them, one of ``training.executors.EXECUTOR_NAMES``.
        workers: who train in its place; see ``make_executor``.

    Attributes:
        kept: what the history has of the runs.
        workers: as given.
    """

    def __init__(
        self,
        runs: Sequence[PlannedRun],
        store: Store,
        control: Control,
        checkpoints: CheckpointOptions = DEFAULT_CHECKPOINTS,
        executor: str = "threads",
        workers: Workers | None = None,
    ) -> None:
        self.runs = runs
        self._executor = executor
        self.workers = workers
        self._store = store
        self._control = control
        self._checkpoints = checkpoints
        self.kept = find_kept(store, runs)
        self._first: dict[PlannedRunKey, int] = {}
        self._reached: dict[PlannedRunKey, int] = {}
        self._elsewhere: set[PlannedRunKey] = set()
        self._ended: set[PlannedRunKey] = set()

    @property
    def missing(self) -> list[PlannedRun]:
        """The runs that have to be trained, or trained to their end."""
        return [run for run in self.runs if key(run) not in self.kept or not is_done(self.kept[key(run)])]

    def steps(self) -> Iterator[RunEvent]:
        """Train what is missing; yield every event with the share of work done.

        What another program trains is waited for, and gone on with where that one has stopped.

        Raises:
            MistakeError: an engine is missing.
        """
        self._check_engines()
        left = {key(run): self._work_left(run) for run in self.missing}
        shares = dict.fromkeys(left, 0.0)
        told: set[PlannedRunKey] = set()

        def done() -> float:
            return min(1.0, sum(left[k] * share for k, share in shares.items()) / (sum(left.values()) or 1.0))

        while (open_runs := self._open_runs()) and not self._control.stopping:
            self._elsewhere.clear()
            for run, event in self._round(open_runs):
                shares[key(run)] = max(shares[key(run)], _share(event, self._first.get(key(run), 0), run.config.epochs))
                yield RunEvent(run, event, done())
            self.kept = read_again(self.kept, find_kept(self._store, self.runs))
            shares.update(dict.fromkeys(left.keys() - {key(run) for run in self.missing}, 1.0))
            elsewhere = self._still_elsewhere()
            for run in (run for run in elsewhere if key(run) not in told):
                told.add(key(run))
                yield RunEvent(run, Remarked(WAITED_FOR), done())
            if elsewhere:
                time.sleep(SECONDS_BETWEEN_LOOKS)
        for run in self._lost():
            yield RunEvent(run, Remarked(LOST, is_failure=True), done())

    def _lost(self) -> list[PlannedRun]:
        """Look at the history once more; return the runs that were done and are not there any more as they were asked.

        It may have taken hours, in which others can delete a run, or go on with it.
        """
        before = set(map(key, self.missing))
        self.kept = find_kept(self._store, self.runs)
        return [run for run in self.missing if key(run) not in before]

    def _check_engines(self) -> None:
        """See that everything can be trained before hours are spent on the first."""
        for run in self.missing:
            if reason := registry.get(run.config.engine).unavailable():
                raise MistakeError(Mistake(run.name, f"the {run.config.engine} engine is not available: {reason}"))

    def _open_runs(self) -> list[PlannedRun]:
        """Return the runs that are missing and did not end here: one that fails is not trained again."""
        return [run for run in self.missing if key(run) not in self._ended]

    def _still_elsewhere(self) -> list[PlannedRun]:
        """Return the runs that were passed over and that another program still has; the others are this one's turn."""
        passed_over = [run for run in self._open_runs() if key(run) in self._elsewhere]
        return [run for run in passed_over if is_taken(self._store, run.training, self.kept.get(key(run)))]

    def _round(self, runs: Sequence[PlannedRun]) -> Iterator[tuple[PlannedRun, Event]]:
        """Train those of some runs that no other program has; one that is refused has failed, and the others go on."""
        jobs = {job: run for run, job in planned_jobs(runs, self.kept)}
        stacking = self._find_stacking(jobs)
        for job, trial in stacking.trials if stacking else ():
            yield jobs[job], Remarked(trial.sentence)

        def opened(job: Job, control: Control) -> Iterator[Event]:
            run = jobs[job]
            return open_planned(run, self._store, self._checkpoints, executor.open_recorded)(job, control)

        name = "stacked" if stacking else self._executor
        executor = make_executor(name, opened, cores(), self.workers, stacking)
        with contextlib.closing(executor):
            for job in jobs:
                executor.submit(job, self._control)
            left = len(jobs)
            for job, told in executor.events():
                if not isinstance(told, JobEnded):
                    yield self._take(jobs[job], told)
                    continue
                if refusal := self._end(key(jobs[job]), told):
                    yield self._take(jobs[job], refusal)
                left -= 1
                if not left:
                    return

    def _end(self, of: PlannedRunKey, end: JobEnded) -> RunEnded | None:
        """Return the event that a job's end is, where it ended without one of its own."""
        is_gone = isinstance(end.error, NoWorkersError)
        if is_gone and self._control.stopping and not end.has_begun:  # another has told it
            return None
        refusal = end.refusal(self._reached.get(of, epochs_done(self.kept.get(of))))
        if is_gone:
            self._control.ask_to_stop()
        elif not refusal and not end.has_begun and not self._control.stopping:
            self._elsewhere.add(of)
        return refusal

    def _find_stacking(self, jobs: Mapping[Job, PlannedRun]) -> Stacking | None:
        """Return which jobs are worth being trained as one, where nobody chose an executor."""
        if self._executor != AUTO or self.workers is not None:
            return None
        return find_stacking({job: run.data for job, run in jobs.items()})

    def _take(self, run: PlannedRun, event: Event) -> tuple[PlannedRun, Event]:
        """Keep what an event says of its run."""
        if isinstance(event, RunStarted):
            self._first[key(run)] = event.resumed_epoch or 0
        elif isinstance(event, EpochEnded):
            self._reached[key(run)] = event.epoch
        elif isinstance(event, RunEnded):
            self._take_end(run, event)
        return run, event

    def _take_end(self, run: PlannedRun, event: RunEnded) -> None:
        if event.status != "stopped" or not event.run:
            self._ended.add(key(run))
        if event.run:
            with contextlib.suppress(MistakeError):  # deleted since it ended: it is missing again
                self.kept[key(run)] = self._store.get(event.run)

    def _work_left(self, run: PlannedRun) -> float:
        return work_left(run, self.kept.get(key(run)))


def _share(event: Event, first: int, epochs: int) -> float:
    """Return the share of the epochs that a run has left to do which an event says are done.

    Args:
        event: of the run.
        first: epochs that were done before.
        epochs: of the whole run.
    """
    epoch = getattr(event, "epoch", None)
    if epoch is None:
        return 0.0
    of = getattr(event, "of", 0)
    done = epoch - 1 + event.examples / of if of else epoch  # type: ignore[attr-defined]
    return float(min(1.0, (done - first) / max(epochs - first, 1)))
