"""What all screens share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hw1_tui.runs import Store
from screens.bench import Bench
from screens.draft import Draft
from screens.library import Library

if TYPE_CHECKING:
    from hw1_tui.report.request import Request

Size = tuple[int, int, int]
"""D, K and a seed."""

_KEPT_LINES = 2000


@dataclass
class Desk:
    """The state of the program that belongs to no single screen.

    Attributes:
        draft: the run being defined.
        bench: the live runs.
        library: data sets in memory.
        store: the history of runs.
        derivation: D, K and the seed that the derivation begins with; ``None`` for its own.
        report: what the report was asked to do; ``None`` where nothing was said of it.
        log: lines that something printed, the newest last.
    """

    draft: Draft
    bench: Bench
    library: Library
    store: Store
    derivation: Size | None = None
    report: Request | None = None
    log: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep what was printed; of very much, the newest."""
        self.log += [line for line in text.splitlines() if line.strip()]
        del self.log[:-_KEPT_LINES]
