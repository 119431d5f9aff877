"""What a sweep is, as data: from a command line, from a TOML file, and from the history, where each trial keeps it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hw1_tui.markup import json_text
from hw1_tui.metric import METRICS, Metric, epoch_metrics
from hw1_tui.mistake import Mistake, MistakeError, nearest_name, unknown_name
from hw1_tui.numeral import read_duration
from hw1_tui.runs.comparison import identity
from hw1_tui.settings import SEEDS, TABLE, Given, RunConfig, given_values, resolve
from hw1_tui.settings.hyperparameter import plain_value
from hw1_tui.settings.point import Point, plain_point
from hw1_tui.sweep.space import MOST_POINTS, Axis, Space, axis_of, space_mistakes
from hw1_tui.sweep.trial import Trial, make_trials

TABLE_NAME = "sweep"
"""The table of a TOML file that says what is swept; what stands outside is what all trials share."""

DEFAULT_METRIC = "val_loss"
_KEYS = ("name", "grid", "random", "tpe", "seeds", "metric", "halving", "time")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,39}")
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


def _mistakes(sweep: Sweep, place: str) -> Iterator[Mistake]:
    yield from space_mistakes(sweep.space.axes, sweep.n_random or sweep.n_tpe, f"{place}")
    if mistake := metric_mistake(sweep.metric, place):
        yield mistake
    if not (type(sweep.seeds) is int and 1 <= sweep.seeds <= (SEEDS.maximum or 1)):
        yield Mistake(place, f"{sweep.seeds!r} is no number of seeds", SEEDS.allowed)
    for n in (sweep.n_random, sweep.n_tpe):
        if not (type(n) is int and 0 <= n <= MOST_POINTS):
            yield Mistake(place, f"{n!r} is no number of points", f"at most {MOST_POINTS:,}")
    if sweep.given_name and not _NAME.fullmatch(sweep.given_name):
        yield Mistake(
            place, f"{sweep.given_name!r} cannot be the name of a sweep", "letters, digits, - and _, not first -"
        )
    if sweep.halving and "epochs" in sweep.space.names:
        yield Mistake(place, "halving compares trials after the same epochs, and epochs is an axis", "one of the two")


@dataclass(frozen=True)
class Wish:
    """What a user said of a sweep, each with its place; ``None`` where nothing was said.

    Attributes:
        run: what all trials share.
        axes: name and values of each axis.
        places: where each of the others was said.
        name: what the sweep is called.
        n_random: number of points to draw.
        n_tpe: number of points where TPE chooses them.
        seeds: number of seeds.
        metric: what points are ranked by.
        halving: whether a part is stopped early.
        time: after how long it stops, such as ``20m``.
    """

    run: Sequence[Given] = ()
    axes: Sequence[tuple[str, Any, str]] = ()
    places: Mapping[str, str] | None = None
    name: Any = None
    n_random: Any = None
    n_tpe: Any = None
    seeds: Any = None
    metric: Any = None
    halving: Any = None
    time: Any = None


def define(wish: Wish, mistakes: list[Mistake]) -> Sweep:
    """Return the sweep that a user described.

    Args:
        wish: what was said.
        mistakes: what was found wrong before.

    Raises:
        MistakeError: with every mistake, each at its place.
    """
    reader = _Reader(wish.places or {}, mistakes)
    axes = []
    for name, values, place in wish.axes:
        try:
            axes.append(axis_of(name, values, place))
        except MistakeError as error:
            mistakes.extend(error.mistakes)
    n_random = reader.whole("random", wish.n_random, 0, MOST_POINTS)
    n_tpe = reader.whole("tpe", wish.n_tpe, 0, MOST_POINTS)
    reader.one_of_two("tpe", n_tpe, "random", n_random)
    if len(axes) == len(wish.axes) and (axes or not mistakes):  # a file that cannot be read may well have said some
        is_grid = wish.n_random is None and wish.n_tpe is None
        mistakes.extend(space_mistakes(axes, n_random or n_tpe or int(not is_grid), reader.place("grid")))
    seeds = reader.whole("seeds", wish.seeds, 1, int(SEEDS.maximum or 1))
    metric = DEFAULT_METRIC if wish.metric is None else str(wish.metric)
    mistakes.extend(filter(None, [metric_mistake(metric, reader.place("metric"))]))
    name, limit = reader.name(wish.name), reader.time(wish.time)
    halving = reader.switch("halving", wish.halving)
    if halving and any(axis.name == "epochs" for axis in axes):
        problem = "compares trials after the same epochs, and epochs is an axis"
        mistakes.append(Mistake(reader.place("halving"), problem, "one of the two"))
    try:
        config = resolve([*wish.run, *_first_point(axes)])
    except MistakeError as error:
        mistakes.extend(error.mistakes)
    else:
        if not config.epochs or any(axis.name == "epochs" and 0 in axis.values for axis in axes):
            mistakes.append(Mistake("epochs", "a sweep compares trained models, and 0 train none", "at least 1"))
    if mistakes:
        raise MistakeError(mistakes)
    sweep = Sweep(config, Space(tuple(axes)), n_random, seeds, metric, halving, limit, name, n_tpe=n_tpe)
    _check_points(sweep, reader)
    return sweep


def _check_points(sweep: Sweep, reader: _Reader) -> None:
    """See that there are as many points as are asked for, and that each can be trained, also those not chosen yet."""
    wanted = sweep.n_random or sweep.n_tpe
    if wanted and (there := len(sweep.space.sample(wanted, 0))) < wanted:
        problem = f"{wanted} points are asked for, and the space has {there}"
        raise MistakeError(Mistake(reader.place("tpe" if sweep.n_tpe else "random"), problem, nearest=str(there)))
    _ = sweep.trials
    if sweep.n_tpe:
        make_trials(sweep.config, sweep.space.corners(), 1)


def _first_point(axes: Sequence[Axis]) -> Iterator[Given]:
    """Yield a value of each axis: the configuration that is shared is checked with the trials' own values in it."""
    for axis in axes:
        value = axis.values[0] if axis.values else axis.low
        yield Given(axis.name, plain_value(value), f"--grid {axis.name}")


