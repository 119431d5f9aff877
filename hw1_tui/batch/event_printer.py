"""A run's events on stdout: as a table, as JSON lines or as CSV."""

from __future__ import annotations

import sys
from collections.abc import Callable

from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.page import RowPrinter, print_text
from hw1_tui.metric import Metric, by_importance, end_metrics, epoch_metrics
from hw1_tui.numeral import counted
from hw1_tui.training.event import EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted

EventPrinter = Callable[[Event], None]

EPOCH_WIDTH, _WIDTH, _SHARE_WIDTH = 6, 9, 8
"""Cells of the number of an epoch, and at least of a metric: a share has one digit before the point."""


def event_printer(output_format: str, remark: Callable[[str], None] = lambda _: None) -> EventPrinter:
    """Return what prints each event on stdout; each line is flushed.

    Args:
        output_format: one of ``option.OUTPUT_FORMATS``.
        remark: says a sentence on what the terminal has no room for.
    """
    printers: dict[str, EventPrinter] = {"table": _TablePrinter(remark), "jsonl": _JsonPrinter(), "csv": _print_csv}
    return printers[output_format]


class _JsonPrinter:
    """Prints events as JSON lines, each with the run it belongs to."""

    def __init__(self) -> None:
        self._run = ""

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._run = event.run
        if not isinstance(event, (Progressed, Remarked)):
            print_json({"event": event.kind, "run": self._run, **event.as_dict()})


def _print_csv(event: Event) -> None:
    if isinstance(event, RunStarted):
        print_csv(("epoch", *(metric.name for metric in epoch_metrics())))
    elif isinstance(event, EpochEnded):
        record = event.metrics.as_dict()
        print_csv((event.epoch, *(record[metric.name] for metric in epoch_metrics())))


class _TablePrinter:
    """Prints epochs as the rows of a table."""

    def __init__(self, remark: Callable[[str], None]) -> None:
        self._metrics = [m for m in epoch_metrics() if not m.is_detail and m.kind != "rate"]
        columns = [("epoch", EPOCH_WIDTH), *((metric.heading, metric_width(metric)) for metric in self._metrics)]
        self._rows = RowPrinter(columns, [metric.heading for metric in by_importance(self._metrics)[:-1]])
        self._remark = remark

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            if self._rows.left_out:
                self._remark(self._rows.left_out)
            self._rows.print_head()
        elif isinstance(event, EpochEnded):
            record = event.metrics.as_dict()
            cells = [metric_cell(record[metric.name], metric) for metric in self._metrics]
            self._rows.print_row([str(event.epoch), *cells])
        elif isinstance(event, RunEnded):
            print_text(describe_end(event), more=4)
            sys.stdout.flush()


def metric_width(metric: Metric) -> int:
    """Return the cells of a metric's column."""
    return max(len(metric.heading), _SHARE_WIDTH if metric.kind in ("share", "time") else _WIDTH)


def metric_cell(value: float | None, metric: Metric) -> str:
    """Return a metric's value as it fits its column."""
    text = "-" if value is None else metric.format(value)
    return text if value is None or len(text) <= metric_width(metric) else format(value, ".3g")


def describe_end(ended: RunEnded) -> str:
    """Return a run's end in one line: how, after how many epochs, test metrics, best epoch, time."""
    words = [f"{ended.status} after {counted(ended.epochs, 'epoch')}"]
    tested = [(metric, ended.test_metrics.get(metric.name)) for metric in reversed(by_importance(end_metrics()))]
    words += [f"{metric.title} {metric.format(value)}" for metric, value in tested if value is not None]
    if ended.best_epoch is not None:  # of the trained ones: the untrained model's loss may be lower
        words.append(f"best epoch {ended.best_epoch} by validation loss")
    return ", ".join([*words, f"{ended.seconds:.1f} s"])
