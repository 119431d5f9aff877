"""The trials of a sweep: a point with a seed each, numbered in an order that follows from the definition alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.sweep.space import Point, describe_point


@dataclass(frozen=True)
class Trial:
    """A run of a sweep.

    Attributes:
        number: its place, counted from 1: all points with the first seed come first, then all with the next.
        place: the place of its point among the points, counted from 0.
        point: the values that it tries.
        seed: its seed.
        config: what is trained.
    """

    number: int
    place: int
    point: Point
    seed: int
    config: RunConfig

    @property
    def label(self) -> str:
        """What it is called where a person reads of it."""
        return f"trial {self.number} ({describe_point(self.point)}, seed {self.seed})"


def make_trials(config: RunConfig, points: Sequence[Point], seeds: int) -> list[Trial]:
    """Return the trials of some points, each with so many seeds, in their order.

    Each trains with one thread where the configuration names no number: so its bits do not depend on what trains
    beside it.

    Args:
        config: what all trials share, with the first of the seeds.
        points: what is tried.
        seeds: how many seeds each point is trained with.

    Raises:
        MistakeError: with every point that cannot be trained.
    """
    configs: list[RunConfig] = []
    mistakes: list[Mistake] = []
    threads = config.hyperparameters.get("threads") or 1
    for point in points:
        try:
            configs.append(config.changed(**point, threads=threads))
        except MistakeError as error:
            where = describe_point(point)
            mistakes += [replace(mistake, place=f"{where}: {mistake.place}") for mistake in error.mistakes]
    if mistakes:
        raise MistakeError(mistakes)
    by_point = [one.with_seeds(seeds) for one in configs]
    repeated = [(place, points[place], of_point[i]) for i in range(seeds) for place, of_point in enumerate(by_point)]
    return [
        Trial(number, place, point, int(one.hyperparameters["seed"]), one)
        for number, (place, point, one) in enumerate(repeated, start=1)
    ]
