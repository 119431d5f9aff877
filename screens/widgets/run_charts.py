"""The three charts of a run: loss, accuracy, weight norm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from textual.app import ComposeResult
from textual.containers import Container

from hw1_tui.config_history import Change
from hw1_tui.metric import EpochMetrics, Metric, MetricKind, best_epoch, epoch_metrics
from hw1_tui.runs.band import gather_curve, measured_points
from hw1_tui.runs.loss_name import loss_title
from hw1_tui.runs.x_axis import X_LABELS, XAxis, next_axis, positions, steps_by_batch
from hw1_tui.settings import TABLE
from screens.state.live_run import LiveRun
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.chart.series import as_floats

_EMPTY = "The curves appear with the first epochs."
_ENDED = "It ended before its first epoch did, so that there is no curve."
_TITLES = {"loss": "loss, mean per example", "accuracy": "accuracy, share of examples", "norm": "norm of all weights"}
_KINDS: Mapping[str, MetricKind] = {"chart-loss": "loss", "chart-accuracy": "share", "chart-norm": "norm"}
_SPLITS = {"train": "train", "val": "validation"}
_MOST_OF_A_RUN = 2
"""Curves that a run has of its own in a chart: the colour of another run is the same in all of them."""


class RunCharts(Container):
    """Charts of one run; in a narrow terminal one at a time."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._chosen = 0
        self._live: LiveRun | None = None
        self._seeds: Sequence[Sequence[EpochMetrics]] = ()
        self._others: Sequence[LiveRun] = ()
        self._x_axis: XAxis = "epoch"

    def compose(self) -> ComposeResult:
        """Draw the charts."""
        for position, (name, title) in enumerate(_TITLES.items()):
            yield Chart(
                title,
                empty="",
                log_y=None if name == "loss" else False,
                clip=name != "accuracy",
                id=f"chart-{name}",
                classes="chart" + " -chosen" * (position == 0),
            )

    def on_resize(self) -> None:
        """Draw also what there is room for now; a run that is paused has no news to be drawn with."""
        self.call_after_refresh(self._draw)  # the screen says by then how wide it is

    def next(self) -> None:
        """Choose the next chart, and show it also where there is room for one only."""
        charts = list(self.query(Chart))
        had_focus = charts[self._chosen].has_focus
        self._chosen = (self._chosen + 1) % len(charts)
        for position, chart in enumerate(charts):
            chart.set_class(position == self._chosen, "-chosen")
        if had_focus:
            charts[self._chosen].focus()
        self._draw()

    def next_x(self) -> None:
        """Draw over updates or seconds in place of epochs, and back."""
        self._x_axis = next_axis(self._x_axis)
        self._draw()

    def read(self) -> None:
        """Take the chosen chart in hand and put up its crosshair."""
        chart = list(self.query(Chart))[self._chosen]
        chart.focus()
        chart.action_crosshair()

    def show(
        self,
        live: LiveRun | None,
        seeds: Sequence[Sequence[EpochMetrics]] = (),
        others: Sequence[LiveRun] = (),
    ) -> None:
        """Draw a run. Charts that cannot be seen are left alone.

        Args:
            live: the run; ``None`` for none.
            seeds: the epochs of all runs that differ from it in their seed alone, its own among them: where there are
                several, the curves stand in a band from their lowest to their highest.
            others: runs whose validation curves, or norms, stand beside; left out where their loss is another.
        """
        self._live, self._seeds, self._others = live, seeds, others
        self._draw()

    def _draw(self) -> None:
        live, seeds = self._live, self._seeds
        epochs = live.epochs if live else []
        marks = [mark(change) for change in live.joined_changes] if live else []
        at = self._positions(live) if live else ([], [])
        empty = _ENDED if live and live.ended else _EMPTY
        for position, chart in enumerate(self.query(Chart)):
            is_loss = live and chart.id == "chart-loss"
            title = loss_title([live.config.as_dict()]) if live and is_loss else _TITLES[(chart.id or "")[6:]]
            title += f"; band: {len(seeds)} seeds" * (len(seeds) > 1)
            chart.set_title(title, empty if position == self._chosen else "")  # said once where all three are seen
            if chart.display:
                series = curves_of(_KINDS[chart.id or ""], epochs, seeds, live.begin) if live and epochs else []
                chart.set_x_label(X_LABELS[self._x_axis])
                beside = self._beside(_KINDS[chart.id or ""], live) if live and series else []
                chart.set_series([*(one.over(*at) for one in series), *beside])
                chart.set_marks([one.over(*at) for one in marks] if epochs else marks)

    def _positions(self, live: LiveRun) -> tuple[list[int], list[float]]:
        """Return the epochs of a run, and where they stand on the x axis."""
        steps = steps_by_batch(live.started and live.started.examples[0], live.history.first, live.joined_changes)
        return [epoch.epoch for epoch in live.epochs], positions(live.epochs, self._x_axis, steps)

    def _beside(self, kind: MetricKind, live: LiveRun) -> list[Series]:
        """Return the last curve of each of the other runs, which is that of validation, in a colour that is its own."""
        found = []
        for other in self._others:
            is_alike = kind != "loss" or loss_title([other.config.as_dict()]) == loss_title([live.config.as_dict()])
            if other is live or not other.epochs or not is_alike:
                continue
            name = f"run {other.number}"
            whole = f"{name}: {other.config.model} on {other.config.data}, {other.config.engine}"
            curve = curves_of(kind, other.epochs, begin=other.begin)[-1].over(*self._positions(other))
            found.append(replace(curve, name=name, short=name, whole=whole, number=_MOST_OF_A_RUN + other.number - 1))
        return found


