"""Where jobs train, as a user says it: ``local:4`` for processes of this machine, ``tls://host:8786`` for a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hw1_tui.mistake import Mistake
from hw1_tui.numeral import read_whole

if TYPE_CHECKING:
    from hw1_tui.training.remote.workers import Workers

ALLOWED = "local:N for N processes of this machine"
_MOST_WORKERS = 64


@dataclass(frozen=True)
class Place:
    """Where jobs train.

    Attributes:
        processes: how many processes of this machine.
    """

    processes: int

    @contextlib.contextmanager
    def workers(self) -> Iterator[Workers]:
        """Give the workers of this place until the context is left."""
        from hw1_tui.training.remote.process_pool import ProcessPool  # it loads numpy

        with contextlib.closing(ProcessPool(self.processes)) as pool:
            yield pool


def read_place(text: str, option: str, mistakes: list[Mistake]) -> Place | None:
    """Return the place that a text names, or add what is wrong with it.

    Args:
        text: as a user typed it.
        option: where it was given.
        mistakes: what is wrong is added to them.
    """
    kind, _, number = text.partition(":")
    if kind != "local":
        mistakes.append(Mistake(option, f"{text!r} is no place to train" if text else "is empty", ALLOWED))
        return None
    try:
        n = read_whole(number)
    except ValueError:
        n = 0
    if not 1 <= n <= _MOST_WORKERS:
        mistakes.append(Mistake(option, f"{text!r} says not how many", f"local:1 to local:{_MOST_WORKERS}"))
        return None
    return Place(n)
