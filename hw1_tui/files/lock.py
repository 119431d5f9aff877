"""A lock that its holder's death releases: how a run is known to be training, in this process or another.

On a file system without locks only this process can be told apart; that is said once.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from pathlib import Path

from hw1_tui.files.notice import say_once
from hw1_tui.files.regular import open_regular

_PATIENCE = 0.5
"""Seconds that taking a lock waits: whoever only looks whether it is held holds it for an instant."""

_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)

_guard = threading.Lock()
_held_here: set[tuple[int, int]] = set()
"""Device and inode of what this process holds where the file system has no locks."""


class LockHeldError(OSError):
    """Someone else holds the lock."""


class Lock:
    """A lock on a file, held from ``Lock(path)`` until ``release`` or the end of the process.

    Args:
        path: the file; made where it is missing. It stays when the lock goes: removing it would let two hold it.
        patience: seconds to wait for it.

    Raises:
        LockHeldError: someone holds it, in this process or another.
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        self._file: int | None = None
        self._file = open_regular(path, os.O_RDWR | os.O_CREAT)
        self._key: tuple[int, int] | None = None
        deadline = time.monotonic() + patience
        while not self._take():
            if time.monotonic() > deadline:
                self.release()
                raise LockHeldError(errno.EBUSY, "another program holds it", str(path))
            time.sleep(0.01)

    def _take(self) -> bool:
        assert self._file is not None  # noqa: S101 - it was just opened
        taken = try_lock(self._file)
        if taken is None:
            _tell_of_no_locks()
            key = _key(self._file)
            with _guard:
                taken = key not in _held_here
                _held_here.add(key)
            self._key = key if taken else None
        return taken

    def release(self) -> None:
        """Let go; again does nothing."""
        if self._file is not None:
            if self._key is not None:
                with _guard:
                    _held_here.discard(self._key)
            os.close(self._file)
            self._file = None

    __del__ = release


def is_held(path: Path) -> bool:
    """Return whether someone holds the lock on a file."""
    try:
        file = open_regular(path)  # not for writing: one may look at what one may not change
    except OSError:
        return False
    try:
        taken = try_lock(file, shared=True)
        if taken is None:
            _tell_of_no_locks()
            return _key(file) in _held_here
        return not taken
    finally:
        os.close(file)


def _key(file: int) -> tuple[int, int]:
    status = os.fstat(file)
    return status.st_dev, status.st_ino


def _tell_of_no_locks() -> None:
    say_once(
        "The file system of the history or the settings has no locks: hw1-tui cannot tell what other programs do "
        "there. Do not go on with, label or delete a run in two programs at once."
    )


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def try_lock(file: int, *, shared: bool = False) -> bool | None:
        """Lock an open file; return whether it could be, ``None`` where the file system has no locks."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBRLCK if shared else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(file: int, *, shared: bool = False) -> bool | None:
        """Lock an open file; return whether it could be, ``None`` where the file system has no locks."""
        # flock and not lockf: it belongs to the open file, so it tells two holders of one process apart.
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            return None
        return True
