"""The canvas of a chart: draws what its chart holds, when it is seen and when something changed."""

from __future__ import annotations

import math
from dataclasses import replace
from textwrap import wrap

import numpy as np
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from hw1_tui.export.axis_limit import axis_top
from hw1_tui.markup import cell_width, shorten_apart
from screens.widgets.chart.end_label import EndLabel
from screens.widgets.chart.frame import ROWS_OF_X_AXIS
from screens.widgets.chart.limit_field import AUTOMATIC
from screens.widgets.chart.palette import ChartPalette
from screens.widgets.chart.renderer import (
    ASCII_MARKERS,
    PLAIN_MARKERS,
    Area,
    Best,
    Beyond,
    Curve,
    Drawing,
    draw,
)
from screens.widgets.chart.scale import (
    Axis,
    Ends,
    LinearScale,
    LogScale,
    Scale,
    Tick,
    format_position,
    format_value,
    power_ticks,
    x_ticks,
)
from screens.widgets.chart.series import Floats, Floor, Mark, Series, reduce_points, smooth
from screens.widgets.chart.viewport import Viewport

_SMALLEST_WIDTH, _SMALLEST_HEIGHT = 12, 4
_LARGEST_VALUE = 1e30
_LEAST_WIDTH_FOR_ENDS, _LARGEST_SHARE_OF_ENDS = 60, 0.3
_AROUND_NAME = 11
"""Cells beside a name in a legend: a sample, a value, and what is between them."""
_MOST_BESTS = 8
"""Curves whose best points are marked; of more they would be a crowd."""


