"""A signal in batch mode: the first ends what trains after the current step, the second ends the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from hw1_tui.batch.narrator import Narrator
from hw1_tui.signals import SIGNALS

T = TypeVar("T")


def told_of_signals(items: Iterable[T], narrator: Narrator) -> Iterator[T]:
    """Pass on what comes of a training; say once that a signal stops it."""
    is_told = False
    for item in items:
        if SIGNALS.number and not is_told:
            is_told = True
            narrator.remark("Stopping after the current step; Ctrl+C again ends at once.")
        yield item
