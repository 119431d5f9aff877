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

    def change(self, name: str, code: str, *, trusted: bool = False) -> str:
        """Return the line that writes all arrays, one of them changed.

        Args:
            name: the array that is changed.
            code: Python for what it becomes, with ``{}`` in place of the array.
            trusted: whether Python's objects are unpacked, which can run programs.
        """
        array = f"d[{literal(name)}]"
        return self._line(f"{self._loaded(trusted)}; {array} = {code.format(array)}", "**d")

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


def literal(text: str) -> str:
    """Return a text as a literal of Python in double quotes, which needs no others on a shell line."""
    return json.dumps(text, ensure_ascii=False)
