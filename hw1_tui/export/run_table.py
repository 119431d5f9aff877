"""Tables of runs and of their epochs, which a person reads or takes away."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.export.table import Table
from hw1_tui.metric import METRICS, EpochMetrics, by_importance, epoch_metrics
from hw1_tui.runs.record import RunRecord

_LIST_LESS = ("seconds", "engine", "data", "epochs_done", "model")
"""What a narrow line leaves out of the list of runs before it leaves out a metric, the least important first."""


def list_columns() -> tuple[str, ...]:
    """Return the columns of a list of runs."""
    metrics = (metric.name for metric in METRICS.values() if metric.is_listed)
    return "run", "name", "status", "model", "engine", "data", "epochs_done", *metrics, "seconds"


def runs_table(records: Sequence[RunRecord], columns: Sequence[str] = ()) -> Table:
    """Return runs as rows, with any values of ``RunRecord.as_dict`` as columns; by default ``list_columns``."""
    rows = [record.as_dict() for record in records]
    listed = by_importance(metric for metric in METRICS.values() if metric.is_listed)
    less = () if columns else (*_LIST_LESS, *(metric.name for metric in listed[:-1]), "status")
    columns = columns or list_columns()
    return Table(tuple(columns), tuple(tuple(row.get(name) for name in columns) for row in rows), less=less)


def epochs_table(metrics: Sequence[EpochMetrics]) -> Table:
    """Return the epochs of a run as rows."""
    names = [metric.name for metric in epoch_metrics()]
    rows = tuple((epoch.epoch, *(epoch[name] for name in names)) for epoch in metrics)
    less = tuple(metric.name for metric in by_importance(epoch_metrics())[:-1])
    return Table(("epoch", *names), rows, less=less)
