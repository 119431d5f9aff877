"""Files that are there whole or not at all, whatever ends the program in between."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from hw1_tui.files.lock import try_lock
from hw1_tui.files.notice import say_once
from hw1_tui.files.regular import open_regular, read_regular
from hw1_tui.markup import json_text

PARTIAL = ".partial"
"""How the name of a file ends that is not yet what it will be; those of dead processes may be swept."""

_NAME_KEPT = 50
"""Letters of the file's own name in that of its partial: names may be 255 bytes long, the longest included."""

_OLD = 86400.0
"""Seconds after which nobody writes a file any more, where the file system has no locks that would tell."""

_LARGEST_JSON = 16 << 20

_UNSUPPORTED = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


def replace_file(path: Path, write: Callable[[BinaryIO], object], *, overwrite: bool = True) -> None:
    """Write a file beside ``path``, bring it to the disk, and put it in the place of ``path`` in one step.

    A file that is replaced hands its permissions on. What writers of the same file left who were killed is swept.

    Args:
        path: the file.
        write: writes its content.
        overwrite: whether to replace what is there by then.

    Raises:
        OSError: the disk does not take it, or something is there that is to stay; ``path`` is as it was.
    """
    sweep(path.parent, path.name)
    partial, descriptor = _begin(path)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            sync_file(file.fileno())
            if os.name == "posix":  # before it is closed: it is locked until it has its name
                _settle(partial, path, overwrite)
        if os.name != "posix":  # pragma: no cover
            _settle(partial, path, overwrite)
    except BaseException as error:
        with contextlib.suppress(OSError):  # what is told is why it was not written
            partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None
        raise
    sync_folder(path.parent)


def _begin(path: Path) -> tuple[Path, int]:
    """Make the temporary file for ``path``, locked so that nobody sweeps it; return it, open for writing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        partial = path.with_name(f"{path.name[:_NAME_KEPT]}.{os.urandom(4).hex()}{PARTIAL}")
        try:
            descriptor = os.open(partial, flags, 0o666)
        except OSError as error:
            error.filename = str(path)
            raise
        if os.name == "posix":
            try_lock(descriptor)
        if os.fstat(descriptor).st_nlink:
            return partial, descriptor
        os.close(descriptor)  # a sweeper was faster than the lock


def sweep(folder: Path, name: str | None = None) -> None:
    """Remove the temporary files in a folder whose writers were killed; those of writers at work stay.

    Args:
        folder: the folder.
        name: only those of the file of this name.
    """
    begins = ".+" if name is None else re.escape(name[:_NAME_KEPT])
    pattern = re.compile(begins + r"\.[0-9a-f]+(-[0-9]+)?" + re.escape(PARTIAL), re.DOTALL)
    with contextlib.suppress(OSError):
        for found in os.listdir(folder):  # noqa: PTH208 - names are enough
            if pattern.fullmatch(found):
                _remove_abandoned(folder / found)


def _remove_abandoned(partial: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = open_regular(partial, os.O_RDWR)
        try:
            status = os.fstat(descriptor)
            free = try_lock(descriptor) if os.name == "posix" else None
            if time.time() - status.st_mtime > _OLD if free is None else free:
                partial.unlink()
        finally:
            os.close(descriptor)


def _settle(partial: Path, path: Path, overwrite: bool) -> None:
    """Put a finished file in its place."""
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "it exists already")
    with contextlib.suppress(OSError):  # there was none, or the file system knows no permissions
        if path.is_file() and not path.is_symlink():
            partial.chmod(stat.S_IMODE(path.stat().st_mode))
    partial.replace(path)


def write_bytes(path: Path, content: bytes, *, overwrite: bool = True) -> None:
    """Write a file, atomically; see ``replace_file``."""
    replace_file(path, lambda file: file.write(content), overwrite=overwrite)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a dictionary as a file of JSON, atomically."""
    write_text(path, json_text(value, indent=2) + "\n")


def write_text(path: Path, text: str, *, overwrite: bool = True) -> None:
    """Write a file of text in UTF-8, atomically; see ``replace_file``. What cannot be encoded stands as an escape."""
    write_bytes(path, text.encode(errors="backslashreplace"), overwrite=overwrite)


def read_json(path: Path) -> dict[str, Any]:
    """Return the dictionary in a file of JSON; empty where the file is missing or is no such thing."""
    try:
        value = json.loads(read_regular(path, _LARGEST_JSON))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def sync_file(descriptor: int) -> None:
    """Bring an open file to the disk.

    Raises:
        OSError: the disk does not take it. A file system that cannot do it at all is told once and gone on with.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        _tell_of_no_sync("files", error)


def sync_folder(path: Path) -> None:
    """Bring the entries of a folder to the disk, where the file system can; that it cannot is said once.

    What the folder is to show it shows already: so this is no reason to call a change undone.
    """
    if os.name != "posix":
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        _tell_of_no_sync("folders", error)


def _tell_of_no_sync(what: str, error: OSError) -> None:
    say_once(
        f"This file system does not bring {what} to the disk at once ({error.strerror}): what is written outlasts the "
        "end of the program, but perhaps not a power cut."
    )
