"""Which executor trains some runs the fastest here and now: each trains a little of them, and nothing is kept."""

from __future__ import annotations

import contextlib
import itertools
import math
import tempfile
import time
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engines import capability, registry
from engines.contract import Dataset
from hw1_tui.numeral import counted
from hw1_tui.training.control import Control
from hw1_tui.training.event import Event, Progressed
from hw1_tui.training.executor import Executor, JobEnded, ThreadExecutor
from hw1_tui.training.job import Job
from hw1_tui.training.opening import open_session
from hw1_tui.training.stacked_executor import StackedExecutor, stack_key

SECONDS = 1.0
"""So long is trained by each, once all have begun."""
_GLANCE = 0.1
"""Seconds of training that show whether it is short: all of it, twice over, then takes less than is worth a trial."""
_WORTH_IT = 1.1
"""Another executor must be so many times faster than threads, whose runs have the bits of those that train alone."""
_SHORT = 10.0
"""Seconds of training that are not worth a trial."""
_LONG = 60.0
"""Seconds of training from which on processes are tried: to begin them takes some, and each takes its own memory."""
_NEVER_ENDING = 1_000_000


@dataclass(frozen=True)
class TimedTrial:
    """What each executor came to with some runs.

    Attributes:
        runs: how many runs there are.
        rates: epochs a second, of all runs that train at once together, by the executor's name.
    """

    runs: int
    rates: Mapping[str, float]

    @property
    def fastest(self) -> str:
        """The executor to take: threads unless another is clearly faster."""
        best = max(self.rates, key=self.rates.__getitem__)
        return best if self.gain(best) > _WORTH_IT else "threads"

    def gain(self, name: str) -> float:
        """Return how many times as fast as threads an executor is."""
        return self.rates[name] / self.rates["threads"]

    @property
    def in_short(self) -> str:
        """What it came to, for the user, without a full stop."""
        others = [name for name in self.rates if name != "threads"]
        told = ", ".join(f"{name} {self.gain(name):.2g} times as fast as threads" for name in others)
        return f"{self.fastest}, by a timed trial with {counted(self.runs, 'run')}: {told}"

    @property
    def sentence(self) -> str:
        """What it came to, for the user."""
        return f"Trained by the executor {self.in_short}."


def time_executors(
    jobs: Sequence[Job], dataset: Dataset, lanes: int, epoch_seconds: float = math.inf, processes: int = 0
) -> TimedTrial | None:
    """Return what each executor comes to with those of some runs that may train as one: the most that go together.

    Args:
        jobs: the runs.
        dataset: their data.
        lanes: how many train beside each other.
        epoch_seconds: what an epoch of one takes, where that is known.
        processes: how many processes are tried where all of it takes long; none by default.

    Returns:
        The trial; ``None`` where there is nothing to choose between, or they are too short for one.
    """
    most = _most_alike(jobs)
    epochs = sum(job.config.epochs for job in most)
    may_stack = len(most) > lanes and epochs * epoch_seconds >= _SHORT * lanes
    processes = min(processes, len(jobs))
    is_long = sum(job.config.epochs for job in jobs) * epoch_seconds >= _LONG * lanes
    tries_processes = processes > 1 and is_long
    if not (may_stack or tries_processes):
        return None
    tried = most if may_stack else [jobs[0]]  # the same work for each, how many there are at once
    enough = math.inf if tries_processes else 2 * epochs / _SHORT
    with contextlib.closing(ThreadExecutor(lambda job, control: _open(job, control, dataset), lanes)) as executor:
        rates = {"threads": _rate(executor, _as_many(tried, lanes), enough)}
    if may_stack and epochs >= _SHORT * rates["threads"]:
        with contextlib.closing(StackedExecutor(lambda job, control: _open(job, control, dataset), lanes)) as executor:
            rates["stacked"] = _rate(executor, most[: executor.room])
    if tries_processes:
        rates["processes"] = _rate_of_processes(_as_many(tried, processes), dataset)
    return TimedTrial(len(most if may_stack else jobs), rates) if len(rates) > 1 else None


