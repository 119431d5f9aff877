"""Where the columns of a table in text stand, and what gives way where a line has not room for all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from hw1_tui.markup import cell_width, pad, shorten, wrap

GAP = "  "
_LEAST_TEXT = 10
"""Cells that a shortened text keeps."""

_WHOLE = re.compile(r"[-+.,\d]*\d[-+.,\de]*|\d{6}-\d{6}-\w{4}|[\da-f]{32,}|\d{4}-\d\d-\d\dT[-+:.\d]*")
"""Numbers, lists of them, identifiers of runs, fingerprints, times: a part of one would be read as another."""


def kept_columns(widths: Sequence[int], width: int, order: Sequence[int], gap: int = len(GAP)) -> list[int]:
    """Return the columns that stand beside each other in so many cells; the first always stays.

    Args:
        widths: cells of each column.
        width: cells of a line.
        order: columns in the order in which they are left out; the others follow from the right.
        gap: cells between two columns.
    """
    kept = list(range(len(widths)))
    for leaves in dict.fromkeys([*order, *reversed(kept)]):
        if sum(widths[i] + gap for i in kept) - gap <= width:
            break
        if leaves:
            kept.remove(leaves)
    return kept


@dataclass(frozen=True)
class TableLayout:
    """Columns as wide as they may be.

    Attributes:
        kept: the columns that are shown.
        widths: cells of each of them.
    """

    kept: Sequence[int]
    widths: Sequence[int]

    def lines(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], sides: Sequence[str], wraps: bool
    ) -> list[str]:
        """Return the lines of the table: a heading in as many lines as it needs, then the rows.

        Args:
            heads: a heading for each column, those that are left out too.
            rows: the cells, likewise.
            sides: the side on which each column is filled up, as ``markup.pad`` takes it.
            wraps: continue a longer text in the next line, where it is shortened otherwise.
        """
        columns = [wrap(heads[i], width) for i, width in zip(self.kept, self.widths, strict=True)]
        height = max(map(len, columns))
        lines = self._beside([[""] * (height - len(column)) + column for column in columns], sides)
        for row in rows:
            cells = [(row[i], width) for i, width in zip(self.kept, self.widths, strict=True)]
            lines += self._beside([wrap(*cell) if wraps else [_shortened(*cell)] for cell in cells], sides)
        return lines

    def _beside(self, cells: Sequence[Sequence[str]], sides: Sequence[str]) -> list[str]:
        height = max(map(len, cells))
        filled = [[*cell, *[""] * (height - len(cell))] for cell in cells]
        kept_sides = [sides[i] for i in self.kept]
        return [GAP.join(map(pad, line, self.widths, kept_sides)).rstrip() for line in zip(*filled, strict=True)]


def lay_out(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, order: Sequence[int], wraps: bool = False
) -> TableLayout:
    """Return how a table stands in so many cells.

    First headings are broken at their spaces and texts are shortened, the widest first; then columns are left out.

    Args:
        heads: a heading for each column.
        rows: the cells.
        width: cells of a line; ``None`` for as many as it takes.
        order: columns in the order in which they are left out; the others follow from the right.
        wraps: a longer text continues in the next line, so that no column needs to be left out for it.
    """
    columns = [[row[i] for row in rows] for i in range(len(heads))]
    wanted = [max(map(cell_width, [head, *column])) for head, column in zip(heads, columns, strict=True)]
    if width is None:
        return TableLayout(range(len(heads)), wanted)
    words = list(map(_longest_word, heads))
    whole = [max([cells, *map(cell_width, column)]) for cells, column in zip(words, columns, strict=True)]
    needed = partial(_longest_word, most=(width + len(GAP)) // len(heads) - len(GAP)) if wraps else _least
    least = [max([cells, *map(needed, column)]) for cells, column in zip(words, columns, strict=True)]
    kept = list(range(len(heads))) if wraps else kept_columns(least, width, order)
    widths = {i: wanted[i] for i in kept}
    for lowest in (whole, least):
        _narrow(widths, lowest, width - len(GAP) * (len(kept) - 1))
    return TableLayout(kept, list(widths.values()))


def _narrow(widths: dict[int, int], lowest: Sequence[int], room: int) -> None:
    """Take from the widest columns until all of them have room, or none may be narrower."""
    while (excess := sum(widths.values()) - room) > 0:
        spare = [i for i, cells in widths.items() if cells > lowest[i]]
        if not spare:
            return
        widest = max(spare, key=lambda i: widths[i])
        others = max((widths[i] for i in spare if i != widest), default=0)
        step = min(max(1, widths[widest] - others), excess, widths[widest] - lowest[widest])
        widths[widest] -= step


def _longest_word(text: str, most: int | None = None) -> int:
    longest = max(map(cell_width, text.split() or [""]))
    return longest if most is None else min(longest, most)


def _least(text: str) -> int:
    """Return the cells that a text needs at least."""
    if not _WHOLE.fullmatch(text):
        return min(cell_width(text), _LEAST_TEXT)
    return len(text) if "," not in text else min(len(text), len(text.partition(",")[0]) + 2)


def _shortened(text: str, width: int) -> str:
    if cell_width(text) <= width or not _WHOLE.fullmatch(text):
        return shorten(text, width)
    start = text[: width - 1].rpartition(",")[0]
    return f"{start},…" if start else text
