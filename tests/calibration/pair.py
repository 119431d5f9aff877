"""The rule for two settings on pairs of which the truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from hw1_tui.metric import Metric
from hw1_tui.statistics.comparison import compare_settings
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.statistics.settling import compare_settling
from tests.calibration.table import Count
from tests.calibration.trained import Trained, judged_metrics

SEEDS = (1, 2, 3)
_KNOWN = 6.0
"""Standard errors over all seeds from which on a variant is known to differ in a metric."""

Runs = Mapping[str, Sequence[Trained]]
T = TypeVar("T")
_NONE = [Count(0, 0)] * len(SEEDS)


def same(runs: Runs) -> tuple[dict[str, list[Count]], dict[str, list[Count]]]:
    """Return how often settings are called different that differ in nothing but the seed, by metric and by setting.

    Every run is in one pair for each number of seeds, so that the pairs are independent.
    """
    by_metric: dict[str, list[Count]] = {}
    by_setting: dict[str, list[Count]] = {}
    for name, trained in runs.items():
        for metric in judged_metrics():
            repeats = _repeats(trained, metric)
            counts = [_clear(*_halves(repeats, seeds), metric) for seeds in SEEDS]
            for rows, row in ((by_metric, metric.name), (by_setting, name)):
                rows[row] = [a + b for a, b in zip(rows.get(row, _NONE), counts, strict=True)]
    return by_metric, by_setting


def _repeats(trained: Sequence[Trained], metric: Metric) -> list[Repeat]:
    return [run.repeats[metric.name] for run in trained if metric.name in run.repeats]


def _halves(repeats: Sequence[T], seeds: int) -> tuple[list[Sequence[T]], list[Sequence[T]]]:
    """Return groups of so many repeats each, to be compared one with another."""
    groups = _groups(repeats, seeds)
    pairs = len(groups) // 2
    return groups[:pairs], groups[pairs : 2 * pairs]


def _groups(repeats: Sequence[T], seeds: int) -> list[Sequence[T]]:
    return [repeats[i : i + seeds] for i in range(0, len(repeats) - seeds + 1, seeds)]


def _clear(first: Sequence[Sequence[Repeat]], second: Sequence[Sequence[Repeat]], metric: Metric) -> Count:
    told = [compare_settings(a, b, metric.kind).is_clear for a, b in zip(first, second, strict=True)]
    return Count(sum(told), len(told))


def known(runs: Runs) -> tuple[dict[str, list[Count]], dict[str, list[Count]]]:
    """Return how often a difference is found that all seeds together leave no doubt of, by variant and by metric."""
    by_variant: dict[str, list[Count]] = {}
    by_metric: dict[str, list[Count]] = {}
    for name, trained in runs.items():
        base, _, variant = name.partition(": ")
        if not variant:
            continue
        for metric in judged_metrics():
            first, second = _repeats(runs[base], metric), _repeats(trained, metric)
            if len(first) > 1 and len(second) > 1 and _standard_errors(first, second) > _KNOWN:
                counts = [_clear(_groups(first, seeds), _groups(second, seeds), metric) for seeds in SEEDS]
                for rows, row in ((by_variant, name), (by_metric, metric.name)):
                    rows[row] = [a + b for a, b in zip(rows.get(row, _NONE), counts, strict=True)]
    return by_variant, by_metric


def _standard_errors(first: Sequence[Repeat], second: Sequence[Repeat]) -> float:
    """Return how many standard errors two settings are apart over all their seeds."""
    a, b = (np.array([repeat.value for repeat in repeats]) for repeats in (first, second))
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return float(abs(a.mean() - b.mean()) / error) if error else 0.0


def settling(runs: Runs) -> list[Count]:
    """Return how often one of two settings is said to settle sooner that differ in nothing but the seed."""
    counts = list(_NONE)
    for trained in runs.values():
        found = [run.settling for run in trained if run.settling is not None]
        for place, seeds in enumerate(SEEDS):
            told = [compare_settling(a, b) for a, b in zip(*_halves(found, seeds), strict=True)]
            counts[place] += Count(sum(c is not None and c.is_clear for c in told), len(told))
    return counts
