"""Several runs at once, each in a thread of its own, as one stream of what they say.

On two cores, two runs of one thread each take less time than one after the other with two threads: they share nothing
and wait for nobody, where two threads of one product wait for each other at its end, some thousand times a second.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

_SECONDS_BETWEEN_LOOKS = 0.05


def side_by_side(sources: Iterable[Callable[[], Iterator[T]]], lanes: int) -> Generator[T, None, None]:
    """Iterate several sources at a time, and yield what they give as it comes.

    A consumer that stops asking pauses them all; one that closes the generator closes what is being iterated, between
    two of its items, before the call returns.

    Args:
        sources: each is called, and what it returns is iterated and closed, in one thread; taken in their order, the
            next one when a thread is free.
        lanes: number of threads.

    Raises:
        Exception: whatever a source raised; what else is being iterated is closed first.
    """
    shared = _Lanes(iter(sources))
    threads = [threading.Thread(target=shared.work, name=f"lane-{n + 1}", daemon=True) for n in range(lanes)]
    for thread in threads:
        thread.start()
    try:
        yield from shared.given(lanes)
    finally:
        shared.end(threads)


class _Lanes(Generic[T]):
    """What the threads share: the sources that wait, and what was given."""

    def __init__(self, sources: Iterator[Callable[[], Iterator[T]]]) -> None:
        self._sources = sources
        self._turn = threading.Lock()
        self._ending = threading.Event()
        # One place: that nobody asks any more is felt by every source at its next item but one.
        self._given: queue.Queue[tuple[T] | Exception | None] = queue.Queue(maxsize=1)

    def given(self, lanes: int) -> Iterator[T]:
        """Yield what is given until every lane has nothing left to do."""
        while lanes:
            item = self._given.get()
            if item is None:
                lanes -= 1
            elif isinstance(item, Exception):
                raise item
            else:
                yield item[0]

    def end(self, threads: list[threading.Thread]) -> None:
        """Close what is being iterated, and wait until it is."""
        self._ending.set()
        for thread in threads:
            while thread.is_alive():
                try:
                    self._given.get(timeout=_SECONDS_BETWEEN_LOOKS)
                except queue.Empty:
                    continue

    def work(self) -> None:
        """Iterate one source after the other; in a thread."""
        try:
            while (source := self._next()) is not None:
                self._iterate(source())
        except Exception as error:  # raised again where the items are asked for
            self._given.put(error)
        else:
            self._given.put(None)

    def _next(self) -> Callable[[], Iterator[T]] | None:
        with self._turn:
            return None if self._ending.is_set() else next(self._sources, None)

    def _iterate(self, items: Iterator[T]) -> None:
        try:
            for item in items:
                self._given.put((item,))
                if self._ending.is_set():
                    return
        finally:
            if isinstance(items, Generator):
                items.close()
