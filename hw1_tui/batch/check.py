"""``hw1-tui --batch check``: whether a run can come to anything, before it is trained."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from hw1_tui import data
from hw1_tui.analysis.preflight import Finding, preflight, sum_up
from hw1_tui.batch.machine_format import print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import add_output_options, named_as_options
from hw1_tui.batch.page import print_text
from hw1_tui.batch.train import add_run_arguments, read_run
from hw1_tui.exit_code import CHECK_FAILED, DONE
from hw1_tui.export.table import Table
from hw1_tui.mistake import Mistake

_SIGNS = {True: "holds", False: "look", None: "-"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a run, and the output."""
    add_run_arguments(parser)
    add_output_options(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Check a run; return the exit code, which tells whether everything holds.

    Raises:
        MistakeError: with every mistake.
    """
    output_format, max_bytes, config = read_run(args, mistakes)
    with Narrator(args.quiet) as narrator, named_as_options():
        dataset = data.load(*config.wanted, max_bytes=max_bytes)
        narrator.tell_data(dataset, config)
        found: list[Finding] = []
        for finding in preflight(config, dataset):
            found.append(finding)
            if output_format == "jsonl":
                print_json(asdict(finding))
            elif output_format == "table":
                _print(finding)
        if output_format == "csv":
            rows = tuple((one.name, one.holds, one.sentence, one.fix) for one in found)
            print(Table(("check", "holds", "sentence", "fix"), rows).csv(), end="")
        narrator.remark(sum_up(found))
    return CHECK_FAILED if any(one.holds is False for one in found) else DONE


def _print(finding: Finding) -> None:
    print_text(f"{_SIGNS[finding.holds]:6} {finding.name}: {finding.sentence}", more=7)
    if finding.fix:
        print_text(f"{'':6} {finding.fix}", more=7)
