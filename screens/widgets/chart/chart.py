"""The chart: curves, legend, crosshair, zoom; used wherever something is drawn over epochs."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from hw1_tui.export.axis_limit import spans_widely
from hw1_tui.settings.preference import Preferences
from screens import interval
from screens.one_shot import call_after
from screens.state.workspace_app import WorkspaceApp
from screens.widgets.chart.keys import CHART_KEYS
from screens.widgets.chart.legend import legend, names_in_rows
from screens.widgets.chart.limit_field import AUTOMATIC, LimitField
from screens.widgets.chart.palette import ChartPalette
from screens.widgets.chart.plot import Plot
from screens.widgets.chart.series import Floor, Mark, Series
from screens.widgets.chart.summary import summarise
from screens.widgets.chart.viewport import Viewport

_SMOOTHINGS = (0.0, 0.6, 0.8, 0.9, 0.95)
_ZOOM = 0.7
_PAN = 0.2
_LEAST_STRETCH = 1e-9
_WIDTH_FOR_TITLE = 70
"""Cells in which the legend has room for the title too."""


class Chart(Vertical, can_focus=True):
    """A chart that is told its series and does the rest.

    It draws at most four or five times a second, and not at all while it is hidden. Only the interface's own thread
    may touch it.

    Args:
        title: what is shown, with its unit.
        x_label: what the x axis counts.
        empty: what to say while there is nothing to show.
        log_y: begin with a logarithmic y axis; ``None`` takes one for as long as the values span a wide range and
            the user has not chosen.
        log_x: whether the x axis is logarithmic: places on it are then powers of ten, told as numbers.
        clip: whether epochs so large that nothing else could be seen go off the scale, with a mark; for losses.
        id: as of every widget.
        classes: as of every widget.
    """

    BINDINGS: ClassVar[list[BindingType]] = CHART_KEYS
    DEFAULT_CSS = """
    Chart {
        width: 1fr; height: 1fr; min-height: 4;
        & > .chart-title, & > .chart-legend { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        & > .chart-title { color: $text-muted; }
        &:focus > .chart-title { color: $text; text-style: bold; background: $boost; }
        & > VerticalScroll { display: none; }
        &.-text > VerticalScroll { display: block; }
        &.-text > Plot { display: none; }
        &.-low > .chart-title { display: none; }
    }
    """

    log_y: reactive[bool] = reactive(False, init=False)
    ascii: reactive[bool] = reactive(False, init=False)
    text: reactive[bool] = reactive(False, init=False)
    smoothing: reactive[float] = reactive(0.0, init=False)
    crosshair: reactive[float | None] = reactive(None, init=False)

    def __init__(
        self,
        title: str = "",
        *,
        x_label: str = "epoch",
        empty: str = "Nothing to show yet.",
        log_y: bool | None = False,
        log_x: bool = False,
        clip: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._title = title
        self._plot = Plot()
        self._plot.empty = empty
        self._plot.x_label = x_label
        self._may_be_log = self._chooses_log = log_y is None
        self._preferred = Preferences()
        self._plot.log_y = bool(log_y)
        self._plot.log_x = log_x
        self._plot.may_clip = clip
        self.set_reactive(Chart.log_y, bool(log_y))
        self._drawn_at = 0.0
        self._asked = False
        self._has_names = True

    def compose(self) -> ComposeResult:
        """Draw title, canvas and legend."""
        yield Static(self._title, classes="chart-title", markup=False)
        yield self._plot
        with VerticalScroll(can_focus=False):
            yield Static(classes="chart-words", markup=False)
        yield Static(classes="chart-legend", markup=False)

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these series; the part of the x axis that was chosen stays."""
        self._plot.series = list(series)
        self._redraw_soon()

    def set_title(self, title: str, empty: str | None = None) -> None:
        """Say what is shown, and what to say while there is nothing to show: ``None`` for what was said so far."""
        self._plot.empty = self._plot.empty if empty is None else empty
        if title != self._title:
            self._title = title
            for line in self.query(".chart-title").results(Static):
                line.update(title)
            self._redraw_soon()

    def set_x_label(self, x_label: str) -> None:
        """Say what the x axis counts; a part of it that was chosen was one of something else."""
        if x_label != self._plot.x_label:
            self._plot.x_label = x_label
            self._plot.viewport = Viewport()
            self.crosshair = None
            self._redraw_soon()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks, each a dotted vertical line whose label the crosshair reads."""
        self._plot.marks = list(marks)
        self._redraw_soon()

    def set_floors(self, floors: Sequence[Floor]) -> None:
        """Show these values as dotted horizontal lines."""
        self._plot.floors = list(floors)
        self._redraw_soon()

    @property
    def summary(self) -> str:
        """The chart in words."""
        plot = self._plot
        return summarise(self._title, plot.x_label, plot.series, plot.marks, plot.floors, plot.tell_x)

    @property
    def names_ends(self) -> bool:
        """Whether each curve bears its name at its end."""
        return self._plot.names_ends

    def names(self, width: int, most: int | None = None) -> Text:
        """Return the names of the curves with samples, for a legend that several charts share.

        Args:
            width: cells of a line.
            most: lines that there is room for; ``None`` for as many as there are.
        """
        return names_in_rows(self._plot, ChartPalette(self.app), width, most)

    def leave_names(self, to_others: bool) -> None:
        """Name the curves in the legend where they bear no names, or leave that to a legend that charts share."""
        if self._has_names == to_others:
            self._has_names = not to_others
            self._redraw_soon()

    @property
    def live(self) -> bool:
        """Whether everything is shown, also what comes."""
        return self._plot.viewport.live

    @property
    def is_at_rest(self) -> bool:
        """Whether everything is shown, no limits of the y axis were typed and no crosshair is up."""
        return self.live and self.crosshair is None and self._plot.y_limits == AUTOMATIC

    @property
    def can_show_more(self) -> bool:
        """Whether ``action_live`` shows anything else than is shown."""
        return not self.is_at_rest or self.is_clipped or self._plot.whole_scale

    @property
    def is_clipped(self) -> bool:
        """Whether something is off the scale."""
        return self._plot.top is not None

    @property
    def visible_range(self) -> tuple[float, float]:
        """Left and right end of what is shown."""
        return self._plot.viewport.range(self._plot.whole)

    @property
    def is_drawn(self) -> bool:
        """Whether what was given last has been drawn."""
        return not self._asked

    def on_mount(self) -> None:
        """Follow the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._redraw())
        if isinstance(self.app, WorkspaceApp):  # a chart can stand in any other app as well
            self.app.preferences.changed.subscribe(self, self._prefer)
            self._prefer(self.app.preferences.values)
        self._redraw()

    def _prefer(self, values: Preferences) -> None:
        """Take what has changed in the settings; what was chosen for this chart alone stays otherwise."""
        before, self._preferred = self._preferred, values
        if values.ascii_charts != before.ascii_charts:
            self.ascii = values.ascii_charts
        if values.smoothing != before.smoothing:
            self.smoothing = values.smoothing
        if self._may_be_log and values.log_axes != before.log_axes:
            self.log_y = values.log_axes == "always"
            self._chooses_log = values.log_axes == "automatic"
            self._redraw()

    def on_resize(self) -> None:
        """Drop the title where there are few rows; a legend that is wide enough begins with it there."""
        self.set_class(self.size.height < 9, "-low")
        self._redraw_soon()

    @on(events.Show)
    @on(events.Hide)
    def _offer_keys(self, event: events.Event) -> None:
        """Let its screen have the keys that need a chart, or leave them out.

        A chart that was hidden for a moment may hear of it when it is seen again: the focus is not taken from it then.
        """
        if isinstance(event, events.Hide) and self.is_on_screen:
            event.prevent_default()
        self.refresh_bindings()

    def _redraw_soon(self) -> None:
        """Draw at once, or when enough time has passed since the last time."""
        if self._asked or not self.is_mounted:
            return
        self._asked = True
        call_after(self, max(0.001, self._drawn_at + interval.CHART - time.monotonic()), self._redraw)

    def _redraw(self) -> None:
        self._asked = False
        self._drawn_at = time.monotonic()
        if self._chooses_log:
            self._plot.log_y = False
            self._plot.log_y = spans_widely((series.points[1] for series in self._plot.series), self._plot.top)
            self.set_reactive(Chart.log_y, self._plot.log_y)
        self._plot.refresh()
        line = self.query_one(".chart-legend", Static)
        line.update(self._legend(), layout=False)  # it is one row whatever it says: nothing else has to move
        line.tooltip = (
            Text("\n".join(series.whole or series.name for series in self._plot.series)) if self._plot.series else None
        )
        if self.text:
            self.query_one(".chart-words", Static).update(self.summary)

    def _legend(self) -> Text:
        width = self.size.width
        title = self._title.partition(",")[0] if self.has_class("-low") and width >= _WIDTH_FOR_TITLE else ""
        names_all = self._has_names and (self.text or not self._plot.names_ends)
        return legend(self._plot, ChartPalette(self.app), title, width, names_all=names_all)

    def _watch_log_y(self, log_y: bool) -> None:
        self._chooses_log = False
        self._plot.log_y = log_y
        self._redraw()

    def _watch_ascii(self, ascii: bool) -> None:  # noqa: A002
        self._plot.ascii = ascii
        self._redraw()

    def _watch_smoothing(self, smoothing: float) -> None:
        self._plot.smoothing = smoothing
        self._redraw()

    def _watch_crosshair(self, crosshair: float | None) -> None:
        self._plot.crosshair = crosshair
        self._redraw()

    def _watch_text(self, text: bool) -> None:
        self.set_class(text, "-text")
        self._redraw()

    def action_turn(self, name: str) -> None:
        """Turn a switch of the chart over."""
        setattr(self, name, not getattr(self, name))

    def action_smooth(self, direction: int) -> None:
        """Smooth more or less, by steps."""
        position = _SMOOTHINGS.index(self.smoothing) if self.smoothing in _SMOOTHINGS else 0
        self.smoothing = _SMOOTHINGS[min(max(position + direction, 0), len(_SMOOTHINGS) - 1)]

    def action_zoom(self, direction: int) -> None:
        """Zoom around the crosshair, or around the middle."""
        low, high = self.visible_range
        self._zoom(direction, self.crosshair if self.crosshair is not None else (low + high) / 2)

    def action_pan(self, direction: int) -> None:
        """Move the window."""
        self._look(self._plot.viewport.pan(direction * _PAN, self._plot.whole))

    def action_move(self, direction: int) -> None:
        """Move the crosshair to the next point; without a crosshair move the window."""
        if self.crosshair is None:
            self.action_pan(direction)
            return
        xs = sorted({float(x) for series in self._plot.series for x in series.points[0]})
        beyond = [x for x in xs if (x - self.crosshair) * direction > 1e-9]
        if beyond:
            self._point(min(beyond) if direction > 0 else max(beyond))

    def action_crosshair(self) -> None:
        """Put the crosshair at the end of what is shown, or take it away."""
        self.crosshair = None if self.crosshair is not None else self._nearest(self.visible_range[1])

    def action_put_away(self) -> None:
        """Take the crosshair away."""
        self.crosshair = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave escape to others where there is no crosshair."""
        if action == "put_away":
            return self.crosshair is not None
        return super().check_action(action, parameters)

    def action_live(self) -> None:
        """Show everything, also what comes; where that is shown already, the whole scale, or a useful one again."""
        if self.is_at_rest:
            self._plot.whole_scale = not self._plot.whole_scale
        self.crosshair = None
        self._plot.y_limits = AUTOMATIC
        self._look(Viewport())

    async def action_limit(self) -> None:
        """Let the ends of the axes be typed, in the place of the legend."""
        if not self.query(LimitField):
            ends = self._plot.viewport.chosen or AUTOMATIC
            log_x = self._plot.log_x
            low, high = (10.0**end if log_x and end is not None else end for end in ends)
            await self.mount(LimitField(self._plot.y_limits, (low, high), is_log=self.log_y, is_log_x=log_x))
            self.query_one(".chart-legend").display = False

    @on(LimitField.Entered)
    async def _take_limits(self, event: LimitField.Entered) -> None:
        event.stop()
        typed = [math.log10(end) if self._plot.log_x and end is not None else end for end in event.x]
        low, high = (end if given is None else given for end, given in zip(self._plot.whole, typed, strict=True))
        self._plot.y_limits = event.y
        self._plot.viewport = Viewport() if event.x == AUTOMATIC else Viewport((low, max(high, low + _LEAST_STRETCH)))
        await self._put_limits_away(event)

    @on(LimitField.Cancelled)
    async def _put_limits_away(self, event: Message) -> None:
        event.stop()
        await self.query(LimitField).remove()
        self.query_one(".chart-legend").display = True
        self.focus()
        self._redraw()

    def action_maximise(self) -> None:
        """Give the chart the whole screen, or give it back."""
        if self.screen.maximized is self:
            self.screen.minimize()
        else:
            self.screen.maximize(self)

    @on(Plot.Pointed)
    def _click(self, event: Plot.Pointed) -> None:
        event.stop()
        self.focus()
        self._point(self._nearest(event.x))

    @on(Plot.Wheeled)
    def _wheel(self, event: Plot.Wheeled) -> None:
        event.stop()
        self._zoom(1 if event.closer else -1, event.x)

    @on(Plot.Dragged)
    def _drag(self, event: Plot.Dragged) -> None:
        event.stop()
        self._look(self._plot.viewport.pan(-event.share, self._plot.whole))

    def _zoom(self, direction: int, centre: float) -> None:
        factor = _ZOOM if direction > 0 else 1 / _ZOOM
        self._look(self._plot.viewport.zoom(factor, centre, self._plot.whole))

    def _look(self, viewport: Viewport) -> None:
        self._plot.viewport = viewport
        self._redraw()

    def _point(self, x: float | None) -> None:
        """Put the crosshair somewhere, and the window where it can be seen."""
        low, high = self.visible_range
        if x is not None and not low <= x <= high:
            share = (x - (low if x < low else high)) / (high - low)
            self._plot.viewport = self._plot.viewport.pan(share, self._plot.whole)
        self.crosshair = x

    def _nearest(self, x: float) -> float | None:
        """Return the point of any series that is nearest to ``x``."""
        xs = [float(one) for series in self._plot.series for one in series.points[0]]
        return min(xs, key=lambda one: abs(one - x)) if xs else None
