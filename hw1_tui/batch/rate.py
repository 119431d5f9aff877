"""``hw1-tui --batch rate``: the loss while the learning rate rises over an epoch, and the rate that it suggests."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from engines.contract import EngineError
from hw1_tui import data
from hw1_tui.analysis.rate_finder import RATES, RatePoint, rise, suggest, suggestion_words
from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import add_output_options, named_as_options
from hw1_tui.batch.page import columns_of, print_aligned, print_text, spelled_table
from hw1_tui.batch.train import add_run_arguments, read_run
from hw1_tui.export.table import Table
from hw1_tui.mistake import Mistake, MistakeError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run, and the output."""
    add_run_arguments(parser)
    add_output_options(parser.add_argument_group("output"))


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Let the rate rise; return the exit code.

    Raises:
        MistakeError: with every mistake, or what the engine said.
    """
    output_format, max_bytes, config = read_run(args, mistakes)
    points: list[RatePoint] = []
    with Narrator(args.quiet) as narrator, named_as_options():
        try:
            for point in rise(config, data.load(config.data, max_bytes=max_bytes)):
                points.append(point)
                narrator.advance(len(points), RATES, f"rate {point.rate:.1e}")
        except EngineError as error:
            raise MistakeError(Mistake("engine", str(error))) from None
    words = suggestion_words(points, config.hyperparameters["learning_rate"])
    if output_format == "jsonl":
        for point in points:
            print_json({"event": "rate", **asdict(point)})
        print_json({"event": "suggested", "rate": suggest(points)})
        return 0
    table = Table(("rate", "loss", "smoothed"), tuple((one.rate, one.loss, one.smoothed) for one in points))
    if output_format == "csv":
        print(table.csv(), end="")
    else:
        print_aligned(spelled_table(table), columns_of(sys.stdout), wraps=True)
        print_text(words)
    return 0
