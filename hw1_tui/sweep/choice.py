"""The point that came out best: whether it is better than its rivals by more than chance, and how lucky it was."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from hw1_tui.metric import Metric
from hw1_tui.statistics.comparison import SettingComparison, compare_settings, seeds_variance
from hw1_tui.statistics.interval import LEVEL
from hw1_tui.statistics.luck import Luck, find_luck
from hw1_tui.statistics.spread import PRIOR_SEEDS, pooled_variance
from hw1_tui.sweep.observation import Observation, ObservedPoint, rank_points


@dataclass(frozen=True)
class Rival:
    """A point beside the best.

    Attributes:
        point: the point.
        comparison: the best less it.
    """

    point: ObservedPoint
    comparison: SettingComparison


@dataclass(frozen=True)
class Choice:
    """What a sweep chooses.

    Attributes:
        best: the point with the best mean.
        rivals: all others that have a value, the best first. A rival is told apart where the best is clearly better
            with a level that is corrected for the number of pairs (Bonferroni), as the best was chosen among them. The
            variance over seeds is that of the sweep, which knows it better than two of its points.
        luck: how far the mean of the best is expected to lie beyond what it is worth, by the spread over seeds.
    """

    best: ObservedPoint
    rivals: tuple[Rival, ...]
    luck: Luck

    @property
    def equals(self) -> tuple[ObservedPoint, ...]:
        """The rivals that may be as good as the best."""
        return tuple(rival.point for rival in self.rivals if not rival.comparison.is_clear)


def choose_point(
    observations: Sequence[Observation], metric: Metric, rest: tuple[float, float] | None = None
) -> Choice | None:
    """Return the best point with what can be said of it; ``None`` where no trial has a value.

    Args:
        observations: trials that are compared after the same epochs.
        metric: what they are ranked by, one of which either the lowest or the highest is best.
        rest: the variance that no hyperparameter explains, with its degrees of freedom: what seeds do is at most that.
    """
    ranked = [point for point in rank_points(observations, metric.best) if point.repeats]
    if not ranked:
        return None
    best, others = ranked[0], ranked[1:]
    known = _variance(ranked, metric, rest)
    level = 1 - (1 - LEVEL) / max(1, math.comb(len(ranked), 2))
    rivals = [
        Rival(point, compare_settings(best.repeats, point.repeats, metric.kind, level, _with(point, known)))
        for point in others
    ]
    return Choice(best, tuple(rivals), _luck(ranked, metric, known))


def _variance(
    ranked: Sequence[ObservedPoint], metric: Metric, rest: tuple[float, float] | None
) -> tuple[float, float] | None:
    """Return the variance over seeds with its degrees of freedom; ``None`` where it is not known.

    It is that of the better half, as what is bad often spreads more. Where too few seeds were run for that, it is what
    no hyperparameter explains, unless even what is expected of any seeds is less.
    """
    better = _better(ranked)
    variance, df = pooled_variance(0.0, [point.values for point in better], prior=0)
    if df >= PRIOR_SEEDS:
        return variance, df
    expected, _ = seeds_variance([point.repeats for point in better], metric.kind)
    return rest if rest and rest[0] < expected else None


def _better(ranked: Sequence[ObservedPoint]) -> Sequence[ObservedPoint]:
    return ranked[: (len(ranked) + 1) // 2]


def _with(point: ObservedPoint, known: tuple[float, float] | None) -> tuple[float, float] | None:
    """Return the variance for the best beside a rival, whose own seeds may lie further apart."""
    if known is None:
        return None
    own = statistics.variance(point.values) if len(point.values) > 1 else 0.0
    return (known[0] + max(known[0], own)) / 2, known[1]


def _luck(ranked: Sequence[ObservedPoint], metric: Metric, known: tuple[float, float] | None) -> Luck:
    """Return the luck of the first."""
    variance = known[0] if known else seeds_variance([point.repeats for point in _better(ranked)], metric.kind)[0]
    return find_luck([-metric.as_loss(point.mean) for point in ranked], math.sqrt(variance / len(ranked[0].repeats)))
