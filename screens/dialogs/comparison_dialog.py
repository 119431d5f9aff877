"""Any number of runs beside each other: curves, metrics, what differs, what is more than chance, seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from hw1_tui.export.comparison_table import comparison_table, seeds_table
from hw1_tui.export.seed_curve import SeedCurve, seed_curves
from hw1_tui.export.table import Table, title
from hw1_tui.export.title import distinct_titles
from hw1_tui.export.value_table import value_table
from hw1_tui.markup import shorten, visible
from hw1_tui.metric import METRICS, EpochMetrics, Metric, best_epoch
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.comparison import BRANCHED, STEERED, differing
from hw1_tui.runs.difference import EvidenceByRun
from hw1_tui.runs.record import BEST
from hw1_tui.runs.value_group import groupable
from hw1_tui.runs.x_axis import X_LABELS, XAxis, next_axis, positions, steps_of
from hw1_tui.training.evidence import gather_evidence
from screens.dialogs.dialog import Dialog
from screens.dialogs.run_export import export_runs
from screens.state.field_words import in_field_words
from screens.widgets.button import Button
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.chart.charted import Charted
from screens.widgets.chart.renderer import best_marker
from screens.widgets.chart.series import Floats, as_floats
from screens.widgets.compared_table import ComparedTable
from screens.widgets.plain import plain
from screens.widgets.run_charts import chart_title, mark

MOST_RUNS = 40
"""So many curves are hard to tell apart already; thousands would hold up the interface for minutes."""
_LONGEST = 26
"""Cells of a heading of the table."""
_MOST_LINES = 3

_LINES, _FEW_LINES = 4, 2
"""Of the legend, as the stylesheet has them: in a low terminal few."""

_RUNS, _SEEDS = "Runs", "Seeds"
"""Tables beside those by the value of a hyperparameter."""

_BAND = "Bands reach from the lowest to the highest seed (s: every run)."

Read = tuple[Sequence[Sequence[EpochMetrics]], EvidenceByRun | None]
"""The epochs of each run, after those of the runs that it was branched from; what they said of each test example."""

_CHARTS = ("val_loss", "val_accuracy", "train_loss")
"""The metrics that are drawn; the table has all in which runs are compared."""


class ComparisonDialog(Charted, Dialog[None]):
    """Runs side by side, the first being what the others are compared with.

    It opens at once, and draws what is read of them in a thread: 40 runs may have 100,000 epochs each.

    Args:
        records: the runs.
        read: reads what they came to; it may raise a ``MistakeError`` or an ``OSError``.

    Attributes:
        is_drawn: whether all of it is there.
    """

    CSS_PATH: ClassVar[Any] = ["dialog.tcss", "comparison_dialog.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "next_chart", "Chart", id="comparison.chart", tooltip="Show the next chart."),
        Binding("v", "next_table", "Seeds", id="comparison.table",
                tooltip="All runs side by side; seeds gathered: mean and spread; runs by each value that differs."),
        Binding("s", "next_curves", "Each seed", id="comparison.curves", show=False,
                tooltip="Runs that differ in the seed alone as one curve with a band, or every run as its own."),
        Binding("u", "next_x", "x axis", id="comparison.next-x", show=False,
                tooltip="Draw the curves over epochs, updates of the weights, or seconds."),
        Binding("x", "export", "Export", id="comparison.export",
                tooltip="Write these runs as figure, as they are drawn, as table or as metrics."),
        Binding("q", "dismiss_dialog", "Close", id="comparison.close", show=False),
    ]  # fmt: skip

    class Found(Message):
        """Carries what was read, or a sentence on why it cannot be."""

        def __init__(self, found: Read | str) -> None:
            super().__init__()
            self.found = found

    def __init__(self, records: Sequence[RunRecord], read: Callable[[], Read]) -> None:
        super().__init__()
        self._records, self._read = records, read
        self._curves: Sequence[Sequence[EpochMetrics]] = [()] * len(records)
        self._evidence: EvidenceByRun | None = None
        self.is_drawn = False
        self._titles = [visible(one) for one in distinct_titles(records, in_short=True)]
        varied = [name for name in differing(records) if name in groupable(records)]
        self._views = [_RUNS, _SEEDS, *varied]
        self._gathers = True
        self._x_axis: XAxis = "epoch"

    @classmethod
    def of(cls, store: Store, records: Sequence[RunRecord]) -> ComparisonDialog:
        """Return the dialog of kept runs, with the curves that the history has of them.

        Raises:
            MistakeError: they are too many to stand side by side.
        """
        if len(records) > MOST_RUNS:
            allowed = f"at most {MOST_RUNS}; hw1-tui runs compare takes any number"
            raise MistakeError(Mistake("", f"{counted(len(records), 'run')} cannot stand side by side", allowed))
        return cls(records, partial(_read, store, records))

    def compose(self) -> ComposeResult:
        """Draw the charts and the table."""
        with Vertical(classes="box -full") as box:
            heading = self._records[0].title if len(self._records) == 1 else f"{len(self._records)} runs"
            box.border_title = plain(heading)
            box.border_subtitle = "c chart, v table, s seeds, u x axis, x exports, escape closes"
            with Container(id="comparison-body"):
                with Vertical(id="comparison-drawn"):
                    with Container(id="comparison-charts"):
                        yield from self._charts_of_metrics()
                    yield Static(id="comparison-legend")
                yield ComparedTable(id="metrics")
            yield Static("Reading...", markup=False, id="comparison-remark", classes="text remark")
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Next chart", id="chart", action="screen.next_chart")
                yield Button("Seeds", id="seeds", action="screen.next_table")
                yield Button("Each seed", id="each-seed", action="screen.next_curves")
                yield Button("x axis", id="x-axis", action="screen.next_x")
                yield Button("Export", id="export", action="screen.export")

    def _charts_of_metrics(self) -> Iterator[Chart]:
        configs = [record.config for record in self._records]
        for position, metric in enumerate(METRICS[name] for name in _CHARTS):
            chosen = "" if position else "-chosen"
            is_loss = metric.kind != "share"
            log_y = None if is_loss else False  # beside a run that diverged, all others would be one line
            place = _place(metric.name)
            yield Chart(chart_title(metric, configs), log_y=log_y, clip=is_loss, id=place, classes=chosen)

    def on_resize(self) -> None:
        """Let the curves bear their names, or one legend, where there is no room for it."""
        self.call_after_refresh(self._share_legend)

    def _share_legend(self) -> None:
        """Name the curves of all charts in one legend, where they do not bear their names at their ends."""
        is_shared = not all(chart.names_ends for chart in self._charts)
        for chart in self.query(Chart):
            chart.leave_names(to_others=is_shared)
        shared = self.query_one("#comparison-legend", Static)
        shared.display = is_shared
        width, most = self.query_one("#comparison-drawn").size.width, _FEW_LINES if self.has_class("-short") else _LINES
        shared.update(self.query(Chart).first().names(width, most))

    def on_mount(self) -> None:
        """Read the curves and the metrics."""
        self.run_worker(self._look, thread=True, exit_on_error=False)
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._share_legend())
        names = zip(self._titles, map(_whole, self._records), strict=True)
        cut = [f"{title}: {whole}" for title, whole in names if title != whole]
        self.query_one("#metrics").tooltip = Text("\n".join(cut)) if cut else None
        self.query_one("#metrics").focus()

    def _look(self) -> None:
        try:
            self.post_message(self.Found(self._read()))
        except (MistakeError, OSError) as error:
            self.post_message(self.Found(str(error)))

    @on(Found)
    def _draw(self, message: Found) -> None:
        """Draw what was read; close, and say why, where a run cannot be."""
        message.stop()
        if isinstance(message.found, str):
            self.app.notify(in_field_words(message.found), severity="error", markup=False)
            self.dismiss(None)
            return
        self._curves, self._evidence = message.found
        self.is_drawn = True
        self._show_curves()
        self._show_table()

    def _seed_curves(self) -> list[SeedCurve]:
        return seed_curves(self._records, self._curves, self._titles, gathers=self._gathers, in_short=True)

    def _show_curves(self) -> None:
        if not self.is_drawn:
            return
        curves = self._seed_curves()
        places = [_places(curve.epochs, curve.runs[0], self._x_axis) for curve in curves]
        marks: list[Mark] = []
        for record, epochs, name in zip(self._records, self._curves, self._titles, strict=True):
            at = _places(epochs, record, self._x_axis)
            marks += [one.over(*at) for one in _marks(record, name)]
        for name in _CHARTS:
            chart = self.query_one(f"#{_place(name)}", Chart)
            chart.set_x_label(X_LABELS[self._x_axis])
            found = [_series(curve, METRICS[name]) for curve in curves]
            chart.set_series([series.over(*at) for series, at in zip(found, places, strict=True)])
            chart.set_marks(marks)
        self.call_after_refresh(self._share_legend)

    def _show_table(self) -> None:
        if not self.is_drawn:
            return
        table, headings = self._table()
        sign = best_marker(self.app.preferences.values.ascii_charts)
        has_best = _fill(self.query_one(ComparedTable), table, headings, sign)
        is_told = len(self._records) > 1 or not table.rows  # of one run there is nothing to say, unless nothing is left
        remark = table.remark if is_told else self._records[0].results.get("reason") or ""
        if has_best:
            remark = f"{sign} marks the best of a line. {remark}"
        if any(curve.band for curve in self._seed_curves()):
            remark = f"{_BAND} {remark}"
        told = self.query_one("#comparison-remark", Static)
        told.update(remark)
        told.tooltip = Text(remark)  # a very small terminal shows its beginning
        following = self._views[1]
        button = self.query_one("#seeds", Button)
        button.label = following if following in (_RUNS, _SEEDS) else f"By {title(following)}"
        button.refresh(layout=True)  # it is as wide as its label

    def _table(self) -> tuple[Table, Sequence[str]]:
        """Return the table of the first view, and what its columns are called when it is turned around."""
        view = self._views[0]
        if view == _RUNS:
            return comparison_table(self._records, (), self._evidence), self._titles
        if view == _SEEDS:
            table = seeds_table(self._records)
            return table, [f"x {row[0]}" for row in table.rows]
        table = value_table(self._records, view, self._evidence)
        return table, [cells[0] for cells in table.cells()]

    def action_next_chart(self) -> None:
        """Show the next chart where there is room for one only."""
        charts = list(self.query(Chart))
        chosen = next(position for position, chart in enumerate(charts) if chart.has_class("-chosen"))
        for position, chart in enumerate(charts):
            chart.set_class(position == (chosen + 1) % len(charts), "-chosen")
        self.call_after_refresh(self._share_legend)

    def action_next_x(self) -> None:
        """Draw the curves over updates or seconds in place of epochs, and back."""
        self._x_axis = next_axis(self._x_axis)
        self._show_curves()

    def action_next_curves(self) -> None:
        """Draw seeds as one curve with a band, or every run as its own."""
        self._gathers = not self._gathers
        self._show_curves()
        self._show_table()

    def action_export(self) -> None:
        """Ask for a file; a figure is drawn as the charts are."""
        export_runs(self.app, self.workspace, self._records, gathers=self._gathers, x_axis=self._x_axis)

    def action_next_table(self) -> None:
        """Show runs, seeds gathered, or runs by the value of the next hyperparameter that differs."""
        self._views = [*self._views[1:], self._views[0]]
        self._show_table()


def _read(store: Store, records: Sequence[RunRecord]) -> Read:
    """Return what the history has of some runs; in a thread."""
    evidence = gather_evidence(store, records, measures=False) if len(records) > 1 else None
    return [store.metrics(record.run, joined=True) for record in records], evidence


def _series(curve: SeedCurve, metric: Metric) -> Series:
    """Return a curve as a chart shows it, with the band of several seeds."""

    def values(epochs: Sequence[EpochMetrics]) -> Floats:
        return as_floats([epoch[metric.name] for epoch in epochs])

    y = values(curve.epochs)
    is_measured = ~np.isnan(y)
    x = as_floats([epoch.epoch for epoch in curve.epochs])[is_measured]
    best = best_epoch(curve.epochs, curve.runs[0].parent_epoch or 0) if metric.split == "val" else None
    band = (values(curve.band.low)[is_measured], values(curve.band.high)[is_measured]) if curve.band else None
    whole = curve.title if curve.band else _whole(curve.runs[0])
    at = best.epoch if best else None
    return Series(curve.title, x, y[is_measured], best=metric.best, whole=whole, best_at=at, band=band)


def _places(epochs: Sequence[EpochMetrics], record: RunRecord, axis: XAxis) -> tuple[list[float], list[float]]:
    """Return the epochs of a curve and where they stand on an axis; of several seeds by the mean of their seconds."""
    numbers = [float(epoch.epoch) for epoch in epochs] or [0.0]
    return numbers, positions(epochs, axis, steps_of(record)) or [0.0]


def _place(name: str) -> str:
    """Return the identifier of the chart of a metric."""
    return f"compare-{name.replace('_', '-')}"


def _marks(record: RunRecord, title: str) -> list[Mark]:
    """Return where a run was branched from its parent, and where it was steered."""
    branched = [Mark(float(record.parent_epoch), f"{title} branched")] if record.parent_epoch else []
    return [*branched, *(Mark(one.x, f"{title}: {one.label}") for one in map(mark, record.joined_changes))]


def _whole(record: RunRecord) -> str:
    """Return the name of a run as it was given, and what identifies it."""
    return f"{visible(record.labels.name)} {record.run}".strip()


def _fill(widget: ComparedTable, table: Table, headings: Sequence[str], sign: str) -> bool:
    """Show a table turned around, a run a column; the best of a line is bold and has a sign, if anything has.

    Returns:
        Whether anything has.
    """
    widget.clear(columns=True)
    lines = [_lines(heading) for heading in headings]
    widget.header_height = max(map(len, lines), default=1)
    bests = {name: _best(name, [row[i] for row in table.rows]) for i, name in enumerate(table.columns)}
    has_best = any(best is not None for best in bests.values())
    room = " " * (len(sign) + 1) * has_best
    widget.add_column(Text())
    for heading in lines:
        widget.add_column(Text("\n".join(line + room for line in heading), justify="right"))
    cells = table.cells()
    for i, (name, best) in enumerate(bests.items()):
        if name == "name":  # the headings say it
            continue
        in_short = name in ("run", BRANCHED)
        texts = [(row[i].rpartition("-")[2] or row[i]) if in_short else row[i] for row in cells]
        is_best = [best is not None and row[i] == best for row in table.rows]
        # A verdict and its reason, or changes, stand in lines of their own: all of the column was as wide.
        end = ", " if name == STEERED else ": "
        texts = [text.replace(end, f"{end[0]}\n") for text in texts]
        found = [Text(f"{text} {sign}" if wins else f"{text}{room}", "bold" * wins, justify="right")
                 for text, wins in zip(texts, is_best, strict=True)]  # fmt: skip
        widget.add_row(Text(title(name)), *found, height=1 + max((text.count("\n") for text in texts), default=0))
    return has_best


def _lines(heading: str) -> list[str]:
    """Return what a column is called in a few lines, a hyperparameter each."""
    *first, rest = heading.split(", ", _MOST_LINES - 1)
    return [shorten(line, _LONGEST) for line in (*first, rest)]


def _best(name: str, values: Sequence[Any]) -> float | None:
    """Return the best of several runs' values of a metric; ``None`` where it is no metric, or all have the same."""
    metric, found = METRICS.get(name.removeprefix(BEST)), {value for value in values if isinstance(value, float)}
    if metric is None or not metric.best or len(found) < 2:
        return None
    return min(found, key=metric.as_loss)
