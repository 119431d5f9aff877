"""The trials of a sweep: a point with a seed each, numbered in an order that follows from the definition alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import RunConfig
from hw1_tui.settings.point import Point, describe_point


@dataclass(frozen=True)
class Trial:
    """A run of a sweep.

    Attributes:
        number: its place, counted from 1, see ``make_trials``.
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


def make_trials(config: RunConfig, points: Sequence[Point], seeds: int, *, by_point: bool = False) -> list[Trial]:
    """Return the trials of some points, each with so many seeds: all with the first seed, then all with the next.

    Each trains with one thread where the configuration names no number: so its bits do not depend on what trains
    beside it.

    Args:
        config: what all trials share, with the first of the seeds.
        points: what is tried.
        seeds: how many seeds each point is trained with.
        by_point: whether all seeds of the first point come first: then more points change no number.

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
    of_points = [one.with_seeds(seeds) for one in configs]
    places = [(place, i) for i in range(seeds) for place in range(len(points))]
    repeated = [(place, of_points[place][i]) for place, i in (sorted(places) if by_point else places)]
    return [
        Trial(number, place, points[place], int(one.hyperparameters["seed"]), one)
        for number, (place, one) in enumerate(repeated, start=1)
    ]
