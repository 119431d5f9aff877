"""Tables as data sets: features or pictures, classes or numbers to predict; one file, or one a split."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array
from hw1_tui.data.class_name import folded_name
from hw1_tui.data.image_tree import is_left_behind
from hw1_tui.data.member_name import read_split
from hw1_tui.data.parquet_table import SUFFIX as PARQUET
from hw1_tui.data.parquet_table import read_parquet_table
from hw1_tui.data.published_name import published_names
from hw1_tui.data.raw_data import Part, PartName, RawData
from hw1_tui.data.table import CLASS_NAMES, NoTargetError, Table, pixel_shape
from hw1_tui.data.text_table import read_text_table, text_suffix
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted
from hw1_tui.read_options import AUTO, ReadOptions, Task

_IDENTIFIERS = frozenset(("", "id", "index", "idx", "row", "unnamed: 0", "__index_level_0__"))
_FEWEST, _FEW = 5, 20
_SMALLEST_SIDE = 8
_AT_ONCE = 1024
_EXACT = 2.0**53
"""From here on neighbouring whole numbers may be the same float."""
_NUMBER_BYTES = 8
_COUNTED = 3
"""So many columns are perhaps counted in the first row; two numbers say nothing."""
_FIRST = (
    "The first line is taken for an example; where it names the columns, leave it out of the file, or give other names."
)


@dataclass(frozen=True)
class TableSet:
    """The tables that make up a data set.

    Attributes:
        path: the file that was named, or their folder.
        files: the file of each part.
        others: tables beside them that are no part.
    """

    path: Path
    files: Mapping[PartName, Path]
    others: tuple[Path, ...] = ()


def is_table(path: Path) -> bool:
    """Return whether a file is a table by its name."""
    return path.suffix.lower() == PARQUET or bool(text_suffix(path))


def find_tables(path: Path) -> TableSet | None:
    """Return the table that a file is, or those of the splits that a folder holds; ``None`` where it is no table.

    Raises:
        OSError: the folder cannot be read.
    """
    if not path.is_dir():
        return TableSet(path, {"all": path}) if is_table(path) else None
    entries = [entry for entry in sorted(path.iterdir()) if not is_left_behind(entry.name)]
    tables = [entry for entry in entries if is_table(entry) and entry.is_file()]
    by_part = {part: [table for table in tables if read_split(table.stem) == part] for part in SPLITS}
    if any(entry.is_dir() for entry in entries) or len(by_part["train"]) != 1 or max(map(len, by_part.values())) > 1:
        return None
    files: dict[PartName, Path] = {part: found[0] for part, found in by_part.items() if found}
    return TableSet(path, files, tuple(table for table in tables if table not in files.values()))


def read_tables(found: TableSet, name: str, max_bytes: int, options: ReadOptions) -> RawData:
    """Return tables as a source.

    Args:
        found: the tables.
        name: how the user named them.
        max_bytes: the most that they may take in memory while they are read and shuffled, bytes.
        options: how they are read where they leave a choice.

    Raises:
        MistakeError: with what is wrong with them.
    """
    tables, told = _read_all(found, max_bytes, options)
    first = next(iter(tables.values()))
    layout = _Layout(first, options)
    mistakes = [
        Mistake(table.head.place, f"has other columns than {first.head.place}: {_difference(table, first)}")
        for table in tables.values()
        if (table.head.names, table.head.width) != (first.head.names, first.head.width)
    ]
    if mistakes:
        raise MistakeError(mistakes)
    parts = {part: layout.part(table) for part, table in tables.items()}
    others = [f"Not used: {', '.join(other.name for other in found.others)}."] if found.others else []
    paths = [found.files[part] for part in tables]
    return RawData(
        name,
        found.path.name or str(found.path),
        parts,
        published_names(paths[0], [part.labels for part in parts.values()]) if layout.shape else None,
        task=layout.task,
        found=(*_beside(found, tables), *layout.found, *others),
        remark=" ".join(told),
        feature_names=() if layout.shape or not first.head.names else layout.names,
    )


def _read_all(found: TableSet, max_bytes: int, options: ReadOptions) -> tuple[dict[PartName, Table], list[str]]:
    """Return the tables that have a target, and what is said of those that have none."""
    tables: dict[PartName, Table] = {}
    told: list[str] = []
    target = options.target
    for part, path in found.files.items():
        try:
            tables[part] = _read(path, max_bytes, target)
        except NoTargetError:
            if not tables:
                raise
            told.append(f"{path.name} has no column {target!r}, which is to be predicted, and is not used.")
            continue
        head = tables[part].head
        max_bytes -= 2 * _NUMBER_BYTES * tables[part].numbers.size
        target = head.names[head.target] if head.names else str(head.target + 1)
    first = next(iter(tables.values()))
    if len(first) < _FEWEST and options.is_to_learn:
        raise MistakeError(Mistake(first.head.place, f"has {counted(len(first), 'example')}", f"at least {_FEWEST}"))
    return tables, told


def _read(path: Path, max_bytes: int, target: str) -> Table:
    return (read_parquet_table if path.suffix.lower() == PARQUET else read_text_table)(path, max_bytes, target)


def read_features(path: Path, max_bytes: int) -> tuple[Array, tuple[str, ...]]:
    """Return a table that has no column to predict: its numbers, and the names of their columns where it has them.

    Columns that are called so and number the rows are left out, and so is a first one of texts. Whole numbers from 0
    to 255 are bytes.

    Args:
        path: the table.
        max_bytes: the most that it may take in memory, bytes.

    Raises:
        MistakeError: with what is wrong with it.
    """
    table = _read(path, max_bytes, "1")
    names = table.head.names
    columns = [
        (position, column)
        for position, column in enumerate(table.head.numeric)
        if not (names and folded_name(names[column]) in _IDENTIFIERS and _are_distinct(table.numbers[:, position]))
    ]
    numbers = table.numbers[:, [position for position, _ in columns]]
    return _bytes(numbers), tuple(names[column] for _, column in columns) if names else ()


def _beside(found: TableSet, tables: Mapping[PartName, Table]) -> list[str]:
    if "all" in tables:
        return []
    return [", ".join(f"{found.files[part].name} is for {part}" for part in tables) + "."]


def _difference(table: Table, first: Table) -> str:
    own, theirs = table.head.names, first.head.names
    if table.head.width != first.head.width:
        return f"{table.head.width}, not {first.head.width}"
    return next((f"{a!r} where {b!r} is" for a, b in zip(own, theirs, strict=False) if a != b), "it names them or not")


class _Layout:
    """What the columns of a table stand for, by its first part.

    Attributes:
        task: what the target is.
        shape: the shape of one example as a picture; empty where it is none.
        found: what was found out, a sentence each.

    Args:
        table: the table.
        options: how it is read where it leaves a choice.
    """

    def __init__(self, table: Table, options: ReadOptions) -> None:
        head = table.head
        self._names, self._target = head.names, head.target
        self.shape: tuple[int, ...] = ()
        self.found: tuple[str, ...] = head.found
        reason, is_told = head.reason, False
        if not head.names and table.texts is None and options.task != "regression":
            is_told = self._find_pictures(table, options)
            reason = "the pictures' labels" if is_told and not options.target else reason
        left_out = [] if self.shape else list(self._identifiers(table))
        self._features = [column for column in head.numeric if column not in (self._target, *left_out)]
        if not self._features:
            raise MistakeError(Mistake(head.place, "has no column but the target and one that numbers the rows"))
        self.found += (f"The target is {self._called(self._target)} ({reason}).",)
        self.found += tuple(f"C{self._called(column)[1:]} is left out, as it numbers the rows." for column in left_out)
        if head.names:
            self.found += tuple(_told_twice(self.names))
            self._find_pixels()
        elif _may_be_names(table):
            self.found += (_FIRST,)
        self.task: Task = self._find_task(table, options, is_told)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features."""
        return tuple(self._names[column] for column in self._features) if self._names else ()

    def part(self, table: Table) -> Part:
        """Return the examples of a table with these columns."""
        labels = self._called(self._target)
        target = table.numbers[:, self._position(table, self._target)] if table.texts is None else table.texts
        inputs = _columns(table.numbers, [self._position(table, column) for column in self._features])
        if self.shape:
            inputs = _bytes(inputs).reshape(len(inputs), *self.shape)
        return Part(inputs, target, "the other columns", labels)

    def _position(self, table: Table, column: int) -> int:
        """Return which of the columns of numbers a column is."""
        return column - (table.texts is not None and column > table.head.target)

    def _called(self, column: int) -> str:
        return f"column {(self._names and self._names[column]) or column + 1}"

    def _find_pixels(self) -> None:
        """Take the features for pixels where their names say so and they fill a picture."""
        named = pixel_shape(self.names)
        if not named:
            return
        height, width = named
        shape = (height, width) if width > 1 else _square(height)
        if shape and height * width > 1:
            self.shape = shape
            self.found += (f"{len(self._features):,} columns, {self.names[0]} to {self.names[-1]}, are the pixels.",)
        else:
            self.found += (f"{len(self._features):,} pixels make no square, grey or of three colours: features.",)

    def _find_pictures(self, table: Table, options: ReadOptions) -> bool:
        """Return whether a table without names is one of pictures and labels, as far as that can be told."""
        width, numbers = table.head.width, table.numbers
        shape = _square(width - 1)
        if not shape or shape[0] < _SMALLEST_SIDE or not _are_bytes(numbers):
            return False
        candidates = [self._target] if options.target else [0, width - 1]
        counted_ones = [column for column in candidates if _counts_classes(numbers[:, column])]
        if options.task == "classification" and options.target:
            counted_ones = candidates
        if len(counted_ones) != 1:
            size = " x ".join(map(str, shape))
            self.found += (
                f"The columns may be pictures of {size} and a label, which cannot be told: where they are, --target 1 "
                f"and --task classification say that the label stands first, --target {width} that it stands last.",
            )
            return False
        self.shape, self._target = shape, counted_ones[0]
        self.found += (f"Columns without names, whole numbers to 255 and a label: {width - 1:,} are the pixels.",)
        return True

    def _identifiers(self, table: Table) -> Iterator[int]:
        """Yield the columns that number the rows and are called so; say which do that are not."""
        for column in table.head.numeric:
            values = table.numbers[:, self._position(table, column)]
            if column == self._target or values[0] != np.floor(values[0]):
                continue
            if self._names and folded_name(self._names[column]) in _IDENTIFIERS:
                if _are_distinct(values):
                    yield column
            elif all(b == a + 1 for a, b in pairwise(values[: 2 * _FEW].tolist())) and (np.diff(values) == 1).all():
                self.found += (f"C{self._called(column)[1:]} numbers the rows, and is a feature all the same.",)

    def _find_task(self, table: Table, options: ReadOptions, is_told: bool) -> Task:
        """Return what the target is: a class where it is a text, or whole and the label of a picture or called so."""
        if options.task != AUTO or table.texts is not None:
            return "classification" if options.task == AUTO else options.task
        values = table.numbers[:, self._position(table, self._target)]
        is_whole = bool((values == np.floor(values)).all())
        is_called = bool(self._names) and folded_name(self._names[self._target]) in CLASS_NAMES
        if is_whole and (self.shape or is_called or is_told):
            return "classification"
        if is_whole and (few := len(np.unique(values))) <= _FEW:
            self.found += (
                f"C{self._called(self._target)[1:]} holds {counted(few, 'different whole number')}, which are "
                "numbers to predict; --task classification makes classes of them.",
            )
        return "regression"


