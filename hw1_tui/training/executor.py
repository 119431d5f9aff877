"""Many runs at once, as one stream of what they say.

An executor is given jobs and decides when each is trained. Its clients (the interface's queue, the report) differ only
in what they make of the events. Executors that train in other processes or on other machines follow the same protocol.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engines import registry
from engines.capability import holds_interpreter
from engines.contract import describe_error
from engines.threads import cores
from hw1_tui.mistake import MistakeError
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, RunEnded
from hw1_tui.training.job import Job
from hw1_tui.training.stepper import STEPPER, Stepper

if TYPE_CHECKING:  # what opens runs loads numpy, and the interface has an executor before its first run
    from hw1_tui.training.job_context import JobContext

Open = Callable[[Job, Control], Iterator[Event]]
"""Opens a job in the thread that trains it and gives its events; none where there is nothing to train."""

OpenRecorded = Callable[[Job, Control, "JobContext"], Iterator[Event]]
"""Opens a job so that the history keeps it; see ``Executor.open_recorded``."""

_MOST_AHEAD = 64
"""So many events may wait for who asks for them; then the runs wait too."""


@dataclass(frozen=True)
class JobEnded:
    """A job is over: the last that is told of it.

    Attributes:
        has_begun: whether there was an event before; without one and without an error there was nothing to train.
        error: what came between, such as a ``MistakeError`` for a job that is refused; ``None`` for nothing.
        details: the traceback of the error.
    """

    has_begun: bool
    error: Exception | None = None
    details: str = ""

    def refusal(self, epochs: int) -> RunEnded | None:
        """Return the end of a run that was refused, which leaves others alone; ``None`` where it was not.

        One that another program took in the moment of its turn was passed over.

        Args:
            epochs: what was trained of it before.

        Raises:
            Exception: what came between, where it is no mistake of a user's.
        """
        from hw1_tui.runs.store import RunHeldError  # with the first run, see above

        if isinstance(self.error, RunHeldError) and not self.has_begun:
            return None
        if isinstance(self.error, MistakeError):
            return RunEnded("", "failed", epochs, {}, None, 0.0, str(self.error))
        if self.error:
            raise self.error
        return None


def open_here(job: Job, control: Control, context: JobContext) -> Iterator[Event]:
    """Open a job in this thread; see ``Executor.open_recorded``."""
    from hw1_tui.training.recording import open_job  # with the first run: it loads numpy

    kept = context.checkpoints
    return open_job(job, context.store, control, context.dataset, every=kept.every, budget=kept.budget)


class Executor(Protocol):
    """Trains jobs. Every method may be called from any thread."""

    @property
    def room(self) -> int:
        """How many jobs may train at once: so many are worth being submitted before one of them ends."""

    def submit(self, job: Job, control: Control | None = None) -> Control:
        """Ask for a job; it is trained when there is room for it.

        Args:
            job: what to train.
            control: how it is paused, steered and stopped; a new one by default.

        Returns:
            The control.
        """

    def events(self) -> Iterator[tuple[Job, Event | JobEnded]]:
        """Yield what the jobs say, each job's in its order and ``JobEnded`` last, until the executor is closed."""

    def stop(self, job: Job) -> bool:
        """Stop a job and keep what it reached.

        Returns:
            Whether it still waited: then it is forgotten, and nothing is told of it.
        """

    def open_recorded(self, job: Job, control: Control, context: JobContext) -> Iterator[Event]:
        """Open a job where this executor trains, so that the history keeps it; for what opens the jobs it is given.

        Args:
            job: what to train.
            control: how it is paused, steered and stopped.
            context: the history, the data, which checkpoints are kept.

        Raises:
            MistakeError: it cannot be trained, see ``training.recording.open_job``.
        """

    def close(self, *, wait: bool = True) -> None:
        """End: what waits is forgotten, and what trains is closed between two of its events.

        Args:
            wait: return only when everything is closed.
        """


@dataclass(eq=False)
class Task:
    """A job that an executor was asked for, with what it is trained by."""

    job: Job
    control: Control
    thread: threading.Thread | None = None
    stepper: Stepper | None = None


