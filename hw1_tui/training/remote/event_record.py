"""Events as they cross to another process: plain data, from which the same event is made there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hw1_tui.diagnostics import Diagnostics
from hw1_tui.metric import EpochMetrics
from hw1_tui.settings import RunConfig
from hw1_tui.training.event import (
    EpochEnded,
    Event,
    Paused,
    Progressed,
    Remarked,
    Resumed,
    RunEnded,
    RunStarted,
    Steered,
)

_KINDS: dict[str, type[Event]] = {
    kind.kind: kind for kind in (RunStarted, Progressed, EpochEnded, Steered, Paused, Resumed, Remarked, RunEnded)
}
_TUPLES = ("examples", "classes", "found")
"""Fields of ``RunStarted`` that JSON makes lists of."""


def pack_event(event: Event) -> dict[str, Any]:
    """Return an event as data that JSON holds; NaN and infinity in it are Python's, as its reader takes them."""
    record = {"kind": event.kind, **vars(event)}
    if isinstance(event, RunStarted):
        record["config"] = event.config.as_dict()
    elif isinstance(event, EpochEnded):
        metrics = {"epoch": event.epoch, "values": dict(event.metrics.values)}
        record |= {"metrics": metrics, "inside": event.inside.as_dict() if event.inside else None}
    elif isinstance(event, RunEnded):
        record["test_metrics"] = dict(event.test_metrics)
    return record


def unpack_event(record: Mapping[str, Any]) -> Event:
    """Return the event that was packed.

    Raises:
        KeyError, TypeError: it is none.
        MistakeError: its configuration is none here.
    """
    kind = _KINDS[record["kind"]]
    fields = {name: value for name, value in record.items() if name != "kind"}
    if kind is RunStarted:
        fields |= {name: tuple(fields[name]) for name in _TUPLES}
        fields["config"] = RunConfig.from_dict(fields["config"])
    elif kind is EpochEnded:
        metrics = fields["metrics"]
        return EpochEnded(EpochMetrics(metrics["epoch"], metrics["values"]), Diagnostics.from_dict(fields["inside"]))
    return kind(**fields)
