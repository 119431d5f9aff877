"""Jobs trained by workers, as one stream of what they say."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from hw1_tui.training.control import Control
from hw1_tui.training.event import Event
from hw1_tui.training.executor import Open, ThreadExecutor
from hw1_tui.training.job import Job
from hw1_tui.training.job_context import JobContext
from hw1_tui.training.remote.following import open_followed
from hw1_tui.training.remote.workers import Workers


class WorkerExecutor(ThreadExecutor):
    """Has each job trained by a worker, which a thread of this process follows.

    Workers share neither interpreter nor BLAS, so a job begins as soon as one has room, whatever its group.

    Args:
        open_job: opens a job, by ``open_recorded``.
        workers: who train.
        is_owner: whether they end with this executor.
    """

    trains_here = False

    def __init__(self, open_job: Open, workers: Workers, *, is_owner: bool = False) -> None:
        super().__init__(open_job, workers.slots)
        self._workers = workers
        self._is_owner = is_owner
        workers.watch(lambda slots: setattr(self, "slots", slots))

    def open_recorded(self, job: Job, control: Control, context: JobContext) -> Iterator[Event]:
        """Open a job so that a worker trains and keeps it; see ``Executor.open_recorded``."""
        kept = context.checkpoints
        return open_followed(self._workers, job, context.store, control, context.dataset, every=kept.every,
                             budget=kept.budget)  # fmt: skip

    def close(self, *, wait: bool = True) -> None:
        """End; see ``Executor.close``."""
        super().close(wait=wait)
        if self._is_owner and wait:
            self._workers.close()
        elif self._is_owner:
            threading.Thread(target=self._workers.close, name="workers end", daemon=True).start()