def _most_alike(jobs: Sequence[Job]) -> list[Job]:
    """Return those of some runs that may train as one, the most that go together."""
    alike: dict[Hashable, list[Job]] = {}
    for job in jobs:
        alike.setdefault(stack_key(job), []).append(job)
    alike.pop(None, None)
    return max(alike.values(), key=len, default=[])


def _as_many(jobs: Sequence[Job], n: int) -> list[Job]:
    return list(itertools.islice(itertools.cycle(jobs), n))


def _rate_of_processes(jobs: Sequence[Job], dataset: Dataset) -> float:
    """Return what as many processes come to; where they train is a history of its own, which goes."""
    from hw1_tui.runs import Store
    from hw1_tui.training.job_context import JobContext
    from hw1_tui.training.remote.executor import WorkerExecutor
    from hw1_tui.training.remote.process_pool import ProcessPool

    with tempfile.TemporaryDirectory(prefix="hw1-tui-") as folder:
        store = Store(Path(folder))

        def opened(job: Job, control: Control) -> Iterator[Event]:
            return executor.open_recorded(job, control, JobContext(store, dataset))

        with contextlib.closing(WorkerExecutor(opened, ProcessPool(len(jobs)), is_owner=True)) as executor:
            return _rate(executor, jobs)


@dataclass(frozen=True)
class Stacking:
    """Which of some jobs are worth being trained as one.

    Attributes:
        keys: what those have in common, by ``stack_key``.
        trials: by which that was found, each with the job that it was begun with.
    """

    keys: frozenset[Hashable]
    trials: Sequence[tuple[Job, TimedTrial]]

    def key_of(self, job: Job) -> Hashable | None:
        """Return what a job has in common with those that it is worth being trained with; ``None`` to train alone."""
        key = stack_key(job)
        return key if key in self.keys else None


def find_stacking(jobs: Mapping[Job, Dataset]) -> Stacking:
    """Return which of different jobs are worth being trained as one, by a trial for each kind of them.

    The other jobs keep the other cores busy, so a core is what they are compared on.

    Args:
        jobs: the jobs, each with its data.
    """
    kinds: dict[Hashable, dict[Hashable, list[Job]]] = {}
    for job in jobs:
        if (key := stack_key(job)) is not None:
            kind = registry.get(job.config.engine), capability.stack_key(registry.get(job.config.engine), job.config)
            kinds.setdefault((*kind, job.config.wanted), {}).setdefault(key, []).append(job)
    keys: set[Hashable] = set()
    trials: list[tuple[Job, TimedTrial]] = []
    for by_key in kinds.values():
        most = max(by_key.values(), key=len)
        trial = time_executors(most, jobs[most[0]], 1)
        if trial:
            trials.append((most[0], trial))
            keys |= by_key.keys() if trial.fastest == "stacked" else set()
    return Stacking(frozenset(keys), trials)


def _open(job: Job, control: Control, dataset: Dataset) -> Iterator[Event]:
    return open_session(job.config, control, dataset=dataset).run()


def _rate(executor: Executor, jobs: Sequence[Job], enough: float = math.inf) -> float:
    """Return how many epochs a second an executor trains of all jobs together, once each has begun.

    Args:
        executor: where they train, and nothing else.
        jobs: what trains at once.
        enough: a rate of which a short look is enough.
    """
    for job in jobs:
        executor.submit(Job(job.config.changed(epochs=_NEVER_ENDING, schedule="constant", patience=0), job.name))
    done: dict[Job, float] = {}
    begun = start = 0.0
    for job, told in executor.events():
        if isinstance(told, JobEnded):  # it is refused, or leaves the range of numbers
            return max(sum(done.values()) - begun, 0.0) / (time.perf_counter() - start) if start else 1e-9
        if not isinstance(told, Progressed):
            continue
        done[job] = told.epoch - 1 + told.examples / told.of
        now = time.perf_counter()
        if not start and len(done) == len(jobs):
            begun, start = sum(done.values()), now
        elif start and now - start > _GLANCE:
            rate = (sum(done.values()) - begun) / (now - start)
            if now - start > SECONDS or rate > enough:
                return rate
    raise AssertionError("an executor that is not closed goes on telling")
