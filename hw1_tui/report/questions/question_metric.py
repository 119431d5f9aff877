"""The metrics that a question can ask for: those of the one table, and what follows from them epoch by epoch."""

from __future__ import annotations

from hw1_tui.metric import DERIVED, METRICS, Metric

_SPLITS = ("train", "val", "test")

WEIGHTS = "weights"
"""What a panel can draw beside metrics: how the weights of a run are distributed."""


def question_metrics() -> dict[str, Metric]:
    """Return everything that can be said of a run by one number, by its name."""
    measured = (metric for metric in METRICS.values() if metric.kind != "rate")
    return {metric.name: metric for metric in (*measured, *DERIVED.values())}


def question_curves() -> tuple[str, ...]:
    """Return the names of what a panel can draw."""
    metrics = question_metrics().values()
    return *(metric.name for metric in metrics if metric.is_of_epochs and metric.kind != "time"), WEIGHTS


def needs_classes(name: str) -> bool:
    """Whether a metric is of models that learn classes alone."""
    return name == "accuracy_gap" or share_split(name) is not None


def share_split(name: str) -> int | None:
    """Return the split (0, 1, 2) that a metric is a share of; ``None`` for one that is no share of examples."""
    metric = question_metrics().get(name)
    return _SPLITS.index(metric.split) if metric and metric.kind == "share" and metric.split else None
