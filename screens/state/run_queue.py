"""The owner of live runs: what trains, what waits its turn, what has ended, in one list.

An executor trains them in threads that touch no widget. One more thread listens to it: it puts each event into its
run's queue and wakes the interface by a message; progress inside an epoch lies in a slot that a timer looks at.

What only a run needs is imported with the first: it would hold up the first frame.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from textual.app import App
from textual.signal import Signal

from hw1_tui.mistake import MistakeError
from hw1_tui.training.control import Control
from screens.state.messages import RunPassedOver, RunRefused, RunTold

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Advice
    from hw1_tui.metric import EpochMetrics
    from hw1_tui.training.event import Event
    from hw1_tui.training.executor import JobEnded, Open, OpenRecorded, ThreadExecutor
    from hw1_tui.training.job import Job
    from hw1_tui.training.notification import Notification
    from hw1_tui.training.remote.workers import Workers
    from screens.state.live_run import LiveRun, Supplier

MOST_SIDE_BY_SIDE = 4
"""More threads than that only take the processor from each other."""


class RunQueue:
    """Live runs. Every method belongs to the interface's thread.

    Args:
        app: what is told that something changed.
        open_job: opens a run where nothing else is said.
        clock: seconds, for elapsed times.
        side_by_side: how many runs train at once without being asked to.
        workers: who train, as many runs at once as they are; threads of this process by default.

    Attributes:
        clock: as given.
        workers: as given.
        runs: every run asked for since the program started, the oldest first.
        suppliers: what trains runs beside those that were asked for one by one.
        changed: published with a run when it was added or has news; with ``None`` when a supplier has ended.
        notified: published with what who looks elsewhere is to be told: that a run has ended, or that the coach warns.
    """

    def __init__(
        self,
        app: App[int],
        open_job: Open,
        clock: Callable[[], float] = time.monotonic,
        side_by_side: int = 1,
        workers: Workers | None = None,
    ) -> None:
        self._app = app
        self._open_job = open_job
        self.clock = clock
        self.runs: list[LiveRun] = []
        self.suppliers: list[Supplier] = []
        self._asked = 0
        self._by_job: dict[Job, LiveRun] = {}
        self._first_slots = side_by_side
        self.workers = workers
        self._listener: threading.Thread | None = None
        self.changed: Signal[LiveRun | None] = Signal(app, "queue-changed")
        self.notified: Signal[Notification] = Signal(app, "queue-notified")

    @functools.cached_property
    def _executor(self) -> ThreadExecutor:
        from hw1_tui.training.stacked_executor import GatheringExecutor

        if self.workers is None:
            return GatheringExecutor(self._open, self._first_slots)
        from hw1_tui.training.remote.executor import WorkerExecutor

        return WorkerExecutor(self._open, self.workers, is_owner=True)

    @property
    def open_recorded(self) -> OpenRecorded:
        """What opens a run where the runs of this queue train; see ``training.executor.Executor``."""
        return self._executor.open_recorded

    @contextmanager
    def gathering(self, worth: frozenset[Hashable]) -> Generator[None, None, None]:
        """Let what is put on the queue meanwhile begin together.

        Args:
            worth: what runs have in common that are worth being trained as one; workers train each alone.
        """
        from hw1_tui.training.stacked_executor import GatheringExecutor

        executor = self._executor
        with executor.gathering(worth) if isinstance(executor, GatheringExecutor) else nullcontext():
            yield
        self._look_who_began()

    @property
    def side_by_side(self) -> int:
        """How many runs train at once without being asked to."""
        return self._executor.slots

    @side_by_side.setter
    def side_by_side(self, number: int) -> None:
        self._executor.slots = number
        self._look_who_began()

    @property
    def live(self) -> list[LiveRun]:
        """The runs that a thread works for."""
        return [run for run in self.runs if run.is_live]

    @property
    def pending(self) -> list[LiveRun]:
        """The runs that train or wait for their turn."""
        return [run for run in self.runs if run.is_pending]

    @property
    def is_idle(self) -> bool:
        """Whether nothing trains, waits, or is about to begin."""
        return not self.pending and not any(supplier.is_busy for supplier in self.suppliers)

    @property
    def queued(self) -> list[LiveRun]:
        """The runs that wait for their turn."""
        return [run for run in self.runs if run.state == "queued"]

    def submit(
        self, job: Job, *, beside: bool = False, open_job: Open | None = None, is_from_form: bool = False
    ) -> LiveRun:
        """Ask for a run: it trains at once if nothing else does, else it waits its turn.

        Args:
            job: what to train.
            beside: train it at once, beside what trains already.
            open_job: opens it; as everything else by default.
            is_from_form: whether the form holds it; then it is off the list where it cannot be trained.
        """
        from screens.state.live_run import LiveRun

        self._asked += 1
        live = LiveRun(self._asked, job.config, job.run, clock=self.clock, is_from_form=is_from_form, open_job=open_job)
        self.runs.append(live)
        self._submit(live, job)
        if beside:
            self.start_beside(live)
        self.changed.publish(live)
        return live

    def adopt(self, job: Job, supplier: Supplier) -> LiveRun:
        """Take a run onto the list that a supplier trains, and that tells nobody but it."""
        from screens.state.live_run import LiveRun

        self._asked += 1
        live = LiveRun(self._asked, job.config, job.run, clock=self.clock, supplier=supplier)
        live.job = job
        live.open()
        self.runs.append(live)
        return live

    def go_on(self, live: LiveRun, job: Job) -> None:
        """Train a run on that has ended."""
        live.control, live.state, live.supplier = Control(), "queued", None
        live.open_job = None  # a report's would find that the history has it
        self._submit(live, job)
        self.changed.publish(live)

    def start_beside(self, live: LiveRun) -> bool:
        """Let a run that waits train now; return whether there was room for it."""
        if live not in self.queued or len(self.live) >= MOST_SIDE_BY_SIDE:
            return False
        self._executor.start(live.job)
        self._look_who_began()
        return True

    def waiting_words(self, live: LiveRun) -> str:
        """Return that a run waits and for how many, as a sentence; empty where it does not."""
        if live not in self.queued:
            return ""
        ahead = len(self.live) + self.queued.index(live)
        return f"Run {live.number} waits, {ahead} ahead: at most {MOST_SIDE_BY_SIDE} train side by side."

    def stop(self, live: LiveRun) -> None:
        """Stop a run and keep what it reached; one that waits is taken off the list, or stays as it had ended."""
        if live.supplier:
            live.supplier.stop_run(live)
        elif self._executor.stop(live.job):
            live.withdraw()
            if live.ended is None:
                self.runs.remove(live)
        elif live.is_pending:
            live.state = "stopping"
        self._look_who_began()
        self.changed.publish(live)

    def drop(self, live: LiveRun) -> None:
        """Take a run off the list that cannot be trained."""
        self.runs.remove(live)
        self._look_who_began()
        self.changed.publish(live)

    def pass_over(self, live: LiveRun) -> None:
        """Take a run off the list that another program has, or that was stopped before it looked whether one has it."""
        live.is_elsewhere = not live.control.stopping
        live.withdraw()
        self.drop(live)

    def stop_all(self) -> None:
        """Stop every run; those that wait first, so that none takes a turn that becomes free."""
        for supplier in self.suppliers:
            supplier.stop()
        for live in [*self.queued, *(live for live in self.live if not live.supplier)]:
            self.stop(live)

    def hear(self, live: LiveRun) -> None:
        """Take what a run has told, and say that something changed."""
        from hw1_tui.training.event import Remarked

        live.take_read()
        for _ in range(len(live.told)):  # what is told meanwhile has its own turn: keys and signals come between
            event, ended = live.told.popleft(), live.ended
            advice = live.take(event)
            if isinstance(event, Remarked) and not live.supplier:  # which says what is worth it of its many
                self._say(live, event.text)
            if event is not ended and not live.supplier and (notification := _notification(live, event, advice)):
                self.notified.publish(notification)
        if live.ended and not live.is_live and (late := live.control.take_changes()):
            self._say(live, f"It ended before it could take {', '.join(late)}: nothing was changed.")
        self._look_who_began()
        self.changed.publish(live)

    def read(self, live: LiveRun, read: Callable[[], list[EpochMetrics]]) -> None:
        """Have what the history knows of a run read in a thread: 100,000 epochs take a second."""

        def work() -> None:
            try:
                live.read.append(read())
            except (MistakeError, OSError) as error:
                from hw1_tui.training.event import Remarked

                live.told.append(Remarked(f"Its curve before cannot be read: {error}"))
            self._app.post_message(RunTold(live))

        self._app.run_worker(work, thread=True, group="curves", exit_on_error=False)

    def close(self) -> None:
        """Take no run any more, and listen to none; waits for nothing."""
        if self._listener:
            self._executor.close(wait=False)

    def _say(self, live: LiveRun, text: str) -> None:
        self._app.notify(text, title=f"Run {live.number}", severity="warning", markup=False)

    def _submit(self, live: LiveRun, job: Job) -> None:
        live.job = job
        self._by_job[job] = live
        self._executor.submit(job, live.control)
        if self._listener is None:
            self._listener = threading.Thread(target=self._listen, name="run-queue", daemon=True)
            self._listener.start()
        self._look_who_began()

    def _look_who_began(self) -> None:
        """Let the runs that do not wait any more be shown as opening: the executor gives a turn that becomes free."""
        for live in self.queued:
            if not self._executor.is_waiting(live.job):
                live.open()
                self.changed.publish(live)

    # The threads of the executor, and the one that listens to it.

    def _open(self, job: Job, control: Control) -> Iterator[Event]:
        return (self._by_job[job].open_job or self._open_job)(job, control)

    def _listen(self) -> None:
        from hw1_tui.training.executor import JobEnded

        for job, told in self._executor.events():
            live = self._by_job[job]
            if isinstance(told, JobEnded):
                del self._by_job[job]
                self._take_end(live, told)
            else:
                self._tell(live, told)

    def _take_end(self, live: LiveRun, told: JobEnded) -> None:
        from hw1_tui.runs.store import RunHeldError

        if isinstance(told.error, RunHeldError) and live.started is None:
            self._app.post_message(RunPassedOver(live, str(told.error)))
        elif isinstance(told.error, MistakeError):
            if live.is_from_form and live.started is None:
                self._app.post_message(RunRefused(live, told.error))
            else:
                self._refuse(live, "; ".join(map(str, told.error.mistakes)))
        elif told.error:  # whatever stood between the session and us, such as a full disk
            self._refuse(live, f"{type(told.error).__name__}: {told.error}", told.details)
        elif not told.has_begun:
            self._app.post_message(RunPassedOver(live))

    def _refuse(self, live: LiveRun, reason: str, details: str = "") -> None:
        """End a run that cannot train; one that had ended before stays as it ended."""
        from hw1_tui.training.event import Remarked, RunEnded

        failed = RunEnded("", "failed", live.epochs_done, {}, None, 0.0, reason, details)
        self._tell(live, Remarked(reason))
        self._tell(live, live.ended or failed)

    def _tell(self, live: LiveRun, event: Event) -> None:
        from hw1_tui.training.event import Progressed

        if isinstance(event, Progressed):
            live.progress.append(event)
            return
        live.told.append(event)
        self._app.post_message(RunTold(live))


def _notification(live: LiveRun, event: Event, advice: Advice | None) -> Notification | None:
    """Return what is to be told of an event to who looks elsewhere; ``None`` for nothing."""
    from hw1_tui.training.event import RunEnded
    from hw1_tui.training.notification import Notification

    alarm = advice if advice and not advice.rule.is_remark else None
    if isinstance(event, RunEnded):
        return Notification.of_end(event, f"run {live.number}", alarm.rule.name if alarm else "")
    if alarm:
        words = (alarm.rule.name, alarm.words)
        return Notification.of_alarm(*words, alarm.epoch, live.run_id, f"run {live.number}")
    return None
