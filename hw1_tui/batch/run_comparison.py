"""``hw1-tui runs compare``: runs side by side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hw1_tui.batch.history import find_runs, open_store
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import OUTPUT_FORMATS, add_option, add_output_options, raise_mistakes, read_choice
from hw1_tui.batch.page import columns_of, print_aligned, print_text, spelled_table
from hw1_tui.batch.run_table import print_table
from hw1_tui.export.comparison_table import comparison_table, seeds_table
from hw1_tui.export.table import Table
from hw1_tui.export.value_table import value_table
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.value_group import value_groups
from hw1_tui.training.evidence import gather_evidence

_MOST_SIDE_BY_SIDE = 5


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``compare``."""
    parser.add_argument("runs", nargs="*", help="runs, the first being what the others are compared with; or a filter")
    parser.add_argument("--seeds", action="store_true", help="runs that differ in the seed alone as one row")
    add_option(parser, "--by", "runs grouped by the value of a hyperparameter, such as learning_rate", "NAME")
    add_output_options(parser)


def print_comparison(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print runs side by side; return the exit code."""
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    args.by = args.by and args.by.replace("-", "_")  # the option of a hyperparameter has dashes
    if args.by == "":
        mistakes.append(Mistake("--by", "is empty", "the name of a hyperparameter"))
    if args.by and args.seeds:
        mistakes.append(Mistake("--seeds", "does not go with --by, which gathers seeds as well"))
    raise_mistakes(mistakes)
    store = open_store(args)
    records = find_runs(store, args.runs)
    if not records:
        raise MistakeError(Mistake("runs compare", "no run to compare", "RUN RUN ..., or a filter such as model=mlp"))
    table = _comparison(store, records, args)
    if output_format == "table" and not args.seeds and len(table.rows) <= _MOST_SIDE_BY_SIDE:
        _print_side_by_side(table.turned())
    else:
        print_table(table, output_format, args.quiet)
    if output_format == "table" and not args.quiet and table.remark:
        print()
        print_text(table.remark)
    return 0


def _comparison(store: Store, records: Sequence[RunRecord], args: argparse.Namespace) -> Table:
    if args.seeds:
        return seeds_table(records)
    if args.by:
        value_groups(records, args.by)  # a wrong name is told before runs are measured
    evidence = gather_evidence(store, records, say=Narrator(args.quiet).remark) if len(records) > 1 else {}
    return value_table(records, args.by, evidence) if args.by else comparison_table(records, evidence=evidence)


def _print_side_by_side(table: Table) -> None:
    """Print a table whose columns are runs, some of them below the others where a line has not room for all."""
    width = columns_of(sys.stdout)
    for i, part in enumerate(spelled_table(table).parts(width)):
        print("\n" * (i > 0), end="")
        print_aligned(part, width, wraps=True)
