"""How a metric goes with one hyperparameter, and with two of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hw1_tui.settings import TABLE
from hw1_tui.statistics.spread import Spread, spread
from hw1_tui.sweep.observation import Observation, rank_points

MOST_LEVELS = 8
"""Of a hyperparameter with more values, neighbours are put together into as many groups as ``GROUPS``."""

GROUPS = 5

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """A value of a hyperparameter, or several numbers that lie beside each other.

    Attributes:
        low: the value, or the smallest of the numbers.
        high: the same value, or the largest.
    """

    low: Any
    high: Any

    def holds(self, value: Any) -> bool:
        """Return whether a value is of this level."""
        if self.low == self.high:
            return type(value) is type(self.low) and bool(value == self.low)
        return bool(self.low <= value <= self.high)

    def words(self, name: str) -> str:
        """Return it as a person reads it, of a hyperparameter of this name."""
        ends = [TABLE[name].format(end) for end in dict.fromkeys((self.low, self.high))]
        return " to ".join(ends)


@dataclass(frozen=True)
class Effect:
    """What a metric came to at one level of a hyperparameter.

    Attributes:
        level: the level.
        over_points: the means of the points that have it, over whatever else they try.
        seeds_std: pooled standard deviation over seeds of those points; ``None`` where none has two.
        n_lost: trials that diverged there, which the others do not hold.
        n_stopped: trials that were stopped there, which count as if they had gone on.
    """

    level: Level
    over_points: Spread | None
    seeds_std: float | None
    n_lost: int
    n_stopped: int = 0


@dataclass(frozen=True)
class Interaction:
    """What a metric came to at the levels of two hyperparameters.

    Attributes:
        names: the two, of the rows and of the columns.
        rows: levels of the first.
        columns: levels of the second.
        means: mean over the points of a cell, (rows, columns); not a number where there is none.
        beyond: what is left of it when the means of its row and of its column are taken off, so that two that act
            apart leave zeros; not a number where a cell is empty.
    """

    names: tuple[str, str]
    rows: tuple[Level, ...]
    columns: tuple[Level, ...]
    means: Matrix
    beyond: Matrix


def find_levels(observations: Sequence[Observation], name: str) -> tuple[Level, ...]:
    """Return the levels of a hyperparameter, numbers in order and others as they come."""
    values = list(dict.fromkeys(one.point[name] for one in observations))
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return tuple(Level(value, value) for value in values)
    values.sort()
    if len(values) <= MOST_LEVELS:
        return tuple(Level(value, value) for value in values)
    groups = [values[len(values) * i // GROUPS : len(values) * (i + 1) // GROUPS] for i in range(GROUPS)]
    return tuple(Level(group[0], group[-1]) for group in groups)


def find_effects(observations: Sequence[Observation], name: str) -> list[Effect]:
    """Return what a metric came to at each level of a hyperparameter."""
    return [
        _effect(level, [one for one in observations if level.holds(one.point[name])])
        for level in find_levels(observations, name)
    ]


def _effect(level: Level, observations: Sequence[Observation]) -> Effect:
    points = [point for point in rank_points(observations, "lowest") if point.repeats]
    df = sum(len(point.repeats) - 1 for point in points)
    squares = sum((value - point.mean) ** 2 for point in points for value in point.values)
    n_lost = sum(not math.isfinite(one.value) for one in observations)
    n_stopped = sum(one.is_stopped for one in observations)
    seeds_std = math.sqrt(squares / df) if df else None
    return Effect(level, spread([point.mean for point in points]), seeds_std, n_lost, n_stopped)


def find_interaction(observations: Sequence[Observation], first: str, second: str) -> Interaction:
    """Return what a metric came to at the levels of two hyperparameters."""
    rows, columns = find_levels(observations, first), find_levels(observations, second)
    means = np.asarray([[_cell(observations, (first, row), (second, column)) for column in columns] for row in rows])
    by_row, by_column = means.mean(axis=1, keepdims=True), means.mean(axis=0, keepdims=True)
    return Interaction((first, second), rows, columns, means, means - by_row - by_column + means.mean())


def _cell(observations: Sequence[Observation], *where: tuple[str, Level]) -> float:
    found = [one for one in observations if all(level.holds(one.point[name]) for name, level in where)]
    means = [point.mean for point in rank_points(found, "lowest") if point.repeats]
    return math.fsum(means) / len(means) if means else math.nan
