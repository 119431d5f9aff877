"""Runs that differ in their seed as one curve: the mean of each epoch, and the band from the lowest to the highest.

The band is the range of the seeds and no standard deviation: of two to five seeds a deviation is a bad estimate, and
one drawn to both sides of the mean would claim a symmetry, and for a loss near 0 values, that no seed had.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hw1_tui.metric import EpochMetrics, epoch_metrics


@dataclass(frozen=True)
class Band:
    """Several runs by epoch, as far as all of them were measured.

    Attributes:
        mean: the mean of each metric; ``None`` where a run has none.
        low: the lowest.
        high: the highest.
    """

    mean: tuple[EpochMetrics, ...]
    low: tuple[EpochMetrics, ...]
    high: tuple[EpochMetrics, ...]


def band(runs: Sequence[Sequence[EpochMetrics]]) -> Band:
    """Return the band of runs, each given by its epochs; at least one."""
    by_epoch = [{metrics.epoch: metrics for metrics in run} for run in runs]
    shared = sorted(set.intersection(*(set(run) for run in by_epoch)))
    measured = {epoch: [run[epoch] for run in by_epoch] for epoch in shared}

    def gathered(statistic: Callable[[list[float]], float]) -> tuple[EpochMetrics, ...]:
        return tuple(EpochMetrics(epoch, _gather(statistic, found)) for epoch, found in measured.items())

    return Band(gathered(statistics.fmean), gathered(min), gathered(max))


def _gather(statistic: Callable[[list[float]], float], measured: Sequence[EpochMetrics]) -> dict[str, float | None]:
    gathered: dict[str, float | None] = {}
    for name in (metric.name for metric in epoch_metrics()):
        values = [value for metrics in measured if (value := metrics[name]) is not None]
        gathered[name] = statistic(values) if len(values) == len(measured) else None
    return gathered