class _Reader:
    """Reads what was said, adding what is wrong with it to the mistakes."""

    def __init__(self, places: Mapping[str, str], mistakes: list[Mistake]) -> None:
        self._places = places
        self._mistakes = mistakes

    def place(self, key: str) -> str:
        """Return where something was said; its option where nothing else is known."""
        return self._places.get(key, f"--{key}")

    def whole(self, key: str, given: Any, default: int, most: int) -> int:
        """Return a whole number from 1 on."""
        if given is None:
            return default
        text = str(given)
        if not isinstance(given, bool) and re.fullmatch("[0-9]{1,9}", text) and 1 <= int(text) <= most:
            return int(text)
        self._mistakes.append(
            Mistake(self.place(key), f"{text!r} is out of range", f"a whole number from 1 to {most:,}")
        )
        return default

    def name(self, given: Any) -> str:
        """Return the name of a sweep; empty for none."""
        if given is None or (isinstance(given, str) and _NAME.fullmatch(given)):
            return given or ""
        problem = f"{given!r} cannot be the name of a sweep"
        self._mistakes.append(Mistake(self.place("name"), problem, "at most 40 letters, digits, - and _, not first -"))
        return ""

    def time(self, given: Any) -> float | None:
        """Return the seconds of a time limit; ``None`` for none."""
        if given is None:
            return None
        try:
            return read_time_limit(str(given), self.place("time"))
        except MistakeError as error:
            self._mistakes.extend(error.mistakes)
            return None

    def one_of_two(self, key: str, value: object, other: str, other_value: object) -> None:
        """See that of two things that exclude each other one was said."""
        if value and other_value:
            self._mistakes.append(Mistake(self.place(key), f"{other} says already which points", "one of the two"))

    def switch(self, key: str, given: Any) -> bool:
        """Return whether something is wanted."""
        if given is not None and not isinstance(given, bool):
            self._mistakes.append(Mistake(self.place(key), f"{given!r} is not true or false", "true or false"))
        return given is True


def read_time_limit(text: str, place: str) -> float:
    """Return the seconds after which a sweep is to stop.

    Raises:
        MistakeError: it is no time such as ``20m``.
    """
    try:
        return read_duration(text)
    except ValueError as error:
        nearest = f"{text}m" if re.fullmatch("0*[1-9][0-9]*", text) else ""
        raise MistakeError(Mistake(place, str(error), "such as 90s, 20m or 1h30m", nearest)) from None


def read_definition(record: Mapping[str, Any], source: str) -> Wish:
    """Return what a TOML file says of a sweep: a run's keys, and beside them the table ``sweep``.

    Args:
        record: the file.
        source: its name for the places of mistakes.

    Raises:
        MistakeError: the table is none, or has keys that are not known.
    """
    own = record.get(TABLE_NAME, {})
    grid = own.get("grid", {}) if isinstance(own, dict) else None
    if not isinstance(own, dict) or not isinstance(grid, dict):
        place = f"{source}, {TABLE_NAME}" if grid is None else f"{source}, {TABLE_NAME}.grid"
        raise MistakeError(Mistake(place, "is not a table", f"[sweep] with {', '.join(_KEYS[1:])}"))
    places = {key: f"{source}, {TABLE_NAME}.{key}" for key in _KEYS}
    if mistakes := [
        Mistake(f"{source}, {TABLE_NAME}.{key}", "there is no such key", ", ".join(_KEYS), nearest_name(key, _KEYS))
        for key in own
        if key not in _KEYS
    ]:
        raise MistakeError(mistakes)
    run = given_values({key: value for key, value in record.items() if key != TABLE_NAME}, source)
    axes = [(name, values, f"{places['grid']}.{name}") for name, values in grid.items()]
    return Wish(run, axes, places, own.get("name"), own.get("random"), own.get("tpe"), own.get("seeds"),
                own.get("metric"), own.get("halving"), own.get("time"))  # fmt: skip
