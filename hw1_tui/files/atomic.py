"""Files that are there whole or not at all, whatever ends the program in between."""

from __future__ import annotations

import errno
import itertools
import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

PARTIAL = ".partial"
"""How the name of a file ends that is not yet what it will be; those of dead processes may be swept."""

_NAME_KEPT = 50
"""Letters of the file's own name in that of its partial: names may be 255 bytes long, the longest included."""

_numbers = itertools.count()


def replace_file(path: Path, write: Callable[[BinaryIO], object], *, overwrite: bool = True) -> None:
    """Write a file beside ``path``, bring it to the disk, and put it in the place of ``path`` in one step.

    A file that is replaced hands its permissions on.

    Args:
        path: the file.
        write: writes its content.
        overwrite: whether to replace what is there by then.

    Raises:
        OSError: the disk does not take it, or something is there that is to stay; ``path`` is as it was.
    """
    partial = path.with_name(f"{path.name[:_NAME_KEPT]}.{os.getpid()}-{next(_numbers)}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _settle(partial, path, overwrite)
    except BaseException as error:
        with suppress(OSError):  # what is told is why it was not written
            partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None
        raise
    sync_folder(path.parent)


def _settle(partial: Path, path: Path, overwrite: bool) -> None:
    """Put a finished file in its place."""
    if not overwrite and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "it exists already")
    with suppress(OSError):  # there was none, or the file system knows no permissions
        if path.is_file() and not path.is_symlink():
            partial.chmod(stat.S_IMODE(path.stat().st_mode))
    partial.replace(path)


def write_bytes(path: Path, content: bytes, *, overwrite: bool = True) -> None:
    """Write a file, atomically; see ``replace_file``."""
    replace_file(path, lambda file: file.write(content), overwrite=overwrite)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a dictionary as a file of JSON, atomically."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str, *, overwrite: bool = True) -> None:
    """Write a file of text in UTF-8, atomically; see ``replace_file``."""
    write_bytes(path, text.encode(), overwrite=overwrite)


def read_json(path: Path) -> dict[str, Any]:
    """Return the dictionary in a file of JSON; empty where the file is missing or is no such thing."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def sync_folder(path: Path) -> None:
    """Bring the entries of a folder to the disk; does nothing where the system has no such thing."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
