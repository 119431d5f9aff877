"""A sweep that this program trains: a thread goes through its trials, which stand among the runs of the queue."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from textual.app import App

from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.plan import Plan
from hw1_tui.sweep.runner import SweepRunner, TrialEvent
from hw1_tui.training.eta import Eta
from hw1_tui.training.event import Progressed, Remarked, RunEnded, RunStarted
from hw1_tui.training.notification import Notification
from screens.state.field_words import in_field_words
from screens.state.live_run import LiveRun, Supplier
from screens.state.messages import SupplierTold
from screens.state.run_queue import RunQueue

SweepState = Literal["training", "stopping", "ended"]


@dataclass
class _Told:
    """What the thread has heard: an event, and what was measured of its run before it went on."""

    step: TrialEvent
    before: list[EpochMetrics] = field(default_factory=list)


class LiveSweep(Supplier):
    """A sweep that trains. Every method belongs to the interface's thread.

    Args:
        app: is told by ``SupplierTold`` that there is news.
        queue: its runs stand there.
        runner: trains it.
        store: the history.
        plan: what it will take.

    Attributes:
        lives: the runs of the trials that were begun here, by the trial's number.
        plan: as given.
        state: where it stands.
        refused: why trials were not trained of which nothing is kept, by their number.
        awaited: the trials that another program trains.
        problem: what ended it that nobody expected; empty for nothing.
        changes: goes up with everything that is told.
    """

    def __init__(self, app: App[int], queue: RunQueue, runner: SweepRunner, store: Store, plan: Plan) -> None:
        self._app, self._queue, self._runner, self._store = app, queue, runner, store
        self.plan = plan
        self.lives: dict[int, LiveRun] = {}
        self.state: SweepState = "training"
        self._done = 0.0
        self._newest = 0.0
        self.refused: dict[int, str] = {}
        self.awaited: set[int] = set()
        self.problem = ""
        self.changes = 0
        self._told: deque[_Told] = deque()
        self._has_ended = False
        self._began = queue.clock()
        self._eta: Eta | None = None

    @property
    def sweep(self) -> Sweep:
        """What is trained."""
        return self._runner.sweep

    @property
    def title(self) -> str:
        """What it is called."""
        return f"sweep {self.sweep.name}"

    @property
    def done(self) -> float:
        """Share of the work that is done, between 0 and 1; also within an epoch."""
        return max(self._done, self._newest)

    @property
    def is_busy(self) -> bool:
        """Whether it trains, or may still begin a run."""
        return self.state != "ended"

    @property
    def is_paused(self) -> bool:
        """Whether all that trains was told to wait."""
        training = [live for live in self.lives.values() if live.is_live]
        return self.is_busy and bool(training) and all(live.control.paused for live in training)

    @property
    def seconds_left(self) -> float | None:
        """Seconds to its end; ``None`` while that cannot be said."""
        if self._eta is None or self.state != "training" or self.is_paused:
            return None
        return self._eta.left(1.0, self.done, self._queue.clock() - self._began)

    def start(self) -> None:
        """Train."""
        self._queue.suppliers.append(self)
        threading.Thread(target=self._train, name=f"sweep-{self.sweep.name}", daemon=True).start()

    def stop(self) -> None:
        """Begin no trial any more and stop those that train; all can be gone on with."""
        if not self.is_busy:
            return
        self.state = "stopping"
        self._runner.ask_to_stop()
        for _, control in tuple(self._runner.begun.values()):
            control.stop()  # also one that is paused, which nobody else would wake
        for live in self.lives.values():
            if live.is_live:
                live.state = "stopping"
        self.changes += 1

    def stop_run(self, live: LiveRun) -> None:
        """Stop one of its runs for good."""
        for number, one in self.lives.items():
            if one is live:
                self.give_up(number)

    @property
    def given_up(self) -> Collection[int]:
        """Numbers of the trials that a person stopped, which may not have begun."""
        return self._runner.given_up

    def give_up(self, number: int) -> None:
        """Stop a trial for good, keeping what it reached; one that has not begun is not begun."""
        self._runner.give_up(number)
        live = self.lives.get(number)
        if live and live.is_live:
            live.state = "stopping"
            self._queue.changed.publish(live)
        self.changes += 1

    def pause(self) -> None:
        """Let all that trains wait; nothing else begins meanwhile, as there is no room."""
        for live in self.lives.values():
            if live.is_live:
                live.control.pause()

    def resume(self) -> None:
        """Let all go on that waits."""
        for live in self.lives.values():
            if live.is_live:
                live.control.resume()

    def hear(self) -> None:
        """Take what the thread has told."""
        has_ended = self._has_ended  # asked first: what was told before it ended is taken before the end
        while self._told:
            self._take(self._told.popleft())
        self.changes += 1
        if has_ended and self.state != "ended":
            self.state = "ended"
            self._queue.suppliers.remove(self)
            status = "failed" if self.problem else "finished" if self._done >= 1 else "stopped"
            ended_well = ("finished", "stopped") if status == "finished" else ("finished",)  # halving stops some
            done = sum(live.state in ended_well for live in self.lives.values())
            is_cut = self._runner.is_over_time
            self._queue.notified.publish(Notification.of_plan(status, done, len(self.lives), is_cut=is_cut))
            self._queue.changed.publish(None)

    def _take(self, told: _Told) -> None:
        trial, event = told.step.trial, told.step.event
        self._done = max(self._done, told.step.done)
        seconds = self._queue.clock() - self._began
        self._eta = self._eta or Eta(self.done, seconds)
        self._eta.reach(self.done, seconds)
        live = self.lives.get(trial.number)
        if isinstance(event, RunStarted):
            job, control = self._runner.begun[trial.number]
            if live is None:
                live = self.lives[trial.number] = self._queue.adopt(job, self)
                live.epochs = told.before
            live.control, live.job = control, job
            self.awaited.discard(trial.number)
        if live:
            live.told.append(event)
            self._queue.hear(live)
        elif isinstance(event, Remarked):
            self.awaited.add(trial.number)
        elif isinstance(event, RunEnded):
            self.refused[trial.number] = event.reason

    # The thread that trains.

    def _train(self) -> None:
        try:
            for step in self._runner.steps():
                if isinstance(step.event, Progressed):
                    self._newest = max(self._newest, step.done)
                    if live := self.lives.get(step.trial.number):
                        live.progress.append(step.event)
                    continue
                before = []
                if isinstance(step.event, RunStarted) and step.event.resumed_epoch is not None:
                    before = self._store.metrics(step.event.run, joined=True)
                self._told.append(_Told(step, before))
                self._app.post_message(SupplierTold(self))
        except MistakeError as error:
            self.problem = in_field_words(str(error))
        except Exception as error:  # a disk that is full, an engine that raises: a sentence on the screen, not silence
            self.problem = f"{type(error).__name__}: {error}"
            traceback.print_exc()
        self._has_ended = True
        self._app.post_message(SupplierTold(self))
