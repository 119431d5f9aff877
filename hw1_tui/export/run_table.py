"""Tables of runs and of their epochs, which a person reads or takes away."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.export.table import DIFFERENCE, STATISTICS, Table
from hw1_tui.metric import METRICS, EpochMetrics, by_importance, epoch_metrics
from hw1_tui.runs.comparison import (
    compared_results,
    differing,
    left_out,
    on_different_data,
    repeated_results,
    repetitions,
    test_difference,
)
from hw1_tui.runs.loss_name import loss_name
from hw1_tui.runs.record import BEST, RunRecord

_LIST_LESS = ("seconds", "engine", "data", "epochs_done", "model")
"""What a narrow line leaves out of the list of runs before it leaves out a metric, the least important first."""

_OTHER_IMPORTANCES = {"best_epoch": 52, "epochs_done": 58}
"""Of results that are no metrics; see ``Metric.importance``."""


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


def _least_important(results: Sequence[str]) -> list[str]:
    """Return results in the order in which a narrow line leaves them out; the most important one stays."""

    def importance(name: str) -> int:
        metric = METRICS.get(name.removeprefix(BEST))
        return _OTHER_IMPORTANCES[name] if metric is None else metric.importance - 5 * name.startswith(BEST)

    return sorted(results, key=importance)[:-1]


def comparison_table(records: Sequence[RunRecord], results: Sequence[str] = ()) -> Table:
    """Return runs as rows: what differs in their configurations, their results, the difference to the first.

    Args:
        records: the runs.
        results: which of their results; ``compared_results`` by default.
    """
    differ = differing(records)
    results = results or compared_results()
    columns = ("run", "name", *differ, *results, *DIFFERENCE)
    rows = []
    for i, record in enumerate(records):
        interval = test_difference(record, records[0]) if i else None
        ends = (interval.value, interval.low, interval.high) if interval else (None, None, None)
        own = (record.run, record.labels.name, *(values[i] for values in differ.values()))
        rows.append((*own, *(record.results.get(name) for name in results), *ends))
    remark = "Differences of test accuracy are to the first run, with Newcombe's 95% interval."
    remark += _about_losses(records)
    if on_different_data(records):
        remark += " The runs were trained on different data."
    less = (*_least_important(results), "difference_low", "difference_high", *reversed(differ))
    return Table(columns, tuple(rows), remark, less)


def seeds_table(records: Sequence[RunRecord]) -> Table:
    """Return runs that differ in nothing but their seed as one row: their mean and sample standard deviation."""
    groups = repetitions(records)
    differ = differing([group.runs[0] for group in groups])
    differ.pop("seed", None)
    results = repeated_results()
    spreads = [f"{name}{statistic}" for name in results for statistic in STATISTICS]
    rows = []
    for i, group in enumerate(groups):
        found = [group.spreads.get(name) for name in results]
        values = [value for s in found for value in ((s.mean, s.std if s.n > 1 else None) if s else (None, None))]
        rows.append((len(group.runs), group.seeds, *(own[i] for own in differ.values()), *values))
    said = ["Mean and sample standard deviation over the seeds, of finished runs.", left_out(records)]
    remark = " ".join(filter(None, said)) + _about_losses(records)
    less = [f"{name}{statistic}" for name in _least_important(results) for statistic in STATISTICS]
    return Table(("runs", "seeds", *differ, *spreads), tuple(rows), remark, ("seeds", *less, *reversed(differ)))


def _about_losses(records: Sequence[RunRecord]) -> str:
    """Return a sentence, with a space before it, that says what the losses are; empty where nobody can tell."""
    losses = list(dict.fromkeys(loss_name(record.config) for record in records))
    if len(losses) > 1:
        return f" The losses are not of one kind: {', '.join(losses)}."
    return f" The losses are the mean {losses[0]} per example." if losses and losses != ["loss"] else ""
