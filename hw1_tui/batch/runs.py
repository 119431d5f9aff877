"""``hw1-tui runs``: the history from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from hw1_tui.batch import run_change, run_export, run_follow, run_resume, run_table
from hw1_tui.batch.option import add_home_option
from hw1_tui.mistake import Mistake


@dataclass(frozen=True)
class Verb:
    """What ``runs`` can do.

    Attributes:
        add_arguments: adds its options.
        run: does it; takes the options and the mistakes found so far, returns the exit code.
    """

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, list[Mistake]], int]


VERBS = {
    "list": Verb(run_table.add_list, run_table.print_list),
    "show": Verb(run_table.add_show, run_table.print_run_shown),
    "follow": Verb(run_follow.add_follow, run_follow.follow_runs),
    "compare": Verb(run_table.add_compare, run_table.print_comparison),
    "export": Verb(run_export.add_export, run_export.export),
    "resume": Verb(run_resume.add_resume, run_resume.resume_run),
    "branch": Verb(run_resume.add_branch, run_resume.branch_run),
    "rename": Verb(run_change.add_rename, run_change.rename),
    "tag": Verb(run_change.add_tag, run_change.tag),
    "note": Verb(run_change.add_note, run_change.note),
    "star": Verb(run_change.add_star, run_change.star),
    "delete": Verb(run_change.add_runs, run_change.delete),
    "undelete": Verb(run_change.add_runs, run_change.undelete),
    "purge": Verb(run_change.add_none, run_change.purge),
    "rebuild": Verb(run_change.add_none, run_change.rebuild),
}
"""Every verb; ``cli`` says what each is for."""


def add_arguments(parser: argparse.ArgumentParser, verb: str = "") -> None:
    """Add the options of a verb."""
    VERBS[verb or "list"].add_arguments(parser)
    if verb not in ("resume", "branch"):  # which keep more in the history than a place
        add_home_option(parser)


def run(args: argparse.Namespace, mistakes: list[Mistake]) -> int:
    """Do what the verb says, or list; return the exit code.

    Raises:
        MistakeError: with every mistake in the command line, or in what it asks for.
    """
    return VERBS[args.verb or "list"].run(args, mistakes)
