"""``hw1-tui runs follow``: the epochs of runs that other programs train, as they come."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import sleep
from typing import Any

from hw1_tui.batch.event_printer import EPOCH_WIDTH, metric_cell, metric_width
from hw1_tui.batch.history import ask_runs, find_runs, names_and_conditions, open_store
from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import OUTPUT_FORMATS, add_output_options, raise_mistakes, read_choice
from hw1_tui.batch.page import RowPrinter
from hw1_tui.exit_code import DONE, FAILED
from hw1_tui.metric import EpochMetrics, by_importance, epoch_metrics
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.record import INTERRUPTED
from hw1_tui.training.event import FAILURES, EpochEnded, RunEnded, status_clause

SECONDS_BETWEEN_LOOKS = 1.0
_LOOKS_FOR_ANOTHER = 5
"""How often who follows a run looks whether another worker goes on with it, once the one that trained it was killed."""
LOOKS_FOR_NEXT = 5
"""How often who follows whatever trains looks for the next run, once none trains: trials come one after another."""

Printer = Callable[[str, Mapping[str, Any]], None]
"""Prints an event of a run, which both are given as the log has them."""


def add_follow(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``follow``."""
    parser.add_argument("runs", nargs="*", help="runs, or a filter such as sweep=rates (default: all that train)")
    parser.add_argument("--wait", action="store_true", help="for the first to begin, where none trains yet")
    add_output_options(parser)


