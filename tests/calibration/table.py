"""Counts of clear verdicts, and how they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table

from hw1_tui.statistics.interval import wilson

ALLOWED, ALLOWED_AT_MOST = 0.05, 0.08
"""Share of clear verdicts on pairs that do not differ, and the most that the upper end of its interval may reach."""


@dataclass(frozen=True)
class Count:
    """How often a rule said what it was asked for.

    Attributes:
        hits: verdicts that said so.
        n: verdicts.
    """

    hits: int
    n: int

    @property
    def share(self) -> float:
        """Share of such verdicts; 0 of none."""
        return self.hits / self.n if self.n else 0.0

    @property
    def is_kept(self) -> bool:
        """Whether so many false verdicts are within what is allowed."""
        return self.n > 0 and self.share <= ALLOWED and wilson(self.hits, self.n).high < ALLOWED_AT_MOST

    def __str__(self) -> str:
        if not self.n:
            return "-"
        interval = wilson(self.hits, self.n)
        return f"{self.share:.1%} ({interval.low:.1%} to {interval.high:.1%}, n = {self.n})"

    def __add__(self, other: Count) -> Count:
        return Count(self.hits + other.hits, self.n + other.n)


Rows = Mapping[str, list[Count]]
"""Counts by what was looked at, one a column."""


def table(title: str, columns: list[str], rows: Rows, *, is_bound: bool) -> Table:
    """Return counts as a person reads them; those beyond what is allowed are marked where there is a bound."""
    shown = Table("", *columns, title=title)
    for name, counts in rows.items():
        shown.add_row(
            name, *(f"{count}{' !' if is_bound and count.n and not count.is_kept else ''}" for count in counts)
        )
    return shown


def broken(rows: Rows) -> list[str]:
    """Return the rows with a count beyond what is allowed."""
    return [name for name, counts in rows.items() if not all(count.is_kept for count in counts if count.n)]
