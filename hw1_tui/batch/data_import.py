"""``hw1-tui data import``: any data set that can be read, written in this program's own layout."""

from __future__ import annotations

import argparse

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.batch.data_check import print_inspection
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import (
    add_data_options,
    add_force_option,
    add_option,
    add_quiet_option,
    named_as_options,
    raise_mistakes,
    read_bytes,
    read_data_options,
    read_target,
    read_whole,
)
from hw1_tui.files.target import writing
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake

_SHOWN_SKIPPED = 20
_LARGEST_SIZE = 1024
_FOR_FOLDERS = ("size", "seed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("source", nargs="?", help="a FOLDER of pictures, FILE.npz, FILE.npy, FILE.csv, MNIST's files")
    parser.add_argument("out", nargs="?", help="the .npz file to write")
    add_option(parser, "--size", f"width and height of a folder's pictures, pixels (default: {data.SIZE})", "PIXELS")
    add_option(parser, "--seed", "of the splits that a folder does not have (default: 42)", "SEED")
    add_data_options(parser)
    output = parser.add_argument_group("output")
    add_force_option(output)
    add_quiet_option(output, "progress and no remarks")


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Write a data set into a file and tell what is in that; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in the data; or the file cannot be written.
    """
    size = read_whole("--size", args.size, data.SIZE, mistakes, minimum=1, maximum=_LARGEST_SIZE)
    seed = None if args.seed is None else read_whole("--seed", args.seed, 0, mistakes)
    max_bytes = read_bytes("--max-bytes", args.max_bytes, data.MAX_BYTES, mistakes)
    options = read_data_options(args, mistakes)
    if args.source is None or args.out is None:
        mistakes.append(Mistake("data import", "needs a source and a file to write", "SOURCE OUT.npz"))
    elif args.out and user_path(args.out).suffix.lower() != ".npz":
        mistakes.append(Mistake(args.out, "is no name for a file of arrays", "OUT.npz"))
    elif args.out:
        read_target("OUT", args.out, args.force, mistakes)
    raise_mistakes(mistakes)
    out = user_path(args.out)
    with Narrator(args.quiet) as narrator, named_as_options(args.source):
        dataset = data.load(
            args.source,
            options,
            max_bytes=max_bytes,
            size=size,
            seed=seed,
            on_progress=lambda done, of: narrator.advance(done, of, f"image {done} of {of}"),
        )
        _tell(args, dataset, narrator)
    with writing(args.out):
        data.write_dataset(out, dataset, overwrite=args.force)
    print_inspection(data.inspect(data.load(str(out), max_bytes=max_bytes)))
    return 0


def _tell(args: argparse.Namespace, dataset: Dataset, narrator: Narrator) -> None:
    """Say what was found out about the source, what of it was skipped, and which option changed nothing."""
    for sentence in dataset.found:
        narrator.remark(sentence)
    for sentence in dataset.left_out[:_SHOWN_SKIPPED]:
        narrator.remark(f"skipped {sentence}")
    if len(dataset.left_out) > _SHOWN_SKIPPED:
        narrator.remark(f"and {len(dataset.left_out) - _SHOWN_SKIPPED} more")
    if not dataset.files:
        for name in _FOR_FOLDERS:
            if getattr(args, name) is not None:
                narrator.remark(f"--{name} has no effect: {args.source} is no folder of pictures.")
