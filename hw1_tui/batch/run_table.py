"""``hw1-tui runs list`` and ``show``: runs as tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from hw1_tui.batch.history import ask_runs, open_store, say_none
from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.option import OUTPUT_FORMATS, add_option, add_output_options, raise_mistakes, read_choice
from hw1_tui.batch.page import columns_of, left_out_sentence, print_aligned, print_text, spelled_table
from hw1_tui.export.run_table import epochs_table, list_columns, runs_table
from hw1_tui.export.table import Table
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.moment import moment_here
from hw1_tui.runs import LAST, RunRecord
from hw1_tui.runs.filter_vocabulary import nearest_value
from hw1_tui.runs.loss_name import loss_name
from hw1_tui.runs.naming import newest
from hw1_tui.training.event import EpochEnded


def add_list(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``list``."""
    parser.add_argument("filter", nargs="*", help="terms such as model=mlp val_accuracy>.5 tag=report note~dropout")
    add_option(parser, "--sort", "value to sort by, - before it for the largest first (default: -created)", "NAME")
    add_option(parser, "--columns", f"values to show (default: {','.join(list_columns())})", "A,B,C")
    parser.add_argument("--deleted", action="store_true", help="the runs in the trash")
    add_output_options(parser)


def print_list(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print the runs that a filter lets through; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    if args.sort == "":
        mistakes.append(Mistake("--sort", "is empty", "the name of a value"))
    raise_mistakes(mistakes)
    store = open_store(args)
    # A term that holds a space came as one word of the shell.
    find = store.deleted if args.deleted else store.runs
    asked = ask_runs(args.filter)
    records = find(asked, args.sort or "-created")
    if not records:
        say_none(store, asked, deleted=args.deleted)
    columns = _read_columns(args.columns, records)
    if output_format == "jsonl":
        for record in records:
            print_json(record.as_dict())
    else:
        how = "" if args.columns else ", or --columns"
        shown = list(map(_by_the_clock_here, records)) if output_format == "table" else records
        print_table(runs_table(shown, columns), output_format, args.quiet, how)
    return 0


def _read_columns(text: str | None, records: Sequence[RunRecord]) -> Sequence[str]:
    if text is None:
        return ()
    columns = [name.strip() for name in text.split(",")]
    known = {name: None for record in records for name in record.as_dict()}
    wrong = [
        replace(unknown_name("--columns", "value", name, known), nearest=nearest_value(name, known))
        for name in dict.fromkeys(columns)
        if name not in known and known
    ]
    if wrong:
        raise MistakeError(wrong)
    return columns


def _by_the_clock_here(record: RunRecord) -> RunRecord:
    """Return a run that began when the clock of this time zone said it, as a filter and the interface take it."""
    return replace(record, created=moment_here(record.created).isoformat(timespec="seconds"))


def add_show(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``show``."""
    parser.add_argument("run", nargs="?", help="identifier, its beginning or end, name, or last (default)")
    parser.add_argument("--joined", action="store_true", help="with the epochs of the runs it was branched from")
    add_output_options(parser)


def print_run_shown(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print everything that is known of a run, then its epochs; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    raise_mistakes(mistakes)
    store = open_store(args)
    # Without a word the newest is meant, also where another run was given the name "last".
    records = store.runs() if args.run is None else []
    record = newest(records) if records else store.get(LAST if args.run is None else args.run)
    metrics = store.metrics(record.run, joined=args.joined)
    if output_format == "jsonl":
        checkpoints = [c.epoch for c in store.find(record.run).checkpoint_store.checkpoints() if not c.examples]
        kept = {name: record.facts.get(name) for name in ("found", "versions")}
        print_json({**record.as_dict(), **kept, "checkpoints": checkpoints})
        for epoch in metrics:
            print_json({"run": record.run, **EpochEnded(epoch).as_dict()})
        return 0
    if output_format == "table":
        about = {**_by_the_clock_here(record).as_dict(), "loss": f"mean {loss_name(record.config)} per example"}
        rows = [(name, value) for name, value in about.items() if value not in (None, "", [])]
        print_aligned(spelled_table(Table(("what", "value"), tuple(rows))), columns_of(sys.stdout), wraps=True)
        print()
        for sentence in record.facts.get("found") or ():
            print_text(sentence)
            print()
    print_table(epochs_table(metrics), output_format, args.quiet)
    return 0


def print_table(table: Table, output_format: str, quiet: bool, how: str = "") -> None:
    """Print a table in one of ``option.OUTPUT_FORMATS``, as wide as the terminal.

    Args:
        table: what is printed.
        output_format: one of ``option.OUTPUT_FORMATS``.
        quiet: say nothing of columns that the terminal has no room for.
        how: another way to them than a wider terminal.
    """
    if output_format == "table":
        table, width = spelled_table(table), columns_of(sys.stdout)
        print_aligned(table, width)
        if not quiet and (left_out := left_out_sentence(table.left_out(width), how)):
            print()
            print_text(left_out)
    elif output_format == "csv":
        print(table.csv(), end="")
    else:
        for row in table.rows:
            print_json(dict(zip(table.columns, row, strict=True)))
