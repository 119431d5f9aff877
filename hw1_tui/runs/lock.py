"""A lock that its holder's death releases: how a run is known to be training, in this process or another."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

_PATIENCE = 0.5
"""Seconds that taking a lock waits: whoever only looks whether it is held holds it for an instant."""


class LockHeldError(Exception):
    """Someone else holds the lock."""


class Lock:
    """A lock on a file, held from ``Lock(path)`` until ``release`` or the end of the process.

    Args:
        path: the file; made where it is missing. It stays when the lock goes: removing it would let two hold it.

    Raises:
        LockHeldError: someone holds it, in this process or another.
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._file: int | None = None
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + _PATIENCE
        while not _try_lock(self._file):
            if time.monotonic() > deadline:
                self.release()
                raise LockHeldError(str(path))
            time.sleep(0.01)

    def release(self) -> None:
        """Let go; again does nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    __del__ = release


def is_held(path: Path) -> bool:
    """Return whether someone holds the lock on a file."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try_lock(file)
    finally:
        os.close(file)


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        # flock and not lockf: it belongs to the open file, so it tells two holders of one process apart.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
