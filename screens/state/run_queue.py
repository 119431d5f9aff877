"""The owner of live runs: what trains, what waits its turn, what has ended, in one list.

Each run that trains has a thread that iterates its session and touches no widget: events go into the run's queue, a
message wakes the interface, and progress inside an epoch lies in a slot that a timer looks at. The threads are
daemons: a program that was told to leave at once does not wait for an engine that does not answer.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator

from textual.app import App
from textual.signal import Signal

from hw1_tui.mistake import MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, Progressed, Remarked, RunEnded
from screens.state.live_run import LiveRun
from screens.state.messages import RunPassedOver, RunRefused, RunTold

MOST_SIDE_BY_SIDE = 4
"""More threads than that only take the processor from each other."""

Events = Callable[[LiveRun], Iterator[Event]]
"""Opens a run in the thread that trains it, and gives its events; none where another program has the run."""


class RunQueue:
    """Live runs. Every method belongs to the interface's thread.

    Args:
        app: what is told that something changed.
        events: opens a new run.
        clock: seconds, for elapsed times.
        side_by_side: how many runs train at once without being asked to.

    Attributes:
        clock: as given.
        side_by_side: as given.
        runs: every run asked for since the program started, the oldest first.
        changed: published with a run when it was added or has news.
    """

    def __init__(
        self, app: App[int], events: Events, clock: Callable[[], float] = time.monotonic, side_by_side: int = 1
    ) -> None:
        self._app = app
        self._events = events
        self.clock = clock
        self.side_by_side = side_by_side
        self.runs: list[LiveRun] = []
        self._asked = 0
        self.changed: Signal[LiveRun] = Signal(app, "queue-changed")

    @property
    def live(self) -> list[LiveRun]:
        """The runs that a thread works for."""
        return [run for run in self.runs if run.is_live]

    @property
    def queued(self) -> list[LiveRun]:
        """The runs that wait for their turn."""
        return [run for run in self.runs if run.state == "queued"]

    def submit(
        self,
        config: RunConfig,
        *,
        beside: bool = False,
        events: Events | None = None,
        is_from_form: bool = False,
        run_id: str = "",
    ) -> LiveRun:
        """Ask for a run: it trains at once if nothing else does, else it waits its turn.

        Args:
            config: what to train.
            beside: train it at once, beside what trains already.
            events: opens it, such as ``screens.state.run_source.resumed`` does; a new run by default.
            is_from_form: whether the form holds it; then it is off the list where it cannot be trained.
            run_id: its name in the history, where it is gone on with.
        """
        self._asked += 1
        live = LiveRun(self._asked, config, events or self._events, run_id, clock=self.clock, is_from_form=is_from_form)
        self.runs.append(live)
        if beside:
            self.start_beside(live)
        self._start_next()
        self.changed.publish(live)
        return live

    def go_on(self, live: LiveRun, events: Events) -> None:
        """Train a run on that has ended."""
        live.control = Control()
        live.events, live.state = events, "queued"
        self._start_next()
        self.changed.publish(live)

    def start_beside(self, live: LiveRun) -> bool:
        """Let a run that waits train now; return whether there was room for it."""
        if live not in self.queued or len(self.live) >= MOST_SIDE_BY_SIDE:
            return False
        self._start(live)
        return True

    def waiting_words(self, live: LiveRun) -> str:
        """Return that a run waits and for how many, as a sentence; empty where it does not."""
        if live not in self.queued:
            return ""
        ahead = len(self.live) + self.queued.index(live)
        return f"Run {live.number} waits, {ahead} ahead: at most {MOST_SIDE_BY_SIDE} train side by side."

    def stop(self, live: LiveRun) -> None:
        """Stop a run and keep what it reached; one that waits is taken off the list, or stays as it had ended."""
        if live in self.queued:
            live.withdraw()
            if live.ended is None:
                self.runs.remove(live)
        elif live.is_live:
            live.control.stop()
            live.state = "stopping"
        self.changed.publish(live)

    def drop(self, live: LiveRun) -> None:
        """Take a run off the list that cannot be trained, and give its turn to the next."""
        self.runs.remove(live)
        self._start_next()
        self.changed.publish(live)

    def pass_over(self, live: LiveRun) -> None:
        """Take a run off the list that another program has, and give its turn to the next."""
        live.is_elsewhere = True
        live.withdraw()
        self.drop(live)

    def stop_all(self) -> None:
        """Stop every run; those that wait first, so that none takes a turn that becomes free."""
        for live in [*self.queued, *self.live]:
            self.stop(live)

    def hear(self, live: LiveRun) -> None:
        """Take what a run has told, give a free turn to the next, and say that something changed."""
        while live.told:
            event = live.told.popleft()
            live.take(event)
            if isinstance(event, Remarked):
                self._say(live, event.text)
        if live.ended and not live.is_live and (late := live.control.take_changes()):
            self._say(live, f"It ended before it could take {', '.join(late)}: nothing was changed.")
        self._start_next()
        self.changed.publish(live)

    def _say(self, live: LiveRun, text: str) -> None:
        self._app.notify(text, title=f"Run {live.number}", severity="warning", markup=False)

    def _start_next(self) -> None:
        while self.queued and len(self.live) < self.side_by_side:
            self._start(self.queued[0])

    def _start(self, live: LiveRun) -> None:
        live.open()
        self.changed.publish(live)
        threading.Thread(target=self._train, args=(live,), name=f"run-{live.number}", daemon=True).start()

    # The training thread.

    def _train(self, live: LiveRun) -> None:
        is_passed_over = True
        try:
            for event in live.events(live):
                is_passed_over = False
                self._tell(live, event)
            if is_passed_over:
                self._app.post_message(RunPassedOver(live))
        except MistakeError as error:
            if live.is_from_form and live.started is None:
                self._app.post_message(RunRefused(live, error))
            else:
                self._refuse(live, "; ".join(map(str, error.mistakes)))
        except Exception as error:  # whatever stood between the session and us, such as a full disk
            self._refuse(live, f"{type(error).__name__}: {error}", traceback.format_exc())

    def _refuse(self, live: LiveRun, reason: str, details: str = "") -> None:
        """End a run that cannot train; one that had ended before stays as it ended."""
        failed = RunEnded("", "failed", live.epochs_done, None, None, None, 0.0, reason, details)
        self._tell(live, Remarked(reason))
        self._tell(live, live.ended or failed)

    def _tell(self, live: LiveRun, event: Event) -> None:
        if isinstance(event, Progressed):
            live.progress.append(event)
            return
        live.told.append(event)
        self._app.post_message(RunTold(live))
