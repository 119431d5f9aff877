"""The shell line that makes a file which is understood of arrays that are not."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hw1_tui.data.packed_file import is_gzip
from hw1_tui.markup import shell_path


@dataclass(frozen=True)
class ArrayPlace:
    """Where arrays are.

    Attributes:
        path: the archive, or what was named of files beside each other.
        files: the file of each array where they are files; empty for an archive.
    """

    path: Path
    files: Mapping[str, Path] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """Return what an array is called in mistakes."""
        return self.files[name].name if name in self.files else f"{self.path.name}, {name}"

    def change(self, code: str, *names: str, trusted: bool = False) -> str:
        """Return the line that writes all arrays, some of them changed.

        Args:
            code: Python for what each becomes, with ``{}`` in place of the array.
            names: the arrays that are changed.
            trusted: whether Python's objects are unpacked, which can run programs.
        """
        arrays = [f"d[{literal(name)}]" for name in names]
        changes = (f"{array} = {code.format(array)}" for array in arrays)
        return self._line("; ".join((self._loaded(trusted), *changes)), "**d")

    def leave_out(self, name: str, *beside: str) -> str:
        """Return the line that writes all arrays without the examples of which one has a value that is no number.

        Args:
            name: the array that is looked at.
            beside: what else has a row for each of its examples.
        """
        rows = f"np.isfinite(d[{literal(name)}].reshape(len(d[{literal(name)}]), -1)).all(1)"
        both = ", ".join(map(literal, (name, *beside)))
        return self._line(f"{self._loaded(False)}; rows = {rows}; d.update((k, d[k][rows]) for k in ({both}))", "**d")

    def rename(self, inputs: str, labels: str) -> str:
        """Return the line that writes two arrays under names that are known."""
        return self._line(self._loaded(False), f"X=d[{literal(inputs)}], y=d[{literal(labels)}]")

    def _loaded(self, trusted: bool) -> str:
        option = ", allow_pickle=True" if trusted else ""
        loads = {
            name: f"np.load({literal(str(path))}{option})" + '["arr_0"]' * (path.suffix.lower() == ".npz")
            for name, path in self.files.items()
        }
        if loads:
            return f"d = {{{', '.join(f'{literal(name)}: {load}' for name, load in loads.items())}}}"
        return f"d = dict(np.load({literal(str(self.path))}{option}))"

    def _line(self, code: str, arrays: str) -> str:
        out = literal(str(self.path.with_name(f"{self.path.stem}-converted.npz")))
        return _python(f"import numpy as np; {code}; np.savez({out}, {arrays})")


@dataclass(frozen=True)
class TablePlace:
    """Where a table of text is, for the lines that make one that is read of it.

    Attributes:
        path: the file, which may be packed by gzip.
    """

    path: Path

    def recode(self, encoding: str) -> str:
        """Return the line that writes the same text in UTF-8."""
        return _python(f"{self._opener}; {self._same_out}.write({self._opened(encoding)}.read())")

    def leave_out_comments(self, mark: str) -> str:
        """Return the line that leaves out the lines that begin with a mark."""
        lines = f"l for l in {self._opened('utf-8-sig')} if not l.lstrip().startswith({literal(mark)})"
        return _python(f"{self._opener}; {self._same_out}.writelines({lines})")

    def separate(self, separator: str, has_decimal_commas: bool, skip: int = 0) -> str:
        """Return the line that puts commas between the cells, and points into numbers.

        Args:
            separator: what is between them now; a space stands for any number of spaces.
            has_decimal_commas: whether numbers have commas for points.
            skip: how many lines at the beginning are left out.
        """
        source = f"{self._opened('utf-8-sig')}" + f".readlines()[{skip}:]" * bool(skip)
        rows = f"map(str.split, {source})" if separator == " " else _cells(source, separator)
        cells = '[c.replace(",", ".") for c in r] for r in ' if has_decimal_commas else "r for r in "
        return self._rows(f"{cells}{rows}")

    def leave_out(self, separator: str, missing: Iterable[str], *, has_title: bool) -> str:
        """Return the line that leaves out the rows in which a cell says that its value is missing.

        Args:
            separator: what is between the cells.
            missing: what such a cell holds, in small letters.
            has_title: whether the first row names the columns.
        """
        words = f"{{{', '.join(map(literal, sorted(missing)))}}}"
        first = "i == 0 or " if has_title else ""
        rows = f"enumerate({_cells(self._opened('utf-8-sig'), separator)})"
        return self._rows(f"r for i, r in {rows} if {first}{words}.isdisjoint(c.strip().lower() for c in r)")

    def _rows(self, rows: str) -> str:
        return _python(f"import csv; {self._opener}; csv.writer({self._out('.csv')}).writerows({rows})")

    @property
    def _opener(self) -> str:
        return "from gzip import open as read" if is_gzip(self.path) else "read = open"

    @property
    def _same_out(self) -> str:
        """A table whose cells are separated as they are in this one."""
        return self._out(self._inner.suffix)

    def _out(self, suffix: str) -> str:
        out = literal(str(self.path.with_name(f"{self._inner.stem}-converted{suffix}")))
        return f'open({out}, "w", encoding="utf-8", newline="")'

    @property
    def _inner(self) -> Path:
        return Path(self.path.stem) if self.path.suffix.lower() == ".gz" else self.path

    def _opened(self, encoding: str) -> str:
        return f'read({literal(str(self.path))}, "rt", encoding={literal(encoding)}, newline="")'


def _cells(source: str, separator: str) -> str:
    """Return what reads the rows of a table as this program does."""
    return f"csv.reader({source}, delimiter={literal(separator)}, skipinitialspace=True)"


_PYTHON = {
    ".mat": "import numpy as np, scipy.io; d = scipy.io.loadmat({}); "
    'np.savez({}, **{{k: d[k] for k in d if k[0] != "_"}})',
    ".h5": "import numpy as np, h5py; d = h5py.File({}); np.savez({}, **{{k: d[k][()] for k in d}})",
    ".xlsx": "import pandas; pandas.read_excel({}).to_csv({}, index=False)",
}
_NO_NULLS = "from pyarrow import parquet; parquet.write_table(parquet.read_table({}).drop_null(), {})"
_SAME = {".hdf5": ".h5", ".xls": ".xlsx", ".ods": ".xlsx"}


def conversion(path: Path) -> str:
    """Return the shell line that makes a file that is read of one of another kind; empty where none is known."""
    suffix = path.suffix.lower()
    suffix = _SAME.get(suffix, suffix)
    if suffix in (".txt", ".data", ".dat"):
        return f"cp {shell_path(path)} {shell_path(path.with_suffix('.csv'))}"
    if suffix not in _PYTHON:
        return ""
    out = path.with_suffix(".csv" if suffix == ".xlsx" else ".npz")
    code = _PYTHON[suffix].format(literal(str(path)), literal(str(out)))
    return _python(code)


def leave_out_nulls(path: Path) -> str:
    """Return the shell line that writes a Parquet file again without the rows in which a value is missing."""
    out = path.with_name(f"{path.stem}-converted{path.suffix}")
    return _python(_NO_NULLS.format(literal(str(path)), literal(str(out))))


def _python(code: str) -> str:
    return f"python -c {shlex.quote(code)}"


def literal(text: str) -> str:
    """Return a text as a literal of Python in double quotes, which needs no others on a shell line."""
    return json.dumps(text, ensure_ascii=False)
