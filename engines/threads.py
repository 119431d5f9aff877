"""How many processor threads a run's matrix products get: found by timing, watched, and shared between runs.

Two threads train 1.6 times faster than one on an idle machine, and 20 times slower where another process keeps a core
busy: each product then waits for the thread that has no core. So the number is not assumed but timed, on the model and
data at hand, and timed again when the throughput collapses.

A run takes a allocation for as long as it trains:

    with threads.allocate(trainer, hyperparameters["threads"]) as allocation:
        allocation.calibrate()
        for progress in trainer.epoch():
            remark = allocation.watch(progress.examples, seconds)

The number of threads changes the last bits of a product (its sums are split differently), in numpy's BLAS as in torch.
(Not so where the numpy engine shares the work of a block among threads of its own; see
``engines.numpy_engine.worker_pool``.) So a run is repeated bit for bit only with the same number: a run that goes on
takes the number that it had (``allocation.take(count)`` instead of ``allocation.calibrate()``), and whoever wants the
same bits every time says the number.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from threadpoolctl import OpenBLASController, ThreadpoolController  # type: ignore[import-untyped]

from engines.contract import EngineError, Trainer

_SECONDS_TIMED = 0.12
_SECONDS_WARM = 1.2  # steps this long are timed as they are: beside them warming up is nothing, and more cost too much
_SECONDS_WATCHED = 0.5
_SECONDS_UNTIL_RETRY = 20.0
_MOST_SECONDS_UNTIL_RETRY = 640.0  # a trial costs half a second: what was busy for long is still noticed to have gone
_WORTH_IT = 1.1  # more threads must be so many times faster, or the other programs may have them
_COLLAPSE = 2.0  # so many times slower than before is no ordinary noise
_QUIETER = 1.3  # so many times faster than ever: whoever kept the machine busy has gone

_allocations: list[ThreadAllocation] = []
_lock = threading.Lock()


def cores() -> int:
    """Return how many threads a run may use when it is alone: the cores given to this process.

    The environment variable ``OMP_NUM_THREADS`` lowers it, as it does for BLAS and torch.
    """
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wish = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(there, int(wish))) if wish.isdecimal() else there


@contextmanager
def allocate(trainer: Trainer, wanted: int = 0) -> Iterator[ThreadAllocation]:
    """Give a run its share of the threads until the context is left.

    Runs that train at the same time in one process share the cores evenly, each noticing at its next ``watch``. BLAS
    has one number of threads for the whole process, and so has torch: the smallest that its runs want, where the
    user's own numbers come first.

    Args:
        trainer: what the run trains. One that has a say in it has a method ``use_threads(count)``, which returns how
            many of them BLAS should use in each product; ``None`` where numpy's BLAS is not used.
        wanted: the user's number, which is then never changed; 0 finds it.
    """
    taken = ThreadAllocation(trainer, wanted)
    with _lock:
        _allocations.append(taken)
    try:
        taken.use(wanted or 1)
        yield taken
    finally:
        with _lock:
            _allocations.remove(taken)
        if not sys.is_finalizing():  # BLAS may be gone already, and nothing trains any more
            _apply()


class ThreadAllocation:
    """A run's place among the runs of this process.

    Attributes:
        trainer: what the run trains.
        wanted: the user's number of threads; 0 where it is to be found.
        count: threads asked for now.
    """

    def __init__(self, trainer: Trainer, wanted: int) -> None:
        self.count = 0
        self.trainer = trainer
        self.wanted = wanted
        self._aim = cores()
        self._usual_rate = 0.0
        self._trial: tuple[int, float] | None = None
        self._wait = _SECONDS_UNTIL_RETRY
        self._since_trial = 0.0
        self._last = (0, 0.0)
        self._window = (0, 0.0)

    def take(self, count: int) -> None:
        """Use the number of threads that an earlier session of the run had, instead of calibrating."""
        self._aim = count
        self.use(min(count, self._share))

    def use(self, count: int) -> None:
        """Use so many threads from the next product on."""
        self.count = count
        self._window = (0, 0.0)
        _apply()

    def calibrate(self) -> None:
        """Find the number of threads by training a little with each, and put the trainer back as it was.

        Takes a few tenths of a second, nothing where the user has said a number or there is one core or a
        graphics card trains.
        """
        if self.wanted or self._share == 1 or getattr(self.trainer, "device", "cpu") != "cpu":
            return
        before = self.trainer.state()
        best, best_rate = 1, self._time(1)
        for count in _steps_up(self._share):
            rate = self._time(count)
            if rate < best_rate * _WORTH_IT:  # a second time: a moment's hindrance must not decide about a whole run
                rate = max(rate, self._time(count))
            if rate < best_rate * _WORTH_IT:
                break
            best, best_rate = count, rate
        self.trainer.load(before)
        if self._share == cores():
            self._aim = best
        self.use(best)

    @property
    def described(self) -> str:
        """Where the run trains: the device, and on a processor the number of threads."""
        device = str(getattr(self.trainer, "device", "cpu"))
        return f"{device}, {self._described()}" if device == "cpu" else device

    @property
    def _share(self) -> int:
        with _lock:
            return max(1, cores() // len(_allocations))

    def _time(self, count: int) -> float:
        """Train a little with so many threads, over as many epochs as that takes; return examples a second."""
        self.use(count)
        parts = self._trained()
        start = time.perf_counter()
        examples = next(parts)  # the first steps warm up
        if (seconds := time.perf_counter() - start) < _SECONDS_WARM:
            examples, seconds, start = 0, 0.0, time.perf_counter()
            while seconds <= _SECONDS_TIMED:
                examples += next(parts)
                seconds = time.perf_counter() - start
        parts.close()
        return examples / seconds

    def _trained(self) -> Generator[int, None, None]:
        """Train on, one epoch after the other; yield how many examples each part had."""
        while True:
            before = 0
            for progress in self.trainer.epoch():
                yield progress.examples - before
                before = progress.examples
            if not before:
                raise EngineError("The engine ended an epoch before its first example.")

    def watch(self, examples: int, seconds: float) -> str:
        """Look at the throughput of the training, and change the number of threads where that helps.

        Args:
            examples: examples of the epoch trained on so far.
            seconds: training time of the epoch so far, without pauses and evaluation.

        Returns:
            One sentence for the user where the number was changed; otherwise an empty one.
        """
        if self.wanted:
            return ""
        if self.count > self._share:
            self.use(self._share)
            return f"Another run trains as well: {self._described()} from here on."
        rate = self._rate(examples, seconds)
        return self._judge(rate) if rate else ""

    def _rate(self, examples: int, seconds: float) -> float:
        """Return examples a second once a window is full; 0 until then."""
        last_examples, last_seconds = self._last if examples > self._last[0] else (0, 0.0)
        self._last = (examples, seconds)
        trained, passed = self._window
        self._window = (trained + examples - last_examples, passed + seconds - last_seconds)
        if self._window[1] < _SECONDS_WATCHED:
            return 0.0
        rate = self._window[0] / self._window[1]
        self._since_trial += self._window[1]
        self._window = (0, 0.0)
        return rate

    def _judge(self, rate: float) -> str:
        limit = min(self._aim, self._share)
        if self._trial:
            return self._end_trial(*self._trial, rate)
        if self.count > 1 and rate * _COLLAPSE < self._usual_rate:
            self._try(1, rate)
        elif self.count < limit and self._since_trial > self._wait:
            self._try(limit, rate)
        elif self.count < self._share and self._usual_rate and rate > self._usual_rate * _QUIETER:
            self._try(self._share, rate)
        self._usual_rate = max(self._usual_rate, rate)
        return ""

    def _try(self, count: int, rate: float) -> None:
        self._trial = (self.count, rate)
        self._since_trial = 0.0
        self.use(count)

    def _end_trial(self, count_before: int, rate_before: float, rate: float) -> str:
        """Keep the number that was tried if it was worth it, otherwise take the one before."""
        self._trial = None
        self._usual_rate = max(rate, rate_before)
        if rate > rate_before * _WORTH_IT:
            self._wait = _SECONDS_UNTIL_RETRY
            return f"Training had become slow: {self._described()} from here on." if self.count < count_before else ""
        self._wait = min(2 * self._wait, _MOST_SECONDS_UNTIL_RETRY)
        self.use(count_before)
        return ""

    def _described(self) -> str:
        return f"{self.count} thread{'s' * (self.count != 1)}"


def _steps_up(most: int) -> Iterator[int]:
    """Yield 2, 4, 8, ... below ``most``, and ``most``."""
    count = 2
    while count < most:
        yield count
        count *= 2
    yield most


def _apply() -> None:
    """Tell every library that trains here its number of threads; BLAS gets all cores back at the end."""
    with _lock:
        kinds: dict[type | None, list[ThreadAllocation]] = {}
        for taken in _allocations:
            kinds.setdefault(type(taken.trainer) if hasattr(taken.trainer, "use_threads") else None, []).append(taken)
        of_blas: list[int] = []
        for kind, allocations in kinds.items():
            said = [taken.count for taken in allocations if taken.wanted]
            count = min(said or [taken.count for taken in allocations if taken.count], default=cores())
            for taken in allocations:
                left = taken.trainer.use_threads(count) if kind else count  # type: ignore[attr-defined]
                of_blas += [left] if left else []
        # The library lets one thread set the number and ignores all others as long as that one lives. Here every run
        # has a thread of its own, and this function is where they agree.
        OpenBLASController.clear_controlling_thread(force=True)
        ThreadpoolController().limit(limits=min(of_blas, default=cores()), user_api="blas")
