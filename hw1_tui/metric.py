"""The metrics of a run: the one table of what is measured of a model, and what was measured after an epoch.

A new metric is an entry of ``METRICS`` and the place where it is measured, ``Session``. Tables, filters, exports,
charts and questions read the table whenever they need it; a history written before the entry has ``None`` for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

Best = Literal["lowest", "highest", ""]
"""Which value of a metric is the best one; of some neither is."""

MetricKind = Literal["loss", "share", "norm", "rate", "time", "gap", "jumps", "number"]


LARGEST = 1e100
"""Of losses and norms: weights that far out are lost, and no chart has an axis for the square of it."""

_MANY_DIGITS = 1e9
"""From here on a value's power of ten says more than its digits."""


def in_decimals(value: float, style: str) -> str:
    """Return a number in a style with decimals, such as ``+.4f``; one of many digits by its power of ten."""
    return format(value, style if abs(value) < _MANY_DIGITS else f"{'+' * style.startswith('+')}g")


@dataclass(frozen=True)
class Metric:
    """What one number says of a model.

    Attributes:
        name: what files, filters and columns call it.
        title: what a person calls it.
        short: the same where there is little room.
        kind: ``loss`` is a mean per example, ``share`` one of the examples of its split; a ``rate`` is a setting that
            changes from epoch to epoch, of which a run has no result; a ``time`` is added up over a run; a ``gap`` lies
            between two splits and ``jumps`` between two epochs.
        split: the split it is measured on; that of ``test`` is measured once, at the end, all others after each epoch.
        best: which of two values is better; empty where neither is, and it is not compared then.
        decimals: how many are shown; ``None`` for as many as it has.
        importance: a narrow table leaves out the least important first.
        is_listed: whether the list of runs shows it unasked.
        is_detail: whether only whole tables of epochs show it.
        unit: in which it is measured; empty for a number without.
    """

    name: str
    title: str
    short: str
    kind: MetricKind = "number"
    split: Literal["train", "val", "test", ""] = ""
    best: Best = ""
    decimals: int | None = 4
    importance: int = 0
    is_listed: bool = False
    is_detail: bool = False
    unit: str = ""

    @property
    def is_of_epochs(self) -> bool:
        """Whether it is measured after every epoch, and not once at the end."""
        return self.split != "test"

    @property
    def is_compared(self) -> bool:
        """Whether runs are compared by it."""
        return bool(self.best) and not self.is_detail

    @property
    def heading(self) -> str:
        """What stands over a column of its bare numbers."""
        return self.unit or self.short

    def as_loss(self, value: float) -> float:
        """Return a value so that lower is better."""
        return value if self.best == "lowest" else -value

    def format(self, value: float) -> str:
        """Return a value as text; one of many digits by its power of ten."""
        return f"{value:g}" if self.decimals is None else in_decimals(value, f".{self.decimals}f")


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("train_loss", "training loss", "train loss", "loss", "train", "lowest", importance=40),
        Metric("train_eval_loss", "training loss in evaluation mode", "eval loss", "loss", "train", "lowest",
               importance=10, is_detail=True),
        Metric("train_accuracy", "training accuracy", "train acc", "share", "train", "highest", importance=50),
        Metric("val_loss", "validation loss", "val loss", "loss", "val", "lowest", importance=60),
        Metric("val_accuracy", "validation accuracy", "val acc", "share", "val", "highest", importance=80,
               is_listed=True),
        Metric("test_loss", "test loss", "test loss", "loss", "test", "lowest", importance=70),
        Metric("test_accuracy", "test accuracy", "test acc", "share", "test", "highest", importance=90,
               is_listed=True),
        Metric("weight_norm", "norm of the weights", "norm", "norm", importance=30),
        Metric("learning_rate", "learning rate", "rate", "rate", decimals=None, importance=20),
        Metric("seconds", "time", "time", "time", decimals=2, unit="seconds"),
    )
}  # fmt: skip
"""Every metric, in the order of tables."""

DERIVED: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy_gap", "training less validation accuracy", "acc gap", "gap"),
        Metric("loss_gap", "validation less training loss, both in evaluation mode", "loss gap", "gap"),
        Metric("val_loss_jumps", "mean step of the validation loss from epoch to epoch", "loss step", "jumps"),
    )
}
"""What follows from the metrics of a run epoch by epoch; see ``hw1_tui.runs.series``."""


def epoch_metrics() -> list[Metric]:
    """Return the metrics that are measured after every epoch."""
    return [metric for metric in METRICS.values() if metric.is_of_epochs]


def end_metrics() -> list[Metric]:
    """Return the metrics that are measured once, on the test split when a run ends."""
    return [metric for metric in METRICS.values() if not metric.is_of_epochs]


def by_importance(metrics: Iterable[Metric]) -> list[Metric]:
    """Return metrics with the least important first."""
    return sorted(metrics, key=lambda metric: metric.importance)


@dataclass(frozen=True)
class EpochMetrics:
    """What was measured after an epoch; ``metrics["val_loss"]`` is a value, ``None`` where it was not measured.

    Attributes:
        epoch: the epoch, counted from 1; 0 is the untrained model.
        values: by the name of the metric. The training loss is the mean over the epoch's steps, dropout on, while the
            weights moved, and for epoch 0 that of the training split; all other losses and accuracies are measured in
            evaluation mode after the epoch. The norm is Frobenius', of all weights and biases together; the learning
            rate is the one that the epoch ended with; the seconds are those of training, without evaluation and pauses.
        at: when it was written down, ISO 8601 in UTC; empty before.
    """

    epoch: int
    values: Mapping[str, float | None]
    at: str = ""

    def __getitem__(self, name: str) -> float | None:
        if name not in METRICS:
            raise KeyError(name)
        return self.values.get(name)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as a flat dictionary fit for JSON: every metric of epochs, numbers finite or ``None``."""
        values = {**{metric.name: None for metric in epoch_metrics()}, **self.values}
        finite = {name: value if value is None or math.isfinite(value) else None for name, value in values.items()}
        return {"epoch": self.epoch, **finite, **({"at": self.at} if self.at else {})}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> EpochMetrics:
        """Return what ``as_dict`` gave; values that are no numbers are left out."""
        values = {
            name: value
            for name, value in record.items()
            if name not in ("epoch", "at") and (value is None or type(value) in (int, float))
        }
        return cls(record["epoch"], values, record.get("at") or "")


NOTHING = EpochMetrics(0, {})
"""An untrained model that nobody measured."""


def best_epoch(metrics: Iterable[EpochMetrics], after: int = 0) -> EpochMetrics | None:
    """Return the trained epoch with the lowest validation loss; ``None`` where there is none.

    Args:
        metrics: the epochs.
        after: the epoch after which those are that count: of a branch its own, whose checkpoints it has.
    """
    losses = [(loss, epoch) for epoch in metrics if epoch.epoch > after and (loss := epoch["val_loss"]) is not None]
    return min(losses, key=itemgetter(0))[1] if losses else None
