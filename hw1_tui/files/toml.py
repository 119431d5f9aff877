"""Reads a TOML file that a stranger wrote: every way in which it can be none becomes a mistake."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from hw1_tui.mistake import Mistake, MistakeError

_LARGEST = 1 << 20


def read_toml(path: Path, purpose: str) -> dict[str, Any]:
    """Return what a TOML file says.

    Args:
        path: the file.
        purpose: what it is too large for where it is, such as ``a run's configuration``.

    Raises:
        MistakeError: the file cannot be read or is not TOML.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise MistakeError(Mistake(str(path), f"cannot be read: {error.strerror}")) from None
    if len(content) > _LARGEST:
        raise MistakeError(Mistake(str(path), f"is too large for {purpose}", "at most 1 MiB"))
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise MistakeError(Mistake(str(path), "is not a text file in UTF-8")) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MistakeError(Mistake(str(path), f"is not TOML: {error}")) from None
