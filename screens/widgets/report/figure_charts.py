"""The figures of a question as charts, a panel each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from hw1_tui.report.judge.weight_histogram import WeightHistogram
from hw1_tui.report.questions.question import Figure, Panel
from hw1_tui.report.questions.question_metric import WEIGHTS
from hw1_tui.report.questions.wording import common_word, is_loss, is_share, metric_title, metrics_title
from hw1_tui.report.runs.run_result import Results
from hw1_tui.runs.loss_name import loss_title
from screens.widgets.chart import Chart, Series
from screens.widgets.plain import plain

_MOST_IN_A_COLUMN = 3
"""Panels that stand below each other in a wide terminal; more stand in pairs."""
_EMPTY = "Not trained yet: s trains it."


class FigureCharts(VerticalScroll):
    """Every panel of some figures, those of one figure side by side where there is room."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, can_focus=False)
        self._figures: tuple[Figure, ...] = ()

    async def show(
        self, figures: Sequence[Figure], results: Results | None, histograms: Mapping[str, WeightHistogram]
    ) -> None:
        """Show figures; charts of the same figures stay, with what was zoomed and chosen in them."""
        if self._figures != tuple(figures):
            self._figures = tuple(figures)
            self.set_class(sum(len(figure.panels) for figure in figures) > _MOST_IN_A_COLUMN, "-paired")
            await self.remove_children()
            await self.mount(*(widget for figure in figures for widget in _build(figure)))
        numbers: dict[str, int] = {}
        for figure in figures:
            for place, panel in enumerate(figure.panels):
                chart = self.query_one(f"#panel-{figure.number}-{place}", Chart)
                series = _series(panel, results, histograms) if results else []
                chart.set_series([_numbered(one, numbers) for one in series])
                chart.set_title(_title(panel, results))


def _build(figure: Figure) -> tuple[Static, Horizontal]:
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
    return Static(plain(heading), classes="heading"), Horizontal(*charts, classes=f"panels -of-{len(charts)}")


def _numbered(series: Series, numbers: dict[str, int]) -> Series:
    """Return a curve with the number that curves of its name have in every chart of the question."""
    return replace(series, number=numbers.setdefault(series.name, len(numbers)))


def _title(panel: Panel, results: Results | None = None) -> str:
    """Return what a chart shows, said once; which curve is which says the legend."""
    what = metrics_title(panel.metrics)
    if results and all(map(is_loss, panel.metrics)):
        what = loss_title((results.own(run).record.config for run in panel.runs if run in results), what)
    return what if panel.title in what else f"{panel.title}, {what}"


def _series(panel: Panel, results: Results, histograms: Mapping[str, WeightHistogram]) -> list[Series]:
    series = []
    for run in panel.runs:
        if panel.metrics == (WEIGHTS,) and run in histograms:
            series.append(_weights(histograms[run]))
        elif run in results:
            series += _curves(run, panel, results)
    return series


def _curves(run: str, panel: Panel, results: Results) -> list[Series]:
    """Return the metrics of a run over its epochs; of several seeds the mean, in a band of their range."""
    series = []
    for metric in panel.metrics:
        curve = results.curve(run, metric) if metric != WEIGHTS else None
        name = " ".join(metric_title(metric).replace(common_word(panel.metrics), "").split())
        words = [run] * (len(panel.runs) > 1) + [name] * (len(panel.metrics) > 1)
        if curve and curve.epochs:
            band = (curve.low, curve.high) if len(results.runs[run]) > 1 else None
            name = " ".join(words) or metric_title(metric)
            series.append(Series(name, np.array(curve.epochs, np.float64), curve.mean, band=band))
    return series


def _weights(histogram: WeightHistogram) -> Series:
    counts = np.where(histogram.counts > 0, histogram.counts, np.nan)
    return Series(f"number of weights, {histogram.zeros:.1%} exactly zero", histogram.centres, counts)
