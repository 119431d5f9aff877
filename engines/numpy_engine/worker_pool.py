"""Threads that work on one model together.

The products of a block are so short that BLAS's own threads spend much of their time waiting for each other, and where
another program takes a core from one of them, all wait for that one. So a block's work is cut into pieces, each
thread takes the next piece when it has done one, and BLAS has one thread within each. Who does which piece is left to
chance; what comes out is not, as long as pieces share no sum.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class WorkerPool:
    """The thread that trains a model, and those that help it; without help everything is done by the one."""

    def __init__(self) -> None:
        # One attribute, because the number may change from another thread while this one trains. Executors are
        # left to the garbage collector, which ends their threads when nobody submits to them any more.
        self._helpers: tuple[int, ThreadPoolExecutor | None] = 0, None

    def resize(self, count: int) -> None:
        """Use so many threads, at least 1, from the next piece of work on."""
        if count - 1 != self._helpers[0]:
            executor = ThreadPoolExecutor(count - 1, thread_name_prefix="pool") if count > 1 else None
            self._helpers = count - 1, executor

    def start(self, work: Callable[[], T]) -> Callable[[], T]:
        """Let a helper do something in the meantime.

        Returns:
            What waits for the result and returns it, each time it is called. Without helpers the work is done then.
        """
        _, executor = self._helpers
        return _submit(executor, work).result if executor else _later(work)

    def share(self, work: Callable[[T], object], pieces: Iterable[T]) -> None:
        """Do some work on every piece, in any order, several at the same time; return when all are done."""
        todo = list(pieces)
        waiting = iter(todo)  # next() on a list's iterator cannot be interrupted by another thread

        def help_out() -> None:
            for piece in waiting:
                work(piece)

        n_helpers, executor = self._helpers
        n_wanted = min(n_helpers, len(todo) - 1)
        helpers = [_submit(executor, help_out) for _ in range(n_wanted)] if executor else ()
        help_out()
        for helper in helpers:
            helper.result()


def _later(work: Callable[[], T]) -> Callable[[], T]:
    """Return what does some work when it is first called; ``functools.cache`` takes seven times as long."""
    results: list[T] = []

    def result() -> T:
        if not results:
            results.append(work())
        return results[0]

    return result


def _submit(executor: ThreadPoolExecutor, work: Callable[[], T]) -> Future[T]:
    """Submit with the caller's context: it says how numpy treats numbers that overflow."""
    return executor.submit(contextvars.copy_context().run, work)
