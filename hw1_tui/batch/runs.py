"""``hw1-tui runs``: the history from the command line."""

from __future__ import annotations

import argparse
import importlib
from typing import Any, NamedTuple

from hw1_tui.batch.option import add_home_option
from hw1_tui.mistake import Mistake


class Verb(NamedTuple):
    """What ``runs`` can do, by names: what one verb needs is not imported for another.

    Attributes:
        module: of this package.
        add_arguments: its function that adds the options to a parser.
        run: its function that does it; takes the options and the mistakes found so far, returns the exit code.
    """

    module: str
    add_arguments: str
    run: str

    def load(self, name: str) -> Any:
        """Return one of its functions."""
        return getattr(importlib.import_module(f"hw1_tui.batch.{self.module}"), name)


VERBS = {
    "list": Verb("run_table", "add_list", "print_list"),
    "show": Verb("run_table", "add_show", "print_run_shown"),
    "follow": Verb("run_follow", "add_follow", "follow_runs"),
    "compare": Verb("run_comparison", "add_compare", "print_comparison"),
    "export": Verb("run_export", "add_export", "export"),
    "resume": Verb("run_resume", "add_resume", "resume_run"),
    "branch": Verb("run_resume", "add_branch", "branch_run"),
    "rename": Verb("run_change", "add_rename", "rename"),
    "tag": Verb("run_change", "add_tag", "tag"),
    "note": Verb("run_change", "add_note", "note"),
    "star": Verb("run_change", "add_star", "star"),
    "delete": Verb("run_change", "add_runs", "delete"),
    "undelete": Verb("run_change", "add_runs", "undelete"),
    "purge": Verb("run_change", "add_none", "purge"),
    "rebuild": Verb("run_change", "add_none", "rebuild"),
}
"""Every verb; ``cli`` says what each is for."""


def add_arguments(parser: argparse.ArgumentParser, verb: str = "") -> None:
    """Add the options of a verb."""
    entry = VERBS[verb or "list"]
    entry.load(entry.add_arguments)(parser)
    if verb not in ("resume", "branch"):  # which keep more in the history than a place
        add_home_option(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Do what the verb says, or list; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in what it asks for.
    """
    entry = VERBS[args.verb or "list"]
    code: int = entry.load(entry.run)(args, mistakes)
    return code
