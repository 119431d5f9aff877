"""How weights, activations, gradients and updates are distributed, layer by layer, now and over the epochs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from hw1_tui.analysis import Subject
from hw1_tui.analysis.distribution import QUANTITIES
from hw1_tui.analysis.run_distribution import TRACKED, LayerCurve, RunDistribution, Tracked, distribute
from screens.widgets.button import Button
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.inside.histogram import Histogram
from screens.widgets.inside.view import InsideView


class DistributionView(InsideView):
    """A row of histograms a layer, and a chart of one number of every layer over the epochs."""

    title = "Distributions"
    name_in_batch = "distributions"
    about = "Whether every layer learns; a dead unit is 0 on all examples of the split."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "turn_tracked", "Over epochs", id="inside.tracked", tooltip="Another number over the epochs."),
        Binding("c", "turn_part", "Chart", id="inside.part",
                tooltip="The histograms or the chart, where there is no room for both."),
    ]  # fmt: skip
    DEFAULT_CSS: ClassVar[str] = """
    DistributionView {
        #distribution-layers { height: auto; max-height: 100%; padding: 0 1; }
        #distribution-layers Static { text-wrap: nowrap; text-overflow: ellipsis; }
        .distribution-row { height: 6; margin: 0 0 1 0; }
        .distribution-row Histogram { margin: 0 2 0 0; }
        #distribution-bar { height: 1; padding: 0 1; }
        #distribution-bar Static { width: auto; padding: 0 1 0 0; }
        #distribution-chart { min-height: 8; }
        &.-low #distribution-chart, &.-low #distribution-bar { display: none; }
        &.-low #about { display: none; }
        &.-chart #distribution-layers { display: none; }
        &.-chart #distribution-chart, &.-chart #distribution-bar { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tracked: Tracked | None = None
        self._found: RunDistribution | None = None
        self._rows: list[tuple[Static, Horizontal, list[Histogram]]] = []

    def compose_view(self) -> Iterator[Widget]:
        """Yield the layers, which number is drawn over the epochs, and its chart."""
        yield VerticalScroll(id="distribution-layers")
        with Horizontal(id="distribution-bar"):
            yield Static("over the epochs", markup=False, classes="remark")
            yield Button(TRACKED[0], id="distribution-tracked", tooltip="Another number (v).")
            yield Static(markup=False, id="distribution-remark", classes="remark")
        yield Chart(TRACKED[0], empty="Not known of this run.", log_y=None, id="distribution-chart")

    def entrance(self) -> Widget:
        """Return the chart; where it is hidden, the layers, which scroll. Styles follow the classes a moment later."""
        is_hidden = self.has_class("-low") and not self.has_class("-chart")
        return self.query_one("#distribution-layers") if is_hidden else self.query_one(Chart)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to show the one or the other only where there is no room for both."""
        return action != "turn_part" or self.has_class("-low")

    def compute(self, subject: Subject) -> RunDistribution:
        """Measure."""
        return distribute(subject)

    def draw(self, _subject: Subject, result: RunDistribution) -> None:
        """Draw the layers and the chart."""
        self._found = result
        self._lay_out(len(result.layers))
        self._fit()
        for number, (head, row, histograms) in enumerate(self._rows):
            head.display = row.display = number < len(result.layers)
            if head.display:
                layer = result.layers[number]
                head.update(result.words(layer))
                for quantity, histogram in zip(QUANTITIES, histograms, strict=True):
                    histogram.show(quantity, layer.found.get(quantity))
        told = "measured now, after kept epochs" if result.is_measured_now else ""
        self.query_one("#distribution-remark", Static).update(told)
        self._draw_chart()

    def _lay_out(self, wanted: int) -> None:
        """Have a heading and a row for each layer; those beyond hide."""
        where = self.query_one("#distribution-layers")
        while len(self._rows) < wanted:
            histograms = [Histogram() for _ in QUANTITIES]
            head = Static(markup=False)
            row = Horizontal(*histograms, classes="distribution-row")
            self._rows.append((head, row, histograms))
            where.mount(head, row)

    def _draw_chart(self) -> None:
        if self._found is None or self.drawn is None:
            return
        tracked = self._tracked or self._first_known
        button = self.query_one("#distribution-tracked", Button)
        button.label = tracked
        button.refresh(layout=True)
        chart = self.query_one(Chart)
        curves = self._found.curves(tracked)
        spread = ", median and 5% to 95%" if any(curve.low is not None for curve in curves) else ""
        chart.set_title(f"{tracked} by layer{spread}")
        chart.set_series([_series(curve) for curve in curves])
        chart.set_marks([Mark(float(self.drawn.opened.model.epoch), "shown above")])

    @property
    def _first_known(self) -> Tracked:
        """The first number of which there is a curve."""
        found = self._found
        return next((tracked for tracked in TRACKED if found and found.curves(tracked)), TRACKED[0])

    def action_turn_tracked(self) -> None:
        """Draw another number over the epochs; where the chart is hidden, show it first."""
        if not self.query_one(Chart).display:
            self.action_turn_part()
            return
        self._tracked = TRACKED[(TRACKED.index(self._tracked or self._first_known) + 1) % len(TRACKED)]
        self._draw_chart()

    def action_turn_part(self) -> None:
        """Show the chart in place of the histograms, or again those."""
        self.toggle_class("-chart")

    @on(Button.Pressed, "#distribution-tracked")
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_turn_tracked()

    def on_resize(self) -> None:
        """Show the chart below where there is room for both."""
        self._fit()

    def _fit(self) -> None:
        layers = len(self._found.layers) if self._found else 2
        self.set_class(self.size.height < 8 * layers + 12, "-low")
        self.refresh_bindings()


def _series(curve: LayerCurve) -> Series:
    band = None if curve.low is None or curve.high is None else (curve.low, curve.high)
    return Series(f"layer {curve.layer}", curve.epochs, curve.values, number=curve.layer - 1, band=band)
