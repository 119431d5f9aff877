"""What a user wants of a sweep, from a command line, a TOML file or a form, and the definition that comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hw1_tui.markup import as_name, as_written
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.numeral import number_problem, read_duration
from hw1_tui.settings import SEEDS, Given, given_values, resolve
from hw1_tui.settings.hyperparameter import plain_value
from hw1_tui.sweep.definition import DEFAULT_METRIC, NAME, TABLE_NAME, Sweep, metric_mistake
from hw1_tui.sweep.space import MOST_POINTS, Axis, Space, axis_of, space_mistakes
from hw1_tui.sweep.trial import make_trials

_KEYS = ("name", "grid", "random", "tpe", "seeds", "metric", "halving", "time")


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
    metric = DEFAULT_METRIC if wish.metric is None else as_name(wish.metric)
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
        text = as_name(given)
        if re.fullmatch("[0-9]{1,9}", text) and 1 <= int(text) <= most:
            return int(text)
        self._mistakes.append(Mistake(self.place(key), number_problem(text), f"a whole number from 1 to {most:,}"))
        return default

    def name(self, given: Any) -> str:
        """Return the name of a sweep; empty for none."""
        if given is None or (isinstance(given, str) and NAME.fullmatch(given)):
            return given or ""
        problem = f"{as_written(given)} cannot be the name of a sweep"
        self._mistakes.append(Mistake(self.place("name"), problem, "at most 40 letters, digits, - and _, not first -"))
        return ""

    def time(self, given: Any) -> float | None:
        """Return the seconds of a time limit; ``None`` for none."""
        if given is None:
            return None
        try:
            return read_time_limit(as_name(given), self.place("time"))
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
            self._mistakes.append(
                Mistake(self.place(key), f"{as_written(given)} is not true or false", "true or false")
            )
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
