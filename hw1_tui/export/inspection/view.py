"""What a view of ``inspect`` is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hw1_tui.analysis import Subject
from hw1_tui.export.table import Table
from hw1_tui.markup import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Asked:
    """What is to be shown.

    Attributes:
        subject: the run, the split, and the run that it is set beside.
        examples: the examples that are asked for, by their number in the split; empty where none was named.
        label: the class that is asked for; ``None`` where none was named.
        top: how many of a list are shown.
    """

    subject: Subject
    examples: tuple[int, ...] = ()
    label: int | None = None
    top: int = 20

    def about(self, n: int) -> str:
        """Return a sentence on a list of so many that is cut; empty for one that is shown whole."""
        return f"{self.top:,} of {n:,} are listed; --top N lists more." if n > self.top else ""


@dataclass(frozen=True)
class Shown:
    """What a view came to.

    Attributes:
        records: what a machine reads: dictionaries fit for JSON, one a line.
        said: sentences for a person, before the tables.
        tables: tables for a person, in their order.
        draw: draws the picture; ``None`` where the view has none.
        listed: what a CSV has, the first of ``tables`` where it is no other: a program reads the columns from the first
            line, so that it is one table.
    """

    records: Sequence[dict[str, Any]]
    said: Sequence[str] = ()
    tables: Sequence[Table] = ()
    draw: Callable[[], Figure] | None = field(default=None)
    listed: Table | None = None

    def csv(self) -> str:
        """Return its one table as CSV."""
        return (self.listed or self.tables[0]).csv()


@dataclass(frozen=True)
class View:
    """A view of ``inspect``.

    Attributes:
        help: what it shows, in a line.
        show: shows it; raises ``MistakeError`` for what does not fit the run, ``EngineError`` for what its engine
            cannot tell.
        has_picture: whether it can be drawn.
        heeds: the options that change what it shows, beside the epoch and the split.
        has_split: whether it is of the examples of one split, which its files name.
    """

    help: str
    show: Callable[[Asked], Shown]
    has_picture: bool = False
    heeds: tuple[str, ...] = ()
    has_split: bool = True

    def heading(self, subject: Subject) -> str:
        """Return of which model, or of which two, a file of it is, and of which examples."""
        opened = [one for one in (subject.opened, subject.other) if one is not None]
        models = " and ".join(f"{visible(one.record.title)} after {one.model.place}" for one in opened)
        return f"{models}, {subject.split}" if self.has_split else models
