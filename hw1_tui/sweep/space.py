"""The space that a sweep looks through: an axis a hyperparameter, and the points on a grid or drawn in it."""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engines.contract import Value
from hw1_tui.markup import as_written
from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.numeral import counted, read_whole
from hw1_tui.read_options import READ_OPTIONS
from hw1_tui.runs.comparison import MAY_DIFFER
from hw1_tui.settings import TABLE, format_number, option_name
from hw1_tui.settings.hyperparameter import plain_value
from hw1_tui.settings.point import Point

SCALES = ("linear", "log")
MOST_POINTS = 10_000
"""A grid of more points is a slip of the keyboard."""

_FEW_DIGITS, _MANY_DIGITS = 4, 12
"""As many digits tell values apart, can be read and can be typed; the more where they must."""

_DRAWS_A_POINT = 100
"""So often a point is drawn again that was drawn before, until the space is taken for exhausted."""


@dataclass(frozen=True)
class Axis:
    """A hyperparameter with what it is to be tried at.

    Attributes:
        name: as in the table of hyperparameters.
        values: those of a grid, in order; of a range its points, empty where their number was not said.
        low: lower end of a range; ``None`` where values were listed.
        high: its upper end.
        scale: on which a range is even.
    """

    name: str
    values: tuple[Value, ...] = ()
    low: float | None = None
    high: float | None = None
    scale: str = "linear"

    @property
    def is_range(self) -> bool:
        """Whether points may be drawn between the values."""
        return self.low is not None

    @property
    def text(self) -> str:
        """What is tried, as a user types it; see ``axis_of``."""
        if self.low is None or self.high is None:
            return (";" if TABLE[self.name].kind == "sizes" else ",").join(map(TABLE[self.name].format, self.values))
        scale = f":{self.scale}" if self.scale != SCALES[0] else ""
        points = f":{len(self.values)}" if self.values else ""
        return f"{format_number(self.low)}..{format_number(self.high)}{scale}{points}"

    def draw(self, generator: random.Random) -> Value:
        """Return a value drawn at random: of a range even on its scale, else one of those listed."""
        if self.low is None or self.high is None:
            return self.values[int(generator.random() * len(self.values))]
        # What is rounded to an end lies on both sides of it, as around any other whole number.
        return self._at(generator.random(), _FEW_DIGITS, 0.5 if TABLE[self.name].kind == "integer" else 0.0)

    def _at(self, share: float, digits: int, beyond: float = 0.0) -> Value:
        """Return the value at a share of the way from the lower to the upper end of the range, with so many digits.

        Args:
            share: from 0 to 1.
            digits: of the value.
            beyond: how far the way reaches beyond both ends; what lies there becomes the end.
        """
        ends = (self.low or 0.0) - beyond, (self.high or 0.0) + beyond
        low, high = (math.log(end) if self.scale == "log" else end for end in ends)
        value = low + share * (high - low)
        return self.rounded(math.exp(value) if self.scale == "log" else value, digits)

    def rounded(self, value: float, digits: int = _FEW_DIGITS) -> Value:
        """Return a number of the range with so many digits, and within its ends."""
        value = min(max(float(f"{value:.{digits}g}"), self.low or 0.0), self.high or 0.0)
        return round(value) if TABLE[self.name].kind == "integer" else value

    def with_points(self, n: int) -> tuple[Value, ...]:
        """Return n values that lie evenly on the scale of the range, each once, its ends as they are."""
        shares = [i / (n - 1) for i in range(n)] if n > 1 else [0.5]
        for digits in (_FEW_DIGITS, _MANY_DIGITS):
            exact = [digits if 0 < share < 1 else _MANY_DIGITS for share in shares]
            values = tuple(dict.fromkeys(map(self._at, shares, exact)))
            if len(values) == n:
                break
        return values

    def as_dict(self) -> dict[str, Any]:
        """Return the axis as a dictionary fit for JSON and TOML."""
        values = [plain_value(value) for value in self.values]
        ends = {"low": self.low, "high": self.high, "scale": self.scale} if self.is_range else {}
        return {"name": self.name, "values": values, **ends}