def _may_be_names(table: Table) -> bool:
    """Return whether the first row of a table without names may be them: its text is alone, or it counts.

    So do columns that were never named (0,1,2), years, and sizes in even steps; but not where most rows do.
    """
    if table.texts is not None:
        if np.count_nonzero(table.texts == table.texts[0]) > 1:
            return False
        _, counts = np.unique(table.texts, return_counts=True)
        return len(counts) > 1 and np.count_nonzero(counts == 1) == 1
    first, *others = map(_counts_evenly, table.numbers[:_AT_ONCE])
    return first and 2 * sum(others) <= len(others)


def _counts_evenly(row: Array) -> bool:
    """Return whether the numbers of a row are whole and each is as much more, or less, than the one before it."""
    steps = np.diff(row)
    return len(row) >= _COUNTED and bool(steps[0]) and bool((steps == steps[0]).all() and (row % 1 == 0).all())


def _told_twice(names: Sequence[str]) -> Iterator[str]:
    """Yield that features share a name, so that nothing but their order tells one from another in other tables."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        called = f"{twice[0]!r}" if twice[0] else "nothing"
        others = f", and {counted(len(twice) - 1, 'name')} more so" if twice[1:] else ""
        yield f"More than one column is called {called}{others}: they are told apart by their order alone."


def _square(n: int) -> tuple[int, ...]:
    """Return the shape of a square picture of n values, grey or of three colours; empty where there is none."""
    if n and math.isqrt(n) ** 2 == n:
        return math.isqrt(n), math.isqrt(n)
    side = math.isqrt(n // 3)
    return (side, side, 3) if n and 3 * side * side == n else ()


def _columns(numbers: Array, columns: Sequence[int]) -> Array:
    """Return some columns, without a copy where they stand beside each other."""
    if columns == list(range(columns[0], columns[0] + len(columns))):
        return numbers[:, columns[0] : columns[0] + len(columns)]
    return numbers[:, columns]


def _are_bytes(numbers: Array) -> bool:
    """Return whether all are whole numbers from 0 to 255; a block at a time."""
    blocks = (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
    return all(bool(((block >= 0) & (block <= 255) & (block == np.floor(block))).all()) for block in blocks)


def _are_distinct(values: Array) -> bool:
    """Return whether values are whole numbers, each another as far as floats tell them apart."""
    is_large = bool(np.abs(values).max() >= _EXACT)
    return bool((values == np.floor(values)).all()) and (is_large or len(np.unique(values)) == len(values))


def _bytes(numbers: Array) -> Array:
    return numbers.astype(np.uint8) if _are_bytes(numbers) else numbers


def _counts_classes(values: Array) -> bool:
    """Return whether values are 0 to k - 1 or 1 to k, each of which is there, for k of 2 to 100."""
    distinct = np.unique(values)
    return 2 <= len(distinct) <= 100 and distinct[0] in (0, 1) and bool((np.diff(distinct) == 1).all())
