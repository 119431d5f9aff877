"""Axes: where ticks go and what they say, on linear and on true logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from screens.widgets.chart.series import Floats

Tick = tuple[float, str]

_FEWEST_TICKS = 2
_MORE_TICKS = 3


class Scale(Protocol):
    """How values become heights."""

    def forward(self, y: Floats) -> Floats:
        """Return heights (n,) of values (n,); what has none becomes NaN."""

    def ticks(self, low: float, high: float, count: int) -> list[Tick]:
        """Return at most about ``count`` ticks between two heights: height and label."""


class LinearScale:
    """Heights are values."""

    def forward(self, y: Floats) -> Floats:
        """Return the values."""
        return y

    def ticks(self, low: float, high: float, count: int) -> list[Tick]:
        """Return round values."""
        return [(value, label) for value, label in zip(*_round_ticks(low, high, count), strict=True)]


class LogScale:
    """Heights are log10 of values; values of zero and below have none."""

    def forward(self, y: Floats) -> Floats:
        """Return log10, NaN where it is not defined."""
        return np.log10(np.where(y > 0, y, np.nan))

    def ticks(self, low: float, high: float, count: int) -> list[Tick]:
        """Return powers of ten; between them 2 and 5 where there is room, round values where the range is small."""
        if high - low < 0.7:
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


def whole_ticks(low: float, high: float, count: int) -> list[Tick]:
    """Return ticks at whole numbers, for axes that count."""
    step = max(1, math.ceil(_round_step((high - low) / max(1, count))))
    first = math.ceil(low / step - 1e-9)
    return [(float(n * step), str(n * step)) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def format_value(value: float | None) -> str:
    """Return a value in at most four digits; ``-`` for a missing one."""
    return "-" if value is None else f"{value:.4g}"
