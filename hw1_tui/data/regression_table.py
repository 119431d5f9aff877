"""Regression data in a text table: one example a line, the last column is the target."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from engines.contract import Array, Dataset, Split
from hw1_tui.data.dataset_file import fingerprint
from hw1_tui.mistake import Mistake, MistakeError

SUFFIXES = (".csv", ".tsv")
_FEWEST = 5
_MOST_MISTAKES = 10
_VAL = _TEST = 0.15


def read_table(path: Path, max_bytes: int) -> Dataset:
    """Return the examples of a table, split 70/15/15 by a fixed shuffle.

    Args:
        path: a ``.csv`` with commas or a ``.tsv`` with tabs, UTF-8; a first line without
            any number names the columns.
        max_bytes: the most it may take in memory, bytes.

    Raises:
        MistakeError: with the first ten things that are wrong with it.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            problem = f"is {size:,} bytes long, more than {max_bytes:,}"
            raise MistakeError(Mistake(path.name, problem, "a larger --max-bytes"))
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MistakeError(Mistake(path.name, f"cannot be read as a table: {error}")) from None
    return _dataset(_numbers(rows, path.name), str(path))


def _numbers(rows: Sequence[Sequence[str]], place: str) -> Array:
    """Return the table as numbers (n_examples, n_columns)."""
    lines = [(number, row) for number, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if lines and all(_number(cell) is None for cell in lines[0][1]):
        lines = lines[1:]
    mistakes = list(islice(_mistakes(lines, place), _MOST_MISTAKES))
    if len(lines) < _FEWEST:
        mistakes.append(Mistake(place, f"has {len(lines)} examples", f"at least {_FEWEST}"))
    if mistakes:
        raise MistakeError(mistakes)
    return np.array([[_number(cell) for cell in row] for _, row in lines], dtype=np.float64)


def _mistakes(lines: Sequence[tuple[int, Sequence[str]]], place: str) -> Iterator[Mistake]:
    columns = len(lines[0][1]) if lines else 0
    if lines and columns < 2:
        yield Mistake(place, "has one column", "one for each input and the target last")
    for number, row in lines:
        if len(row) != columns:
            yield Mistake(f"{place}, line {number}", f"has {len(row)} columns", f"{columns}, as the first")
        for column, cell in enumerate(row, start=1):
            if _number(cell) is None:
                yield Mistake(f"{place}, line {number}, column {column}", f"{cell!r} is no number")


def _number(cell: str) -> float | None:
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _dataset(table: Array, name: str) -> Dataset:
    table = table[np.random.default_rng(0).permutation(len(table))]
    n_val, n_test = round(_VAL * len(table)), round(_TEST * len(table))
    parts = np.split(table, [n_test, n_test + n_val])
    test, val, train = (Split(np.ascontiguousarray(part[:, :-1]), part[:, -1].copy()) for part in parts)
    digest = fingerprint([array for split in (train, val, test) for array in (split.x, split.y)])
    return Dataset(name, train, val, test, fingerprint=digest)
