"""What a sweep is, as data, and how the history keeps it with each trial."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from engines.contract import Dataset
from hw1_tui.markup import json_text
from hw1_tui.metric import METRICS, Metric, epoch_metrics
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.runs.comparison import identity
from hw1_tui.settings import SEEDS, TABLE, RunConfig
from hw1_tui.settings.point import Point, plain_point
from hw1_tui.sweep.space import MOST_POINTS, Axis, Space, axis_of, space_mistakes
from hw1_tui.sweep.trial import Trial, make_trials

TABLE_NAME = "sweep"
"""The table of a TOML file that says what is swept; what stands outside is what all trials share."""

DEFAULT_METRIC = "val_loss"
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,39}")
_LETTERS_OF_NAME = 8

DRAWN_FIRST = 10
"""Points that are drawn before TPE chooses any: it needs something to go by."""


@dataclass(frozen=True)
class Sweep:
    """A sweep; two that are equal but for name and time limit have the same trials.

    Attributes:
        config: what all trials share, with the first seed.
        space: what is tried.
        n_random: how many points are drawn in the space; 0 for all points of its grid, or where TPE chooses them.
        seeds: how many seeds each point is trained with.
        metric: the name of the metric by which points are ranked.
        halving: whether a part of the trials is stopped early, see ``hw1_tui.sweep.halving``.
        time_limit: seconds after which it stops, each time that it is gone on with; ``None`` for no limit.
        given_name: what a user calls it; empty for nothing.
        fingerprint: digest of the data; empty while it was not read.
        n_tpe: how many points there are where TPE chooses them, see ``hw1_tui.sweep.search``; 0 where it does not.
        asked: those that it has chosen so far, in order; they follow from the others and what their trials came to.
    """

    config: RunConfig
    space: Space
    n_random: int = 0
    seeds: int = 1
    metric: str = DEFAULT_METRIC
    halving: bool = False
    time_limit: float | None = None
    given_name: str = ""
    fingerprint: str = ""
    n_tpe: int = 0
    asked: tuple[Point, ...] = ()

    @cached_property
    def identifier(self) -> str:
        """Digest of all that its trials follow from; the same wherever the data lies."""
        text = json_text({**self._trained(), "config": identity(self.config.as_dict())})
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def name(self) -> str:
        """What it is called: as the user does, or by its digest."""
        return self.given_name or self.identifier[:_LETTERS_OF_NAME]

    @property
    def tag(self) -> str:
        """The tag of its runs."""
        return f"sweep-{self.name}"

    @property
    def ranked_by(self) -> Metric:
        """The metric by which points are ranked."""
        return METRICS[self.metric]

    @cached_property
    def points(self) -> list[Point]:
        """What is tried, in order; where TPE chooses, what is known of it so far."""
        if not (n := self.n_random or min(self.n_tpe, DRAWN_FIRST)):
            return self.space.grid()
        return [*self.space.sample(n, int(self.config.hyperparameters["seed"])), *self.asked]

    @property
    def n_points(self) -> int:
        """How many points are tried in all."""
        return self.n_tpe or len(self.points)

    @property
    def n_trials(self) -> int:
        """How many runs there are in all."""
        return self.n_points * self.seeds

    def epochs_at(self, point: Point) -> int:
        """Return how many epochs a whole trial of a point has, which may be an axis."""
        return cast("int", point.get("epochs", self.config.epochs))

    @cached_property
    def trials(self) -> list[Trial]:
        """Its runs in their order; where TPE chooses, those of the points that are known so far.

        Raises:
            MistakeError: with every point that cannot be trained.
        """
        return make_trials(self.config, self.points, self.seeds, by_point=bool(self.n_tpe))

    def on(self, data: str, fingerprint: str) -> Sweep:
        """Return the sweep on data that was read.

        Args:
            data: where it lies, as it is found from anywhere.
            fingerprint: its digest.
        """
        return replace(self, config=replace(self.config, data=data), fingerprint=fingerprint)

    def as_dict(self) -> dict[str, Any]:
        """Return it as a dictionary fit for JSON, from which ``from_dict`` makes it again."""
        return {
            "name": self.name if self.fingerprint else self.given_name,
            "config": self.config.as_dict(),
            "time": self.time_limit,
            **self._trained(),
            **({"asked": [plain_point(point) for point in self.asked]} if self.asked else {}),
        }

    def _trained(self) -> dict[str, Any]:
        """Return what its trials follow from, beside what they share."""
        return {
            "axes": [axis.as_dict() for axis in self.space.axes],
            "random": self.n_random,
            **({"tpe": self.n_tpe} if self.n_tpe else {}),
            "seeds": self.seeds,
            "metric": self.metric,
            "halving": self.halving,
            "fingerprint": self.fingerprint,
        }

    def as_toml(self) -> dict[str, Any]:
        """Return it as the table of a TOML file that ``read_definition`` reads to the same sweep."""
        grid = {}
        for axis in self.space.axes:
            grid[axis.name] = axis.text if axis.is_range else axis.as_dict()["values"]
        more = {
            "random": self.n_random,
            "tpe": self.n_tpe,
            "halving": self.halving,
            "time": f"{self.time_limit or 0:g}s",
        }
        kept = {key: value for key, value in more.items() if value and value != "0s"}
        own = {"name": self.name, "seeds": self.seeds, "metric": self.metric, **kept, "grid": grid}
        return {**self.config.as_dict(), TABLE_NAME: own}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Sweep:
        """Return the sweep that a trial keeps.

        Raises:
            MistakeError: it is none that this program can go on with.
        """
        place = f"sweep {record.get('name')}"
        try:
            axes = tuple(_kept_axis(axis, place) for axis in record["axes"])
            config = RunConfig.from_dict(record["config"], place)
            sweep = cls(config, Space(axes), record["random"], record["seeds"], record["metric"], record["halving"],
                        record["time"], record["name"], str(record["fingerprint"]), record.get("tpe", 0),
                        tuple(_kept_point(point) for point in record.get("asked", ())))  # fmt: skip
            mistakes = list(_mistakes(sweep, place))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise MistakeError(Mistake(place, f"is not what this program keeps of a sweep: {reason}")) from None
        if mistakes:
            raise MistakeError(mistakes)
        return sweep


def _kept_axis(record: Mapping[str, Any], place: str) -> Axis:
    values = axis_of(record["name"], record["values"], place).values if record["values"] else ()
    ends = [None if record.get(end) is None else float(record[end]) for end in ("low", "high")]
    return Axis(record["name"], values, ends[0], ends[1], str(record.get("scale", "linear")))


def _kept_point(record: Mapping[str, Any]) -> Point:
    return {name: TABLE[name].check(value) for name, value in record.items()}


def swept_metrics() -> dict[str, Metric]:
    """Return the metrics that points may be ranked by; none of the test split, which is no part of a choice."""
    return {metric.name: metric for metric in epoch_metrics() if metric.is_compared}


def metric_mistake(name: str, place: str) -> Mistake | None:
    """Return why points cannot be ranked by a metric; ``None`` where they can."""
    if name in swept_metrics():
        return None
    if name in METRICS and METRICS[name].split == "test":
        problem = f"{name} would make the test split a part of the choice, and its metric lucky"
        return Mistake(place, problem, ", ".join(swept_metrics()), name.replace("test_", "val_"))
    return unknown_name(place, "metric to rank by", name, swept_metrics())


def data_mistake(name: str, dataset: Dataset) -> Mistake | None:
    """Return why points cannot be ranked by a metric on some data, where nothing has it; ``None`` where they can."""
    measured = [metric.name for metric in swept_metrics().values() if _is_measured(metric, dataset)]
    if name in measured:
        return None
    is_share = METRICS[name].kind == "share" and dataset.is_regression
    lacks = "numbers to predict, and no accuracy" if is_share else "no validation examples"
    return Mistake("metric", f"{dataset.name} has {lacks}: nothing to rank by {name}", ", ".join(measured))


def _is_measured(metric: Metric, dataset: Dataset) -> bool:
    has_split = not metric.split or len(dataset[metric.split]) > 0
    return has_split and not (metric.kind == "share" and dataset.is_regression)


def _mistakes(sweep: Sweep, place: str) -> Iterator[Mistake]:
    yield from space_mistakes(sweep.space.axes, sweep.n_random or sweep.n_tpe, f"{place}")
    if mistake := metric_mistake(sweep.metric, place):
        yield mistake
    if not (type(sweep.seeds) is int and 1 <= sweep.seeds <= (SEEDS.maximum or 1)):
        yield Mistake(place, f"{sweep.seeds!r} is no number of seeds", SEEDS.allowed)
    for n in (sweep.n_random, sweep.n_tpe):
        if not (type(n) is int and 0 <= n <= MOST_POINTS):
            yield Mistake(place, f"{n!r} is no number of points", f"at most {MOST_POINTS:,}")
    if sweep.time_limit is not None and not (
        type(sweep.time_limit) in (int, float) and 0 < sweep.time_limit < math.inf
    ):
        yield Mistake(place, f"{sweep.time_limit!r} is no number of seconds")
    if sweep.given_name and not NAME.fullmatch(sweep.given_name):
        yield Mistake(
            place, f"{sweep.given_name!r} cannot be the name of a sweep", "letters, digits, - and _, not first -"
        )
    if sweep.halving and "epochs" in sweep.space.names:
        yield Mistake(place, "halving compares trials after the same epochs, and epochs is an axis", "one of the two")
