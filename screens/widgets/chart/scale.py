"""Axes: where they end, where ticks go and what they say, on linear and on true logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from screens.widgets.chart.series import Floats

Tick = tuple[float, str]
Ends = tuple[float, float]

_FEWEST_TICKS = 2
_MORE_TICKS = 3
_LARGEST_WRITTEN_OUT = 1e12
_IDEAL_GAP = 4
_MOST_TICKS = 9
_BETWEEN_LABELS = 4
"""Columns at least."""

_COLUMNS_OF_POWER = 9
"""Of a power of ten below a logarithmic x axis, with what parts it from the next."""

_DECADES_OF_ROUND_VALUES = 0.7
"""Of a logarithmic axis that is shorter; a longer one has powers of ten."""
_EVERY_POWER = (1, 2, 3, 5, 10, 20, 50, 100, 200)
_BETWEEN_POWERS, _CELLS_FOR_BETWEEN = (1, 2, 5), 6
"""What is ticked between powers of ten, and how far apart they must be for it."""


@dataclass(frozen=True)
class Axis:
    """An axis as it is drawn.

    Attributes:
        ends: heights of the first and the last cell.
        ticks: heights and labels.
    """

    ends: Ends
    ticks: list[Tick]


class Scale(Protocol):
    """How values become heights."""

    def forward(self, y: Floats) -> Floats:
        """Return heights (n,) of values (n,); what has none becomes NaN."""

    def ticks(self, low: float, high: float, count: int) -> list[Tick]:
        """Return at most about ``count`` ticks between two heights: height and label."""

    def axis(self, low: float, high: float, cells: int) -> Axis:
        """Return an axis that shows heights from ``low`` to ``high``, and ends at a tick or just above one.

        Args:
            low: the lowest height.
            high: the highest, above ``low``.
            cells: cells from the lowest to the highest of the axis.
        """


class LinearScale:
    """Heights are values."""

    def forward(self, y: Floats) -> Floats:
        """Return the values."""
        return y

    def ticks(self, low: float, high: float, count: int) -> list[Tick]:
        """Return round values."""
        return [(value, label) for value, label in zip(*_round_ticks(low, high, count), strict=True)]

    def axis(self, low: float, high: float, cells: int) -> Axis:
        """Return an axis whose ticks are round values, a whole number of cells apart."""
        best = max(_candidates(low, high, cells), key=lambda found: found.worth, default=None)
        if best is None:
            return Axis((low, high), self.ticks(low, high, max(_FEWEST_TICKS, cells // _IDEAL_GAP)))
        top = best.top * best.step
        unit = best.step / best.gap
        high = top + best.above * unit
        values = [(best.top - n) * best.step for n in range((cells - best.above) // best.gap, -1, -1)]
        return Axis((high - cells * unit, high), list(zip(values, _labels(values, best.step), strict=True)))


@dataclass(frozen=True)
class _Candidate:
    """A way to divide an axis: ``top`` times ``step`` is the highest tick, ``above`` cells stand over it."""

    step: float
    gap: int
    top: int
    above: int
    worth: float


def _candidates(low: float, high: float, cells: int) -> Iterator[_Candidate]:
    """Yield the ways to divide an axis into ticks that are a whole number of cells apart, with what each is worth.

    The more of the axis is used the better; ticks are best about four cells apart, and where nothing is negative
    the axis is not either.
    """
    if not high - low > 1e-9 * max(abs(low), abs(high), 1e-290):
        return
    ideal = max(_IDEAL_GAP if cells >= 3 * _IDEAL_GAP else _FEWEST_TICKS, cells / (_MOST_TICKS - 1))
    for gap in range(_FEWEST_TICKS, min(cells, round(2 * ideal)) + 1):
        least = _round_step((high - low) / cells * gap)
        for step in (least, _round_step(least * 1.01)):
            unit = step / gap
            worth = (high - low) / (cells * unit) - 0.15 * abs(math.log(gap / ideal))
            for above in (0, 1):
                top = math.ceil((high - above * unit) / step - 1e-9)
                bottom = top * step + (above - cells) * unit
                has_two = cells - above >= gap  # one tick alone tells no distance
                if has_two and bottom <= low + 1e-9 * step and (low < 0 or bottom >= -1e-9 * step):
                    yield _Candidate(step, gap, top, above, worth)
            if low >= 0 and cells * unit >= high * (1 - 1e-9):  # up from zero
                yield _Candidate(step, gap, cells // gap, cells % gap, worth - 0.05)


class LogScale:
    """Heights are log10 of values; values of zero and below have none."""

    def forward(self, y: Floats) -> Floats:
        """Return log10, NaN where it is not defined."""
        return np.log10(np.where(y > 0, y, np.nan))

    def ticks(self, low: float, high: float, count: int) -> list[Tick]:
        """Return powers of ten; between them 2 and 5 where there is room, round values where the range is small."""
        if high - low < _DECADES_OF_ROUND_VALUES:
            values, labels = _round_ticks(10**low, 10**high, count)
            return [(math.log10(v), text) for v, text in zip(values, labels, strict=True) if v > 0]
        powers = range(math.floor(low), math.ceil(high) + 1)
        choices = []
        for steps in ((1, 2, 5), (1, 3), (1,)):
            values = [step * 10.0**power for power in powers for step in steps]
            choices.append([value for value in values if low - 1e-9 <= math.log10(value) <= high + 1e-9])
        choices = [values for values in choices if len(values) >= _FEWEST_TICKS] or choices[:1]
        inside = next((values for values in choices if len(values) <= count), choices[-1])
        every = -(-len(inside) // max(1, count))
        return [(math.log10(value), format_value(value)) for value in inside[::every]]

    def axis(self, low: float, high: float, cells: int) -> Axis:
        """Return an axis whose powers of ten are whole cells apart; round values where the range is small."""
        if high - low < _DECADES_OF_ROUND_VALUES:
            return self._short_axis(low, high, cells)
        every, gap = _power_gap(low, high, cells)
        unit = every / gap
        top = math.ceil(high / unit - 1e-9) * unit
        ends = (top - cells * unit, top)
        powers = range(math.floor(ends[0] / every + 1e-9), math.floor(top / every + 1e-9) + 1)
        between = _BETWEEN_POWERS if every == 1 and gap >= _CELLS_FOR_BETWEEN else (1,)
        heights = [(power * every + math.log10(n), n, power * every) for power in powers for n in between]
        ticks = [(height, format_value(n * 10.0**power)) for height, n, power in heights if height >= ends[0] - 1e-9]
        inside = [tick for tick in ticks if tick[0] <= top + 1e-9]
        return Axis(ends, inside) if inside else self._short_axis(low, high, cells)

    def _short_axis(self, low: float, high: float, cells: int) -> Axis:
        """Return an axis without a power of ten in it, or of less than a decade, which ends at a round value."""
        count = max(_FEWEST_TICKS, cells // _IDEAL_GAP)
        step = _round_step((10**high - 10**low) / count)
        top = math.log10(math.ceil(10**high / step - 1e-9) * step)
        return Axis((low, top), self.ticks(low, top, count))


def _power_gap(low: float, high: float, cells: int) -> tuple[int, int]:
    """Return every how many powers of ten a tick stands, and how many cells apart: what uses most of the axis."""
    found: list[tuple[float, int, int]] = []
    for place, every in enumerate(_EVERY_POWER):
        for gap in range(int(cells * every / (high - low)), 0, -1):
            unit = every / gap
            if math.ceil(high / unit - 1e-9) * unit - cells * unit <= low + 1e-9:
                used = (high - low) / (cells * unit)
                n_ticks = cells / gap
                bad = 0.1 * place + 0.5 * (gap < _FEWEST_TICKS) + 0.5 * (n_ticks < _FEWEST_TICKS) + 0.2 * (n_ticks > 12)
                found.append((used - bad, every, gap))
                break
    _, every, gap = max(found)
    return every, gap


def _round_ticks(low: float, high: float, count: int) -> tuple[list[float], list[str]]:
    """Return values and labels: at most about ``count``, but two at least, for one alone tells no distance."""
    for most in range(max(1, count), max(1, count) + _MORE_TICKS + 1):
        step = _round_step((high - low) / most)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 >= _FEWEST_TICKS:
            break
    every = -(-(last - first + 1) // (max(1, count) + 1))  # a finer step, taken for want of two, may give too many
    values = [n * step for n in range(first, min(last, first + 100) + 1, max(1, every))]
    return values, _labels(values, step)


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is no smaller than ``least``."""
    power = 10.0 ** math.floor(math.log10(max(least, 1e-300)))
    return next((m * power for m in (1.0, 2.0, 2.5, 5.0) if m * power >= least * (1 - 1e-9)), 10 * power)


