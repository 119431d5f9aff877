"""The figures of a question as charts, a panel each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from hw1_tui.export.title import settings_in_words
from hw1_tui.numeral import percent
from hw1_tui.report.judge.weight_histogram import WeightHistogram
from hw1_tui.report.questions.question import Figure, Panel
from hw1_tui.report.questions.question_metric import WEIGHTS
from hw1_tui.report.questions.wording import common_word, is_loss, is_share, metric_title, metrics_title
from hw1_tui.report.runs.run_result import Results
from hw1_tui.runs.loss_name import loss_title
from hw1_tui.settings import SEED_NAMES
from screens.widgets.chart import Chart, Series
from screens.widgets.plain import plain

_MOST_IN_A_COLUMN = 3
"""Panels that stand below each other in a wide terminal; more stand in pairs."""
_ROOM_FOR_TWO = 64
"""Columns in which the titles of a pair are whole."""
_LINES = 4
"""Of a legend, as the stylesheet has them."""
_EMPTY = "Here once its runs have trained; s trains them."
_SHORT = {"training": "train", "validation": "val"}


class FigureCharts(VerticalScroll):
    """Every panel of some figures, those of one figure side by side where there is room."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, can_focus=False)
        self._figures: tuple[Figure, ...] = ()

    def on_mount(self) -> None:
        """Name the curves in the colours of another theme as well."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._share_legends())

    def on_resize(self) -> None:
        """Put panels in pairs, or below each other."""
        self._pair()
        self.call_after_refresh(self._share_legends)  # the charts say by then how wide they are

    def _pair(self) -> None:
        is_long = sum(len(figure.panels) for figure in self._figures) > _MOST_IN_A_COLUMN
        has_room = self.size.width >= _ROOM_FOR_TWO
        self.update_classes({"-paired": is_long and has_room, "-scrolled": is_long and not has_room})

    async def show(
        self, figures: Sequence[Figure], results: Results | None, histograms: Mapping[str, WeightHistogram]
    ) -> None:
        """Show figures; charts of the same figures stay, with what was zoomed and chosen in them."""
        if self._figures != tuple(figures):
            self._figures = tuple(figures)
            self._pair()
            await self.remove_children()
            await self.mount(*(widget for figure in figures for widget in _build(figure)))
        numbers: dict[str, int] = {}
        names = _names(figures, results) if results else {}
        for figure in figures:
            for place, panel in enumerate(figure.panels):
                chart = self.query_one(f"#panel-{figure.number}-{place}", Chart)
                series = _series(panel, results, names, histograms) if results else []
                chart.set_series([_numbered(one, numbers) for one in series])
                chart.set_title(_title(panel, results))
        self.call_after_refresh(self._share_legends)

    def _share_legends(self) -> None:
        """Name the curves of a figure once, below its panels, where these have the same and no room for all names."""
        for figure in self._figures:
            legend = self.query_one(f"#legend-{figure.number}", Static)
            charts = [self.query_one(f"#panel-{figure.number}-{place}", Chart) for place in range(len(figure.panels))]
            alike = len({chart.names(0).plain for chart in charts}) == 1 < len(charts)
            legend.display = alike and any(map(_leaves_out_names, charts))
            for chart in charts:
                chart.leave_names(to_others=legend.display)
            legend.update(charts[0].names(self.size.width - 2, _LINES))  # beside the scrollbar


def _leaves_out_names(chart: Chart) -> bool:
    """Return whether a legend of one line has no room for all names of a chart, which do not stand at the ends."""
    return not chart.names_ends and "\n" in chart.names(chart.size.width).plain


def _build(figure: Figure) -> tuple[Static, Horizontal, Static]:
    heading = f"Figure {figure.number}. {figure.title}" + " (not in the report)" * figure.own
    charts = [
        Chart(
            _title(panel),
            x_label="weight" if panel.metrics == (WEIGHTS,) else "epoch",
            empty=_EMPTY,
            log_y=panel.log,
            clip=panel.metrics != (WEIGHTS,) and not any(map(is_share, panel.metrics)),
            id=f"panel-{figure.number}-{place}",
        )
        for place, panel in enumerate(figure.panels)
    ]
    legend = Static(id=f"legend-{figure.number}", classes="legend")
    legend.display = False
    return Static(plain(heading), classes="heading"), Horizontal(*charts, classes=f"panels -of-{len(charts)}"), legend


def _numbered(series: Series, numbers: dict[str, int]) -> Series:
    """Return a curve with the number that curves of its name have in every chart of the question."""
    return replace(series, number=numbers.setdefault(series.name, len(numbers)))


def _title(panel: Panel, results: Results | None = None) -> str:
    """Return what a chart shows, said once; which curve is which says the legend."""
    what = metrics_title(panel.metrics)
    if results and all(map(is_loss, panel.metrics)):
        what = loss_title((results.own(run).record.config for run in panel.runs if run in results), what)
    if panel.title in what:
        return what
    return f"{panel.title}: {what.removeprefix('loss: ')}"


def _names(figures: Sequence[Figure], results: Results) -> dict[str, str]:
    """Return what runs that share a panel are called in all panels of a question: the settings that tell them apart."""
    shared = (run for figure in figures for panel in figure.panels if len(panel.runs) > 1 for run in panel.runs)
    runs = [run for run in dict.fromkeys(shared) if run in results]
    told = settings_in_words([results.own(run).record for run in runs], SEED_NAMES, in_short=True)
    return {run: words or run for run, words in zip(runs, told, strict=True)}


def _series(
    panel: Panel, results: Results, names: Mapping[str, str], histograms: Mapping[str, WeightHistogram]
) -> list[Series]:
    series = []
    for run in panel.runs:
        if panel.metrics == (WEIGHTS,) and run in histograms:
            series.append(_weights(histograms[run]))
        elif run in results:
            series += _curves(run, panel, results, names)
    return series


def _curves(run: str, panel: Panel, results: Results, names: Mapping[str, str]) -> list[Series]:
    """Return the metrics of a run over its epochs; of several seeds the mean, in a band of their range."""
    series = []
    for metric in panel.metrics:
        curve = results.curve(run, metric) if metric != WEIGHTS else None
        name = " ".join(metric_title(metric).replace(common_word(panel.metrics), "").split())
        words = [names.get(run, run)] * (len(panel.runs) > 1) + [name] * (len(panel.metrics) > 1)
        if curve and curve.epochs:
            band = (curve.low, curve.high) if len(results.runs[run]) > 1 else None
            name = " ".join(words) or metric_title(metric)
            epochs = np.array(curve.epochs, np.float64)
            series.append(Series(name, epochs, curve.mean, short=_SHORT.get(name, ""), band=band))
    return series


def _weights(histogram: WeightHistogram) -> Series:
    counts = np.where(histogram.counts > 0, histogram.counts, np.nan)
    return Series(f"number of weights, {percent(histogram.zeros, 1)} exactly zero", histogram.centres, counts)
