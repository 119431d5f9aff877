"""Finds how many threads a run's products get: timed on the model and data at hand, and watched as it trains.

Two threads train 1.6 times faster than one on an idle machine, and 20 times slower where another process keeps a core
busy: each product then waits for the thread that has no core. So the number is not assumed but timed, and timed again
when the throughput collapses.

    with threads.allocate(trainer, hyperparameters["threads"]) as allocation:
        tuner = ThreadTuner(allocation)
        tuner.calibrate()
        for progress in trainer.epoch():
            remark = tuner.watch(progress.examples, seconds)

A run that goes on takes the number that it had (``tuner.take(count)`` instead of ``tuner.calibrate()``), because the
number decides the last bits; see ``engines.threads``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator

from engines import threads
from engines.capability import device_of
from engines.contract import EngineError
from hw1_tui.numeral import counted

_SECONDS_TIMED = 0.12
# Steps that take this long are timed from the first: warming up is nothing beside them, and one more would cost a lot.
_SECONDS_WARM = 1.2
# Training that one thread has done in this time is over before others are timed.
_SECONDS_SHORT = 0.5
_SECONDS_WATCHED = 0.5
_SECONDS_UNTIL_RETRY = 20.0
# A trial costs half a second, so it can be repeated often enough to notice that a machine long busy is free again.
_MOST_SECONDS_UNTIL_RETRY = 640.0
_WORTH_IT = 1.1
"""More threads must be so many times faster; otherwise the cores are left to other programs."""
_COLLAPSE = 2.0
"""A throughput that falls by this factor is not explained by ordinary noise."""
_QUIETER = 1.3
"""A throughput that rises by this factor above the usual one says that another program has left the cores."""


class ThreadTuner:
    """Chooses the number of threads of a run, where the user has not.

    Attributes:
        allocation: the run's threads.
    """

    def __init__(self, allocation: threads.ThreadAllocation) -> None:
        self.allocation = allocation
        self._aim = threads.cores()
        self._usual_rate = 0.0
        self._trial: tuple[int, float] | None = None
        self._wait = _SECONDS_UNTIL_RETRY
        self._since_trial = 0.0
        self._last = (0, 0.0)
        self._window = (0, 0.0)

    def take(self, count: int) -> None:
        """Use the number of threads that an earlier session of the run had, instead of calibrating."""
        self._aim = count
        self.use(min(count, self.allocation.share))

    def use(self, count: int) -> None:
        """Use so many threads from the next step on, and judge the throughput afresh."""
        self._window = (0, 0.0)
        self.allocation.use(count)

    def calibrate(self, examples: float = math.inf) -> None:
        """Find the number of threads by training a little with each, and put the trainer back as it was.

        Takes a few tenths of a second, nothing where the user has said a number or there is one core or a
        graphics card trains, and next to nothing where the whole run takes no longer: that has one thread.

        Args:
            examples: how many the run trains on in all its epochs.
        """
        if self.allocation.wanted or self.allocation.share == 1 or device_of(self.allocation.trainer) != "cpu":
            return
        before = self.allocation.trainer.state()
        best, best_rate = 1, self._time(1, examples)
        is_short = examples < best_rate * _SECONDS_SHORT
        for count in () if is_short else _steps_up(self.allocation.share):
            rate = self._time(count)
            if rate < best_rate * _WORTH_IT:  # a second time: a moment's hindrance must not decide about a whole run
                rate = max(rate, self._time(count))
            if rate < best_rate * _WORTH_IT:
                break
            best, best_rate = count, rate
        self.allocation.trainer.load(before)
        if self.allocation.share == threads.cores() and not is_short:
            self._aim = best
        self.use(best)

    @property
    def described(self) -> str:
        """Where the run trains: the device, and on a processor the number of threads."""
        device = device_of(self.allocation.trainer)
        return f"{device}, {self._threads}" if device == "cpu" else device

    @property
    def _threads(self) -> str:
        return counted(self.allocation.count, "thread")

    def _time(self, count: int, examples_in_all: float = math.inf) -> float:
        """Train a little with so many threads, over as many epochs as that takes; return examples a second.

        Where the first steps tell that all examples take a short time, no more is trained.
        """
        self.use(count)
        parts = self._trained()
        start = time.perf_counter()
        examples = next(parts)  # the first steps warm up
        seconds = time.perf_counter() - start
        is_short = examples_in_all * seconds < examples * _SECONDS_SHORT
        if seconds < _SECONDS_WARM and not is_short:
            examples, seconds, start = 0, 0.0, time.perf_counter()
            while seconds <= _SECONDS_TIMED:
                examples += next(parts)
                seconds = time.perf_counter() - start
        parts.close()
        return examples / max(seconds, 1e-9)

    def _trained(self) -> Generator[int, None, None]:
        """Train on, one epoch after the other; yield how many examples each part had."""
        while True:
            before = 0
            for progress in self.allocation.trainer.epoch():
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
        if self.allocation.wanted:
            return ""
        if self.allocation.count > self.allocation.share:
            self.use(self.allocation.share)
            return f"Another run trains as well: it goes on with {self._threads}."
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
        limit = min(self._aim, self.allocation.share)
        if self._trial:
            return self._end_trial(*self._trial, rate)
        if self.allocation.count > 1 and rate * _COLLAPSE < self._usual_rate:
            self._try(1, rate)
        elif self.allocation.count < limit and self._since_trial > self._wait:
            self._try(limit, rate)
        elif self.allocation.count < self.allocation.share and self._usual_rate and rate > self._usual_rate * _QUIETER:
            self._try(self.allocation.share, rate)
        self._usual_rate = max(self._usual_rate, rate)
        return ""

    def _try(self, count: int, rate: float) -> None:
        self._trial = (self.allocation.count, rate)
        self._since_trial = 0.0
        self.use(count)

    def _end_trial(self, count_before: int, rate_before: float, rate: float) -> str:
        """Keep the number that was tried if it was worth it, otherwise take the one before."""
        self._trial = None
        self._usual_rate = max(rate, rate_before)
        if rate > rate_before * _WORTH_IT:
            self._wait = _SECONDS_UNTIL_RETRY
            has_fewer = self.allocation.count < count_before
            return f"Training had become slow: it goes on with {self._threads}." if has_fewer else ""
        self._wait = min(2 * self._wait, _MOST_SECONDS_UNTIL_RETRY)
        self.use(count_before)
        return ""


def _steps_up(most: int) -> Iterator[int]:
    """Yield 2, 4, 8, ... below ``most``, and ``most``."""
    count = 2
    while count < most:
        yield count
        count *= 2
    yield most
