"""How runs of the history come onto the queue with their curves: to be gone on with, or branched from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App

from engines.contract import Value
from hw1_tui.config_history import ConfigHistory
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.training.executor import Open
from hw1_tui.training.job import Job
from screens.state.live_run import LiveRun
from screens.state.messages import InterruptedFound
from screens.state.run_queue import RunQueue

if TYPE_CHECKING:
    from hw1_tui.analysis.coach import Advice
    from hw1_tui.runs import RunRecord, Store


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
        MistakeError: its configuration cannot be read any more.
    """
    config = RunConfig.from_dict({**record.config_now, **(changes or {})}, record.run)
    job = Job(config, run=record.run, changes=changes or {})
    return submit_kept(queue, store, record, job)


def submit_kept(queue: RunQueue, store: Store, record: RunRecord, job: Job, open_job: Open | None = None) -> LiveRun:
    """Put a job that goes on with a run of the history on the queue; the run's curves come once they are read."""
    live = queue.submit(job, open_job=open_job)
    queue.read(live, partial(store.metrics, record.run, joined=True))
    live.history = ConfigHistory(record.config, record.changes)
    live.parent = (record.parent, record.parent_epoch or 0) if record.parent else None
    live.before = record.changed_before or ()
    return live


def submit_branched(
    queue: RunQueue, store: Store, record: RunRecord, epoch: int, changes: Mapping[str, Value]
) -> LiveRun:
    """Put a new run on the queue that begins after an epoch of another, the curve of that one before its own.

    Raises:
        MistakeError: the other's configuration cannot be read any more.
    """
    config = RunConfig.from_dict({**record.config_after(epoch), **changes}, record.run)
    live = queue.submit(Job(config, parent=(record.run, epoch), changes=changes))
    queue.read(live, lambda: [one for one in store.metrics(record.run, joined=True) if one.epoch <= epoch])
    live.parent = record.run, epoch
    live.before = record.changes_to(epoch, {**changes, "epochs": config.epochs})
    return live


def submit_fixed(
    queue: RunQueue,
    advice: Advice,
    config: RunConfig,
    run: str,
    epochs: Sequence[EpochMetrics],
    best_epoch: int | None,
    source: LiveRun | RunRecord,
) -> LiveRun:
    """Put the run on the queue that the coach's advice asks for; a branch with the curve of the other before its own.

    Args:
        queue: trains it.
        advice: what the coach said.
        config: what the run is trained with on which it was said.
        run: that run's identifier; empty where it is not kept.
        epochs: what was measured of it, and of what it was branched from.
        best_epoch: that of its own epochs which had the lowest validation loss.
        source: the run, which knows what was changed in it.

    Raises:
        MistakeError: there is nothing to try, or nothing to branch from.
    """
    from hw1_tui.analysis.coach import fixed_job

    job = fixed_job(advice, config, run, best_epoch, epochs[-1].epoch if epochs else 0)
    live = queue.submit(job)
    if job.parent:
        live.epochs = [one for one in epochs if one.epoch <= job.parent[1]]
        live.parent = job.parent
        live.before = source.changes_to(job.parent[1], {**job.changes, "epochs": job.config.epochs})
    return live


def read_heeded(queue: RunQueue, store: Store, record: RunRecord) -> Callable[[], LiveRun]:
    """Return what puts the run on the queue that the coach asks for in place of one of the history; for a thread.

    Raises:
        MistakeError: nothing is wrong with it, or its folder or its configuration cannot be read any more.
    """
    from hw1_tui.analysis.coach import coach_kept

    coach = coach_kept(store, record)
    if coach.advice is None:
        raise MistakeError(Mistake("coach", f"nothing is wrong with {record.title} as far as it looked"))
    epochs = store.metrics(record.run, joined=True)
    return partial(submit_fixed, queue, coach.advice, coach.course.config, record.run, epochs,
                   record.results["best_epoch"], record)  # fmt: skip


def look_for_interrupted(app: App[int], store: Callable[[], Store]) -> None:
    """Tell the app of runs that were broken off. Reads the history: not for the interface's own thread."""
    if records := store().interrupted():
        app.post_message(InterruptedFound(records))
