"""Tables in text files: one example a line, read line by line."""

from __future__ import annotations

import codecs
import csv
import gzip
import math
import re
import string
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import TextIO

import numpy as np

from hw1_tui.data.class_name import MISSING, normal_name
from hw1_tui.data.conversion import TablePlace
from hw1_tui.data.label import MAX_CLASSES
from hw1_tui.data.packed_file import ending_of, is_gzip
from hw1_tui.data.table import MOST_MISTAKES, Head, Table, column_place, first_mistakes, make_head
from hw1_tui.markup import is_visible, shell_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted, meant_number

SUFFIXES = (".csv", ".tsv")
_PACKED = ".gz"
_ENCODINGS = {"utf-32": "UTF-32", "utf-16": "UTF-16", "latin-1": "Latin-1"}
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # which begins as that of UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "vertical bars", " ": "spaces"}
_LONGEST_NEAREST = 60
LONGEST_LINE = 1 << 24
_LONGEST_TEXT = 200
_NUMBER_BYTES = 8
_COMMENT = "#"
_NAMED_SEPARATOR = re.compile(r"sep=([,;|\t ])", re.IGNORECASE)
_LOOKED_AT = 4
"""Rows among which numbers with decimal commas are looked for."""
_DECIMAL_COMMA = re.compile("[0-9],[0-9]")


def read_text_table(path: Path, max_bytes: int, target: str = "") -> Table:
    """Return a table; besides its numbers hardly more than a line is in memory while it is read.

    Args:
        path: a ``.csv`` with commas or a ``.tsv`` with tabs, UTF-8, perhaps packed by gzip; a first line without any
            number names the columns, and so does one of numbers in a row with a text above numbers.
        max_bytes: the most it may take in memory while it is read and shuffled, bytes.
        target: the column to predict; see ``make_head``.

    Raises:
        NoTargetError: it has no such column.
        MistakeError: with the first ten things that are wrong with it, and that there are more.
    """
    separator = "\t" if text_suffix(path) == ".tsv" else ","
    try:
        with _open(path) as file:
            rows, reader = _Rows(file, path, separator), _Reader(path, separator, max_bytes, target)
            try:
                return _read(iter(rows), reader)
            except MistakeError as error:
                if not (told := [*filter(None, (rows.aside, rows.goes_on))]):
                    raise
                # Where no row could be read, a line that is none of a table says why.
                others = error.mistakes if reader.has_begun or not rows.aside else ()
                raise MistakeError([*told, *others]) from None
    except UnicodeDecodeError as error:
        if ending := ending_of(path):
            allowed = f"that ending, by cp {shell_path(path)} {shell_path(path.with_suffix(ending))}"
            raise MistakeError(
                Mistake(path.name, f"is no text: by what is in it, it is of {ending}", allowed)
            ) from None
        encoding = next((name for mark, name in _MARKS.items() if error.object.startswith(mark)), "latin-1")
        allowed = f"UTF-8; made by {TablePlace(path).recode(encoding)} where it is {_ENCODINGS[encoding]}"
        raise MistakeError(Mistake(path.name, "is not a text in UTF-8", allowed)) from None
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise MistakeError(Mistake(path.name, f"cannot be read as a table: {reason}")) from None


def text_suffix(path: Path) -> str:
    """Return which kind of table a file is by its name, one of ``SUFFIXES``, packed by gzip or not; empty for none."""
    inner = Path(path.stem) if path.suffix.lower() == _PACKED else path
    return inner.suffix.lower() if inner.suffix.lower() in SUFFIXES else ""


