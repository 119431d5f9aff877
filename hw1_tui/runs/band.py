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
class Curve:
    """A metric of several runs by epoch, at the epochs where each of them measured it.

    Attributes:
        epochs: in order.
        mean: over the runs.
        low: the lowest run.
        high: the highest.
    """

    epochs: list[int]
    mean: list[float]
    low: list[float]
    high: list[float]


def gather_curve(runs: Sequence[Sequence[tuple[int, float]]]) -> Curve:
    """Return the curve of a metric over runs, each given by its epochs and values; at least one."""
    every = [dict(points) for points in runs]
    epochs = sorted(set.intersection(*map(set, every)))
    values = [[points[epoch] for points in every] for epoch in epochs]
    return Curve(epochs, list(map(statistics.fmean, values)), list(map(min, values)), list(map(max, values)))


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
    shared = sorted(set.intersection(*({metrics.epoch for metrics in run} for run in runs)))
    names = [metric.name for metric in epoch_metrics()]
    curves = {name: gather_curve([measured_points(run, name) for run in runs]) for name in names}

    def part(of: Callable[[Curve], list[float]]) -> tuple[EpochMetrics, ...]:
        values = {name: dict(zip(curve.epochs, of(curve), strict=True)) for name, curve in curves.items()}
        return tuple(EpochMetrics(epoch, {name: values[name].get(epoch) for name in names}) for epoch in shared)

    return Band(part(lambda curve: curve.mean), part(lambda curve: curve.low), part(lambda curve: curve.high))


def measured_points(run: Sequence[EpochMetrics], name: str) -> list[tuple[int, float]]:
    """Return a metric of a run by epoch, the untrained model first, where it was measured."""
    return [(metrics.epoch, value) for metrics in run if (value := metrics[name]) is not None]