def follow_runs(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print the epochs of runs that train until all have ended; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    raise_mistakes(mistakes)
    with Narrator(args.quiet) as narrator:
        follower = _Follower(open_store(args), args.runs, narrator)
        if not follower.is_any_live() and not args.wait:
            narrator.remark(f"{follower.why_none()} With --wait {follower.awaited}.")
            if output_format == "csv":
                _printer(output_format, narrator.remark)  # its heading: no file is without one
            return FAILED if follower.has_failed else DONE
        printer = _printer(output_format, narrator.remark)
        for run, event in follower.events():
            printer(run, event)
    return FAILED if follower.has_failed else DONE


class _Follower:
    """What runs write into their logs.

    Args:
        store: the history.
        words: names of runs, and conditions that are one filter; without words every run is followed.
        narrator: says what became of a run whose log does not.

    Attributes:
        has_failed: whether a run failed while it was followed, or one that was named had before.

    Raises:
        MistakeError: with every word that names no run, or is no condition.
    """

    def __init__(self, store: Store, words: Sequence[str], narrator: Narrator) -> None:
        names, conditions = names_and_conditions(store, words)
        self._store, self._narrator = store, narrator
        self._asked = ask_runs(conditions)
        self._named = {record.run for record in find_runs(store, names)}
        self._known = {record.run for record in self._meant()}
        self._seen: dict[str, int] = {}
        self.has_failed = any(self._store.get(run).status in (*FAILURES, INTERRUPTED) for run in self._named)

    def is_any_live(self) -> bool:
        """Return whether a run trains."""
        return any(record.is_live for record in self._meant())

    def why_none(self) -> str:
        """Return why none is followed."""
        meant = self._meant()
        if not meant and self._asked and (why := self._store.why_none(self._asked)):
            return why
        if len(meant) == 1:
            return f"{meant[0].run} does not train: it {status_clause(meant[0].status)}."
        return f"{'None of them' if meant and (self._asked or self._named) else 'No run'} trains."

    @property
    def awaited(self) -> str:
        """What is waited for with ``--wait``: of one run that was named, that it goes on."""
        is_one = len(self._named) == 1 and not self._asked
        return "it is waited for until it goes on" if is_one else "the first is waited for"

    def _meant(self) -> list[RunRecord]:
        """Return the runs that are meant, also those that have begun meanwhile."""
        fulfilling = self._store.runs(self._asked) if self._asked or not self._named else []
        others = self._named.difference(record.run for record in fulfilling)
        return fulfilling + [record for record in self._store.runs() if record.run in others] if others else fulfilling

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what happens in each run until all have ended: from its newest epoch on, or from its beginning.

        One that began since may have ended before it was looked for. Where others may come than those that are named,
        it ends some looks after the last: of a sweep no trial trains between two, or while halving holds them all.
        """
        looks_left = most_looks = 0 if self._named and not self._asked else LOOKS_FOR_NEXT
        has_begun = False
        following: set[str] = set()
        looks: dict[str, int] = {}  # at those that nobody trains any more, and that have not ended
        while True:
            meant = self._meant()
            live = {record.run for record in meant if record.is_live}
            begun = {record.run for record in meant} - self._known
            self._known |= begun
            self._seen |= dict.fromkeys(begun, 0)
            for run in sorted(following | live | begun):  # one that has ended since is read to its end
                yield from self._news(run)
            broken_off = {record.run for record in meant if record.status == INTERRUPTED} & (following | begun)
            looks = {run: looks.get(run, 0) + 1 for run in broken_off}
            waited_for = {run for run, n in looks.items() if n <= _LOOKS_FOR_ANOTHER}
            for run in sorted((following | begun) - live - waited_for):
                self._tell_end(run)
            has_begun |= bool(following or live or begun)
            looks_left = most_looks if following or live or begun else looks_left - 1
            following = live | waited_for
            if has_begun and not following and looks_left <= 0:
                return
            sleep(SECONDS_BETWEEN_LOOKS)

    def _tell_end(self, run: str) -> None:
        """Say of a run how it ended where its log has no word of it, and that halving may go on with it."""
        try:
            record = self._store.get(run)
        except MistakeError:
            self._narrator.remark(f"{run} was deleted, or cannot be read any more.")
            return
        if record.status == INTERRUPTED:  # killed, or the machine went down
            # Not inside which: it may have been at the last test.
            done = counted(record.results["epochs_done"], "epoch")
            self._narrator.fail(f"{run} was interrupted after {done}.")
            self.has_failed = True
        elif record.status == "stopped" and record.sweep and not self._asked:  # else the next are looked for anyway
            self._narrator.remark(f"{run} is a trial of the sweep {record.sweep}, which may go on with it.")

    def _news(self, run: str) -> Iterator[tuple[str, dict[str, Any]]]:
        try:
            events = list(self._store.find(run).events())
        except MistakeError:  # it was deleted meanwhile
            return
        if run not in self._seen:
            epochs = [number for number, event in enumerate(events) if event["event"] == EpochEnded.kind]
            self._seen[run] = epochs[-1] if epochs else 0
        news = events[min(self._seen[run], len(events)) :]  # a run that goes on may begin by taking epochs back
        self._seen[run] = len(events)
        for event in news:
            self.has_failed |= event["event"] == RunEnded.kind and event["status"] in FAILURES
            yield run, event


def _printer(output_format: str, remark: Callable[[str], None]) -> Printer:
    printers: dict[str, Callable[[], Printer]] = {
        "table": lambda: _TablePrinter(remark),
        "jsonl": lambda: lambda run, event: print_json({**event, "run": run}),
        "csv": _CsvPrinter,
    }
    return printers[output_format]()


class _CsvPrinter:
    """Prints the epochs of all runs as rows of one table."""

    def __init__(self) -> None:
        self._names = [metric.name for metric in epoch_metrics()]
        print_csv(("run", "epoch", *self._names))

    def __call__(self, run: str, event: Mapping[str, Any]) -> None:
        if event["event"] == EpochEnded.kind:
            print_csv((run, event["epoch"], *(event.get(name) for name in self._names)))


class _TablePrinter:
    """Prints an epoch a row, and how a run ended."""

    def __init__(self, remark: Callable[[str], None]) -> None:
        self._metrics = [metric for metric in epoch_metrics() if not metric.is_detail and metric.kind != "rate"]
        columns = [(metric.heading, metric_width(metric)) for metric in self._metrics]
        least = [metric.heading for metric in by_importance(self._metrics)[:-1]]
        self._rows = RowPrinter([("run", -20), ("epoch", EPOCH_WIDTH), *columns, ("status", -8)], least)
        if self._rows.left_out:
            remark(self._rows.left_out)
        self._rows.print_head()

    def __call__(self, run: str, event: Mapping[str, Any]) -> None:
        if event["event"] == EpochEnded.kind:
            metrics = EpochMetrics.from_dict(event).as_dict()
            cells = [metric_cell(metrics[metric.name], metric) for metric in self._metrics]
            self._rows.print_row([run, str(event["epoch"]), *cells, ""])
        elif event["event"] == RunEnded.kind:
            self._rows.print_row([run, str(event["epochs"]), *("" for _ in self._metrics), event["status"]])
