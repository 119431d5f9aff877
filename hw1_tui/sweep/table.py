"""Tables of a sweep: its trials, its points ranked, and what each hyperparameter explains."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

from hw1_tui.export.table import Table
from hw1_tui.settings import TABLE
from hw1_tui.sweep.conclusion import Conclusion
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


def ranking_table(conclusion: Conclusion, most: int | None = None) -> Table:
    """Return the points as rows, the best first, each with whether the best is clearly better.

    Args:
        conclusion: what follows from the sweep.
        most: so many of them at most; ``None`` for all.
    """
    sweep, choice = conclusion.summary.sweep, conclusion.choice
    columns = ("rank", *sweep.space.names, "seeds", f"{sweep.metric}_mean", f"{sweep.metric}_std", "beside_the_best")
    verdicts = ["worse" if rival.comparison.is_clear else rival.comparison.verdict for rival in choice.rivals]
    ranked = zip([choice.best, *(rival.point for rival in choice.rivals)], ["", *verdicts], strict=True)
    rows = []
    for rank, (point, verdict) in enumerate(itertools.islice(ranked, most), start=1):
        values = [list(v) if isinstance(v, tuple) else v for v in (point.point[name] for name in sweep.space.names)]
        std = statistics.stdev(point.values) if len(point.values) > 1 else None
        rows.append((rank, *values, len(point.values), point.mean, std, verdict))
    metric = sweep.ranked_by
    remark = (
        f"Points by their {metric.title} after the last epoch, mean over the seeds; the {metric.best} is best. Each is "
        "held against the best at a level corrected for their number."
    )
    return Table(columns, tuple(rows), remark, less=("seeds", f"{sweep.metric}_std"))


def importance_table(conclusion: Conclusion) -> Table:
    """Return hyperparameters, and each two of them, as rows with the share of the variance that they explain."""
    importance = conclusion.importance
    rows = []
    for term in (*importance.axes, *importance.pairs):
        name = " and ".join(TABLE[one].title for one in term.names)
        numbers = [value if math.isfinite(value) else None for value in (term.share, term.by_chance, term.p)]
        rows.append((name, *numbers, term.verdict))
    what = "trials" if importance.is_grid else "points"
    remark = (
        f"Share of the variance of the {conclusion.summary.sweep.ranked_by.title} over {importance.n_rows} {what} that "
        "each explains, of two what they explain beyond each alone; the share that chance reaches one time in twenty; "
        "and how likely chance is, by permutation, corrected for their number."
    )
    if conclusion.summary.sweep.halving:
        remark += " What halving stopped counts as the worst that finished."
    return Table(("hyperparameter", "share", "share_by_chance", "p", "verdict"), tuple(rows), remark)
