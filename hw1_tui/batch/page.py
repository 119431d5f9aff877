"""Text on stdout as wide as the terminal; whole where stdout is a file or a pipe."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TextIO

from hw1_tui.batch.stream import spelled
from hw1_tui.export.table import GivenName, Table
from hw1_tui.export.table_layout import kept_columns
from hw1_tui.markup import cell_width, pad, steady, visible, wrap

_CUT = "…"
_COMMAND = "hw1-tui "
"""What a command to copy begins with."""
_NO_BREAK = "\ue000"
"""Stands for a space at which no line is broken: of the characters that mean nothing by themselves."""


def columns_of(stream: TextIO) -> int | None:
    """Return how many cells a line of a terminal has; ``None`` for a stream that leads to none."""
    try:
        return (os.get_terminal_size(stream.fileno()).columns or 80) if stream.isatty() else None
    except (OSError, ValueError):
        return None


def is_file(stream: TextIO) -> bool:
    """Return whether a stream leads to a file, or nowhere; a pipe may lead to a terminal, as that of ``tee`` does."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
        return stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not stream.isatty())
    except (OSError, ValueError):
        return False


def print_text(text: str, indent: int = 0, more: int = 0) -> None:
    """Print text of one line, continued at a word where the terminal is narrower.

    Args:
        text: what is to be printed; nothing in it is obeyed.
        indent: spaces before every line.
        more: spaces that lines after the first have besides.
    """
    line, width = " " * indent + visible(text), columns_of(sys.stdout)
    for part in [line] if width is None else wrap(line, width, indent + more):
        print(part)


def say(text: str, whole: Iterable[str] = ()) -> None:
    """Say something on stderr; on a terminal lines are broken between words, and what is to be copied stays whole.

    Args:
        text: lines; nothing in them is obeyed.
        whole: parts of it in which no line is broken, such as paths with spaces.
    """
    text, width = visible(text, keep_lines=True), columns_of(sys.stderr)
    if width is not None:
        for part in filter(None, map(visible, whole)):
            text = text.replace(part, part.replace(" ", _NO_BREAK))
        text = "\n".join(part for line in text.split("\n") for part in _broken(line, width)).replace(_NO_BREAK, " ")
    print(text, file=sys.stderr, flush=True)


def _broken(line: str, width: int) -> list[str]:
    """Return a line in parts; a command begins one, which only the terminal breaks: it copies it in one piece."""
    before, command, rest = line.partition(_COMMAND)
    if cell_width(line) <= width or not before.strip():
        return [line]
    said = wrap(before.rstrip(), width, 2, breaks_words=False)
    return [*said, f"  {command}{rest}"] if command else said


def spelled_table(table: Table) -> Table:
    """Return a table with its texts as stdout shows them, whatever its encoding: columns are then as wide as they."""
    is_terminal = columns_of(sys.stdout) is not None

    def shown(value: object) -> object:
        if isinstance(value, (list, tuple)):
            return tuple(map(shown, value))
        if not isinstance(value, str):
            return value
        text = spelled(visible(value, keep_lines=True))
        return steady(text) if is_terminal else text

    columns = tuple(GivenName(shown(name)) if isinstance(name, GivenName) else name for name in table.columns)
    return replace(table, columns=columns, rows=tuple(tuple(map(shown, row)) for row in table.rows))


def print_aligned(table: Table, width: int | None, *, wraps: bool = False) -> None:
    """Print a table that ``spelled_table`` returned; what is shortened ends in one cell in every encoding."""
    text = table.text(width, wraps=wraps)
    print(text if spelled(_CUT) == _CUT else text.replace(_CUT, "~"))


def left_out_sentence(titles: Sequence[str], how: str = "") -> str:
    """Return a sentence on the columns that a terminal has no room for; empty where it has room for all."""
    if not titles:
        return ""
    return f"No room for {', '.join(titles)}: a wider terminal, a file or a pipe{how} shows what is left out."


class RowPrinter:
    """Prints rows that come one after another, in columns that a narrow terminal leaves some of out.

    Args:
        columns: heading and cells of each; cells below zero for what stands on the left side.
        less: headings that are left out first, the least important first; the others follow from the right.
    """

    def __init__(self, columns: Sequence[tuple[str, int]], less: Sequence[str] = ()) -> None:
        self._columns = columns
        titles, widths = [head for head, _ in columns], [abs(width) for _, width in columns]
        room = columns_of(sys.stdout)
        order = [titles.index(head) for head in less]
        self._kept = range(len(columns)) if room is None else kept_columns(widths, room, order, gap=1)

    @property
    def left_out(self) -> str:
        """A sentence on the columns that are not printed; empty where all of them are."""
        return left_out_sentence([head.strip() for i, (head, _) in enumerate(self._columns) if i not in self._kept])

    def print_head(self) -> None:
        """Print the headings."""
        self.print_row([head for head, _ in self._columns])

    def print_row(self, cells: Sequence[str], more: str = "") -> None:
        """Print a row and at once what follows it.

        Args:
            cells: one for each column, those that are left out too.
            more: what stands behind the last.
        """
        filled = [pad(cells[i], abs(self._columns[i][1]), "<" if self._columns[i][1] < 0 else ">") for i in self._kept]
        print_text((" ".join(filled) + more).rstrip(), more=4)
        sys.stdout.flush()
