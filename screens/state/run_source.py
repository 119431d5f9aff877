"""How runs of the history come onto the queue with their curves: to be gone on with, or branched from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from textual.app import App

from engines.contract import Value
from hw1_tui.config_history import ConfigHistory
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event
from hw1_tui.training.executor import Open
from hw1_tui.training.job import Job
from screens.state.live_run import LiveRun
from screens.state.messages import InterruptedFound
from screens.state.run_queue import RunQueue

if TYPE_CHECKING:
    from hw1_tui.runs import RunRecord, Store


def open_kept(store: Callable[[], Store]) -> Open:
    """Return what opens runs so that a history keeps them.

    Args:
        store: gives the history.
    """

    def events(job: Job, control: Control) -> Iterator[Event]:
        from hw1_tui.training.recording import open_job  # when the first run trains: it would hold up the first frame

        return open_job(job, store(), control)

    return events


def submit_resumed(
    queue: RunQueue,
    store: Store,
    record: RunRecord,
    changes: Mapping[str, Value] | None = None,
) -> LiveRun:
    """Put a run of the history back on the queue with its curves, to be gone on with.

    Args:
        queue: trains it.
        store: the history.
        record: the run.
        changes: hyperparameters with other values from here on.

    Raises:
        MistakeError: its folder or its configuration cannot be read any more.
    """
    config = RunConfig.from_dict({**record.config_now, **(changes or {})}, record.run)
    job = Job(config, run=record.run, changes=changes or {})
    return submit_kept(queue, store, record, job)


def submit_kept(queue: RunQueue, store: Store, record: RunRecord, job: Job, open_job: Open | None = None) -> LiveRun:
    """Put a job that goes on with a run of the history on the queue, with the run's curves.

    Raises:
        MistakeError: its folder cannot be read any more.
    """
    before = store.metrics(record.run, joined=True)
    live = queue.submit(job, open_job=open_job)
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
    before = [one for one in store.metrics(record.run, joined=True) if one.epoch <= epoch]
    live = queue.submit(Job(config, parent=(record.run, epoch), changes=changes))
    live.epochs, live.origin = before, f"branched from {record.run} after epoch {epoch}"
    return live


def look_for_interrupted(app: App[int], store: Callable[[], Store]) -> None:
    """Tell the app of runs that were broken off. Reads the history: not for the interface's own thread."""
    if records := store().interrupted():
        app.post_message(InterruptedFound(records))
