"""``hw1-tui data check``: what is in a data set, and what someone who trains on it should know."""

from __future__ import annotations

import argparse
import sys

from engines.contract import SPLITS
from hw1_tui import data
from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_data_options,
    add_output_options,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_data_options,
)
from hw1_tui.batch.page import columns_of, print_aligned, print_text, spelled_table
from hw1_tui.export.table import Table
from hw1_tui.mistake import Mistake
from hw1_tui.numeral import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("source", nargs="?", help="builtin, digits, quadratic, FILE.npz, FILE.csv or a FOLDER")
    add_data_options(parser)
    add_output_options(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Tell what is in a data set; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in the data.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    options = read_data_options(args, mistakes)
    if args.source is None:
        mistakes.append(Mistake("data check", "needs to know what to look at", "SOURCE"))
    raise_mistakes(mistakes)
    with named_as_options(args.source):
        inspection = data.inspect(data.load(args.source, options, max_bytes=max_bytes))
    if output_format == "jsonl":
        print_json(_record(inspection))
    elif output_format == "csv":
        print(_duplicate_table(inspection).csv(), end="")
    else:
        print_inspection(inspection)
    return 0


def _record(inspection: data.Inspection) -> dict[str, object]:
    dataset = inspection.dataset
    return {
        "data": dataset.name,
        "task": "regression" if dataset.is_regression else "classification",
        "features": dataset.n_features,
        "image_shape": list(dataset.image_shape),
        "dtype": str(dataset.train.x.dtype),
        "scale": dataset.scale,
        "classes": list(dataset.classes),
        "fingerprint": dataset.fingerprint,
        **{split: vars(inspection.splits[split]) for split in SPLITS},
        "shared": inspection.shared,
        "duplicates": [
            {"is_conflicting": found.is_conflicting, "places": [vars(place) for place in found.places]}
            for found in inspection.duplicates
        ],
        "found": list(dataset.found),
        "left_out": list(dataset.left_out),
        "notes": list(inspection.notes),
    }


def _duplicate_table(inspection: data.Inspection) -> Table:
    """Return the places of the examples that are there more than once, a line each, a number for each example."""
    rows = [
        (number, found.is_conflicting, place.split, place.row, place.label, place.file, place.source_row)
        for number, found in enumerate(inspection.duplicates, start=1)
        for place in found.places
    ]
    return Table(("duplicate", "is_conflicting", "split", "row", "class", "file", "source_row"), tuple(rows))


def print_inspection(inspection: data.Inspection) -> None:
    """Print a data set for a person: counts, ranges, and what is odd about it."""
    dataset = inspection.dataset
    shape = " x ".join(map(str, dataset.image_shape)) or "no pictures"
    scale = f", multiplied by {dataset.scale:g}" if dataset.scale != 1 else ""
    features = counted(dataset.n_features, "feature")
    print_text(f"{dataset.name}: {features} ({shape}), {dataset.train.x.dtype}{scale}", more=4)
    print_text(f"fingerprint {dataset.fingerprint}", more=4)
    print()
    reports = [inspection.splits[split] for split in SPLITS]
    rows = [(name, *(report.class_counts[label] for report in reports)) for label, name in enumerate(dataset.classes)]
    sums = ("examples", "smallest", "largest", "repeated", "conflicting")
    rows += [(title, *(getattr(report, title) for report in reports)) for title in sums]
    print_aligned(spelled_table(Table(("", *SPLITS), tuple(rows))), columns_of(sys.stdout), wraps=True)
    for note in (*dataset.found, *inspection.notes):
        print()
        print_text(note)
