"""Runs of one shape as one, where their engine can; the others beside each other, as in threads."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from engines import capability, registry
from engines.threads import cores
from hw1_tui.settings import seeds_of
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event
from hw1_tui.training.executor import Open, Task, ThreadExecutor, open_here
from hw1_tui.training.job import Job
from hw1_tui.training.stack_worker import StackMember, StackWorker
from hw1_tui.training.stepper import STEPPER

if TYPE_CHECKING:
    from hw1_tui.training.job_context import JobContext

WIDEST = 16
"""Runs that train as one at most: of more, none gains."""


def stack_key(job: Job) -> Hashable | None:
    """Return what jobs that may train as one have in common; ``None`` for one that trains alone.

    That is what their engine says, data, and the order of its examples. A run that looks for its own number of threads
    trains alone where that decides its bits, and what is gone on with does not go with what begins.
    """
    config = job.config
    engine = registry.get(config.engine)
    key = capability.stack_key(engine, config)
    if key is None or not (config.hyperparameters["threads"] or capability.is_thread_independent(engine, config)):
        return None
    shared = [config.hyperparameters[name] for name in ("threads", "standardize")]
    _, order_seed = seeds_of(config.hyperparameters)
    return config.engine, key, config.wanted, *shared, order_seed, bool(job.run), job.group


class StackedExecutor(ThreadExecutor):
    """Trains jobs as one where their engine can.

    A job begins when somebody asks for events and none is left to tell: then those that were submitted by then are
    there to begin together. A session each, in a thread each, trains them; see ``training.stack_worker``.

    Args:
        open_job: opens a job.
        slots: how many jobs train beside each other without being asked to; what trains as one counts once.
        key_of: says which jobs train as one: those of an equal key, alone those of ``None``.
    """

    def __init__(self, open_job: Open, slots: int = 1, key_of: Callable[[Job], Hashable | None] = stack_key) -> None:
        super().__init__(open_job, slots)
        self._key_of = key_of
        self._waits = True

    def open_recorded(self, job: Job, control: Control, context: JobContext) -> Iterator[Event]:
        """Open a job whose record says whether it trains as one with others; see ``Executor.open_recorded``."""
        executor = "stacked" if isinstance(STEPPER.get(), StackMember) else "threads"
        job = replace(job, facts={**job.facts, "executor": executor})
        return super().open_recorded(job, control, context)

    @property
    def room(self) -> int:
        """How many jobs may train at once, a stack or what there are slots for; see ``Executor.room``."""
        return max(self.slots, WIDEST)

    def _has_news(self) -> bool:
        if self._waits and not self._told and not self._is_closed:
            super()._start_waiting()
        return super()._has_news()

    def _start_waiting(self) -> None:
        """Begin nothing here where more may be submitted before somebody asks."""
        if self._waits:
            self._changed.notify_all()
        else:
            super()._start_waiting()

    @property
    def _lanes(self) -> int:
        return len({id(task.stepper.worker if isinstance(task.stepper, StackMember) and task.stepper.worker else task)
                    for task in self._running})  # fmt: skip

    def _start(self, task: Task) -> None:
        """Start a job with those that go with it; where nothing else waits they share out the lanes that are free."""
        key = self._key_of(task.job)
        alike = [other for other in self._waiting if key is not None and self._key_of(other.job) == key]
        free = max(1, (cores() if task.job.group else self.slots) - self._lanes)
        lanes = free if len(alike) == len(self._waiting) else 1
        together = alike[: min(WIDEST, -(-len(alike) // lanes))]
        if len(together) < 2:
            super()._start(task)
            return
        members = [StackMember() for _ in together]
        StackWorker(members, int(task.job.config.hyperparameters["threads"]) or 1)
        for other, member in zip(together, members, strict=True):
            other.stepper = member
            super()._start(other)


class GatheringExecutor(StackedExecutor):
    """Begins each job as soon as there is room, and together those that were gathered and are worth it.

    Args:
        open_job: opens a job.
        slots: as of ``StackedExecutor``.
    """

    def __init__(self, open_job: Open, slots: int = 1) -> None:
        super().__init__(open_job, slots, self._key_where_worth)
        self._waits = False
        self._worth: frozenset[Hashable] = frozenset()
        self._is_gathering = False

    @contextmanager
    def gathering(self, worth: frozenset[Hashable]) -> Generator[None, None, None]:
        """Begin nothing meanwhile, so that what is submitted can begin together.

        Args:
            worth: what jobs have in common that are worth being trained as one, by ``stack_key``.
        """
        with self._changed:
            self._worth, self._is_gathering = worth, True
        try:
            yield
        finally:
            with self._changed:
                self._is_gathering = False
                self._start_waiting()

    def open_recorded(self, job: Job, control: Control, context: JobContext) -> Iterator[Event]:
        """Open a job; one that belongs to no group has nothing that it could train as one with."""
        return (super().open_recorded if job.group else open_here)(job, control, context)

    def _key_where_worth(self, job: Job) -> Hashable | None:
        if not self._worth:  # and no engine is asked, which would load it
            return None
        key = stack_key(job)
        return key if key in self._worth else None

    def _start_waiting(self) -> None:
        if not self._is_gathering:
            super()._start_waiting()
