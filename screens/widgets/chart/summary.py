"""A chart in words: for screen readers, for logs, and for whoever sees no colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from screens.widgets.chart.scale import format_position, format_value
from screens.widgets.chart.series import Floats, Floor, Mark, Series


def summarise(
    title: str,
    x_label: str,
    series: list[Series],
    marks: list[Mark],
    floors: list[Floor],
    tell_x: Callable[[float], str] = format_position,
) -> str:
    """Return start, end, best and trend of each series, and what is marked, a line each.

    Args:
        title: of the chart.
        x_label: what the x axis counts.
        series: as in the chart, like ``marks`` and ``floors``.
        marks: places on the x axis.
        floors: values all along it.
        tell_x: says what stands at a place on the x axis.
    """
    lines = [f"{title}, by {x_label}"] if title else []
    lines += [_summarise_series(one, x_label, tell_x) for one in series] or ["Nothing to show yet."]
    lines += [f"{floor.label}: {format_value(floor.y)}" for floor in floors]
    lines += [f"at {x_label} {tell_x(mark.x)}: {mark.label}" for mark in marks]
    return "\n".join(lines)


def _summarise_series(series: Series, x_label: str, tell_x: Callable[[float], str]) -> str:
    x, y = series.points
    there = ~np.isnan(y)
    gaps = int(len(y) - there.sum())
    x, y = x[there], y[there]
    if not len(y):
        return f"{series.whole or series.name}: no values"
    words = [
        f"{series.whole or series.name}: from {format_value(float(y[0]))} at {x_label} {tell_x(float(x[0]))}"
        f" to {format_value(float(y[-1]))} at {x_label} {tell_x(float(x[-1]))}"
    ]
    for name, position in (("lowest", int(y.argmin())), ("highest", int(y.argmax()))):
        if name == series.best or _is_way_and_back(y, position):
            words.append(f"{name} {format_value(float(y[position]))} at {tell_x(float(x[position]))}")
    if len(y) >= 4:
        with np.errstate(over="ignore"):  # of values near the end of the range the trend may say anything
            words.append(_trend(y))
    if series.ends and len(series.ends[0]):
        _, low, high = series.ends
        words.append(f"the band around it from {format_value(float(low[-1]))} to {format_value(float(high[-1]))} there")
    if gaps:
        words.append(f"{gaps} missing")
    return ", ".join(words)


def _is_way_and_back(y: Floats, position: int) -> bool:
    """Whether a value is so far beyond both ends of a series that from them one would think of another curve."""
    with np.errstate(over="ignore", invalid="ignore"):  # of values near the end of the range
        return bool(np.abs(y[[0, -1]] - y[position]).min() > np.ptp(y) / 2)


def _trend(y: Floats) -> str:
    """Return where the last quarter of a series goes, against how much it jumps from point to point.

    Both ends of the quarter are medians over half of it; it is called level where they differ by less than the mean
    step between neighbours. A leap of half the series' range is no way that it goes: the quarter begins after it.
    """
    last = y[-max(4, len(y) // 4) :]
    leaps = np.flatnonzero(np.abs(np.diff(last)) > np.ptp(y) / 2)
    if len(leaps) and len(last) - leaps[-1] > 4:
        last = last[leaps[-1] + 1 :]
    half = len(last) // 2
    change = float(np.median(last[-half:]) - np.median(last[:half]))
    jumps = float(np.abs(np.diff(last)).mean())
    if abs(change) <= jumps:
        return "level at the end" if jumps <= 0.02 * (float(np.ptp(y)) or 1.0) else "restless at the end"
    return "still rising" if change > 0 else "still falling"
