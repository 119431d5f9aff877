"""Regression data in a text table: one example a line, the last column is the target."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from engines.contract import Array, Dataset
from hw1_tui.data.building import build
from hw1_tui.data.raw_data import Part, RawData
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions

SUFFIXES = (".csv", ".tsv")
_SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars", " ": "spaces"}
_LONGEST_NEAREST = 60
_FEWEST = 5
_MOST_MISTAKES = 10
LONGEST_LINE = 1 << 24
_NUMBER_BYTES = 8


def read_table(path: Path, max_bytes: int, options: ReadOptions = DEFAULT_OPTIONS) -> Dataset:
    """Return the examples of a table, split 70/15/15 by a fixed shuffle.

    It is read line by line: besides its numbers hardly more than a line is in memory.

    Args:
        path: a ``.csv`` with commas or a ``.tsv`` with tabs, UTF-8; a first line without
            any number names the columns.
        max_bytes: the most it may take in memory while it is read and shuffled, bytes.
        options: how it is read where it leaves a choice.

    Raises:
        MistakeError: with the first ten things that are wrong with it.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = "\t" if path.suffix.lower() == ".tsv" else ","
            rows = csv.reader(_lines(file, path.name), delimiter=separator)
            table = _Table(path.name, separator, max_bytes)
            for row in rows:
                if any(cell.strip() for cell in row):
                    table.take(rows.line_num, row)
    except UnicodeDecodeError:
        raise MistakeError(Mistake(path.name, "is not a text in UTF-8")) from None
    except (OSError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise MistakeError(Mistake(path.name, f"cannot be read as a table: {reason}")) from None
    numbers = table.numbers()
    part = Part(numbers[:, :-1], numbers[:, -1], "the other columns", "the last column")
    return build(RawData(str(path), path.name, {"all": part}, task="regression"), options)


def _lines(file: TextIO, place: str) -> Iterator[str]:
    """Yield the lines of a file, none so long that it alone fills the memory."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise MistakeError(Mistake(place, f"has a line of more than {LONGEST_LINE:,} characters", "shorter ones"))
        yield line


class _Table:
    """Numbers taken row by row, and what is wrong with the rows.

    Args:
        place: the file's name, for mistakes.
        separator: what stands between the cells of a row.
        max_bytes: the most that they may take in memory, bytes.
    """

    def __init__(self, place: str, separator: str, max_bytes: int) -> None:
        self._place, self._separator = place, separator
        self._max_bytes = max_bytes
        self._numbers = array("d")
        self._columns = 0
        self._rows = 0
        self._has_begun = False
        self._mistakes: list[Mistake] = []

    def take(self, line: int, row: Sequence[str]) -> None:
        """Take a row; the first may be titles.

        Raises:
            MistakeError: there are too many numbers, too many mistakes, or cells with another separator.
        """
        values = [_number(cell) for cell in row]
        is_title = not self._has_begun and all(value is None for value in values)
        self._has_begun = True
        if is_title:
            return
        if not self._columns:
            if len(row) < 2 or None in values:
                self._check_separator(line, self._separator.join(row))
            self._begin(len(row))
        self._rows += 1
        if len(row) != self._columns:
            self._refuse(f", line {line}", f"has {counted(len(row), 'column')}", f"{self._columns}, as the first")
        for column, (cell, value) in enumerate(zip(row, values, strict=True), start=1):
            if value is None:
                self._refuse(f", line {line}, column {column}", f"{_short(cell)!r} is no number")
        if not self._mistakes:
            self._numbers.extend(value for value in values if value is not None)
            self._check_size()

    def numbers(self) -> Array:
        """Return the numbers (n_examples, n_columns).

        Raises:
            MistakeError: with the first ten things that are wrong with them.
        """
        if self._rows < _FEWEST:
            self._mistakes.append(Mistake(self._place, f"has {counted(self._rows, 'example')}", f"at least {_FEWEST}"))
        if self._mistakes:
            raise MistakeError(self._mistakes)
        return np.frombuffer(self._numbers, np.float64).reshape(self._rows, self._columns)

    def _begin(self, columns: int) -> None:
        self._columns = columns
        if columns < 2:
            self._refuse("", "has one column", "one for each input and the target last")

    def _check_separator(self, line: int, text: str) -> None:
        """See that a first row which does not read is not simply one whose cells something else separates."""
        for other, name in _SEPARATORS.items():
            cells = text.split() if other == " " else [cell.strip() for cell in text.split(other)]
            numbers = [cell if other == "," else cell.replace(",", ".") for cell in cells]
            if other == self._separator or len(cells) < 2 or any(_number(number) is None for number in numbers):
                continue
            suffix = ".tsv" if other == "\t" else ".csv"
            is_misnamed = other in ",\t" and "," not in "".join(cells)
            meant = f"{Path(self._place).stem}{suffix}" if is_misnamed else self._separator.join(numbers)
            problem = f"cells are separated by {name}, {_SEPARATORS[self._separator]} are expected"
            allowed = "commas in a .csv, tabs in a .tsv, a point in numbers"
            nearest = meant if len(meant) <= _LONGEST_NEAREST else ""
            raise MistakeError(Mistake(f"{self._place}, line {line}", problem, allowed, nearest))

    def _refuse(self, where: str, problem: str, allowed: str = "") -> None:
        self._mistakes.append(Mistake(self._place + where, problem, allowed))
        if len(self._mistakes) == _MOST_MISTAKES:
            raise MistakeError(self._mistakes)

    def _check_size(self) -> None:
        # Twice: the shuffled splits are made while the numbers as they were read are still there.
        if (needed := 2 * _NUMBER_BYTES * len(self._numbers)) > self._max_bytes:
            problem = f"takes {needed:,} bytes in memory, or more still, which is more than {self._max_bytes:,}"
            raise MistakeError(Mistake(self._place, problem, "a larger --max-bytes"))


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    # Python alone takes 1_000 and other scripts' digits for numbers.
    return number if math.isfinite(number) and cell.isascii() and "_" not in cell else None


def _short(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:40]}..."
