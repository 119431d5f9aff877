"""What happened in a run, one JSON object a line, only ever appended to."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hw1_tui.files.atomic import replace_file, sync_file
from hw1_tui.files.regular import open_regular
from hw1_tui.markup import json_text


class Log:
    """A log open for appending, held by the one process that trains the run.

    Args:
        path: the file; made where it is missing. A line that a death cut short is taken off its end, and a copy of
            the folder that shares the file with it (a hard link) keeps what it has.

    Raises:
        OSError: the file cannot be opened or repaired.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_nlink > 1:
                _part(path)
        self._file = open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self.size = _whole_lines(self._file)
        if self.size < os.fstat(self._file).st_size:
            os.ftruncate(self._file, self.size)

    @property
    def is_in_place(self) -> bool:
        """Whether the file still stands where it was opened: its disk may have been taken out, or its folder moved."""
        try:
            return os.path.samestat(os.fstat(self._file), self._path.lstat())
        except OSError:
            return False

    def accept_cut(self) -> bool:
        """Go on after what another program has left of it; return whether one has cut it.

        Raises:
            OSError: it cannot be repaired.
        """
        if os.fstat(self._file).st_size >= self.size:
            return False
        self.size = _whole_lines(self._file)
        os.ftruncate(self._file, self.size)
        return True

    def restore(self, old: Log) -> bool:
        """Fill an empty log with what one in its place had, whose file was taken away; return whether it did.

        Raises:
            OSError: the old one cannot be read any more, or the disk does not take it.
        """
        if self.size or not old.size:
            return False
        try:
            while block := os.pread(old._file, min(_BLOCK, old.size - self.size), self.size):
                self.size += os.write(self._file, block)
        except OSError:
            os.ftruncate(self._file, 0)
            self.size = 0
            raise
        return True

    def append(self, records: Iterable[dict[str, Any]]) -> None:
        """Append lines, all or none: once this returns, the death of this process does not lose them.

        Raises:
            OSError: the disk does not take them; the log is as it was.
        """
        content = b"".join(json_text(record).encode() + b"\n" for record in records)
        if not self.is_in_place:
            raise OSError(errno.ENOENT, "its folder has vanished", str(self._path))
        written = 0
        try:
            while written < len(content):
                written += os.write(self._file, content[written:])
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self.size += written

    def sync(self) -> None:
        """Bring it to the disk, so that the death of the machine does not lose it either."""
        sync_file(self._file)

    def close(self) -> None:
        """Close it."""
        os.close(self._file)


_BLOCK = 1 << 16


def _whole_lines(file: int) -> int:
    """Return how many bytes of an open file are whole lines."""
    end = os.fstat(file).st_size
    while end:
        start = max(0, end - _BLOCK)
        if (newline := os.pread(file, end - start, start).rfind(b"\n")) >= 0:
            return start + newline + 1
        end = start
    return 0


def _part(path: Path) -> None:
    """Give a file that has another name a content of its own."""
    with os.fdopen(open_regular(path), "rb") as old:
        replace_file(path, lambda new: shutil.copyfileobj(old, new))
