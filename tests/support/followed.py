"""Jobs that workers train, as tests listen to them."""

from collections.abc import Iterable, Iterator
from typing import Any

from hw1_tui.settings import RunConfig
from hw1_tui.training.event import EpochEnded

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
