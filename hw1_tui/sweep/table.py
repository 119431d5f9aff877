"""Tables of a sweep: its trials, and its points ranked."""

from __future__ import annotations

from typing import Any

from hw1_tui.export.table import Table
from hw1_tui.metric import METRICS
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.summary import SweepSummary, TrialResult

_LISTED = ("val_loss", "val_accuracy")


def trial_columns(sweep: Sweep) -> tuple[str, ...]:
    """Return the columns of a table of trials."""
    metrics = dict.fromkeys([sweep.metric, *_LISTED])
    return "trial", *sweep.space.names, "seed", "epochs_done", *metrics, "seconds", "status", "run"


def trial_row(result: TrialResult, columns: tuple[str, ...]) -> tuple[Any, ...]:
    """Return a trial as a row."""
    own = result.as_dict()
    return tuple(own[name] if name in own else result.result(name) for name in columns)


def trials_table(summary: SweepSummary) -> Table:
    """Return the trials as rows, in their order."""
    columns = trial_columns(summary.sweep)
    rows = tuple(trial_row(result, columns) for result in summary.results)
    return Table(columns, rows, less=("seconds", "epochs_done", "run"))


def ranking_table(summary: SweepSummary, most: int | None = None) -> Table:
    """Return the points as rows, the best first.

    Args:
        summary: of the sweep.
        most: so many of them at most; ``None`` for all.
    """
    sweep = summary.sweep
    columns = ("rank", *sweep.space.names, "seeds", f"{sweep.metric}_mean", f"{sweep.metric}_std")
    rows = []
    for rank, point in enumerate(summary.ranking[:most], start=1):
        values = [list(v) if isinstance(v, tuple) else v for v in point.point.values()]
        rows.append((rank, *values, len(point.values), point.mean, point.std))
    metric = METRICS[sweep.metric]
    remark = f"Points by their {metric.title} after the last epoch, mean over the seeds; {metric.best} is best."
    return Table(columns, tuple(rows), remark, less=("seeds", f"{sweep.metric}_std"))
