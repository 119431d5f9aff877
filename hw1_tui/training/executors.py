"""The executors of this machine by the names that a user knows them by."""

from __future__ import annotations

from collections.abc import Callable

from hw1_tui.training.executor import Executor, Open, ThreadExecutor

AUTO = "auto"
"""Not an executor: whichever is the fastest here."""

EXECUTORS: dict[str, Callable[[Open, int], Executor]] = {"threads": ThreadExecutor}
"""What makes each: given what opens a job, and how many jobs train at once."""

EXECUTOR_NAMES = (AUTO, *EXECUTORS)
"""What may be asked for."""


def make_executor(name: str, open_job: Open, slots: int = 1) -> Executor:
    """Return the executor of a name.

    Args:
        name: one of ``EXECUTOR_NAMES``; ``auto`` trains in threads.
        open_job: opens a job.
        slots: how many jobs train at once without being asked to.
    """
    return EXECUTORS["threads" if name == AUTO else name](open_job, slots)
