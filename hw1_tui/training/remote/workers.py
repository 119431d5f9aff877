"""What who follows a job needs of workers, be they processes here or on other machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from engines.contract import Dataset
from hw1_tui.training.remote.order import DataPlace, Order
from hw1_tui.training.remote.worker import Message

WORKERS_ALLOWED = "workers of this version of hw1-tui"
"""What is told to be allowed where workers cannot train an order, or tell what is not known here."""


class WorkerLostError(Exception):
    """A worker is gone, or answers no more; the text says what is known of it, as the end of a sentence."""


class Channel(Protocol):
    """The connection to the worker that trains one order."""

    def send(self, message: Message) -> None:
        """Tell the worker something.

        Raises:
            WorkerLostError: it is gone.
        """

    def receive(self, timeout: float) -> Message | None:
        """Return what the worker told next; ``None`` where it told nothing for so many seconds.

        Raises:
            WorkerLostError: it is gone.
        """

    def release(self, *, is_over: bool) -> None:
        """Let the worker go: it trains something else where the order is over, and leaves it otherwise."""


class Workers(Protocol):
    """Who trains orders. Every method may be called from any thread."""

    @property
    def slots(self) -> int:
        """How many orders train at once."""

    def watch(self, told: Callable[[int], object]) -> None:
        """Have a change of ``slots`` told, from a thread of their own."""

    def place(self, dataset: Dataset | None) -> DataPlace:
        """Return where workers find a data set.

        Raises:
            OSError: the disk does not take it.
        """

    def assign(self, order: Order) -> Channel:
        """Give an order to a worker.

        Raises:
            WorkerLostError: it died at once.
            MistakeError: there are no workers any more.
        """

    def close(self) -> None:
        """End: every worker leaves what it trains, which is kept."""
