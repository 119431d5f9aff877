"""All points of a sweep at once: an axis a hyperparameter, each point a line through its values to what it came to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from hw1_tui.settings import TABLE
from hw1_tui.sweep.conclusion import Conclusion
from hw1_tui.sweep.effect import find_levels
from hw1_tui.sweep.observation import rank_points
from hw1_tui.sweep.space import Axis
from screens.widgets.chart.palette import ChartPalette
from screens.widgets.chart.raster import DOTS_X, DOTS_Y, Dots, rasterise, thicken, to_braille
from screens.widgets.chart.series import Floats
from screens.widgets.sweep.level_words import short

_BEST_SHARE = 4
"""Of so many points one is drawn as good."""

_MOST_NAMED = 9
_LEAST_WIDTH, _LEAST_HEIGHT = 30, 8
_SIDE = 8
"""Cells beside the outer axes, for what stands there."""


class ParallelView(Widget, can_focus=True):
    """Lines from axis to axis; the best quarter of the points is thick and in colour, and drawn above the others."""

    title: ClassVar[str] = "Parallel"
    DEFAULT_CSS: ClassVar[str] = "ParallelView { width: 1fr; height: 1fr; padding: 0 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._conclusion: Conclusion | None = None

    async def show(self, conclusion: Conclusion) -> None:
        """Show what follows from a sweep."""
        if conclusion is not self._conclusion:
            self._conclusion = conclusion
            self.refresh()

    def render(self) -> RenderResult:
        """Draw the axes, the lines and the values."""
        width, height = self.size
        if self._conclusion is None:
            return ""
        if width < _LEAST_WIDTH or height < _LEAST_HEIGHT:
            return "too small"
        return _draw(self._conclusion, ChartPalette(self.app), width, height)


def _draw(conclusion: Conclusion, palette: ChartPalette, width: int, height: int) -> Text:
    sweep = conclusion.summary.sweep
    metric = sweep.ranked_by
    points = [point for point in rank_points(conclusion.compared, metric.best) if point.repeats]
    names, rows = sweep.space.names, height - 3
    axes = np.linspace(_SIDE, width - 1 - _SIDE, len(names) + 1)
    places = [{_key(v): at for v, at in _places(axis, conclusion).items()} for axis in sweep.space.axes]
    values = _metric_places([point.mean for point in points], is_low_best=metric.best == "lowest")
    lines = [
        np.array([*(place[_key(point.point[name])] for name, place in zip(names, places, strict=True)), value])
        for point, value in zip(points, values, strict=True)
    ]
    n_good = max(1, round(len(points) / _BEST_SHARE))
    canvas = _Canvas(width, rows)
    canvas.add(
        [_dots(axes, line, width, rows) for line in lines[n_good:]],
        Style.from_color(_rich(palette.dimmed(palette.axes))),
    )
    canvas.add(
        [thicken(_dots(axes, line, width, rows)) for line in lines[:n_good]],
        Style(color=_rich(palette.series(0)), bold=True),
    )
    axis_style = Style(color=_rich(palette.axes))
    _draw_axes(canvas, axes, axis_style)
    for x, axis, place in zip(axes, sweep.space.axes, places, strict=False):
        _name_values(canvas, round(x), axis, place, axis_style + Style(bold=True))
    best, worst = (points[0].mean, points[-1].mean) if points else (math.nan, math.nan)
    for row, value in ((0, best), (rows - 1, worst)):
        canvas.write(row, round(axes[-1]) + 1, metric.format(value), axis_style + Style(bold=True))
    head = _headings([*(TABLE[name].title for name in names), metric.title], axes, width)
    foot = f"thick: the best {n_good} of {len(points)} points"
    text = Text(head + "\n", style="bold", no_wrap=True)
    return text.append_text(canvas.text()).append(f"\n{foot[:width]}", axis_style)


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _places(axis: Axis, conclusion: Conclusion) -> dict[Any, float]:
    """Return how high each value of a hyperparameter stands on its axis, from 0 at the bottom to 1."""
    values = list(dict.fromkeys(one.point[axis.name] for one in conclusion.compared))
    is_number = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    if not is_number or len(values) <= len(find_levels(conclusion.compared, axis.name)):
        ordered = sorted(values) if is_number else values
        return {value: i / max(len(ordered) - 1, 1) if len(ordered) > 1 else 0.5 for i, value in enumerate(ordered)}
    scaled = {value: math.log(value) if axis.scale == "log" else float(value) for value in values}
    low, high = min(scaled.values()), max(scaled.values())
    return {value: (at - low) / (high - low) if high > low else 0.5 for value, at in scaled.items()}


def _metric_places(values: Sequence[float], *, is_low_best: bool) -> list[float]:
    """Return how high each value stands, the best at the top; over a logarithm where they span much."""
    if not values:
        return []
    low, high = min(values), max(values)
    if low > 0 and high > 20 * low:
        values, low, high = [math.log(value) for value in values], math.log(low), math.log(high)
    shares = [(value - low) / (high - low) if high > low else 0.5 for value in values]
    return [1 - share if is_low_best else share for share in shares]


def _dots(axes: Floats, line: Floats, width: int, rows: int) -> Dots:
    return rasterise(axes + 0.5, line, (0.0, float(width)), (-0.04, 1.04), width * DOTS_X, rows * DOTS_Y)


def _rich(colour: tuple[int, int, int]) -> Any:
    from rich.color import Color

    return Color.from_rgb(*colour)


class _Canvas:
    """Cells of characters, each with a style."""

    def __init__(self, width: int, rows: int) -> None:
        self.characters = [[" "] * width for _ in range(rows)]
        self._styles: list[list[Style | None]] = [[None] * width for _ in range(rows)]

    def add(self, dots: Sequence[Dots], style: Style) -> None:
        """Lay lines over what is there."""
        if not dots:
            return
        codes = to_braille(np.logical_or.reduce(dots))
        for row, column in zip(*np.nonzero(codes), strict=True):
            self.put(int(row), int(column), chr(int(codes[row, column])), style)

    def put(self, row: int, column: int, character: str, style: Style) -> None:
        """Write a character."""
        self.characters[row][column], self._styles[row][column] = character, style

    def write(self, row: int, column: int, text: str, style: Style) -> None:
        """Write a text as far as there is room."""
        for place, character in enumerate(text[: len(self.characters[row]) - column]):
            self.put(row, column + place, character, style)

    def text(self) -> Text:
        """Return all rows."""
        lines = []
        for characters, styles in zip(self.characters, self._styles, strict=True):
            line = Text(no_wrap=True)
            start = 0
            for end in range(1, len(characters) + 1):
                if end == len(characters) or styles[end] is not styles[start]:
                    line.append("".join(characters[start:end]), styles[start])
                    start = end
            lines.append(line)
        return Text("\n").join(lines)


def _draw_axes(canvas: _Canvas, axes: Floats, style: Style) -> None:
    """Draw a line for each axis, behind what is there."""
    for column in map(round, axes):
        for row, characters in enumerate(canvas.characters):
            if characters[column] == " ":
                canvas.put(row, column, "│", style)


def _name_values(canvas: _Canvas, x: int, axis: Axis, places: dict[Any, float], style: Style) -> None:
    """Write the values beside an axis: all where they are few, else those at its ends."""
    rows = len(canvas.characters)
    named = (
        places
        if len(places) <= min(_MOST_NAMED, rows // 2)
        else {value: at for value, at in places.items() if at in (min(places.values()), max(places.values()))}
    )
    for value, at in named.items():
        row = min(rows - 1, max(0, round((1.04 - at) / 1.08 * rows - 0.5)))
        text = TABLE[axis.name].format(short(value))
        canvas.write(row, max(0, x - len(text)), text, style)


def _headings(titles: Sequence[str], axes: Floats, width: int) -> str:
    """Return the names of the axes in a line, each above its own, cut where it would meet the next."""
    line = [" "] * width
    for place, (x, title) in enumerate(zip(axes, titles, strict=True)):
        right = width if place == len(axes) - 1 else round((x + axes[place + 1]) / 2) - 1
        left = 0 if not place else round((x + axes[place - 1]) / 2)
        shown = title[: right - left]
        start = min(max(left, round(x - len(shown) / 2)), right - len(shown))
        line[start : start + len(shown)] = shown
    return "".join(line)
