"""``hw1-tui --batch rate``: the loss while the learning rate rises over an epoch, and the rate that it suggests."""

from __future__ import annotations

import argparse

from engines.contract import EngineError
from hw1_tui import data
from hw1_tui.analysis.rate_finder import RATES, RatePoint, rise
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import add_force_option, add_option, add_output_options, named_as_options, read_target
from hw1_tui.batch.shown_page import print_shown
from hw1_tui.batch.train import add_run_arguments, read_run
from hw1_tui.export.inspection.writer import SUFFIXES, shown_mistake, write_shown
from hw1_tui.export.rate_test import show_rate_test
from hw1_tui.files.target import writing
from hw1_tui.mistake import Mistake, MistakeError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run, and the output."""
    add_run_arguments(parser)
    output = add_output_options(parser)
    add_option(output, "--to", f"write it to a file: {', '.join(SUFFIXES)}", "FILE")
    add_force_option(output)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Let the rate rise; return the exit code.

    Raises:
        MistakeError: with every mistake, what the engine said, or why the file cannot be written.
    """
    target = None if args.to is None else read_target("--to", args.to, args.force, mistakes)
    if target is not None and (mistake := shown_mistake(target, "--to")) and mistake not in mistakes:
        mistakes.append(mistake)
    output_format, max_bytes, config = read_run(args, mistakes)
    points: list[RatePoint] = []
    with Narrator(args.quiet) as narrator, named_as_options():
        dataset = data.load(*config.wanted, max_bytes=max_bytes)
        narrator.tell_data(dataset, config)
        try:
            for point in rise(config, dataset):
                points.append(point)
                narrator.advance(len(points), RATES, f"rate {point.rate:.1e}")
        except EngineError as error:
            raise MistakeError(Mistake("engine", str(error))) from None
    shown = show_rate_test(points, config)
    print_shown(shown, output_format)
    if target is not None:
        with writing(args.to):
            write_shown(shown, target, overwrite=args.force)
        narrator.remark(f"Written to {target}.")
    return 0
