"""Files that are files: no link that leads elsewhere, no FIFO that waits for ever, no device."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_CAREFUL = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: Path, flags: int = os.O_RDONLY, *, follow_link: bool = False) -> int:
    """Open a regular file; return its descriptor.

    Args:
        path: the file.
        flags: as for ``os.open``.
        follow_link: whether it may be a link to one, as what a user names may be.

    Raises:
        OSError: it cannot be opened, or is something else, which its ``strerror`` then names.
    """
    try:
        descriptor = os.open(path, flags | _CAREFUL | (0 if follow_link else _NO_LINK), 0o666)
    except OSError as error:
        found = _mode(path, follow_link=follow_link)
        if found is None or stat.S_ISREG(found):
            raise
        raise _refusal(path, found, error.errno or errno.EINVAL) from None
    except ValueError as error:  # a name that no file can have
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise _refusal(path, mode, errno.EINVAL)
    return descriptor


def _refusal(path: Path, mode: int, number: int) -> OSError:
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    return OSError(number, f"it is {kind}, not a file", str(path))


def read_regular(path: Path, most: int) -> bytes:
    """Return the content of a regular file.

    Args:
        path: the file.
        most: bytes that it may have.

    Raises:
        OSError: it cannot be read, is something else, or is larger.
    """
    with os.fdopen(open_regular(path), "rb") as file:
        if os.fstat(file.fileno()).st_size <= most and len(content := file.read(most + 1)) <= most:
            return content
    raise OSError(errno.EFBIG, f"it is larger than {most:,} bytes", str(path))


def check_regular(path: Path) -> None:
    """See that a file, where there is one, is a regular one, without opening it.

    To open and close a file that SQLite has open would let go of SQLite's locks.

    Raises:
        OSError: it is something else.
    """
    mode = _mode(path)
    if mode is not None and not stat.S_ISREG(mode):
        raise _refusal(path, mode, errno.EINVAL)


def check_own_folder(path: Path) -> None:
    """See that a folder, where there is one, is no link that leads elsewhere.

    Raises:
        OSError: it is a link, or no folder.
    """
    mode = _mode(path)
    if mode is not None and not stat.S_ISDIR(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "a file")
        raise OSError(errno.ENOTDIR, f"it is {kind}, not a folder", str(path))


def _mode(path: Path, *, follow_link: bool = False) -> int | None:
    try:
        return path.stat(follow_symlinks=follow_link).st_mode
    except FileNotFoundError:
        return None
