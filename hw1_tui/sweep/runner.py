"""Trains the trials of a sweep, what the history has of them being taken and what was interrupted gone on with."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engines.contract import Dataset
from hw1_tui.mistake import Mistake, MistakeError, NoWorkersError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.turn import (
    SECONDS_BETWEEN_LOOKS,
    WAITED_FOR,
    Training,
    find_trained,
    is_done,
    is_taken,
    read_again,
    taken,
)
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.halving import Progress, choose, next_rung, rungs_of, target_of
from hw1_tui.sweep.kept import GIVEN_UP, keep_definition, progress_of, rank_loss, trainings_of, with_kept_points
from hw1_tui.sweep.search import ask, may_ask, require_optuna, rivals_of
from hw1_tui.sweep.trial import Trial
from hw1_tui.training.checkpoint import DEFAULT_CHECKPOINTS, CheckpointOptions
from hw1_tui.training.control import Control
from hw1_tui.training.event import FAILURES, EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted
from hw1_tui.training.executor import Executor, JobEnded, OpenRecorded, open_here
from hw1_tui.training.executors import AUTO, make_executor
from hw1_tui.training.job import Job
from hw1_tui.training.job_context import JobContext
from hw1_tui.training.timed_trial import TimedTrial, time_executors

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers


@dataclass(frozen=True)
class TrialEvent:
    """An event of one of the trials.

    Attributes:
        trial: the trial.
        event: what happened in it.
        done: share of all epochs that are done or will not be trained, between 0 and 1; those under way count in part.
    """

    trial: Trial
    event: Event
    done: float


class SweepRunner:
    """Trains what is missing of a sweep.

    A trial that finished is taken as it is and one that was interrupted is gone on with, so that nothing is trained
    twice, however often the sweep is started, and by however many programs at once.

    Args:
        sweep: the sweep, on its data.
        dataset: the data.
        store: the history.
        jobs: how many trials train at once.
        checkpoints: which checkpoints are kept.
        executor: what trains them, one of ``training.executors.EXECUTOR_NAMES``.
        workers: who train in its place; see ``make_executor``.
        processes: with how many processes a timed trial compares threads, where what is to be trained takes long; none
            by default.

    Attributes:
        given_up: numbers of the trials that a person stopped for good, which may not have begun.
        begun: by the number of each trial that was begun, the job that trains it or trained it last, and its control.
    """

    def __init__(
        self,
        sweep: Sweep,
        dataset: Dataset,
        store: Store,
        jobs: int = 1,
        checkpoints: CheckpointOptions = DEFAULT_CHECKPOINTS,
        executor: str = AUTO,
        workers: Workers | None = None,
        processes: int = 0,
    ) -> None:
        self.sweep = with_kept_points(store, sweep)
        self.jobs = jobs
        self.executor = executor
        self._workers = workers
        self._processes = processes
        self._open_recorded: OpenRecorded = open_here
        self._dataset = dataset
        self._store = store
        self._context = JobContext(store, dataset, checkpoints)
        self._trials: dict[int, Trial] = {}
        self._rungs = rungs_of(sweep.config.epochs) if sweep.halving else ()
        self._elsewhere: set[int] = set()
        self.given_up: set[int] = set()
        self.begun: dict[int, tuple[Job, Control]] = {}
        self._controls: tuple[Control, ...] = ()
        self._is_stopping = False
        self._deadline = float("inf")
        self.kept: dict[int, RunRecord] = {}
        self._progress: dict[int, Progress] = {}
        self._take_up()

    def choose_executor(self, epoch_seconds: float = math.inf) -> TimedTrial | None:
        """Take the executor that is the fastest by a timed trial, where none was asked for; return the trial.

        Args:
            epoch_seconds: what an epoch of one trial takes, where that is known; what is short is not worth a trial.

        Returns:
            The trial; ``None`` where nothing had to be chosen, or there is nothing to choose between.
        """
        if self.executor != AUTO or self._workers is not None:
            return None
        jobs = [Job(trial.config, trial.label) for trial in self.missing]
        trial = time_executors(jobs, self._dataset, self.jobs, epoch_seconds, self._processes)
        self.executor = trial.fastest if trial else "threads"
        if self.executor == "processes":
            self.jobs = self._processes
        return trial

    @property
    def is_over_time(self) -> bool:
        """Whether the sweep ended, or is about to, because its time was over."""
        return time.monotonic() >= self._deadline

    @property
    def missing(self) -> list[Trial]:
        """The trials that have something left to train, as far as that can be said now."""
        return [
            trial
            for number, trial in self._trials.items()
            if target_of(
                number,
                rivals_of(self.sweep, number, self._progress),
                self._rungs,
                trial.config.epochs,
                is_patient=False,
            )
            is not None
        ]

    def _take_up(self) -> None:
        """Take up the trials of the sweep that are not known yet, as far as the history has them."""
        new = {trial.number: trial for trial in self.sweep.trials[len(self._trials) :]}
        self._trials |= new
        self._progress |= {number: Progress(point=trial.place) for number, trial in new.items()}
        self._look()
        self._left = {trial.number for trial in self.missing}

    def epochs_done(self, trial: Trial) -> int:
        """Return how many epochs of a trial are done."""
        return self._progress[trial.number].epochs

    def ask_to_stop(self) -> None:
        """End all that trains after its current step and begin nothing; for a signal's handler, takes no lock."""
        self._is_stopping = True
        for control in self._controls:
            control.ask_to_stop()

    def give_up(self, number: int) -> None:
        """Stop a trial for good; it keeps what it reached. Another thread may ask for it."""
        self.given_up.add(number)
        if number in self.begun:
            self.begun[number][1].stop()

    def steps(self) -> Iterator[TrialEvent]:
        """Train what is missing; yield every event with the share of work done.

        What another program trains is waited for, and gone on with where that one has stopped.
        """
        if self.sweep.time_limit is not None:
            self._deadline = time.monotonic() + self.sweep.time_limit
        keep_definition(self._store, self.sweep)
        for record in self.kept.values():
            self._tag(record.run)  # others may have trained it, or were killed before they tagged it
        running: dict[Job, tuple[Trial, int]] = {}
        told: set[int] = set()
        done, under_way = self._done(), dict[int, float]()
        self.choose_executor()
        executor = make_executor(self.executor, lambda job, control: self._open(*running[job], job, control),
                                 self.jobs, self._workers)  # fmt: skip
        self._open_recorded = executor.open_recorded
        with contextlib.closing(executor):
            events = executor.events()
            while self._begin(executor, running) or self._must_wait():
                if not running:
                    yield from self._waited(told)
                    continue
                job, said = next(events)
                trial = running[job][0]
                event = self._end(trial, said) if isinstance(said, JobEnded) else said
                if isinstance(said, JobEnded):
                    del running[job]
                if event is not None:
                    self._take(trial, event)
                    if isinstance(event, Progressed):
                        under_way[trial.number] = event.examples / max(event.of, 1) / max(trial.config.epochs, 1)
                    elif isinstance(event, (EpochEnded, RunEnded)):
                        under_way.pop(trial.number, None)
                        done = self._done()
                    yield TrialEvent(trial, event, min(1.0, done + sum(under_way.values()) / self.sweep.n_trials))

    # What comes next.

    def _begin(self, executor: Executor, running: dict[Job, tuple[Trial, int]]) -> bool:
        """Submit trials while there is room; return whether one trains."""
        for number in tuple(self.given_up):
            self._progress[number] = replace(self._progress[number], is_over=True)
        self._ask()
        while len(running) < executor.room and not self._is_stopping:
            busy = {trial.number for trial, _ in running.values()} | self._elsewhere
            chosen = self._choose(busy, is_patient=True) or (None if busy else self._choose(busy, is_patient=False))
            if chosen is None:
                break
            number, target = chosen
            job, control = self._job(self._trials[number], target), Control()
            running[job] = self._trials[number], target
            self.begun[number] = job, control
            if number in self.given_up:  # since it was chosen
                control.stop()
            self._watch(control)
            executor.submit(job, control)
        return bool(running)

    def _ask(self) -> None:
        """Let TPE choose the points that it can by now, and keep them before anything of theirs is trained."""
        while not self._is_stopping and may_ask(self.sweep, self._progress):
            self.sweep = ask(self.sweep, self._progress)
            keep_definition(self._store, self.sweep)
            self._take_up()

    def _watch(self, control: Control) -> None:
        self._controls = (*self._controls, control)
        if self._is_stopping:  # a signal came between
            control.ask_to_stop()

    def _choose(self, busy: set[int], *, is_patient: bool) -> tuple[int, int] | None:
        epochs = {number: trial.config.epochs for number, trial in self._trials.items()}
        rivals = {number: rivals_of(self.sweep, number, self._progress) for number in self._trials}
        return choose(rivals, self._rungs, epochs, busy, is_patient=is_patient)

    def _job(self, trial: Trial, target: int) -> Job:
        record = self.kept.get(trial.number)
        run = record.run if record and not is_done(record) else ""
        facts = {"sweep": self.sweep.as_dict(), "trial": trial.number, "point": dict(trial.point)}
        facts["executor"] = self.executor if self._workers is None else "workers"
        return Job(trial.config, trial.label, run=run, facts=facts, until=target)

    def _must_wait(self) -> bool:
        return bool(self._elsewhere) and not self._is_stopping

    def _waited(self, told: set[int]) -> Iterator[TrialEvent]:
        """Look again at the trials that another program has; say once of each that it is waited for."""
        for number in sorted(self._elsewhere - told):
            told.add(number)
            yield TrialEvent(self._trials[number], Remarked(WAITED_FOR), self._done())
        time.sleep(SECONDS_BETWEEN_LOOKS)
        if self.is_over_time:
            self.ask_to_stop()
        self._look()
        self._elsewhere = {
            number for number in self._elsewhere if is_taken(self._store, self._training(number), self.kept.get(number))
        }

    # What is known.

    def _training(self, number: int) -> Training:
        return self._trials[number].config, self.sweep.fingerprint

    def _look(self) -> None:
        """Take what the history has of the trials; of what was left and deleted there is nothing to go on with."""
        found = find_trained(self._store, trainings_of(self.sweep))
        before, self.kept = self.kept, read_again(self.kept, found)
        for number in before.keys() - self.kept.keys():
            if not self._progress[number].is_over:
                self._progress[number] = Progress(point=self._trials[number].place)
        for number, record in found.items():
            known = self._progress[number]
            if not known.is_over:
                self._progress[number] = progress_of(self.sweep, self._trials[number], record, self._store)

    def _take(self, trial: Trial, event: Event) -> None:
        """Keep what an event says of its trial."""
        known = self._progress[trial.number]
        if isinstance(event, RunStarted) and event.run:
            self._tag(event.run)
        elif isinstance(event, EpochEnded):
            losses = {**known.losses, event.epoch: rank_loss(self.sweep, event.metrics)}
            self._progress[trial.number] = replace(known, epochs=event.epoch, losses=losses)
        elif isinstance(event, RunEnded):
            is_given_up = trial.number in self.given_up
            is_unkept = not event.run and event.epochs > 0  # one that nobody had begun is as it was
            is_over = event.status != "stopped" or is_unkept or is_given_up
            is_lost = event.status in FAILURES
            # The history may have been read between its last epoch and its end, when that epoch did not count yet.
            epochs = max(known.epochs, event.epochs) if is_over else known.epochs
            self._progress[trial.number] = replace(known, epochs=epochs, is_over=is_over, is_lost=is_lost)
            self._left = {one.number for one in self.missing}
            if event.run and is_given_up and event.status == "stopped":
                self._tag(event.run, GIVEN_UP)
            if event.run:
                with contextlib.suppress(MistakeError):  # deleted since it ended
                    self.kept[trial.number] = self._store.get(event.run)

    def _tag(self, run: str, tag: str = "") -> None:
        is_own, tag = not tag, tag or self.sweep.tag
        with contextlib.suppress(MistakeError):  # its facts say it as well: a disk that is full ends no sweep
            if tag not in self._store.get(run).labels.tags:
                self._store.retag(run, add=[tag], remove=[GIVEN_UP] * is_own)  # which was in another sweep

    def _end(self, trial: Trial, end: JobEnded) -> Event | None:
        """Return the event that a job's end is, where it ended without one of its own."""
        refusal = end.refusal(self._progress[trial.number].epochs)
        if isinstance(end.error, NoWorkersError):
            self.ask_to_stop()
        is_stopped = self._is_stopping or trial.number in self.given_up
        if not refusal and not end.has_begun and not is_stopped:
            self._elsewhere.add(trial.number)
        return refusal

    def _done(self) -> float:
        shares = [
            self._progress[number].epochs / max(trial.config.epochs, 1) if number in self._left else 1.0
            for number, trial in self._trials.items()
        ]
        return sum(shares) / self.sweep.n_trials

    # The thread that trains.

    def _open(self, trial: Trial, target: int, job: Job, control: Control) -> Iterator[Event]:
        """Yield the events of a trial up to an epoch, unless another program has it or the history has more of it."""
        with taken(self._store, (trial.config, self.sweep.fingerprint)) as turn:
            kept = turn.kept
            done = int(kept.results["epochs_done"]) if kept else 0
            # Another program may have brought it to a rung since it was chosen, where it may have to stay.
            is_due = target == next_rung(done, self._rungs, trial.config.epochs)
            is_as_known = (kept.run if kept else "") == job.run and is_due
            if not turn.is_ours or not is_as_known or control.stopping:
                return
            events = self._open_recorded(job, control, self._context)
            try:
                for event in events:
                    if isinstance(event, EpochEnded) and target <= event.epoch < trial.config.epochs:
                        control.stop()
                    if self.is_over_time:
                        self.ask_to_stop()
                    yield event
            finally:
                if close := getattr(events, "close", None):
                    close()


def require_engine(sweep: Sweep) -> None:
    """See that the engine of a sweep, and Optuna where TPE chooses its points, are there before anything begins.

    Raises:
        MistakeError: one is not.
    """
    if sweep.n_tpe:
        require_optuna()
    from engines import registry

    if reason := registry.get(sweep.config.engine).unavailable():
        raise MistakeError(Mistake("engine", f"the {sweep.config.engine} engine is not available: {reason}"))
