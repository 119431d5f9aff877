"""``hw1-tui data show``: examples of a data set, pictures as thumbnails in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np

from engines.contract import SPLITS, Dataset, SplitName
from hw1_tui import data
from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_data_options,
    add_option,
    add_output_options,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_data_options,
    read_whole,
)
from hw1_tui.batch.page import columns_of, print_aligned, print_text, spelled_table
from hw1_tui.data.class_name import read_class
from hw1_tui.export.table import GivenName, Table
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.settings import NAMED_DATA, option_name

_COUNT, _CELLS = 12, 18
_MOST, _WIDEST = 10_000, 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("source", nargs="?", help="builtin, digits, quadratic, FILE.npz, FILE.csv or a FOLDER")
    add_option(parser, "--split", f"whose examples: {', '.join(SPLITS)} (default: train)", "SPLIT")
    add_option(parser, "--class", "of one class, by its name or number (default: some of each)", "CLASS")
    add_option(parser, "--count", f"how many (default: {_COUNT})", "N", short="-n")
    add_option(parser, "--size", f"width of a picture, cells of the terminal (default: {_CELLS})", "CELLS")
    add_data_options(parser)
    add_output_options(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Show examples; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in the data.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    split = cast("SplitName", read_choice("--split", args.split, SPLITS, mistakes))
    count = read_whole("--count", args.count, _COUNT, mistakes, minimum=1, maximum=_MOST)
    cells = read_whole("--size", args.size, _CELLS, mistakes, minimum=1, maximum=_WIDEST)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    options = read_data_options(args, mistakes)
    if args.source is None:
        mistakes.append(Mistake("data show", "needs to know what to show", "SOURCE"))
    raise_mistakes(mistakes)
    with named_as_options(args.source):
        dataset = data.load(args.source, options, max_bytes=max_bytes)
    label = _read_class(dataset, getattr(args, "class"))
    rows = _choose(dataset, split, label, count)
    if not rows:
        wanted = f" of {getattr(args, 'class')}" if getattr(args, "class") else ""
        others = [other for other in SPLITS if _choose(dataset, other, label, 1)]
        raise MistakeError(Mistake("--split", f"{dataset.name} has no {split} examples{wanted}", ", ".join(others)))
    narrator = Narrator(args.quiet)
    narrator.tell_data(dataset)
    for name in (name for name in ("val_share", "test_share") if dataset.name in NAMED_DATA and getattr(args, name)):
        narrator.remark(f"{option_name(name)} has no effect: {dataset.name} has splits of its own.")
    if args.size is not None and (output_format != "table" or not dataset.image_shape):
        narrator.remark("--size has no effect: no picture is drawn.")
    if output_format == "jsonl":
        for record in _records(dataset, split, rows):
            print_json(record)
    elif output_format == "csv":
        records = list(_records(dataset, split, rows))
        print(Table(tuple(records[0]), tuple(tuple(record.values()) for record in records)).csv(), end="")
    elif dataset.image_shape:
        _print_pictures(dataset, split, rows, cells, narrator)
    else:
        _print_numbers(dataset, split, rows)
    return 0


def _read_class(dataset: Dataset, text: str | None) -> int | None:
    """Return the label of a class by its name or number.

    Raises:
        MistakeError: there is no such class, or there are no classes.
    """
    if text is None:
        return None
    if dataset.is_regression:
        raise MistakeError(Mistake("--class", f"{dataset.name} has numbers to predict and no classes"))
    if (label := read_class(text, dataset.classes)) is not None:
        return label
    raise MistakeError(unknown_name("--class", "class", text, dataset.classes))


def _choose(dataset: Dataset, split: SplitName, label: int | None, count: int) -> list[int]:
    """Return the first rows of a class, or, without one, of every class in turn, in the order of the classes."""
    y = dataset[split].y
    if label is not None:
        return list(map(int, np.flatnonzero(y == label)[:count]))
    if dataset.is_regression:
        return list(range(min(count, len(y))))
    order = np.argsort(y, kind="stable")
    turn = np.arange(len(y)) - np.searchsorted(y[order], y[order])
    first = order[np.lexsort((y[order], turn))][:count]
    return list(map(int, first[np.argsort(y[first], kind="stable")]))


def _records(dataset: Dataset, split: SplitName, rows: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield what is known of each example, fit for JSON."""
    for row in rows:
        x, y = dataset[split].x[row], dataset[split].y[row]
        known: dict[str, Any] = {"data": dataset.name, "split": split, "row": row}
        known |= {"target": float(y)} if dataset.is_regression else {"label": int(y), "class": dataset.classes[int(y)]}
        files = dataset.files.get(split, ())
        yield known | {"file": files[row] if files else None, "smallest": float(x.min()), "largest": float(x.max())}


def _print_pictures(dataset: Dataset, split: SplitName, rows: Sequence[int], cells: int, narrator: Narrator) -> None:
    from hw1_tui.batch.thumbnail import Sheet

    sheet = Sheet(cells)
    if not sheet.has_colour:
        narrator.remark("stdout shows no colours: the pictures are drawn in shades.")
    names = [visible(f"{row} ({_target(dataset, split, row)})") for row in rows]
    sheet.print([data.as_picture(dataset, dataset[split].x[row]) for row in rows], names)


def _target(dataset: Dataset, split: SplitName, row: int) -> str:
    y = dataset[split].y[row]
    return f"{float(y):.6g}" if dataset.is_regression else dataset.classes[int(y)]


def _print_numbers(dataset: Dataset, split: SplitName, rows: Sequence[int]) -> None:
    """Print examples that are no pictures as rows of numbers, as many columns as there is room for."""
    x, y = dataset[split].x, dataset[split].y
    columns = (split, "target" if dataset.is_regression else "class", *map(GivenName, dataset.feature_titles))
    body = [
        (row, float(y[row]) if dataset.is_regression else dataset.classes[int(y[row])], *map(float, x[row]))
        for row in rows
    ]
    width = columns_of(sys.stdout)
    table = spelled_table(Table(columns, tuple(body)))
    print_aligned(table, width)
    if left_out := table.left_out(width):
        print_text(f"No room for {len(left_out)} of {dataset.n_features} features.")
