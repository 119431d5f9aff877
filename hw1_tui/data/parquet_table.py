"""Tables in Parquet files, where pyarrow is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import Array
from hw1_tui.data.class_name import normal_name
from hw1_tui.data.conversion import leave_out_nulls
from hw1_tui.data.label import MAX_CLASSES
from hw1_tui.data.table import Head, Table, column_place, first_mistakes, make_head
from hw1_tui.mistake import Mistake, MistakeError

SUFFIX = ".parquet"
_NUMBER_BYTES = 8
_ROWS_AT_ONCE = 4096


def read_parquet_table(path: Path, max_bytes: int, target: str = "") -> Table:
    """Return a table; besides its numbers a few thousand rows are in memory while it is read.

    Args:
        path: the file.
        max_bytes: the most it may take in memory while it is read and shuffled, bytes.
        target: the column to predict; see ``make_head``.

    Raises:
        NoTargetError: it has no such column.
        MistakeError: with what is wrong with it, or pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MistakeError(
            Mistake(path.name, "needs pyarrow, which is not installed", "pip install pyarrow, or a .csv of it")
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            return _read(file, path, max_bytes, target)
    except (pyarrow.ArrowException, OSError) as error:  # ArrowInvalid is a ValueError too
        reason = str(error).partition("\n")[0]
        raise MistakeError(Mistake(path.name, f"cannot be read as a table: {reason}")) from None


def _read(file: Any, path: Path, max_bytes: int, target: str) -> Table:
    place = path.name
    names = tuple(normal_name(" ".join(name.split())) for name in file.schema_arrow.names)
    kinds = [_kind(field.type) for field in file.schema_arrow]
    mistakes = [
        Mistake(f"{place}, {column_place(names, column)}", f"has the type {field.type}", "numbers, or texts of classes")
        for column, field in enumerate(file.schema_arrow)
        if not kinds[column]
    ]
    if mistakes:
        raise MistakeError(first_mistakes(place, mistakes))
    texts = {column: str(field.type) for column, field in enumerate(file.schema_arrow) if kinds[column] == "text"}
    head = make_head(place, names, len(names), texts, target)
    n_rows = file.metadata.num_rows
    if not n_rows:
        raise MistakeError(Mistake(place, "has 0 examples"))
    if (needed := 2 * _NUMBER_BYTES * n_rows * len(head.numeric)) > max_bytes:
        problem = f"takes {needed:,} bytes in memory, or more still, which is more than {max_bytes:,}"
        raise MistakeError(Mistake(place, problem, "a larger --max-bytes"))
    numbers = np.empty((n_rows, len(head.numeric)))
    codes = np.empty(n_rows, np.int64)
    known: dict[str, int] = {}
    start = 0
    for batch in file.iter_batches(_ROWS_AT_ONCE):
        rows = slice(start, start + len(batch))
        for position, column in enumerate(head.numeric):
            numbers[rows, position] = _numbers(batch.column(column), head, column, start, path)
        if head.is_text:
            codes[rows] = _codes(batch.column(head.target), head, start, known, path)
        start += len(batch)
    return Table(head, numbers, np.array(list(known))[codes] if head.is_text else None)


def _kind(kind: Any) -> str:
    """Return whether a column holds numbers or texts; empty for neither."""
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "text"
    is_number = types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind) or types.is_decimal(kind)
    return "number" if is_number else ""


def _numbers(column: Any, head: Head, position: int, start: int, path: Path) -> Array:
    """Return the numbers of some rows of a column, float64 (n,)."""
    _check_full(column, head, position, start, path)
    values = column.dictionary_decode() if hasattr(column, "dictionary_decode") else column
    numbers = np.asarray(values.to_numpy(zero_copy_only=False)).astype(np.float64)
    if not np.isfinite(numbers).all():
        row = start + int(np.flatnonzero(~np.isfinite(numbers))[0])
        place = f"{head.place}, row {row + 1}, {column_place(head.names, position)}"
        raise MistakeError(Mistake(place, "is no finite number"))
    return numbers


def _codes(column: Any, head: Head, start: int, known: dict[str, int], path: Path) -> list[int]:
    """Return the number of each text in some rows of the target's column; texts not seen before become known."""
    _check_full(column, head, head.target, start, path)
    codes = [known.setdefault(normal_name(text), len(known)) for text in column.to_pylist()]
    if len(known) > MAX_CLASSES:
        problem = f"has more than {MAX_CLASSES:,} different texts"
        raise MistakeError(Mistake(f"{head.place}, {column_place(head.names, head.target)}", problem, "classes"))
    return codes


def _check_full(column: Any, head: Head, position: int, start: int, path: Path) -> None:
    if column.null_count:
        row = start + column.is_null().to_pylist().index(True)
        place = f"{head.place}, row {row + 1}, {column_place(head.names, position)}"
        line = leave_out_nulls(path)
        allowed = f"a value in every row: fill it, or leave the row out, as all such are by {line}"
        raise MistakeError(Mistake(place, "is empty", allowed))
