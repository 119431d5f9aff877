"""What a run says while it trains: small facts, in the order in which they happened.

``as_dict()`` gives each as a flat dictionary fit for JSON: the same that ``--format jsonl`` prints and that a run's
history keeps. Numbers in it are finite or ``None``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from hw1_tui.diagnostics import Diagnostics
from hw1_tui.metric import EpochMetrics, end_metrics
from hw1_tui.settings import RunConfig

Status = Literal["finished", "stopped", "diverged", "failed"]

FAILURES: tuple[Status, ...] = ("failed", "diverged")
"""How a run ends that came to nothing."""


def status_clause(status: str) -> str:
    """Return what a sentence says of a run in a state, also before its end: ``is paused``, ``has diverged``."""
    return f"{'has' if status in ('finished', *FAILURES) else 'is'} {status}"


def _finite(value: Any) -> Any:
    """Return the value, or ``None`` for a number that JSON cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True)
class Event:
    """Something that happened in a run."""

    kind: ClassVar[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the event as a flat dictionary fit for JSON, its kind under ``event``."""
        return {"event": self.kind, **{name: _finite(value) for name, value in vars(self).items()}}


@dataclass(frozen=True)
class RunStarted(Event):
    """A run begins, or goes on after an interruption.

    Attributes:
        run: identifier of the run; empty where it is not kept.
        config: what is trained.
        examples: number of examples in the train, val and test split.
        features: number of features of one example.
        classes: names of the classes; empty for a regression.
        parameters: number of weights, biases included.
        updates_per_epoch: steps that one epoch takes.
        resumed_epoch: the last epoch that was done before; ``None`` for a fresh start.
        remark: one sentence on the data that must be said, such as that it is drawn.
        fingerprint: hexadecimal digest of the data.
        trained_on: the device, and on a processor the number of threads: ``cpu, 2 threads``.
        found: what was found out when the data was read, a sentence each.
    """

    kind = "run_started"
    run: str
    config: RunConfig
    examples: tuple[int, int, int]
    features: int
    classes: tuple[str, ...]
    parameters: int
    updates_per_epoch: int
    resumed_epoch: int | None = None
    remark: str = ""
    fingerprint: str = ""
    trained_on: str = ""
    found: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the event with the configuration's values beside its own."""
        train, val, test = self.examples
        return {
            "event": self.kind,
            "run": self.run,
            **self.config.as_dict(),
            "train_examples": train,
            "val_examples": val,
            "test_examples": test,
            "features": self.features,
            "classes": list(self.classes),
            "parameters": self.parameters,
            "updates_per_epoch": self.updates_per_epoch,
            "resumed_epoch": self.resumed_epoch,
            "remark": self.remark,
            "found": list(self.found),
            "fingerprint": self.fingerprint,
            "trained_on": self.trained_on,
        }


@dataclass(frozen=True)
class Progressed(Event):
    """The epoch that is being trained has come further.

    Attributes:
        epoch: the epoch, counted from 1.
        examples: examples of it trained on so far.
        of: examples of the whole epoch.
        loss: mean of the losses of its steps so far.
        seconds: training time of the epoch so far, without pauses.
        run_seconds: of the whole run so far, counted as ``RunEnded`` counts its seconds.
    """

    kind = "progress"
    epoch: int
    examples: int
    of: int
    loss: float
    seconds: float
    run_seconds: float = 0.0


@dataclass(frozen=True)
class EpochEnded(Event):
    """An epoch is done and measured.

    Attributes:
        metrics: what was measured of the model.
        inside: what was measured inside it; ``None`` where that is off or the engine cannot show it.
    """

    kind = "epoch"
    metrics: EpochMetrics
    inside: Diagnostics | None = None

    @property
    def epoch(self) -> int:
        """The epoch, counted from 1; 0 is the untrained model."""
        return self.metrics.epoch

    def as_dict(self) -> dict[str, Any]:
        """Return the event with every metric beside the epoch, and what is inside under ``inside``."""
        inside = {"inside": self.inside.as_dict()} if self.inside else {}
        return {"event": self.kind, **self.metrics.as_dict(), **inside}


@dataclass(frozen=True)
class Steered(Event):
    """A hyperparameter was changed while the run trained.

    Attributes:
        epoch: the epoch that was being trained, or that comes next, counted from 1.
        examples: examples of that epoch that had been trained on with the old value.
        name: the hyperparameter.
        old: its value before.
        new: its value from here on.
    """

    kind = "steered"
    epoch: int
    examples: int
    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Paused(Event):
    """The run waits.

    Attributes:
        epoch: epochs done.
    """

    kind = "paused"
    epoch: int


@dataclass(frozen=True)
class Resumed(Event):
    """The run goes on after a pause.

    Attributes:
        epoch: epochs done.
    """

    kind = "resumed"
    epoch: int


@dataclass(frozen=True)
class Remarked(Event):
    """Something worth a sentence happened that does not end the run.

    Attributes:
        text: the sentence.
        is_failure: whether it tells of something that failed, which is said whatever else is not.
    """

    kind = "remark"
    text: str
    is_failure: bool = False


@dataclass(frozen=True)
class RunEnded(Event):
    """The run is over; nothing comes after it.

    Attributes:
        run: identifier of the run; empty where it is not kept.
        status: how it ended.
        epochs: epochs done.
        test_metrics: what was measured on the test split, by the name of the metric; empty where nothing was.
        best_epoch: the epoch with the lowest validation loss; ``None`` where there is none.
        seconds: training and evaluation together, without pauses, earlier sessions included.
        reason: one sentence on why it ended where the status alone does not say it.
        details: the traceback of an engine that failed.
    """

    kind = "run_ended"
    run: str
    status: Status
    epochs: int
    test_metrics: Mapping[str, float | None]
    best_epoch: int | None
    seconds: float
    reason: str = ""
    details: str = field(default="", repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the event with every metric of the test split beside its own values."""
        test = {metric.name: _finite(self.test_metrics.get(metric.name)) for metric in end_metrics()}
        return {
            "event": self.kind,
            "run": self.run,
            "status": self.status,
            "epochs": self.epochs,
            **test,
            "best_epoch": self.best_epoch,
            "seconds": _finite(self.seconds),
            "reason": self.reason,
            "details": self.details,
        }
