"""A job trained by workers, followed from here: the same events as if it trained in this thread.

A worker that dies loses its run alone, which another goes on with from its last checkpoint. What was told already is
not told again: epochs that are trained a second time are known by their number.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal

from engines.contract import Dataset, Value
from hw1_tui.files.notice import say_once
from hw1_tui.mistake import LostError, Mistake, MistakeError
from hw1_tui.runs import Store
from hw1_tui.runs.identifier import new_identifier
from hw1_tui.training.checkpoint import BUDGET
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted, Steered
from hw1_tui.training.job import Job
from hw1_tui.training.kept_data import data_path
from hw1_tui.training.provenance import versions
from hw1_tui.training.remote.event_record import unpack_event
from hw1_tui.training.remote.order import DataPlace, Order
from hw1_tui.training.remote.worker import Message
from hw1_tui.training.remote.workers import WORKERS_ALLOWED, Channel, WorkerLostError, Workers

MOST_DEATHS = 3
"""A run that has killed so many workers, each soon after the one before, is not given another."""

SECONDS_OF_TRUST = 600.0
"""A run that has trained for so long since a worker died did not kill it: queues take their machines back."""

SECONDS_OF_SILENCE = 60.0
"""A worker that tells nothing for so long, not even that it lives, is taken for dead."""

SECONDS_WITHOUT_WORKER = 2.0
"""That no worker is free is said after so long."""

_SECONDS_BETWEEN_LOOKS = 0.05
_SECONDS_BETWEEN_THINNING = 60.0


class WorkerError(Exception):
    """Something came between in a worker that is no user's mistake."""


class _Dismissed(Exception):  # noqa: N818 - no error: the worker has left the run to another; the text says why
    pass


_TOLD_TO_END = "Its worker was told to end; another goes on with it."


def open_followed(
    workers: Workers,
    job: Job,
    store: Store,
    control: Control,
    dataset: Dataset | None = None,
    *,
    every: int | None = None,
    budget: int = BUDGET,
) -> Generator[Event, None, None]:
    """Yield the events of a job that workers train; see ``training.recording.open_job``, which trains it here.

    Args:
        workers: who train.
        job: what to train.
        store: the history.
        control: the control.
        dataset: the data, where it was loaded already.
        every: see ``record``; of a run that is gone on with as before by default.
        budget: see ``record``.

    Raises:
        MistakeError: it cannot be trained, or there are no workers any more.
        WorkerError: something else came between.
    """
    yield from _Followed(workers, job, store, control, dataset, every, budget).events()


