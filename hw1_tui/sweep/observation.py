"""What one trial came to, and what the trials of a point came to together."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.metric import Best
from hw1_tui.statistics.repeat import Repeat


@dataclass(frozen=True)
class Observation:
    """A trial that trained to its end, or to where others are compared with it.

    Attributes:
        point: the value that it tried of each hyperparameter.
        seed: its seed.
        repeat: what it came to; ``None`` where it diverged.
        is_stopped: whether it was stopped for good, and counts as if it had gone on.
    """

    point: Mapping[str, Any]
    seed: int
    repeat: Repeat | None
    is_stopped: bool = False

    @property
    def key(self) -> tuple[tuple[str, Any], ...]:
        """The point as one hashable value."""
        return tuple(sorted(self.point.items()))

    @property
    def value(self) -> float:
        """What it is ranked by; not a number where it diverged."""
        return math.nan if self.repeat is None else self.repeat.value


@dataclass(frozen=True)
class ObservedPoint:
    """The trials of a point.

    Attributes:
        point: the point.
        repeats: what its seeds came to, those that diverged left out.
        n_lost: how many diverged.
    """

    point: Mapping[str, Any]
    repeats: tuple[Repeat, ...]
    n_lost: int

    @property
    def values(self) -> list[float]:
        """What its seeds are ranked by."""
        return [repeat.value for repeat in self.repeats]

    @property
    def mean(self) -> float:
        """Mean over the seeds that did not diverge; not a number where all did."""
        return statistics.fmean(self.values) if self.repeats else math.nan


def rank_points(observations: Sequence[Observation], best: Best) -> list[ObservedPoint]:
    """Return the points, the best mean first; behind those without a seed that diverged the others, fewest first.

    Args:
        observations: the trials.
        best: ``lowest`` or ``highest``, as of the metric.
    """
    by_point: dict[tuple[tuple[str, Any], ...], list[Observation]] = {}
    for observation in observations:
        by_point.setdefault(observation.key, []).append(observation)
    points = []
    for found in by_point.values():
        repeats = tuple(one.repeat for one in found if one.repeat is not None and math.isfinite(one.value))
        points.append(ObservedPoint(found[0].point, repeats, len(found) - len(repeats)))
    sign = -1 if best == "highest" else 1
    return sorted(points, key=lambda p: (not p.repeats, p.n_lost, sign * p.mean if p.repeats else 0.0))


def worst_for_lost(observations: Sequence[Observation], best: Best) -> list[float]:
    """Return the value of each trial, and of one that diverged the worst that any other came to.

    Raises:
        ValueError: all diverged.
    """
    finite = [one.value for one in observations if math.isfinite(one.value)]
    worst = max(finite) if best == "lowest" else min(finite)
    return [one.value if math.isfinite(one.value) else worst for one in observations]
