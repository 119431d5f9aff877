"""``hw1-tui --batch derive``: every step of the derivation checked, and the report's own equations beside it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from hw1_tui.batch.machine_format import print_csv, print_json
from hw1_tui.batch.narrator import Narrator
from hw1_tui.batch.option import OUTPUT_FORMATS, add_option, add_output_options, raise_mistakes, read_choice, read_whole
from hw1_tui.batch.page import RowPrinter, print_text
from hw1_tui.derivation import MAX_INPUTS, MAX_SEED, MAX_UNITS, SHOWN_INPUTS
from hw1_tui.derivation.catalogue import run_checks
from hw1_tui.derivation.check import CheckResult
from hw1_tui.exit_code import CHECK_FAILED, DONE
from hw1_tui.mistake import Mistake

_COLUMNS = (("", 3), ("check", -21), ("found", -6), ("expected", -8), ("error", 8), ("tolerance", 9))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the size of the network, the seed and the output."""
    what = parser.add_argument_group(
        "what is checked", "Where none of these is given, the screen begins small: D = 2, K = 2."
    )
    most = f"1 to {MAX_INPUTS}, on the screen {SHOWN_INPUTS}"
    add_option(what, "--inputs", f"D, the number of inputs; {most} (default: 4)", "D")
    add_option(what, "--units", f"K, the number of hidden units; 1 to {MAX_UNITS} (default: 6)", "K")
    add_option(what, "--seed", "what the random parameters are drawn with (default: 42)", "SEED")
    add_output_options(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Print every check; return 3 if a right equation failed or a wrong one held.

    Raises:
        MistakeError: with every mistake.
    """
    output_format = read_choice("--format", args.format, OUTPUT_FORMATS, mistakes)
    inputs, units, seed = read_size(args, mistakes)
    raise_mistakes(mistakes)
    narrator = Narrator(args.quiet)
    unexpected = print_results(run_checks(inputs, units, seed), output_format, narrator.remark)
    size = f"D = {inputs}, K = {units}, seed {seed}"
    if unexpected:
        narrator.fail(f"{size}: {unexpected} unexpected")
    else:
        narrator.remark(f"{size}: everything as expected")
    return CHECK_FAILED if unexpected else DONE


def read_size(args: argparse.Namespace, mistakes: list[Mistake], most_inputs: int = MAX_INPUTS) -> tuple[int, int, int]:
    """Return D, which is at most ``most_inputs``, K and the seed, or add what is wrong with them."""
    inputs = read_whole("--inputs", args.inputs, 4, mistakes, 1, MAX_INPUTS)
    if inputs > most_inputs:
        allowed = f"1 to {most_inputs}, and with --batch to {MAX_INPUTS}"
        mistakes.append(Mistake("--inputs", f"the screen does not show {inputs} inputs", allowed))
    units = read_whole("--units", args.units, 6, mistakes, 1, MAX_UNITS)
    return inputs, units, read_whole("--seed", args.seed, 42, mistakes, maximum=MAX_SEED)


def print_results(
    results: Iterable[CheckResult], output_format: str, remark: Callable[[str], None] = lambda _: None
) -> int:
    """Print results as they come; return how many were not as expected.

    Args:
        results: what the checks came to.
        output_format: one of ``option.OUTPUT_FORMATS``.
        remark: says a sentence on what the terminal has no room for.
    """
    unexpected, rows = 0, RowPrinter(_COLUMNS, ("tolerance", "expected", "error"))
    if output_format == "table" and rows.left_out:
        remark(rows.left_out)
    for number, result in enumerate(results):
        unexpected += not result.as_expected
        if output_format == "table":
            _print_row(rows, number, result)
        else:
            {"jsonl": _print_json, "csv": _print_csv}[output_format](number, result)
        sys.stdout.flush()
    return unexpected


def _print_json(_number: int, result: CheckResult) -> None:
    print_json(result.as_dict())


def _print_csv(number: int, result: CheckResult) -> None:
    record = result.as_dict()
    if number == 0:
        print_csv(record)
    print_csv(record.values())


def _print_row(rows: RowPrinter, number: int, result: CheckResult) -> None:
    """Print the numbers on one line; the statement, and what was compared or the counterexample, beneath."""
    if number == 0:
        rows.print_row([head for head, _ in _COLUMNS], "  report")
    check = result.check
    numbers = [_verdict(result.holds), _verdict(check.right), f"{result.error:.1e}", f"{result.tolerance:.1e}"]
    more = f"  {check.report}".rstrip() + ("" if result.as_expected else "  UNEXPECTED")
    rows.print_row([check.question, check.name, *numbers], more)
    for text in filter(None, [check.statement, result.detail]):
        print_text(text, indent=4, more=2)


def _verdict(holds: bool) -> str:
    return "holds" if holds else "fails"
