"""Files that are there whole or not at all, whatever ends the program in between."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

PARTIAL = ".partial"
"""How the name of a file ends that is not yet what it will be; those of dead processes may be swept."""


def replace_file(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file beside ``path``, bring it to the disk, and put it in the place of ``path`` in one step.

    Raises:
        OSError: the disk does not take it; ``path`` is as it was.
    """
    partial = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    try:
        with partial.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a dictionary as a file of JSON, atomically."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file of text in UTF-8, atomically."""

    def write(file: BinaryIO) -> None:
        file.write(text.encode())

    replace_file(path, write)


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