def _open(path: Path) -> TextIO:
    if is_gzip(path):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _lines(file: TextIO, place: str) -> Iterator[str]:
    """Yield the lines of a file, none so long that it alone fills the memory."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise MistakeError(Mistake(place, f"has a line of more than {LONGEST_LINE:,} characters", "shorter ones"))
        yield line


class _Rows:
    """The rows of a file that hold something, each with the line that it ends in.

    Args:
        file: of lines of cells.
        path: where it is.
        separator: what stands between the cells of a row.

    Attributes:
        goes_on: what is to be said of the first row so far that has several lines, where it turns out that something
            is wrong: it may be there since a quotation mark has no other.
    """

    def __init__(self, file: TextIO, path: Path, separator: str) -> None:
        # A space behind a comma is no part of a cell: a text in quotation marks would keep them as a part of it.
        self._cells = csv.reader(_lines(file, path.name), delimiter=separator, skipinitialspace=True)
        self._path, self._place, self._separator = path, path.name, separator
        self.goes_on: Mistake | None = None
        self._before: tuple[int, list[str]] = (0, [])
        self._named: tuple[int, str] | None = None
        self._comment = self._rows = 0
        self._has_decimal_commas = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        end = 0
        for row in self._read():
            start, end = end + 1, self._cells.line_num
            if end > start and not self.goes_on:
                problem = f"a text in quotation marks goes on to line {end:,}"
                self.goes_on = Mistake(
                    f"{self._place}, line {start:,}", problem, "a second mark in the same line, or none"
                )
            if any(cell.strip() for cell in row):
                self._look(end, row)
                yield end, row

    def _read(self) -> Iterator[list[str]]:
        """Yield the cells of each row.

        Raises:
            MistakeError: a cell has no end within what one may hold, as after a quotation mark that has no other.
        """
        begun = 0
        try:
            for row in self._cells:
                yield row
                begun = self._cells.line_num
        except csv.Error:
            problem = f"has a cell of more than {csv.field_size_limit():,} characters"
            if self._cells.line_num > begun + 1:
                problem += f", as a text in quotation marks goes on to line {self._cells.line_num:,} and further"
            allowed = "shorter ones; a second mark in the same line, or none"
            raise MistakeError(Mistake(f"{self._place}, line {begun + 1:,}", problem, allowed)) from None

    def _look(self, line: int, row: list[str]) -> None:
        """See whether a first row, or the one before, is none; names may begin with a hash, as NumPy writes them."""
        before, self._before = self._before, (line, row)
        if not self._rows and (named := _NAMED_SEPARATOR.fullmatch(self._separator.join(row).strip())):
            self._named = line, named[1]
        elif self._rows and not self._named and not self._comment and _is_comment(before[1]):
            self._comment = before[0] if _is_comment(row) or len(row) != len(before[1]) else 0
        if self._rows < _LOOKED_AT:
            self._has_decimal_commas |= bool(_DECIMAL_COMMA.search(self._separator.join(row)))
            self._rows += 1

    @property
    def aside(self) -> Mistake | None:
        """What is to be said of the first line that is none of a table, where it turns out that something is wrong."""
        place = TablePlace(self._path)
        if self._named:
            line, separator = self._named
            has_decimal_commas = separator != "," and self._has_decimal_commas
            problem, command = "says what separates the cells", place.separate(separator, has_decimal_commas, skip=line)
        elif self._comment:
            line, problem, command = self._comment, "is a comment", place.leave_out_comments(_COMMENT)
        else:
            return None
        return Mistake(f"{self._place}, line {line}", problem, f"lines of cells alone; made by {command}")


def _read(rows: Iterator[tuple[int, list[str]]], reader: _Reader) -> Table:
    first, second = next(rows, None), next(rows, None)
    names: Sequence[str] = ()
    if first and _is_title(first[1], second[1] if second else ()):
        names, first, second = first[1], second, next(rows, None)
    if first:
        reader.begin(names, *first)
    for line, row in (*filter(None, (first, second)),):
        reader.take(line, row)
    for line, row in rows:
        reader.take(line, row)
    return reader.table()


def _is_title(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether a first line names the columns.

    So it does without any number; and with texts above numbers where its numbers count the columns, as pandas writes.
    """
    numbers = [_number(cell) for cell in first]
    counted_ones = [number for number in numbers if number is not None]
    if not counted_ones:
        return True
    has_title = any(_is_text(cell) and _number(below) is not None for cell, below in zip(first, second, strict=False))
    start = counted_ones[0]
    return has_title and start in (0, 1) and counted_ones == [start + i for i in range(len(counted_ones))]


