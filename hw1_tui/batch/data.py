"""``hw1-tui data``: look at data sets, show what is in them, and make one of a folder of images."""

from __future__ import annotations

import argparse
import sys

from engines.contract import SPLITS
from hw1_tui import data
from hw1_tui.batch import data_show
from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    OUTPUT_FORMATS,
    add_data_options,
    add_force_option,
    add_option,
    add_output_options,
    raise_mistakes,
    read_bytes,
    read_choice,
    read_data_options,
    read_target,
    read_whole,
)
from hw1_tui.batch.page import columns_of, print_aligned, print_text, spelled_table
from hw1_tui.export.table import Table
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted

_SHOWN_SKIPPED = 20


def add_arguments(parser: argparse.ArgumentParser, verb: str = "") -> None:
    """Add the options of a verb."""
    if verb == "check":
        parser.add_argument("source", nargs="?", help="builtin, digits, quadratic, FILE.npz, FILE.csv or a FOLDER")
        add_option(parser, "--max-bytes", "largest data set to unpack into memory, such as 8G (default: 4G)", "SIZE")
        add_data_options(parser)
        add_output_options(parser)
    elif verb == "show":
        data_show.add_arguments(parser)
    elif verb == "import":
        parser.add_argument("folder", nargs="?", help="holds seg_train and seg_test, or train, val and test")
        parser.add_argument("out", nargs="?", help="the .npz file to write")
        add_option(parser, "--size", f"width and height of the pictures, pixels (default: {data.SIZE})", "PIXELS")
        add_option(parser, "--seed", "of the validation split, where there is no folder for it (default: 42)", "SEED")
        add_option(parser, "--max-bytes", "most that the images may take in memory, such as 8G (default: 4G)", "SIZE")
        add_force_option(parser)
        parser.add_argument("--quiet", action="store_true", help="no progress and no remarks on stderr")


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Do what the verb says; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in the data.
    """
    if args.verb == "check":
        return _check(args, mistakes)
    if args.verb == "show":
        return data_show.run(args, mistakes)
    if args.verb == "import":
        return _import(args, mistakes)
    allowed = "data check SOURCE, data show SOURCE, data import FOLDER OUT"
    raise MistakeError([Mistake("data", "needs a verb here", allowed), *mistakes])


def _check(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    options = read_data_options(args, mistakes)
    if args.source is None:
        mistakes.append(Mistake("data check", "needs to know what to look at", "SOURCE"))
    raise_mistakes(mistakes)
    inspection = data.inspect(data.load(args.source, options, max_bytes=max_bytes))
    if output_format == "jsonl":
        print_json(_record(inspection))
    elif output_format == "csv":
        print(_duplicate_table(inspection).csv(), end="")
    else:
        _print_table(inspection)
    return 0


def _record(inspection: data.Inspection) -> dict[str, object]:
    dataset = inspection.dataset
    return {
        "data": dataset.name,
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
        "left_out": list(dataset.left_out),
        "notes": list(inspection.notes),
    }


def _duplicate_table(inspection: data.Inspection) -> Table:
    """Return the places of the examples that are there more than once, a line each, a number for each example."""
    rows = [
        (number, found.is_conflicting, place.split, place.row, place.label, place.file)
        for number, found in enumerate(inspection.duplicates, start=1)
        for place in found.places
    ]
    return Table(("duplicate", "is_conflicting", "split", "row", "class", "file"), tuple(rows))


def _print_table(inspection: data.Inspection) -> None:
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
    for note in inspection.notes:
        print()
        print_text(note)


def _import(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    size = read_whole("--size", args.size, data.SIZE, mistakes, minimum=1, maximum=1024)
    seed = read_whole("--seed", args.seed, 42, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    if args.folder is None or args.out is None:
        mistakes.append(Mistake("data import", "needs a folder and a file to write", "FOLDER OUT.npz"))
    elif user_path(args.out).suffix.lower() != ".npz":
        mistakes.append(Mistake(args.out, "is no name for a file of arrays", "OUT.npz"))
    else:
        read_target("OUT", args.out, args.force, mistakes)
    raise_mistakes(mistakes)
    out = user_path(args.out)
    with Narrator(args.quiet) as narrator:
        dataset = data.read_folder(
            user_path(args.folder),
            size,
            seed,
            lambda done, of: narrator.advance(done, of, f"image {done} of {of}"),
            max_bytes,
        )
        for sentence in dataset.left_out[:_SHOWN_SKIPPED]:
            narrator.remark(f"skipped {sentence}")
        if len(dataset.left_out) > _SHOWN_SKIPPED:
            narrator.remark(f"and {len(dataset.left_out) - _SHOWN_SKIPPED} more")
    try:
        data.write_dataset(out, dataset, overwrite=args.force)
    except OSError as error:
        raise MistakeError(Mistake(args.out, f"cannot be written: {error.strerror}")) from None
    _print_table(data.inspect(data.load(str(out), max_bytes=max_bytes)))
    return 0
