"""Jobs that workers train, as tests listen to them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from engines.contract import Dataset
from hw1_tui.mistake import Mistake, NoWorkersError
from hw1_tui.settings import RunConfig
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.remote.order import DataPlace, Order
from hw1_tui.training.remote.worker import Message
from hw1_tui.training.remote.workers import Channel


class Absent:
    """A cluster that no worker has joined yet: what it is given waits until it is stopped."""

    slots = 1

    def __init__(self) -> None:
        self._is_stopped = False

    def watch(self, told: Callable[[int], object]) -> None:
        """Tell nothing: none comes."""

    def place(self, _dataset: Dataset | None) -> DataPlace:
        """Return no place."""
        return DataPlace()

    def assign(self, _order: Order) -> Channel:
        """Take an order that nobody begins."""
        return self

    def send(self, message: Message) -> None:
        """Take a stop."""
        self._is_stopped |= message.get("say") == "stop"

    def receive(self, _timeout: float) -> Message | None:
        """Return that it waits, or is over."""
        return {"over": True} if self._is_stopped else {"waits": True}

    def release(self, *, is_over: bool) -> None:
        """Take nothing any more."""

    def close(self) -> None:
        """End."""


class Gone(Absent):
    """A cluster whose scheduler is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.orders = 0

    def assign(self, _order: Order) -> Channel:
        """Take no order any more, and count how often one was given."""
        self.orders += 1
        raise NoWorkersError(Mistake("--on", "the scheduler is gone"))


CONFIG = RunConfig.from_dict({"model": "logistic_regression", "data": "digits", "epochs": 6, "threads": 1})
LONG = CONFIG.changed(epochs=100_000)


def everything(events: Iterable[Any]) -> list[Any]:
    """Return all events to the end."""
    return list(events)


def losses(events: Iterable[Any]) -> dict[int, float | None]:
    """Return the validation loss after each epoch."""
    return {event.epoch: event.metrics["val_loss"] for event in events if isinstance(event, EpochEnded)}


def until(events: Iterator[Any], kind: type, epoch: int = 0) -> Any:
    """Return the next event of a kind, of an epoch at least."""
    return next(event for event in events if isinstance(event, kind) and getattr(event, "epoch", epoch) >= epoch)
