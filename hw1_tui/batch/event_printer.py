"""A run's events on stdout: as a table, as JSON lines or as CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from hw1_tui.batch.page import RowPrinter, print_text
from hw1_tui.batch.stream import is_unicode
from hw1_tui.markup import json_text
from hw1_tui.numeral import counted
from hw1_tui.training.event import EpochEnded, Event, Progressed, Remarked, RunEnded, RunStarted

EventPrinter = Callable[[Event], None]

_COLUMNS = (
    ("epoch", "epoch", 6, "d"),
    ("train_loss", "train loss", 10, ".4f"),
    ("train_accuracy", "train acc", 9, ".4f"),
    ("val_loss", "val loss", 9, ".4f"),
    ("val_accuracy", "val acc", 8, ".4f"),
    ("weight_norm", "norm", 9, ".4f"),
    ("seconds", "seconds", 8, ".2f"),
)
_LESS = ("seconds", "norm", "train loss", "train acc")


def event_printer(output_format: str, remark: Callable[[str], None] = lambda _: None) -> EventPrinter:
    """Return what prints each event on stdout; each line is flushed.

    Args:
        output_format: one of ``option.FORMATS``.
        remark: says a sentence on what the terminal has no room for.
    """
    printers: dict[str, EventPrinter] = {"table": _TablePrinter(remark), "jsonl": _JsonPrinter(), "csv": _print_csv}
    return printers[output_format]


def print_json(record: dict[str, Any]) -> None:
    """Print one object on one line, in characters that stdout takes."""
    print(json_text(record, is_ascii=not is_unicode(sys.stdout)), flush=True)


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
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if isinstance(event, RunStarted):
        writer.writerow(field.name for field in fields(EpochEnded))
    elif isinstance(event, EpochEnded):
        record = event.as_dict()
        writer.writerow(record[field.name] for field in fields(EpochEnded))
    sys.stdout.flush()


class _TablePrinter:
    """Prints epochs as the rows of a table."""

    def __init__(self, remark: Callable[[str], None]) -> None:
        self._rows = RowPrinter([(title, width) for _, title, width, _ in _COLUMNS], _LESS)
        self._remark = remark

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            if self._rows.left_out:
                self._remark(self._rows.left_out)
            self._rows.print_head()
        elif isinstance(event, EpochEnded):
            record = event.as_dict()
            self._rows.print_row([_cell(record[name], width, style) for name, _, width, style in _COLUMNS])
        elif isinstance(event, RunEnded):
            print_text(describe_end(event), more=4)
            sys.stdout.flush()


def _cell(value: Any, width: int, style: str) -> str:
    text = "-" if value is None else format(value, style)
    return text if len(text) <= width else format(value, ".3g")


def describe_end(ended: RunEnded) -> str:
    """Return a run's end in one line: how, after how many epochs, test figures, best epoch, time."""
    words = [f"{ended.status} after {counted(ended.epochs, 'epoch')}"]
    if ended.test_accuracy is not None:
        words.append(f"test accuracy {ended.test_accuracy:.4f}")
    if ended.test_loss is not None:
        words.append(f"test loss {ended.test_loss:.4f}")
    if ended.best_epoch is not None:
        words.append(f"lowest validation loss in epoch {ended.best_epoch}")
    return ", ".join([*words, f"{ended.seconds:.1f} s"])
