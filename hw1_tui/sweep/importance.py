"""Which hyperparameters mattered: the share of a metric's variance that each explains, and each two together.

The method and its limits stand in ``hw1_tui.statistics.variance_share``. On a whole grid every trial is a row; of drawn
points, or of a grid with gaps, each point is one, with the mean of its seeds: many seeds of few points tell nothing of
the points between.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from hw1_tui.metric import Best
from hw1_tui.statistics.variance_share import Share, Told, find_shares
from hw1_tui.sweep.observation import Observation, worst_for_lost


@dataclass(frozen=True)
class TermImportance:
    """What a hyperparameter, or two beyond what each does alone, explain of a metric.

    Attributes:
        names: the one or the two.
        share: of the variance, between 0 and 1.
        by_chance: the share that chance alone reaches in any term of its kind one time in twenty, above which it is
            clear; not a number where it cannot be told.
        p: how likely chance alone explains as much, corrected for the number of terms of its kind; not a number where
            it cannot be told.
        verdict: ``clear``, ``no more than chance`` or ``cannot be told``.
    """

    names: tuple[str, ...]
    share: float
    by_chance: float
    p: float
    verdict: Told


@dataclass(frozen=True)
class Importance:
    """Which hyperparameters mattered.

    Attributes:
        axes: a term a hyperparameter, the largest share first.
        pairs: a term each two, the largest share first.
        seeds: the share that lies between seeds of the same point; ``None`` where no point has two, or points are rows.
        rest: the share that neither axes nor pairs explain, that of the seeds among it.
        variance: of what is left, of a row, with its degrees of freedom: at most so much is chance; ``None`` where too
            few rows are left.
        is_grid: whether the trials are a whole grid: else shares are those that a term explains alone.
        n_rows: how many rows it rests on.
    """

    axes: tuple[TermImportance, ...]
    pairs: tuple[TermImportance, ...]
    seeds: float | None
    rest: float
    variance: tuple[float, float] | None
    is_grid: bool
    n_rows: int


def find_importance(
    observations: Sequence[Observation], best: Best, *, among_better: bool = False
) -> Importance | None:
    """Return which hyperparameters mattered; ``None`` where no trial has a value.

    A trial that diverged counts as the worst that did not.

    Args:
        observations: trials that are compared after the same epochs.
        best: ``lowest`` or ``highest``, as of the metric.
        among_better: whether all that is worse than the median counts as the median, so that what tells good points
            apart is not drowned by disasters (the cutoff of Hutter et al., 2014, section 5). Of pairs it says nothing:
            two that act apart up to a cutoff seem to act together.
    """
    if not any(math.isfinite(one.value) for one in observations):
        return None
    values = worst_for_lost(observations, best)
    if among_better:
        median = statistics.median(values)
        values = [min(value, median) if best == "lowest" else max(value, median) for value in values]
    names = tuple(name for name in observations[0].point if len({one.point[name] for one in observations}) > 1)
    is_grid = _is_grid(observations, names) and not (len(names) == 1 and _is_once(observations))
    by_point: dict[object, list[float]] = {}
    for one, value in zip(observations, values, strict=True):
        by_point.setdefault(one.key, []).append(value)
    if is_grid:
        rows, y = [one.point for one in observations], values
    else:
        rows = list({one.key: one.point for one in observations}.values())
        y = [statistics.fmean(of_point) for of_point in by_point.values()]
    shares = find_shares([[row[name] for row in rows] for name in names], y, is_grid=is_grid)
    return Importance(
        _terms(shares.factors, names),
        () if among_better else _terms(shares.pairs, names),
        _seeds_share(list(by_point.values())) if is_grid else None,
        shares.rest,
        shares.variance,
        is_grid,
        len(rows),
    )


def _is_grid(observations: Sequence[Observation], names: Sequence[str]) -> bool:
    """Whether every combination of the values is there, each as often."""
    counts: dict[object, int] = {}
    for one in observations:
        counts[one.key] = counts.get(one.key, 0) + 1
    size = math.prod(len({one.point[name] for one in observations}) for name in names)
    return len(counts) == size and len(set(counts.values())) == 1


def _is_once(observations: Sequence[Observation]) -> bool:
    """Whether no point has a second trial; then taken value by value a single axis would leave nothing as chance."""
    return len({one.key for one in observations}) == len(observations)


def _seeds_share(by_point: Sequence[Sequence[float]]) -> float | None:
    """Return the share of the variance that lies between seeds of one point; ``None`` where none has two."""
    every = [value for values in by_point for value in values]
    total = sum((value - statistics.fmean(every)) ** 2 for value in every)
    if len(every) == len(by_point) or not total:
        return None
    return sum((value - statistics.fmean(values)) ** 2 for values in by_point for value in values) / total


def _terms(shares: Sequence[Share], names: Sequence[str]) -> tuple[TermImportance, ...]:
    terms = [
        TermImportance(tuple(names[i] for i in one.factors), one.share, one.by_chance, one.p, one.verdict)
        for one in shares
    ]
    return tuple(sorted(terms, key=lambda term: -term.share))
