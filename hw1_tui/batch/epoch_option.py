"""``--epoch``: an epoch of a kept run, by its number or as the last or the best."""

from __future__ import annotations

import argparse
import re

from hw1_tui.batch.option import add_option
from hw1_tui.markup import visible
from hw1_tui.mistake import Mistake
from hw1_tui.runs import RunRecord
from hw1_tui.runs.checkpoint import place_in_words
from hw1_tui.training.kept_model import BEST, LAST


def add_epoch_option(parser: argparse._ActionsContainer) -> None:
    """Add ``--epoch`` of what asks for a model."""
    add_option(parser, "--epoch", f"whose weights: {LAST} (default), {BEST}, or an epoch that was kept", "N")


def check_epoch(args: argparse.Namespace, mistakes: list[Mistake]) -> None:
    """Add what is wrong with ``--epoch``, where it was given; whether it was kept is told when the run is opened."""
    if args.epoch is not None and args.epoch not in (LAST, BEST) and not re.fullmatch("[0-9]{1,9}", args.epoch):
        mistakes.append(Mistake("--epoch", f"{args.epoch!r} is no epoch", f"{LAST}, {BEST}, or an epoch"))


def early_words(record: RunRecord, epoch: int, examples: int) -> str:
    """Return that a run was broken off and where in it its model is; empty for one that ended, or was ended.

    Args:
        record: the run.
        epoch: after which its model is.
        examples: of the next epoch that it was trained on as well.
    """
    how = {"diverged": "diverged", "failed": "failed", "interrupted": "was interrupted", "running": "trains"}
    if examples:
        how["stopped"] = f"was stopped inside epoch {epoch + 1}"
    if record.status not in how:
        return ""
    of = "" if examples else f" of {record.config_now.get('epochs')}"
    place = f"{place_in_words(epoch, examples)}{of}"
    return f"{visible(record.title)} {how[record.status]}: this is its model after {place}."
