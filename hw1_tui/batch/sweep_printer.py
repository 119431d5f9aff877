"""What a sweep prints on stdout: a line a trial, and what they come to together."""

from __future__ import annotations

from collections.abc import Callable

from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.page import RowPrinter, print_text
from hw1_tui.batch.run_table import print_table
from hw1_tui.export.table import cell, title
from hw1_tui.runs import Store
from hw1_tui.sweep.conclusion import conclude
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.plan import Plan
from hw1_tui.sweep.summary import SweepSummary, TrialResult
from hw1_tui.sweep.table import conclusion_tables, trial_columns, trial_row, trials_table

_WIDTHS = {"trial": 5, "seed": 6, "epochs_done": 11, "status": -11, "run": -24}
_MOST_RANKED = 10
"""Points of the ranking on a page; a file has all of them."""


class SweepPrinter:
    """Prints a line a trial, each flushed, and each trial once.

    Args:
        output_format: one of ``option.OUTPUT_FORMATS``.
        sweep: the sweep.
        remark: says what a narrow terminal leaves out.
    """

    def __init__(self, output_format: str, sweep: Sweep, remark: Callable[[str], None]) -> None:
        self._format = output_format
        self._columns = trial_columns(sweep)
        self._printed: set[int] = set()
        if output_format == "csv":
            print_csv(self._columns)
        elif output_format == "table":
            widths = [(title(name), _WIDTHS.get(name, max(len(name), 8))) for name in self._columns]
            self._rows = RowPrinter(widths, ["seconds", "epochs done", "run"])
            if self._rows.left_out:
                remark(self._rows.left_out)
            self._rows.print_head()

    def print_trial(self, result: TrialResult) -> None:
        """Print what a trial came to, unless that was printed before."""
        if result.trial.number in self._printed:
            return
        self._printed.add(result.trial.number)
        row = trial_row(result, self._columns)
        if self._format == "csv":
            print_csv(row)
        elif self._format == "jsonl":
            print_json({"event": "trial", **dict(zip(self._columns, row, strict=True))})
        else:
            self._rows.print_row([cell(name, value) for name, value in zip(self._columns, row, strict=True)])


def print_plan(plan: Plan, summary: SweepSummary, output_format: str, remark: Callable[[str], None]) -> None:
    """Print what a sweep will take, and its trials; of CSV, whose rows are of one kind, the plan is said.

    Args:
        plan: what it will take.
        summary: what the history has of it.
        output_format: one of ``option.OUTPUT_FORMATS``.
        remark: says a sentence.
    """
    name = summary.sweep.name
    if output_format == "jsonl":
        print_json({"event": "sweep_planned", "sweep": name, **plan.as_dict()})
        printer = SweepPrinter(output_format, summary.sweep, remark)
        for result in summary.results:
            printer.print_trial(result)
        return
    if output_format == "table":
        print_text(f"Sweep {name}: {plan.sentence()}")
        print()
    else:
        remark(f"Sweep {name}: {plan.sentence()}")
    print_table(trials_table(summary), output_format, quiet=True)


def print_summary(summary: SweepSummary, store: Store, output_format: str, remark: Callable[[str], None]) -> None:
    """Print what a sweep came to; of CSV, whose rows are of one kind, the sentences are said.

    Args:
        summary: of the sweep.
        store: the history.
        output_format: one of ``option.OUTPUT_FORMATS``.
        remark: says a sentence.
    """
    conclusion = conclude(summary, store)
    if output_format == "csv":
        for sentence in (*conclusion.sentences(), conclusion.command) if conclusion else ():
            remark(sentence)
        return
    if output_format == "jsonl":
        counts = {f"{status}_trials": n for status, n in summary.counts.items()}
        ended = {"event": "sweep_ended", "sweep": summary.sweep.name, "metric": summary.sweep.metric, **counts}
        print_json({**ended, **(conclusion.as_dict() if conclusion else {})})
        return
    print()
    if conclusion is None:
        print_text("No finished trial is in the history: there is nothing to rank.")
        return
    for table in conclusion_tables(conclusion, _MOST_RANKED):
        if table.rows:
            print_table(table, output_format, quiet=True)
            print()
            print_text(table.remark)
            print()
    for sentence in conclusion.sentences():
        print_text(sentence)
    print_text(conclusion.command, more=2)