class Plot(Widget):
    """Curves on a canvas with axes.

    It holds what is drawn; ``Chart`` decides what that is. Drawing happens in ``render``, which Textual calls only
    for what is on the screen: a hidden chart costs nothing.

    Attributes:
        drawing: what was drawn last; ``None`` where there was nothing to draw.
    """

    DEFAULT_CSS = "Plot { width: 1fr; height: 1fr; }"

    class Pointed(Message):
        """The mouse clicked at a place on the x axis."""

        def __init__(self, x: float) -> None:
            super().__init__()
            self.x = x

    class Wheeled(Message):
        """The wheel was turned over a place on the x axis."""

        def __init__(self, x: float, closer: bool) -> None:
            super().__init__()
            self.x = x
            self.closer = closer

    class Dragged(Message):
        """The canvas was dragged by a share of its width, to the right if positive."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self) -> None:
        super().__init__()
        self.series: list[Series] = []
        self.marks: list[Mark] = []
        self.floors: list[Floor] = []
        self.viewport = Viewport()
        self.crosshair: float | None = None
        self.log_y = self.log_x = False
        self.ascii = False
        self.smoothing = 0.0
        self.may_clip = False
        self.whole_scale = False
        self.y_limits = AUTOMATIC
        self.empty = ""
        self.x_label = ""
        self.drawing: Drawing | None = None
        self._pressed_at: int | None = None
        self._dragged = False

    @property
    def whole(self) -> tuple[float, float]:
        """First and last x of the data."""
        ends = [(float(s.points[0][0]), float(s.points[0][-1])) for s in self.series if len(s.points[0])]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0.0, 1.0)

    @property
    def top(self) -> float | None:
        """The end of the y axis where what is seen has epochs above it; ``None`` where all are on the scale."""
        if not self.may_clip or self.whole_scale or self.log_y or self.y_limits[1] is not None:
            return None
        low, high = self.viewport.range(self.whole)
        return axis_top(y[(x >= low) & (x <= high)] for x, y in (series.points for series in self.series))

    def number(self, place: int) -> int:
        """Return the number that gives a series its colour and marker, by its place."""
        number = self.series[place].number
        return place if number is None else number

    def render(self) -> Text:
        """Draw; a picture that cannot be drawn becomes a sentence, never an end of the program."""
        if not any(series.last is not None for series in self.series):
            return self._say(self.empty)
        if self.size.width < _SMALLEST_WIDTH or self.size.height < _SMALLEST_HEIGHT:
            return self._say("too small")
        try:
            self.drawing = self._work_out()
            return draw(self.drawing, *self.size)
        except Exception as error:
            return self._say(f"This cannot be drawn: {error}")

    def _say(self, sentence: str) -> Text:
        self.drawing = None
        width, height = self.size
        rows = [row.center(width) for row in wrap(sentence, max(1, width - 2))]
        return Text("\n" * max(0, height // 2 - 1) + "\n".join(rows), style="dim")

    def _work_out(self) -> Drawing:
        """Work out heights, ranges, ticks and colours."""
        width, height = self.size
        palette = ChartPalette(self.app)
        scale: Scale = LogScale() if self.log_y else LinearScale()
        low, high = self.viewport.range(self.whole)
        top = self.top
        behind, curves = self._curves(scale, palette, (low, high), max(2, width - 6) * 2, top)
        floors = [y for y in scale.forward(np.array([floor.y for floor in self.floors])).tolist() if not math.isnan(y)]
        areas = self._areas(scale, palette)
        heights = [(c.x, c.y) for c in (*behind, *curves)] + [(a.x, y) for a in areas for y in (a.low, a.high)]
        seen = [*(y[(x >= low) & (x <= high)] for x, y in heights), np.array(floors)]
        y_axis = self._y_axis(scale, _ends(seen, top), height - ROWS_OF_X_AXIS - 1)
        drawing = Drawing(
            curves=curves,
            behind=behind,
            areas=areas,
            x_range=(low, high),
            y_range=y_axis.ends,
            x_ticks=(),
            x_label=self.x_label,
            y_ticks=y_axis.ticks,
            marks=[mark.x for mark in self.marks if low <= mark.x <= high],
            floors=floors,
            beyond=self._beyond(top, palette, (low, high)),
            crosshair=self.crosshair if self.crosshair is not None and low <= self.crosshair <= high else None,
            axes=palette.axes,
            grid=palette.grid,
            ascii=self.ascii,
            plain=self.app.no_color,
            ends=self._ends(scale, palette),
            bests=self._bests(scale, palette),
        )
        return replace(drawing, x_ticks=self._x_ticks(low, high, drawing.columns(width)[1]))

    def _x_ticks(self, low: float, high: float, columns: int) -> list[Tick]:
        if self.log_x:
            return power_ticks(low, high, columns)
        return x_ticks(low, high, columns, is_counted=self._is_counted)

    def tell_x(self, x: float) -> str:
        """Return what stands at a place on the x axis."""
        return format_value(10.0**x) if self.log_x else format_position(x)

    def _y_axis(self, scale: Scale, seen: Ends, cells: int) -> Axis:
        """Return the axis of what is seen, or the one that was typed, to the number."""
        if self.y_limits == AUTOMATIC:
            return scale.axis(*seen, cells)
        typed = [None if end is None else float(scale.forward(np.array([end]))[0]) for end in self.y_limits]
        low, high = (end if typed_end is None or math.isnan(typed_end) else typed_end
                     for end, typed_end in zip(seen, typed, strict=True))  # fmt: skip
        if low >= high:  # what is seen lies beyond the one end that was typed
            low, high = (low, low + 1.0) if self.y_limits[1] is None else (high - 1.0, high)
        return Axis((low, high), scale.ticks(low, high, max(2, cells // 4)))

    @property
    def _is_counted(self) -> bool:
        """Whether the x axis has whole numbers only."""
        return all(bool((series.points[0] % 1 == 0).all()) for series in self.series)

    @property
    def names_ends(self) -> bool:
        """Whether each curve bears its name and value at its end, so that a legend need not say them."""
        return bool(self._end_texts)

    @property
    def _end_texts(self) -> dict[int, str]:
        """What stands at the ends of the curves, by their places; nothing where a legend has more room for it.

        Names are cut only where a legend would be as well.
        """
        width, rows = self.size.width, self.size.height - ROWS_OF_X_AXIS
        if width < _LEAST_WIDTH_FOR_ENDS or len(self.series) > rows:
            return {}
        ends = self._visible_ends
        values = {place: format_value(y) for place, (_, y) in ends.items()}
        names = {place: self._short_name(place) for place in ends}
        in_legend = sum(cell_width(series.name) + _AROUND_NAME for series in self.series)
        limit = int(width * _LARGEST_SHARE_OF_ENDS)
        if any(cell_width(names[place]) + len(values[place]) >= limit for place in ends):
            if in_legend <= width:
                return {}
            told = shorten_apart(list(names.values()), limit - max(map(len, values.values())) - 1)
            if len(set(told)) < len(set(names.values())):
                return {}  # a legend has the room to tell them apart
            names = dict(zip(names, told, strict=True))
        return {place: f"{name} {values[place]}" for place, name in names.items()}

    def _short_name(self, place: int) -> str:
        """Return the name of a curve where there is little room, with its marker where there is no colour."""
        marker = f"{self.sample(place)[-1]} " if self.ascii or self.app.no_color else ""
        return marker + (self.series[place].short or self.series[place].name)

    @property
    def _visible_ends(self) -> dict[int, tuple[float, float]]:
        """The last point that is seen of each curve, by its place."""
        low, high = self.viewport.range(self.whole)
        found = {place: series.last_within(low, high) for place, series in enumerate(self.series)}
        return {place: point for place, point in found.items() if point}

    def _ends(self, scale: Scale, palette: ChartPalette) -> list[EndLabel]:
        """Return what stands at the ends of the curves; where one ends off the scale, at the upper edge."""
        ends = self._visible_ends
        heights = {place: float(scale.forward(np.array([ends[place][1]]))[0]) for place in self._end_texts}
        return [
            EndLabel(heights[place], text, palette.series(self.number(place)))
            for place, text in self._end_texts.items()
            if not math.isnan(heights[place])
        ]

    def _bests(self, scale: Scale, palette: ChartPalette) -> list[Best]:
        """Return the best points that are to be marked."""
        found = []
        for place, series in enumerate(self.series if len(self.series) <= _MOST_BESTS else ()):
            y = None if series.best_at is None else series.at(series.best_at)
            height = math.nan if y is None else float(scale.forward(np.array([y]))[0])
            if series.best_at is not None and not math.isnan(height):
                found.append(Best(series.best_at, height, palette.series(self.number(place))))
        return found

    def _beyond(self, top: float | None, palette: ChartPalette, x_range: tuple[float, float]) -> list[Beyond]:
        """Return what is off the scale, from left to right."""
        if top is None:
            return []
        found = []
        for place, series in enumerate(self.series):
            colour = palette.series(self.number(place))
            for x, y in zip(*(part.tolist() for part in series.points), strict=True):
                if y > top and x_range[0] <= x <= x_range[1]:
                    found.append((x, -y, colour))
        return [Beyond(x, format_value(-y), colour) for x, y, colour in sorted(found)]

    def _curves(
        self, scale: Scale, palette: ChartPalette, x_range: tuple[float, float], columns: int, top: float | None
    ) -> tuple[list[Curve], list[Curve]]:
        """Return the curves, and those behind them where they are smoothed."""
        raw, smoothed = [], []
        for place, series in enumerate(self.series):
            number = self.number(place)
            x, y = series.points
            y = np.clip(y, -_LARGEST_VALUE, _LARGEST_VALUE)
            colour = palette.series(number)
            if self.smoothing:
                raw.append(self._curve(x, y, scale, palette.dimmed(colour), number, x_range, columns))
                y = smooth(y if top is None else np.where(y > top, np.nan, y), self.smoothing)
            smoothed.append(self._curve(x, y, scale, colour, number, x_range, columns))
        return raw, smoothed

    def _areas(self, scale: Scale, palette: ChartPalette) -> list[Area]:
        """Return the bands of the curves that have one."""
        areas = []
        for place, series in enumerate(self.series):
            if series.ends and len(series.ends[0]):
                x, *ends = series.ends
                low, high = (scale.forward(np.clip(y, -_LARGEST_VALUE, _LARGEST_VALUE)) for y in ends)
                there = ~(np.isnan(low) | np.isnan(high))
                colour = palette.dimmed(palette.series(self.number(place)))
                areas.append(Area(x[there], low[there], high[there], colour))
        return [area for area in areas if len(area.x)]

    def _curve(
        self,
        x: Floats,
        y: Floats,
        scale: Scale,
        colour: tuple[int, int, int],
        number: int,
        x_range: tuple[float, float],
        columns: int,
    ) -> Curve:
        x, y = reduce_points(x, scale.forward(y), *x_range, columns)
        return Curve(x, y, colour, number)

    def x_at(self, column: int) -> float | None:
        """Return the place on the x axis of a column of the widget; ``None`` where nothing is drawn."""
        if self.drawing is None:
            return None
        left, columns = self.drawing.columns(self.size.width)
        low, high = self.drawing.x_range
        share = (column - left) / max(1, columns - 1)
        return low + min(max(share, 0.0), 1.0) * (high - low)

    def sample(self, place: int) -> str:
        """Return a piece of a curve for the legend, by the place of its series."""
        number = self.number(place)
        if self.ascii:
            return ASCII_MARKERS[number % len(ASCII_MARKERS)] * 2
        return f"━{PLAIN_MARKERS[number % len(PLAIN_MARKERS)]}" if self.app.no_color else "━━"

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a click or a drag."""
        self._pressed_at, self._dragged = event.x, False
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag."""
        if self._pressed_at is None or event.x == self._pressed_at or self.drawing is None:
            return
        columns = max(1, self.drawing.columns(self.size.width)[1])
        self.post_message(self.Dragged((event.x - self._pressed_at) / columns))
        self._pressed_at, self._dragged = event.x, True

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a click or a drag."""
        self.release_mouse()
        x = self.x_at(event.x)
        if self._pressed_at is not None and not self._dragged and x is not None:
            self.post_message(self.Pointed(x))
        self._pressed_at = None

    def on_mouse_release(self) -> None:
        """End a drag whose end no one saw, as another screen was shown meanwhile."""
        self._pressed_at = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        self._wheel(event, closer=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        self._wheel(event, closer=False)

    def _wheel(self, event: events.MouseEvent, closer: bool) -> None:
        x = self.x_at(event.x)
        if x is not None:
            event.stop()
            self.post_message(self.Wheeled(x, closer))


def _ends(heights: list[Floats], top: float | None) -> Ends:
    """Return the lowest and the highest height that is to be seen, never the same."""
    seen = np.concatenate(heights)
    seen = seen[seen <= (math.inf if top is None else top)]
    if not len(seen):
        return 0.0, 1.0
    low, high = float(seen.min()), float(seen.max())
    margin = 0.0 if high > low else 0.05 * abs(high) or 0.5
    return low - margin, high + margin