def axis_of(name: str, given: Any, place: str) -> Axis:
    """Return an axis of its name and its values: a text as on the command line, or a list as in a file.

    A text is ``.01,.25,.5`` or ``1e-4..1e-1:log:5``. Sizes of layers hold commas, so that several of them are parted by
    semicolons: ``100;2x200``.

    Raises:
        MistakeError: what is wrong with it.
    """
    name = _axis_name(name, place)
    if isinstance(given, str) and TABLE[name].kind in ("integer", "number") and ".." in given:
        return _read_range(name, given, place)
    if isinstance(given, str):
        given = [part.strip() for part in given.split(";" if TABLE[name].kind == "sizes" else ",")]
    if not isinstance(given, list) or not given:
        raise MistakeError(Mistake(place, f"{as_written(given)} is no list of values of {name}", TABLE[name].allowed))
    values = [_read_value(name, value, place) for value in given]
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise MistakeError(Mistake(place, f"{TABLE[name].format(twice)} stands there twice", "each value once"))
    return Axis(name, tuple(values))


def _axis_name(given: str, place: str) -> str:
    name = given.strip().lower().lstrip("-").replace("-", "_").replace(" ", "_")
    if name == "seed":
        raise MistakeError(Mistake(place, "seeds are repetitions of a point, and no axis", "--seeds N"))
    if name in ("model", "engine", "data"):
        raise MistakeError(Mistake(place, f"all trials of a sweep share the {name}", f"--{name}, and a sweep for each"))
    if name not in TABLE:
        problem = f"there is no hyperparameter {given.strip()!r}"
        raise MistakeError(Mistake(place, problem, nearest=nearest_name(name, TABLE)))
    if name in READ_OPTIONS:
        problem = f"all trials of a sweep share the data, and {name} says how it is read"
        raise MistakeError(Mistake(place, problem, f"{option_name(name)}, and a sweep for each"))
    if name in MAY_DIFFER or name == "evaluate_train":
        raise MistakeError(
            Mistake(place, f"{name} changes no training: all trials share it", "any other hyperparameter")
        )
    return name


def _read_value(name: str, value: Any, place: str) -> Value:
    entry = TABLE[name]
    try:
        return entry.read(value) if isinstance(value, str) else entry.check(value)
    except ValueError as error:
        nearest = entry.nearest(value) if isinstance(value, str) else ""
        allowed = entry.allowed
        if entry.kind == "sizes":
            allowed += "; several parted by semicolons"
            nearest = nearest if "," in str(value) else nearest.replace(",", ";")  # parted otherwise: networks
        problem = str(error) if value or not isinstance(value, str) else "one of its values is empty"
        raise MistakeError(Mistake(place, problem, allowed, nearest)) from None


def _read_range(name: str, given: str, place: str) -> Axis:
    allowed = "LOW..HIGH, then :log for an even logarithm and :N for N points"
    match = re.fullmatch(r"(.*?)\.\.([^:]*)((?::[^:]*)*)", given.strip())
    if not match:
        raise MistakeError(Mistake(place, f"{given!r} is no range", allowed))
    if not all(end.strip() for end in match.group(1, 2)):
        raise MistakeError(Mistake(place, f"{given!r} lacks an end", allowed))
    ends = [_read_value(name, end.strip(), place) for end in match.group(1, 2)]
    words = match[3].split(":")[1:]
    scales = [word for word in words if word in SCALES]
    numbers = [_read_number_of_points(word, place) for word in words if word not in SCALES]
    if len(scales) > 1 or len(numbers) > 1:
        problem = "two scales" if len(scales) > 1 else "two numbers of points"
        raise MistakeError(Mistake(place, f"{given!r} has {problem}", allowed))
    scale, n = (scales or ["linear"])[0], (numbers or [0])[0]
    low, high = (float(end) if isinstance(end, (int, float)) else math.nan for end in ends)
    if not low < high:
        raise MistakeError(Mistake(place, f"{given!r} has no lower end below an upper one", allowed))
    if scale == "log" and low <= 0:
        raise MistakeError(Mistake(place, f"{given!r} begins at {low:g}, which has no logarithm", "LOW above 0"))
    axis = Axis(name, (), low, high, scale)
    values = axis.with_points(n) if n else ()
    if len(values) < n:
        problem = f"{given!r} has {counted(len(values), 'different value')}, and {n:,} points are asked for"
        raise MistakeError(Mistake(place, problem, nearest=re.sub(":0*[1-9][0-9]*", f":{len(values)}", given)))
    return replace(axis, values=values)