class _Reader:
    """Takes a table row by row, and what is wrong with the rows.

    Args:
        path: the file, for mistakes.
        separator: what stands between the cells of a row.
        max_bytes: the most that it may take in memory, bytes.
        target: the column to predict.
    """

    def __init__(self, path: Path, separator: str, max_bytes: int, target: str) -> None:
        self._path, self._place, self._separator, self._target = path, path.name, separator, target
        self._max_bytes = max_bytes
        self._numbers = array("d")
        self._labels = array("q")
        self._known: dict[str, int] = {}
        self._rows = 0
        self._head: Head | None = None
        self._mistakes: list[Mistake] = []
        self._zero_led, self._first_line = "", 0
        self._has_title = self._has_told_of_missing = self._may_be_text = False

    def begin(self, names: Sequence[str], line: int, row: Sequence[str]) -> None:
        """Take what the columns are from their names, which may be none, and the first row.

        Raises:
            MistakeError: something else separates the cells, or it cannot be told what is to be predicted.
        """
        texts = {column: cell.strip(string.whitespace) for column, cell in enumerate(row) if _is_text(cell)}
        if len(row) < 2 or texts:
            self._check_separator(line, self._separator.join(row), names)
        self._has_title, self._first_line = bool(names), line
        if len(names) == len(row) and not names[-1].strip() and not row[-1].strip():
            problem = "ends with a separator, and the column behind it has neither a name nor a value"
            raise MistakeError(Mistake(f"{self._place}, line {line}", problem, "no separator at the end of a line"))
        told: tuple[str, ...] = ()
        if names and len(names) != len(row):
            told = (f"The first line has {counted(len(names), 'name')} for {len(row)} columns, and is not used.",)
            names = ()
        titles = tuple(normal_name(" ".join(name.split())) for name in names)
        head = make_head(self._place, titles, len(row), texts, self._target, f", line {line}")
        self._head = replace(head, found=told)
        self._may_be_text = row[head.target].strip().lower() in MISSING  # which kind it is, later rows tell
        self._pick = itemgetter(*head.numeric) if len(head.numeric) > 1 else lambda row: (row[head.numeric[0]],)

    def take(self, line: int, row: Sequence[str]) -> None:
        """Take a row.

        Raises:
            MistakeError: there are too many numbers, or too many mistakes.
        """
        head = self._begun
        self._rows += 1
        if len(row) != head.width:
            self._refuse(f", line {line}", f"has {counted(len(row), 'column')}", f"{head.width}, as the first")
            return
        cell = row[head.target].strip()
        if head.is_text:
            self._take_text(line, cell)
        elif not self._zero_led and cell[:1] == "0" and len(cell) > 1 and cell.isdigit():
            self._zero_led = cell
        numbers = _numbers(self._pick(row))
        if numbers is None:
            for column in head.numeric:
                if _number(row[column]) is None:
                    self._refuse_number(line, column, row[column])
        elif not self._mistakes:
            self._numbers.extend(numbers)
            self._check_size()

    def table(self) -> Table:
        """Return what was taken.

        Raises:
            MistakeError: with the first ten things that are wrong with it, and that there are more.
        """
        if not self._rows:
            self._mistakes.append(Mistake(self._place, "has 0 examples"))
        self._check_first()
        if self._mistakes:
            raise MistakeError(self._mistakes)
        numbers = np.frombuffer(self._numbers, np.float64).reshape(self._rows, len(self._begun.numeric))
        texts = np.array(list(self._known))[np.frombuffer(self._labels, np.int64)] if self._begun.is_text else None
        return Table(replace(self._begun, found=(*self._begun.found, *self._told_of_zeros())), numbers, texts)

    def _check_first(self) -> None:
        """See whether a first line with numbers names the columns all the same: the only text stands in it."""
        first, *others = self._known or [""]
        if not self._has_title and others and self._labels.count(0) == 1 and None not in map(_number, others):
            where = f"{self._place}, line {self._first_line}, {column_place((), self._begun.target)}"
            problem = f"{_short(first)!r} stands above numbers alone, as a name does, and other names are numbers"
            self._mistakes.append(Mistake(where, problem, "names that are no numbers, such as x2024; or no names"))

    def _told_of_zeros(self) -> Iterator[str]:
        """Yield that the target is read as numbers where it may have been meant as texts, such as postal codes."""
        if self._zero_led:
            column = column_place(self._begun.names, self._begun.target)
            yield f"C{column[1:]} is read as numbers, {_short(self._zero_led)} as {float(self._zero_led):.15g}."

    @property
    def has_begun(self) -> bool:
        """Whether it is known what the columns are."""
        return self._head is not None

    @property
    def _begun(self) -> Head:
        if self._head is None:
            raise MistakeError(self._mistakes)
        return self._head

    def _take_text(self, line: int, text: str) -> None:
        """Take the label of a row; each different text is kept once."""
        where = f", line {line}, {column_place(self._begun.names, self._begun.target)}"
        if not text or not is_visible(text) or len(text) > _LONGEST_TEXT:
            allowed = f"a text of at most {_LONGEST_TEXT} printable characters" if text else self._filled("a text")
            self._refuse(where, f"{_short(text)!a} is no label" if text else "is empty", allowed)
        self._labels.append(self._known.setdefault(normal_name(text), len(self._known)))
        if len(self._known) > MAX_CLASSES:
            self._refuse(where, f"is the {MAX_CLASSES + 1:,}th different text", f"at most {MAX_CLASSES:,} classes")
            raise MistakeError(self._mistakes)

    def _check_separator(self, line: int, text: str, names: Sequence[str]) -> None:
        """See that a first row which does not read is not simply one whose cells something else separates."""
        title = self._separator.join(names)
        for other, name in _SEPARATORS.items():
            cells = text.split() if other == " " else [cell.strip() for cell in text.split(other)]
            numbers = [cell if other == "," else cell.replace(",", ".") for cell in cells]
            texts = sum(_number(number) is None for number in numbers)
            # One of the cells may be a class; two numbers beside it are no part of a text.
            # Spaces part words too, so that a text among them tells only where nothing else parts the cells.
            may_be_text = other != " " or self._separator not in text
            # Where it parts the names too, as often, any number of the cells may be texts.
            is_named_so = len(cells) > 2 and len(title.split(other)) == len(cells) != len(names) and other != " "
            is_other = not texts or (texts == 1 and len(cells) > 2 and may_be_text) or is_named_so
            if other == self._separator or len(cells) < 2 or not is_other:
                continue
            suffix = ".tsv" if other == "\t" else ".csv"
            is_misnamed = other in ",\t" and "," not in "".join(cells)
            meant = f"{Path(self._place).stem}{suffix}" if is_misnamed else self._separator.join(numbers)
            problem = f"cells are separated by {name}, {_SEPARATORS[self._separator]} are expected"
            line_that_converts = TablePlace(self._path).separate(other, other != "," and "," in text)
            allowed = f"commas in a .csv, tabs in a .tsv, a point in numbers; made by {line_that_converts}"
            nearest = meant if len(meant) <= _LONGEST_NEAREST else ""
            raise MistakeError(Mistake(f"{self._place}, line {line}", problem, allowed, nearest))

    def _refuse_number(self, line: int, column: int, cell: str) -> None:
        is_missing = cell.strip().lower() in MISSING
        may_be_text = self._may_be_text and column == self._begun.target
        if may_be_text and _is_text(cell):
            return
        problem = f"{_short(cell)!r} is no number" if cell.strip() else "is empty"
        allowed = self._filled("a value" if may_be_text else "a number") if is_missing else ""
        if not (is_missing or self._mistakes) and column == self._begun.target:
            others = ", or texts in every line" if self._has_title else "; where that names the columns, leave it out"
            allowed = f"numbers, as line {self._first_line} has there{others}"
        nearest = meant_number(cell, lambda text: _number(text) is not None)
        self._refuse(f", line {line}, {column_place(self._begun.names, column)}", problem, allowed, nearest)

    def _filled(self, what: str) -> str:
        """Return what is allowed in a cell whose value is missing; once with the line that leaves such rows out."""
        allowed = f"{what} in every cell: fill it, or leave the line out"
        if self._has_told_of_missing:
            return allowed
        self._has_told_of_missing = True
        line = TablePlace(self._path).leave_out(self._separator, MISSING, has_title=self._has_title)
        return f"{allowed}, as all such are by {line}"

    def _refuse(self, where: str, problem: str, allowed: str = "", nearest: str = "") -> None:
        self._mistakes.append(Mistake(self._place + where, problem, allowed, nearest))
        if len(self._mistakes) > MOST_MISTAKES:
            raise MistakeError(first_mistakes(self._place, self._mistakes))

    def _check_size(self) -> None:
        # Twice: the shuffled splits are made while the numbers as they were read are still there.
        if (needed := 2 * _NUMBER_BYTES * len(self._numbers)) > self._max_bytes:
            problem = f"takes {needed:,} bytes in memory, or more still, which is more than {self._max_bytes:,}"
            raise MistakeError(Mistake(self._place, problem, "a larger --max-bytes"))


def _is_comment(row: Sequence[str]) -> bool:
    return row[0].lstrip().startswith(_COMMENT)


def _numbers(cells: Sequence[str]) -> Sequence[float] | None:
    """Return the numbers of a row; ``None`` where one is none."""
    try:
        numbers = list(map(float, cells))
    except ValueError:
        return None
    text = "".join(cells)
    # Python alone takes 1_000 and other scripts' digits for numbers.
    return numbers if all(map(math.isfinite, numbers)) and text.isascii() and "_" not in text else None


def _number(cell: str) -> float | None:
    numbers = _numbers((cell,))
    return numbers[0] if numbers else None


def _is_text(cell: str) -> bool:
    """Return whether a cell holds a text: no number, none with a decimal comma, and not nothing."""
    return _number(cell.replace(",", ".")) is None and cell.strip().lower() not in MISSING


def _short(cell: str) -> str:
    return cell if len(cell) <= 40 else f"{cell[:40]}..."
