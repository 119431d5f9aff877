"""The executors by the names that a user knows them by, and by the workers that were asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hw1_tui.training.executor import Executor, Open, ThreadExecutor
from hw1_tui.training.stacked_executor import StackedExecutor

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers
    from hw1_tui.training.timed_trial import Stacking

AUTO = "auto"
"""Not an executor: whichever is the fastest here."""


def _in_processes(open_job: Open, slots: int) -> Executor:
    from hw1_tui.training.remote.executor import WorkerExecutor  # it loads numpy
    from hw1_tui.training.remote.process_pool import ProcessPool

    return WorkerExecutor(open_job, ProcessPool(slots), is_owner=True)


EXECUTORS: dict[str, Callable[[Open, int], Executor]] = {
    "threads": ThreadExecutor,
    "stacked": StackedExecutor,
    "processes": _in_processes,
}
"""What makes each: given what opens a job, and how many jobs train at once."""

EXECUTOR_NAMES = (AUTO, *EXECUTORS)
"""What may be asked for."""


def make_executor(
    name: str, open_job: Open, slots: int = 1, workers: Workers | None = None, stacking: Stacking | None = None
) -> Executor:
    """Return the executor of a name.

    Args:
        name: one of ``EXECUTOR_NAMES``; ``auto`` trains in threads.
        open_job: opens a job.
        slots: how many jobs train at once without being asked to.
        stacking: which jobs train as one; those that can by default.
        workers: who train in place of what the name says, as many at once as they are; they outlive the executor.
    """
    if workers is not None:
        from hw1_tui.training.remote.executor import WorkerExecutor

        return WorkerExecutor(open_job, workers)
    if name == "stacked" and stacking is not None:
        return StackedExecutor(open_job, slots, stacking.key_of)
    return EXECUTORS["threads" if name == AUTO else name](open_job, slots)
