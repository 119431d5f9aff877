"""``--on``: where several runs train."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hw1_tui.batch.option import add_option
from hw1_tui.mistake import Mistake
from hw1_tui.training.place import ALLOWED, Place, read_place

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers


def add_place_options(parser: argparse._ActionsContainer) -> None:
    """Add ``--on``."""
    add_option(parser, "--on", f"where they train: {ALLOWED} (default: this process)", "PLACE")


def read_place_options(args: argparse.Namespace, mistakes: list[Mistake]) -> Place | None:
    """Return where runs are to train; ``None`` for this process. Adds what is wrong."""
    return None if args.on is None else read_place(args.on, "--on", mistakes)


@contextlib.contextmanager
def workers_of(place: Place | None) -> Iterator[Workers | None]:
    """Give the workers of a place until the context is left; ``None`` where runs train in this process."""
    if place is None:
        yield None
        return
    with place.workers() as workers:
        yield workers
