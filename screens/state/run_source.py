"""How live runs are opened so that the history keeps them: new, gone on with, branched.

Each function returns what ``RunQueue.submit`` takes as ``events``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from textual.app import App

from engines.contract import Value
from hw1_tui.config_history import ConfigHistory
from hw1_tui.settings import RunConfig
from hw1_tui.training.event import EpochEnded, Event
from screens.state.live_run import LiveRun
from screens.state.messages import InterruptedFound
from screens.state.run_queue import Events, RunQueue

if TYPE_CHECKING:
    from hw1_tui.report.runs.plan import PlannedRun
    from hw1_tui.runs import RunRecord, Store


def begun(store: Callable[[], Store]) -> Events:
    """Open new runs, each recorded from its first event.

    Args:
        store: gives the history that keeps them.
    """

    def events(live: LiveRun) -> Iterator[Event]:
        from hw1_tui.training import recording  # when the first run trains: it would hold up the first frame
        from hw1_tui.training.opening import open_session

        yield from recording.record(open_session(live.config, live.control), store())

    return events


def planned(store: Store, run: PlannedRun, fingerprint: str) -> Events:
    """Open a run of the report, or go on with it, unless another program has it or it is done: then say nothing.

    Args:
        store: the history.
        run: the run.
        fingerprint: digest of its data.
    """

    def events(live: LiveRun) -> Iterator[Event]:
        from hw1_tui.report.runs.plan import taken
        from hw1_tui.training import recording
        from hw1_tui.training.opening import open_session

        with taken(store, run, fingerprint) as turn:
            if not turn.is_ours or (turn.kept.run if turn.kept else "") != live.run_id:
                return  # the history has more of it than was known when it was asked for
            if turn.kept:
                yield from recording.resume(store, turn.kept.run, control=live.control)
            else:
                yield from recording.record(open_session(live.config, live.control), store)

    return events


def resumed(store: Store, run: str, changes: Mapping[str, Value] | None = None) -> Events:
    """Go on with a run of the history, with other values from here on."""

    def events(live: LiveRun) -> Iterator[Event]:
        from hw1_tui.training import recording

        return recording.resume(store, run, changes, live.control)

    return events


def branched(store: Store, run: str, epoch: int, changes: Mapping[str, Value] | None = None) -> Events:
    """Begin a new run where one of the history was after an epoch."""

    def events(live: LiveRun) -> Iterator[Event]:
        from hw1_tui.training import recording

        return recording.branch(store, run, epoch, changes, live.control)

    return events


def submit_resumed(
    queue: RunQueue,
    store: Store,
    record: RunRecord,
    changes: Mapping[str, Value] | None = None,
    events: Events | None = None,
) -> LiveRun:
    """Put a run of the history back on the queue with its curves, to be gone on with.

    Args:
        queue: trains it.
        store: the history.
        record: the run.
        changes: hyperparameters with other values from here on.
        events: opens it, see ``resumed``, which does by default.

    Raises:
        MistakeError: its folder or its configuration cannot be read any more.
    """
    config = RunConfig.from_dict({**record.config_now, **(changes or {})}, record.run)
    before = [read_epoch(epoch) for epoch in store.metrics(record.run, joined=True)]
    live = queue.submit(config, events=events or resumed(store, record.run, changes), run_id=record.run)
    live.epochs = before
    live.history, live.origin = ConfigHistory(record.config, record.changes), record.origin
    return live


def submit_branched(
    queue: RunQueue, store: Store, record: RunRecord, epoch: int, changes: Mapping[str, Value]
) -> LiveRun:
    """Put a new run on the queue that begins after an epoch of another, the curve of that one before its own.

    Raises:
        MistakeError: the other's folder or configuration cannot be read any more.
    """
    config = RunConfig.from_dict({**record.config_now, **changes}, record.run)
    before = [read_epoch(one) for one in store.metrics(record.run, joined=True) if one["epoch"] <= epoch]
    live = queue.submit(config, events=branched(store, record.run, epoch, changes))
    live.epochs, live.origin = before, f"branched from {record.run} after epoch {epoch}"
    return live


def read_epoch(record: Mapping[str, object]) -> EpochEnded:
    """Return an epoch from a line of the history."""
    return EpochEnded(**{field.name: record.get(field.name) for field in fields(EpochEnded)})  # type: ignore[arg-type]


def look_for_interrupted(app: App[int], store: Callable[[], Store]) -> None:
    """Tell the app of runs that were broken off. Reads the history: not for the interface's own thread."""
    if records := store().interrupted():
        app.post_message(InterruptedFound(records))