class _Followed:
    def __init__(
        self,
        workers: Workers,
        job: Job,
        store: Store,
        control: Control,
        dataset: Dataset | None,
        every: int | None,
        budget: int,
    ) -> None:
        self._workers = workers
        self._job = job
        self._store = store
        self._control = control
        self._dataset = dataset
        self._every = every
        self._budget = budget
        self._run = store.find(job.run).id if job.run else new_identifier()
        self._attempt = 0
        self._deaths, self._died = 0, 0.0
        self._started: RunStarted | None = None
        self._last = -1
        self._said: set[str] = set()
        self._trained: list[str] = []
        self._waits_since: float | None = None
        self._steered: dict[str, Value] = {}
        self._told_stop = self._has_ended = False
        self._is_paused, self._steps = False, 0
        self._thinned = time.monotonic()

    def events(self) -> Iterator[Event]:
        """Yield the events, by as many workers as it takes."""
        while True:
            try:
                yield from self._try()
            except WorkerLostError as lost:
                self._waits_since = None
                yield (told := self._lose(str(lost)))
                if isinstance(told, RunEnded):
                    return
            except _Dismissed as dismissed:
                if reason := str(dismissed):
                    self._waits_since = None
                    yield Remarked(reason, is_failure=reason != _TOLD_TO_END)
            else:
                self._store.thin(self._budget)
                return

    def _try(self) -> Iterator[Event]:
        """Yield the events of one attempt.

        Raises:
            WorkerLostError: its worker is gone.
            _Dismissed: its worker was ended by somebody else, or cannot train it and another may.
        """
        self._attempt += 1
        channel = self._workers.assign(self._order())
        is_over = False
        try:
            self._greet(channel)
            for message in self._messages(channel):
                if "begun" in message:
                    self._trained.append(message["begun"])
                if "over" in message:
                    is_over = True
                    self._raise_trouble(message)
                    if not self._has_ended:
                        yield self._stopped()
                    return
                if "lost" in message:  # whoever hands out orders has given it to another by itself
                    if self._recent_deaths + 1 >= MOST_DEATHS:  # it has to leave the run before that is given up
                        raise WorkerLostError(message["lost"])
                    yield self._lose(message["lost"])
                    self._greet(channel)
                    self._waits_since = None
                elif "waits" in message:
                    yield from self._wait()
                elif "notice" in message:
                    say_once(message["notice"], message["level"])
                elif "event" in message and (event := self._take(self._unpacked(message["event"]))):
                    yield event
        finally:
            channel.release(is_over=is_over)

    def _unpacked(self, record: Mapping[str, Any]) -> Event:
        """Return the event that a worker tells.

        Raises:
            MistakeError: it tells none that is known here: its program is another, by its number the same perhaps.
        """
        try:
            return unpack_event(record)
        except (KeyError, TypeError) as error:
            worker = self._trained[-1] if self._trained else "a worker"
            problem = f"{worker} tells what this program does not know: {type(error).__name__}: {error}"
            raise MistakeError(Mistake("--on", problem, WORKERS_ALLOWED)) from None

    def _stopped(self) -> RunEnded:
        """Return the end of a run that was stopped when no worker had it; of one that none had begun there is none."""
        run = self._run if self._started else ""
        return self._end(run, "stopped", "No worker had it.")

    def _end(self, run: str, status: Literal["stopped", "failed"], reason: str) -> RunEnded:
        """Return the end of a run that no worker tells, with the best epoch and the seconds that its history has."""
        best, seconds = None, 0.0
        with contextlib.suppress(MistakeError, OSError):
            if run in self._store:
                results = self._store.get(run).results
                best, seconds = results["best_epoch"], results["seconds"] or 0.0
        return RunEnded(run, status, max(self._last, 0), {}, best, seconds, reason)

    def _wait(self) -> Iterator[Event]:
        """Say once that no worker is free, where that takes longer than to find one."""
        now = time.monotonic()
        self._waits_since = self._waits_since or now
        if now - self._waits_since > SECONDS_WITHOUT_WORKER:
            self._waits_since = math.inf
            yield Remarked("No worker is free; the next that is trains it.")

    def _greet(self, channel: Channel) -> None:
        """Tell a worker that has just begun what the one before had not done yet; ``_forward`` does the rest."""
        self._told_stop, self._is_paused, self._steps = False, False, 0
        if self._steered:
            channel.send({"steer": self._steered})

    @property
    def _recent_deaths(self) -> int:
        return self._deaths if time.monotonic() - self._died < SECONDS_OF_TRUST else 0

    def _lose(self, reason: str) -> Event:
        """Count a death; return what is said of it: the end of the run where it was one too many."""
        self._deaths, self._died = self._recent_deaths + 1, time.monotonic()
        if self._deaths >= MOST_DEATHS:
            return self._failed(reason)
        return Remarked(f"Its worker {reason}; another goes on with it.", is_failure=True)

    def _order(self) -> Order:
        job = self._job
        return Order(
            run=self._run,
            is_new=not job.run,
            attempt=self._attempt,
            config=job.config.as_dict(),
            home=str(self._store.home.absolute()),
            parent=job.parent,
            # The first checkpoint of a run that goes on holds them; what was steered since stays then.
            changes={} if self._started and job.run else dict(job.changes),
            facts=job.facts,
            until=job.until,
            every=self._every,
            data=self._data(),
            versions=versions(),
            was_there=self._store.was_there,
        )

    def _data(self) -> DataPlace:
        """Return where the data is, its path so that it leads there from another folder too."""
        place, name = self._workers.place(self._dataset), self._job.config.data
        return replace(place, source=place.source or data_path(name) or name)

    def _messages(self, channel: Channel) -> Iterator[Message]:
        """Yield what a worker tells, what the control wants being told to it meanwhile."""
        heard = time.monotonic()
        while True:
            self._forward(channel)
            message = channel.receive(_SECONDS_BETWEEN_LOOKS)
            if message is not None:
                yield message
                heard = time.monotonic()
            elif time.monotonic() - heard > SECONDS_OF_SILENCE:
                raise WorkerLostError(f"has told nothing for {SECONDS_OF_SILENCE:.0f} s")

    def _forward(self, channel: Channel) -> None:
        """Tell the worker what the control wants and it does not know yet."""
        control = self._control
        if changes := control.take_changes():
            self._steered |= changes
            channel.send({"steer": changes})
        if control.stopping and not self._told_stop:
            self._told_stop = True
            channel.send({"say": "stop"})
        is_paused, steps = control.paused, control.steps
        if self._is_paused and not is_paused:
            channel.send({"say": "resume"})
            self._steps = 0
        elif is_paused and (not self._is_paused or steps < self._steps):
            channel.send({"say": "pause"})
            self._steps = 0
        for _ in range(steps - self._steps if is_paused else 0):
            channel.send({"say": "step"})
        self._is_paused, self._steps = is_paused, steps

    def _take(self, event: Event) -> Event | None:
        """Keep what an event says; return it unless it was told before.

        Raises:
            _Dismissed: it is the end of a run that nobody here has stopped.
        """
        if isinstance(event, RunStarted):
            return self._begin(event)
        if isinstance(event, (EpochEnded, Progressed)) and event.epoch <= self._last:
            return None
        if isinstance(event, EpochEnded):
            self._last = event.epoch
            self._control.epoch_ended()
            self._steps = max(0, self._steps - 1)
            self._thin()
        elif isinstance(event, Steered):
            self._steered.pop(event.name, None)
        elif isinstance(event, Remarked):
            if self._attempt > 1 and event.text in self._said:
                return None
            self._said.add(event.text)
        elif isinstance(event, RunEnded):
            if event.status == "stopped" and not self._is_to_stop:
                raise _Dismissed(_TOLD_TO_END)
            self._has_ended = True
        return event

    def _begin(self, event: RunStarted) -> Event | None:
        """Keep that it has begun; return the event where it is the first time."""
        is_first, self._started = self._started is None, event
        if event.run:
            self._store.was_there = True
        if is_first and self._job.run and event.resumed_epoch is not None:
            self._last = event.resumed_epoch
        return event if is_first else None

    @property
    def _is_to_stop(self) -> bool:
        return self._control.stopping or 0 < self._job.until <= self._last

    def _thin(self) -> None:
        """Keep the checkpoints of all runs to their budget: workers do not look at runs of others."""
        if time.monotonic() - self._thinned > _SECONDS_BETWEEN_THINNING:
            self._store.thin(self._budget)
            self._thinned = time.monotonic()

    def _failed(self, reason: str) -> RunEnded:
        """Return the end of a run that no worker survives, having put it into the run's log."""
        run = self._run if self._run in self._store else ""
        text = f"It was given up after {MOST_DEATHS} workers that trained it were lost; the last {reason}."
        end = self._end(run, "failed", text)
        if run:
            folder = self._store.find(run)
            with contextlib.suppress(OSError):  # held by one that was only taken for dead, or a disk that is full
                lock = folder.lock()
                try:
                    with contextlib.closing(folder.open_log()) as log:
                        log.append([{**end.as_dict(), "at": datetime.now(UTC).isoformat()}])
                finally:
                    lock.release()
        return end

    def _raise_trouble(self, over: Mapping[str, Any]) -> None:
        """Raise what a worker has told at its end."""
        if over.get("unheard"):
            raise _Dismissed(_TOLD_TO_END)
        if "again" in over:
            raise _Dismissed(over["again"])
        if mistakes := over.get("mistakes"):
            raise MistakeError([Mistake(*mistake) for mistake in mistakes])
        if over.get("held"):
            holder = self._trained[-2] if len(self._trained) > 1 else "a worker"
            problem = f"{holder} answers no more and still holds it, so that no other may go on with it"
            goes_on = f"hw1-tui runs resume {self._run}, or for one of several the same command, goes on"
            raise LostError(Mistake(self._run, problem, f"to end that process; then {goes_on}"))
        if error := over.get("error"):
            trouble = WorkerError(error)
            trouble.add_note(str(over.get("details", "")))
            raise trouble
