"""The point that came out best: whether it is better than its rivals by more than chance, and how lucky it was."""

from __future__ import annotations

import math
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
            with a level that is corrected for their number (Bonferroni), as comparisons with the best are (Hsu, 1984,
            Constrained simultaneous confidence intervals for multiple comparisons with the best, The Annals of
            Statistics 12:1136-1144).
        luck: how far the mean of the best is expected to lie beyond what it is worth, by the spread over seeds.
    """

    best: ObservedPoint
    rivals: tuple[Rival, ...]
    luck: Luck

    @property
    def runner_up(self) -> Rival | None:
        """The rival with the best mean; ``None`` of one point."""
        return self.rivals[0] if self.rivals else None

    @property
    def equals(self) -> tuple[ObservedPoint, ...]:
        """The rivals that may be as good as the best."""
        return tuple(rival.point for rival in self.rivals if not rival.comparison.is_clear)


def choose_point(observations: Sequence[Observation], metric: Metric, most_variance: float = math.inf) -> Choice | None:
    """Return the best point with what can be said of it; ``None`` where no trial has a value.

    Args:
        observations: trials that are compared after the same epochs.
        metric: what they are ranked by, one of which either the lowest or the highest is best.
        most_variance: what the seeds' variance is at the most where too few were run to tell it, as that of what no
            hyperparameter explains.
    """
    ranked = [point for point in rank_points(observations, metric.best) if point.repeats]
    if not ranked:
        return None
    best, others = ranked[0], ranked[1:]
    level = 1 - (1 - LEVEL) / max(1, len(others))
    rivals = [Rival(point, compare_settings(best.repeats, point.repeats, metric.kind, level)) for point in others]
    return Choice(best, tuple(rivals), _luck(ranked, metric, most_variance))


def _luck(ranked: Sequence[ObservedPoint], metric: Metric, most_variance: float) -> Luck:
    """Return the luck of the first, by the spread over seeds of the better half: what is bad often spreads more.

    Where too few seeds were run for that, by what is expected of any beside them, or by less.
    """
    better = ranked[: (len(ranked) + 1) // 2]
    variance, df = pooled_variance(0.0, [point.values for point in better], prior=0)
    if df < PRIOR_SEEDS:
        variance = min(most_variance, seeds_variance([point.repeats for point in better], metric.kind)[0])
    sign = -1 if metric.best == "lowest" else 1
    return find_luck([sign * point.mean for point in ranked], math.sqrt(variance / len(ranked[0].repeats)))