def curves_of(
    kind: MetricKind, epochs: Sequence[EpochMetrics], seeds: Sequence[Sequence[EpochMetrics]] = (), begin: int = 0
) -> list[Series]:
    """Return a curve for each metric of a kind, named by its split where that is enough to tell it.

    Args:
        kind: of the metrics.
        epochs: of the run.
        seeds: the epochs of runs, this one's among them, in whose band the curves stand where there are several.
        begin: the epoch after which those begin that are its own, of which one is its best.
    """
    metrics = [metric for metric in epoch_metrics() if metric.kind == kind and not metric.is_detail]
    count = Counter(metric.split for metric in metrics)
    is_split = [metric.split in _SPLITS and count[metric.split] == 1 for metric in metrics]
    return [_curve(metric, epochs, seeds, begin, is_split=is_it)
            for metric, is_it in zip(metrics, is_split, strict=True)]  # fmt: skip


def _curve(
    metric: Metric,
    epochs: Sequence[EpochMetrics],
    seeds: Sequence[Sequence[EpochMetrics]],
    begin: int,
    *,
    is_split: bool,
) -> Series:
    """Return a metric as a curve; that of a validation split is marked at the epoch with the lowest validation loss."""
    name, short = (_SPLITS[metric.split], metric.split) if is_split else (metric.short, "")
    x, y = as_floats([epoch.epoch for epoch in epochs]), as_floats([epoch[metric.name] for epoch in epochs])
    if metric.split == "train":  # epochs after which nobody measured it are no gaps in the curve
        is_measured = ~np.isnan(y)
        x, y = x[is_measured], y[is_measured]
    is_val = metric.split == "val"
    best = best_epoch(epochs, begin) if is_val else None
    at = best.epoch if best else None
    ends = None
    if len(seeds) > 1:
        around = gather_curve([measured_points(run, metric.name) for run in seeds])
        low, high = (dict(zip(around.epochs, side, strict=True)) for side in (around.low, around.high))
        ends = [low.get(epoch) for epoch in x], [high.get(epoch) for epoch in x]
    return Series(name, x, y, best=metric.best if is_val else "", short=short, best_at=at, band=ends)


def chart_title(metric: Metric, configs: Iterable[Mapping[str, Any]]) -> str:
    """Return what a chart of one metric of runs with these configurations is called."""
    if metric.kind == "loss":
        return loss_title(configs, metric.title)
    return f"{metric.title}, share of examples" if metric.kind == "share" else metric.title


def mark(change: Change) -> Mark:
    """Return where a change stands: between the epochs where it was made."""
    entry = TABLE.get(change.name)
    name = entry.title if entry else change.name
    short = (entry and entry.short) or name
    return Mark(change.epoch - 1, f"{name} {change.values}", f"{short} {change.new_value}")
