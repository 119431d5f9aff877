"""What trains in the process of a worker, as far as the end of that process concerns it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Tasks:
    """The runs that train in this process. There is one of it, as a process has one end."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._stops: list[Callable[[], object]] = []
        self._is_dismissed = False

    @contextmanager
    def joined(self, stop: Callable[[], object]) -> Iterator[None]:
        """Have a run told when the process is to end, until the context is left.

        Args:
            stop: lets the run end after its current step, kept; called from any thread.
        """
        with self._guard:
            self._stops.append(stop)
            if self._is_dismissed:
                stop()
        try:
            yield
        finally:
            with self._guard:
                self._stops.remove(stop)

    def dismiss(self) -> None:
        """Let every run end after its current step, also those that begin from now on."""
        with self._guard:
            self._is_dismissed = True
            for stop in self._stops:
                stop()

    def welcome(self) -> None:
        """Let runs train again."""
        with self._guard:
            self._is_dismissed = False

    @property
    def are_over(self) -> bool:
        """Whether no run trains."""
        return not self._stops


TASKS = Tasks()