def _labels(values: Sequence[float], step: float) -> list[str]:
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= 1e5 or (0 < largest < 1e-3):
        digits = 2 + math.floor(math.log10(largest)) - math.floor(math.log10(step) + 1e-9)  # as many as tell apart
        return [f"{value:.{max(4, digits)}g}" for value in values]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    decimals += not math.isclose(step * 10**decimals, round(step * 10**decimals))
    return [f"{value + 0.0:.{decimals}f}" for value in values]


def x_ticks(low: float, high: float, columns: int, *, is_counted: bool) -> list[Tick]:
    """Return ticks of an x axis as near to each other as their labels allow; one at the end, where a step gives one.

    Args:
        low: left end.
        high: right end.
        columns: columns of cells between them.
        is_counted: whether there are whole numbers only.
    """
    found: list[list[Tick]] = []
    step = _round_step((high - low) / max(1, columns))
    while not found or len(found[-1]) > _FEWEST_TICKS:
        if not is_counted or step == int(step):
            first = math.ceil(low / step - 1e-9)
            values = [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]
            ticks = list(zip(values, _labels(values, step), strict=True))
            room = step / (high - low) * columns
            if all(len(label) + _BETWEEN_LABELS <= room for _, label in ticks):
                found.append(ticks)
        step = _round_step(step * 1.01)
    ending = [ticks for ticks in found[:3] if len(ticks) > _FEWEST_TICKS and high - ticks[-1][0] < 1e-9 * (high - low)]
    return ending[0] if ending else found[0]


def power_ticks(low: float, high: float, columns: int) -> list[Tick]:
    """Return ticks of a logarithmic x axis, whose places are powers of ten; see ``x_ticks``."""
    return LogScale().ticks(low, high, columns // _COLUMNS_OF_POWER)


def format_position(x: float) -> str:
    """Return a place on the x axis: a whole number with all its digits, another in at most four."""
    return f"{x:.0f}" if float(x).is_integer() and abs(x) < _LARGEST_WRITTEN_OUT else format_value(x)


def format_value(value: float | None) -> str:
    """Return a value in at most four digits; ``-`` for a missing one."""
    return "-" if value is None else f"{value:.4g}"