def _read_number_of_points(word: str, place: str) -> int:
    try:
        n = read_whole(word)
    except ValueError:
        n = 0
    if not 1 < n <= MOST_POINTS:
        allowed = f"{', '.join(SCALES)}, or a number of points from 2 to {MOST_POINTS:,}"
        problem = "is no number of points" if word.isdecimal() else "says nothing of a range"
        raise MistakeError(Mistake(place, f"{word!r} {problem}", allowed, nearest_name(word, SCALES)))
    return n


@dataclass(frozen=True)
class Space:
    """The axes of a sweep.

    Attributes:
        axes: in the order in which they were given, each hyperparameter once.
    """

    axes: tuple[Axis, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The hyperparameters."""
        return tuple(axis.name for axis in self.axes)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is said of sizes that were perhaps meant as several networks, and are the layers of one."""
        lists = [axis.values[0] for axis in self.axes if TABLE[axis.name].kind == "sizes" and len(axis.values) == 1]
        return tuple(
            f"--grid hidden-sizes: one network of {len(sizes)} layers; several are parted by semicolons: "
            f"{';'.join(map(str, sizes))}."
            for sizes in lists
            if isinstance(sizes, tuple) and len(set(sizes)) > 1
        )

    def grid(self) -> list[Point]:
        """Return every combination of the values, the last axis turning fastest."""
        return [dict(zip(self.names, values, strict=True)) for values in itertools.product(*self._values())]

    @property
    def grid_size(self) -> int:
        """Number of points of the grid."""
        return math.prod(map(len, self._values()))

    def corners(self) -> list[Point]:
        """Return every combination of the ends of ranges and of what is listed, of very many the first."""
        ends = [axis.with_points(2) if axis.is_range else axis.values for axis in self.axes]
        return [
            dict(zip(self.names, values, strict=True))
            for values in itertools.islice(itertools.product(*ends), MOST_POINTS)
        ]

    def _values(self) -> list[tuple[Value, ...]]:
        return [axis.values for axis in self.axes]

    def sample(self, n: int, seed: int) -> list[Point]:
        """Return n different points drawn at random: the same for the same seed, and of more the same ones first.

        Fewer where the space has no more.
        """
        return list(itertools.islice(self._draws(seed), n))

    def _draws(self, seed: int) -> Iterator[Point]:
        generator, seen, failures = random.Random(seed), set[tuple[Value, ...]](), 0  # noqa: S311 - no secret
        while failures < _DRAWS_A_POINT * (len(seen) + 1):
            values = tuple(axis.draw(generator) for axis in self.axes)
            if values in seen:
                failures += 1
                continue
            seen.add(values)
            yield dict(zip(self.names, values, strict=True))


def space_mistakes(axes: Sequence[Axis], n_random: int, place: str) -> Iterator[Mistake]:
    """Yield what is wrong with axes together.

    Args:
        axes: in their order.
        n_random: how many points are drawn or chosen; 0 for a grid.
        place: where they were given.
    """
    names = [axis.name for axis in axes]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Mistake(place, f"{name} is given twice", "each hyperparameter once")
    if not axes:
        yield Mistake(place, "says nothing to be tried", "NAME=VALUE,VALUE or NAME=LOW..HIGH:log:N")
    for axis in axes:
        if not n_random and not axis.values:
            yield Mistake(place, f"the range of {axis.name} has no number of points", "LOW..HIGH:N, or --random N")
    size = Space(tuple(axes)).grid_size
    if not n_random and size > MOST_POINTS:
        yield Mistake(place, f"is a grid of {size:,} points", f"at most {MOST_POINTS:,}, or --random N")
