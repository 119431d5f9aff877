"""Tables of a sweep: its trials, its points ranked, and what each hyperparameter explains."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

from hw1_tui.export.table import Table
from hw1_tui.metric import METRICS
from hw1_tui.settings import TABLE
from hw1_tui.settings.hyperparameter import plain_value
from hw1_tui.sweep.conclusion import Conclusion, term_title
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.effect import Interaction
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
        values = [plain_value(point.point[name]) for name in sweep.space.names]
        std = statistics.stdev(point.values) if len(point.values) > 1 else None
        rows.append((rank, *values, len(point.values), point.mean, std, verdict))
    metric, n = sweep.ranked_by, len(verdicts) + 1
    shown = f"The first {len(rows)} of {n} points" if len(rows) < n else "Points"
    remark = (
        f"{shown} by their {metric.title} after the last epoch, mean over the seeds; the {metric.best} is best. Each "
        "is held against the best at a level corrected for the number of pairs."
    )
    return Table(columns, tuple(rows), remark, less=("seeds", f"{sweep.metric}_std"))


def importance_table(conclusion: Conclusion) -> Table:
    """Return hyperparameters, and each two of them, as rows with the share of the variance that they explain."""
    importance = conclusion.importance
    rows = []
    for term in (*importance.axes, *importance.pairs):
        numbers = [value if math.isfinite(value) else None for value in (term.share, term.by_chance, term.p)]
        rows.append((term_title(term), *numbers, term.verdict))
    what = "trials" if importance.is_grid else "points"
    remark = (
        f"Share of the variance of the {conclusion.summary.sweep.ranked_by.title} over {importance.n_rows} {what} that "
        "each explains, of two what they explain beyond each alone; the share that chance reaches one time in twenty, "
        "above which it is clear; and how likely chance is. Both are by permutation, corrected for their number."
    )
    if any(one.repeat is None for one in conclusion.compared):
        remark += " A trial that diverged counts as the worst that finished."
    remark += _stopped(conclusion)
    return Table(("hyperparameter", "share", "share_by_chance", "p", "verdict"), tuple(rows), remark)


def effects_table(conclusion: Conclusion) -> Table:
    """Return the levels of each hyperparameter as rows, with the metric over the points that have it."""
    metric, rows = conclusion.summary.sweep.metric, []
    for name, effects in conclusion.effects.items():
        for effect in effects:
            over = effect.over_points
            numbers = (over.n, over.mean, over.std if over.n > 1 else None) if over else (0, None, None)
            rows.append((TABLE[name].title, effect.level.words(name), *numbers, effect.seeds_std, effect.n_lost))
    columns = ("hyperparameter", "value", "points", f"{metric}_mean", f"{metric}_std", "seeds_std", "diverged")
    remark = (
        f"Mean {METRICS[metric].title} of the points that have a value, whatever else they try, its standard deviation "
        "over those points, and over the seeds of a point."
    )
    return Table(columns, tuple(rows), remark + _stopped(conclusion), less=("diverged", "points"))


def interaction_table(conclusion: Conclusion, found: Interaction) -> Table:
    """Return what a metric came to at the levels of two hyperparameters as a matrix."""
    first, second = found.names
    rows = [
        (level.words(first), *(value if math.isfinite(value) else None for value in means))
        for level, means in zip(found.rows, found.means.tolist(), strict=True)
    ]
    head = f"{TABLE[first].title} / {TABLE[second].title}"
    metric = conclusion.summary.sweep.ranked_by
    remark = f"Mean {metric.title} of the points by {TABLE[first].title} (rows) and {TABLE[second].title} (columns)."
    return Table((head, *(level.words(second) for level in found.columns)), tuple(rows), remark, metric=metric.name)


def conclusion_tables(conclusion: Conclusion, most_ranked: int | None = None) -> list[Table]:
    """Return all that a sweep comes to: its ranking, what mattered, how, and what only together.

    Args:
        conclusion: what follows from the sweep.
        most_ranked: so many points of the ranking at most; ``None`` for all.
    """
    tables = [ranking_table(conclusion, most_ranked), importance_table(conclusion), effects_table(conclusion)]
    return [*tables, *(interaction_table(conclusion, found) for found in conclusion.interactions)]


def _stopped(conclusion: Conclusion) -> str:
    """Return what the trials count as that were stopped for good; empty where none was."""
    if not (who := conclusion.stopped_by):
        return ""
    return f" A trial that {who} stopped counts as if it had gone on as the median of those did that went further."
