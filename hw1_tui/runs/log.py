"""What happened in a run, one JSON object a line, only ever appended to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


class Log:
    """A log open for appending, held by the one process that trains the run.

    Args:
        path: the file; made where it is missing. A line that a death cut short is taken off its end.

    Raises:
        OSError: the file cannot be opened or repaired.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._path = path
        self.size = os.fstat(self._file).st_size
        content = path.read_bytes()
        if content and not content.endswith(b"\n"):
            self.size = content.rfind(b"\n") + 1
            os.ftruncate(self._file, self.size)

    def append(self, records: Iterable[dict[str, Any]]) -> None:
        """Append lines, all or none: once this returns, the death of this process does not lose them.

        Raises:
            OSError: the disk does not take them; the log is as it was.
        """
        content = b"".join(
            json.dumps(record, ensure_ascii=False, allow_nan=False).encode() + b"\n" for record in records
        )
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
        os.fsync(self._file)

    def close(self) -> None:
        """Close it."""
        os.close(self._file)


def read_log(path: Path, start: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the lines of a log that are whole, from a byte of it on; a missing log has none.

    Safe while another process appends.
    """
    try:
        with path.open("rb") as file:
            file.seek(start)
            content = file.read()
    except OSError:
        return
    for line in content.split(b"\n"):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record
