"""The shell line that makes a file which is understood of arrays that are not."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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
        loads = {name: f"np.load({literal(str(path))}{option})" for name, path in self.files.items()}
        if loads:
            return f"d = {{{', '.join(f'{literal(name)}: {load}' for name, load in loads.items())}}}"
        return f"d = dict(np.load({literal(str(self.path))}{option}))"

    def _line(self, code: str, arrays: str) -> str:
        out = literal(str(self.path.with_name(f"{self.path.stem}-converted.npz")))
        return f"python -c {shlex.quote(f'import numpy as np; {code}; np.savez({out}, {arrays})')}"


_PYTHON = {
    ".mat": "import numpy as np, scipy.io; d = scipy.io.loadmat({}); "
    'np.savez({}, **{{k: d[k] for k in d if k[0] != "_"}})',
    ".h5": "import numpy as np, h5py; d = h5py.File({}); np.savez({}, **{{k: d[k][()] for k in d}})",
    ".xlsx": "import pandas; pandas.read_excel({}).to_csv({}, index=False)",
}
_SAME = {".hdf5": ".h5", ".xls": ".xlsx", ".ods": ".xlsx"}


def conversion(path: Path) -> str:
    """Return the shell line that makes a file that is read of one of another kind; empty where none is known."""
    suffix = path.suffix.lower()
    suffix = _SAME.get(suffix, suffix)
    if suffix in (".txt", ".data", ".dat"):
        return f"cp {shlex.quote(str(path))} {shlex.quote(str(path.with_suffix('.csv')))}"
    if suffix not in _PYTHON:
        return ""
    out = path.with_suffix(".csv" if suffix == ".xlsx" else ".npz")
    code = _PYTHON[suffix].format(literal(str(path)), literal(str(out)))
    return f"python -c {shlex.quote(code)}"


def literal(text: str) -> str:
    """Return a text as a literal of Python in double quotes, which needs no others on a shell line."""
    return json.dumps(text, ensure_ascii=False)