class ThreadExecutor(Executor):
    """Trains each job in a thread of this process.

    The threads are daemons: a program that was told to leave at once does not wait for an engine that does not answer.

    Jobs begin in the order in which they were submitted. Those without a group share ``slots``. Those of one group
    train beside each other, as many as there are cores and one thread each: on two cores, two runs of one thread each
    take less time than one after the other with two threads, since they share nothing and wait for nobody, where two
    threads of one product wait for each other at its end, some thousand times a second. Of a group whose engine holds
    the interpreter one trains at a time.

    Args:
        open_job: opens a job.
        slots: how many jobs train at once without being asked to.

    Attributes:
        trains_here: whether what the threads open trains in them, and not in workers that they only follow.
    """

    trains_here = True

    def __init__(self, open_job: Open, slots: int = 1) -> None:
        self._open = open_job
        self._slots = slots
        self._waiting: list[Task] = []
        self._running: list[Task] = []
        self._told: deque[tuple[Job, Event | JobEnded]] = deque()
        self._changed = threading.Condition()
        self._is_closed = False

    @property
    def slots(self) -> int:
        """How many jobs train at once without being asked to."""
        return self._slots

    @slots.setter
    def slots(self, slots: int) -> None:
        with self._changed:
            self._slots = slots
            self._start_waiting()

    @property
    def room(self) -> int:
        """How many jobs may train at once; see ``Executor.room``."""
        return self._slots

    def submit(self, job: Job, control: Control | None = None) -> Control:
        """Ask for a job; see ``Executor.submit``."""
        task = Task(job, control or Control())
        with self._changed:
            self._waiting.append(task)
            self._start_waiting()
        return task.control

    def start(self, job: Job) -> None:
        """Let a job that waits train now, whatever trains already."""
        with self._changed:
            for task in [task for task in self._waiting if task.job is job]:
                self._start(task)

    def is_waiting(self, job: Job) -> bool:
        """Return whether a job waits for room."""
        with self._changed:
            return any(task.job is job for task in self._waiting)

    def events(self) -> Iterator[tuple[Job, Event | JobEnded]]:
        """Yield what the jobs say; see ``Executor.events``. A consumer that stops asking lets them wait before long."""
        while True:
            with self._changed:
                self._changed.wait_for(self._has_news)
                if self._is_closed:
                    return
                told = self._told.popleft()
                self._changed.notify_all()
            yield told

    def open_recorded(self, job: Job, control: Control, context: JobContext) -> Iterator[Event]:
        """Open a job in this thread; see ``Executor.open_recorded``."""
        return open_here(job, control, context)

    def _has_news(self) -> bool:
        """Return whether who asks for events need not wait; with the lock held, as often as something changes."""
        return bool(self._told) or self._is_closed

    def stop(self, job: Job) -> bool:
        """Stop a job; see ``Executor.stop``."""
        with self._changed:
            for task in [task for task in self._waiting if task.job is job]:
                self._waiting.remove(task)
                self._start_waiting()  # it may have stood before others that have room
                return True
            for task in [task for task in self._running if task.job is job]:
                task.control.stop()
            return False

    def close(self, *, wait: bool = True) -> None:
        """End; see ``Executor.close``."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            threads = [task.thread for task in self._running if task.thread]
            self._changed.notify_all()
        for thread in threads if wait else ():
            thread.join()

    # When a job may begin. Everything here is called with the lock held.

    def _start_waiting(self) -> None:
        """Start what there is room for; what waits for room of its own lets nothing overtake it."""
        for task in list(self._waiting):
            if task not in self._waiting:  # it began with another one
                continue
            if self._has_room(task.job):
                if not self._is_held_up(task.job):
                    self._start(task)
            else:
                return

    def _has_room(self, job: Job) -> bool:
        if self.trains_here and job.group and all(task.job.group == job.group for task in self._running):
            return self._lanes < cores()
        return self._lanes < self._slots

    @property
    def _lanes(self) -> int:
        """How many jobs train beside each other, those that train as one counted once."""
        return len(self._running)

    def _is_held_up(self, job: Job) -> bool:
        """Return whether a job waits for another one's engine to let go of the interpreter."""
        engine = job.config.engine
        beside = (task.job for task in self._running)
        is_beside = any(other.group == job.group and other.config.engine == engine for other in beside)
        return self.trains_here and bool(job.group) and is_beside and holds_interpreter(registry.get(engine))

    def _start(self, task: Task) -> None:
        self._waiting.remove(task)
        self._running.append(task)
        name = f"job {task.job.name}".rstrip()
        task.thread = threading.Thread(target=self._train, args=(task,), name=name, daemon=True)
        task.thread.start()

    # The threads that train.

    def _train(self, task: Task) -> None:
        has_begun, error, details = False, None, ""
        STEPPER.set(task.stepper)  # of this thread alone
        try:
            events = self._open(task.job, task.control)
            try:
                for event in events:
                    has_begun = True
                    if not self._tell(task.job, event):
                        break
            finally:
                if isinstance(events, Generator):
                    events.close()  # here, where it was iterated: what it holds, such as a lock, is given back here
        except BaseException as raised:  # what ends a thread is told by nobody else
            error = raised if isinstance(raised, Exception) else RuntimeError(describe_error(raised))
            details = traceback.format_exc()
        if task.stepper:
            task.stepper.leave()
        with self._changed:
            self._running.remove(task)
            if not self._is_closed:
                self._start_waiting()
        self._tell(task.job, JobEnded(has_begun, error, details))

    def _tell(self, job: Job, told: Event | JobEnded) -> bool:
        """Hand on what a job says, when there is room for it; return whether somebody still wants to hear it."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._told) < _MOST_AHEAD or self._is_closed)
            self._told.append((job, told))
            self._changed.notify_all()
            return not self._is_closed
