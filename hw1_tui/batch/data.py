"""``hw1-tui data``: look at data sets, show what is in them, and write them in this program's layout."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from hw1_tui.batch import data_check, data_import, data_show
from hw1_tui.mistake import Mistake, MistakeError

_ADD: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "check": data_check.add_arguments,
    "show": data_show.add_arguments,
    "import": data_import.add_arguments,
}
_RUN: dict[str, Callable[[argparse.Namespace, list[Mistake]], int]] = {
    "check": data_check.run,
    "show": data_show.run,
    "import": data_import.run,
}


def add_arguments(parser: argparse.ArgumentParser, verb: str = "") -> None:
    """Add the options of a verb."""
    if verb:
        _ADD[verb](parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Do what the verb says; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in the data.
    """
    if not args.verb:
        allowed = "data check SOURCE, data show SOURCE, data import SOURCE OUT.npz"
        raise MistakeError([Mistake("data", "needs a verb here", allowed), *mistakes])
    return _RUN[args.verb](args, mistakes)
