"""What a chart shows: series of points, marks and floors; and their reduction to what a canvas can show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from hw1_tui.metric import Best

Floats = npt.NDArray[np.float64]
Numbers = Sequence[float | None] | Floats


def as_floats(values: Numbers) -> Floats:
    """Return numbers as an array (n,); what is missing or infinite becomes a gap, NaN."""
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)


@dataclass(frozen=True, eq=False)
class Series:
    """A curve.

    Attributes:
        name: for the legend.
        x: where the points are, increasing, (n,).
        y: their values, (n,); ``None`` and what is not finite is a gap.
        best: which value is the best one, for the summary: the lowest, the highest, or none.
        number: which of the colours and markers it has, so that what is the same in several charts looks the same;
            by default that of its place in the chart.
        whole: the name in full, where that in the legend is shortened.
        short: the name where there is little room, at the end of the curve; ``name`` by default.
        best_at: where on the x axis the best point is, which is marked; ``None`` for none.
        band: lower and upper ends (n,) of a band around the curve, such as the lowest and highest of several seeds.
    """

    name: str
    x: Numbers
    y: Numbers
    best: Best = ""
    number: int | None = None
    whole: str = ""
    short: str = ""
    best_at: float | None = None
    band: tuple[Numbers, Numbers] | None = None
    points: tuple[Floats, Floats] = field(init=False, repr=False)
    ends: tuple[Floats, Floats, Floats] | None = field(init=False, repr=False, default=None)
    """Of the band: x, lower and upper ends (m,), where all are numbers."""

    def __post_init__(self) -> None:
        x, y = as_floats(self.x), as_floats(self.y)
        if len(x) != len(y):
            raise ValueError(f"{self.name} has {len(x)} x and {len(y)} y")
        object.__setattr__(self, "points", (x[~np.isnan(x)], y[~np.isnan(x)]))
        if self.band:
            ends = np.stack([x, *map(as_floats, self.band)])
            object.__setattr__(self, "ends", tuple(ends[:, ~np.isnan(ends).any(axis=0)]))

    @property
    def last(self) -> float | None:
        """The last value that is a number."""
        y = self.points[1]
        there = np.flatnonzero(~np.isnan(y))
        return float(y[there[-1]]) if len(there) else None

    def over(self, epochs: Sequence[float], positions: Sequence[float]) -> Series:
        """Return the curve over something else than its epochs.

        Args:
            epochs: where it is known where they stand, increasing, (n,).
            positions: where they stand, (n,).
        """
        best_at = None if self.best_at is None else float(np.interp(self.best_at, epochs, positions))
        return replace(self, x=np.interp(as_floats(self.x), epochs, positions), best_at=best_at)

    def last_within(self, low: float, high: float) -> tuple[float, float] | None:
        """Return the last point that is a number between two ends of the x axis; ``None`` where there is none."""
        x, y = self.points
        there = np.flatnonzero(~np.isnan(y) & (x >= low) & (x <= high))
        return (float(x[there[-1]]), float(y[there[-1]])) if len(there) else None

    def at(self, x: float) -> float | None:
        """Return the value at the point that is nearest to ``x``; ``None`` for a gap or beyond the ends."""
        xs, ys = self.points
        if not len(xs) or not xs[0] - 0.5 <= x <= xs[-1] + 0.5:
            return None
        value = float(ys[int(np.abs(xs - x).argmin())])
        return None if np.isnan(value) else value


@dataclass(frozen=True)
class Mark:
    """Something that happened at a place on the x axis.

    Attributes:
        x: where.
        label: what.
        short: the same where there is little room; empty for nothing shorter.
    """

    x: float
    label: str
    short: str = ""

    def over(self, epochs: Sequence[float], positions: Sequence[float]) -> Mark:
        """Return the mark over something else than its epochs; see ``Series.over``."""
        return replace(self, x=float(np.interp(self.x, epochs, positions)))


@dataclass(frozen=True)
class Floor:
    """A value that matters all along the x axis.

    Attributes:
        y: the value.
        label: what it is.
    """

    y: float
    label: str


def reduce_points(x: Floats, y: Floats, low: float, high: float, columns: int) -> tuple[Floats, Floats]:
    """Return at most two points a column that draw the same picture: the lowest and the highest in each.

    Ten thousand points so cost what a hundred do. A column of gaps alone stays a gap.

    Args:
        x: increasing, (n,).
        y: (n,), NaN for gaps.
        low: left end of the canvas.
        high: right end of the canvas, above ``low``.
        columns: columns of dots of the canvas.

    Returns:
        x and y, (m,) with m at most 2 * (columns + 2), in the order of x; one neighbour beyond each end is kept, so
        that the curve runs on to the edge.
    """
    start = max(int(np.searchsorted(x, low)) - 1, 0)
    end = min(int(np.searchsorted(x, high, side="right")) + 1, len(x))
    x, y = x[start:end], y[start:end]
    if len(x) <= 2 * columns:
        return x, y
    column = np.clip(np.floor((x - low) / (high - low) * columns), -1, columns).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    lowest = np.fmin.reduceat(y, starts)
    highest = np.fmax.reduceat(y, starts)
    lengths = np.diff(starts, append=len(y))
    owner = np.repeat(np.arange(len(starts)), lengths)
    first_low = _first(y == lowest[owner], owner, starts)
    first_high = _first(y == highest[owner], owner, starts)
    chosen = np.unique(np.concatenate([first_low, first_high]))
    return x[chosen], y[chosen]


def _first(
    matches: npt.NDArray[np.bool_], owner: npt.NDArray[np.int64], starts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return the position of the first match of each group; a group without one gives its start."""
    positions = np.flatnonzero(matches)[::-1]
    first = starts.copy()
    first[owner[positions]] = positions  # written from the last to the first, so the first stays
    return first


def smooth(y: Floats, weight: float) -> Floats:
    """Return an exponential moving average that starts unbiased; gaps stay gaps.

    s_t = w s_{t-1} + (1 - w) y_t, divided by 1 - w^t (Kingma and Ba 2015, section 3).

    Args:
        y: (n,), NaN for gaps.
        weight: share of the past, from 0 (not at all) to below 1.
    """
    if weight <= 0:
        return y
    smoothed, mean, power = np.full_like(y, np.nan), 0.0, 1.0
    for position, value in enumerate(y.tolist()):
        if not math.isnan(value):
            mean = weight * mean + (1 - weight) * value
            power *= weight
            smoothed[position] = mean / (1 - power)
    return smoothed
