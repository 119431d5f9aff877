"""TOML: read from a file that a stranger wrote, every way in which it can be none being a mistake; and written."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hw1_tui.files.regular import open_regular
from hw1_tui.files.user_path import nearest_path
from hw1_tui.mistake import Mistake, MistakeError

_NOT_ENCODED = re.compile("[\ud800-\udfff]")
_ENTRY = re.compile(r"\s*[\w\"'-]+\s*=")
_LARGEST = 1 << 20
_LIMIT = 1 << 63
_WHOLE = "whole numbers of 64 bits"


def read_toml(path: Path, purpose: str) -> dict[str, Any]:
    """Return what a TOML file says.

    Args:
        path: the file.
        purpose: what it is too large for where it is, such as ``a run's configuration``.

    Raises:
        MistakeError: the file cannot be read or is not TOML.
    """
    try:
        with os.fdopen(open_regular(path, follow_link=True), "rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        nearest = nearest_path(path) if isinstance(error, FileNotFoundError) else ""
        raise MistakeError(Mistake(str(path), f"cannot be read: {error.strerror}", nearest=nearest)) from None
    if len(content) > _LARGEST:
        raise MistakeError(Mistake(str(path), f"is too large for {purpose}", "at most 1 MiB"))
    import tomllib  # with the first file: not for the interface's first frame

    try:
        # Editors of Windows begin a file with a mark of byte order.
        record = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise MistakeError(Mistake(str(path), "is not a text in UTF-8")) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MistakeError(Mistake(str(path), f"is not TOML: {error}")) from None
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise MistakeError(Mistake(str(path), "has a number that is far too long", _WHOLE)) from None
    if key := _oversized(record):
        raise MistakeError(Mistake(f"{path}, {key}", "is a number that is far too long", _WHOLE))
    return record


def toml_text(values: Mapping[str, Any]) -> str:
    """Return a table as TOML. TOML has no way to write a file name that is not UTF-8: its odd bytes become escapes."""
    import tomli_w  # not for the interface's first frame

    return _NOT_ENCODED.sub(lambda match: f"\\\\x{ord(match[0]) & 0xFF:02x}", tomli_w.dumps(values))


def edited_toml(text: str, changes: Mapping[str, Any]) -> str:
    """Return TOML with other values of keys that stand in no table, and all else as a person wrote it.

    Args:
        text: TOML.
        changes: the new values by key; one that is not there yet comes below the last.

    Returns:
        It; empty where the lines do not show where a value stands.
    """
    import tomllib

    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    for name, value in changes.items():
        tables = next((at for at, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
        entry = toml_text({name: value}).rstrip("\n")
        place = next((at for at in range(tables) if re.match(rf"\s*{re.escape(name)}\s*=", lines[at])), None)
        if place is None:
            at = 1 + max((at for at in range(tables) if _ENTRY.match(lines[at])), default=tables - 1)
            lines[at - 1 : at] = [line.rstrip("\r\n") + end for line in lines[at - 1 : at]]  # the last may have no end
            lines.insert(at, entry + end)
        else:
            lines[place] = f"{entry}{_remark(lines[place])}{end}"
    edited = "".join(lines)
    try:
        return edited if tomllib.loads(edited) == {**tomllib.loads(text), **changes} else ""
    except tomllib.TOMLDecodeError:
        return ""


def _remark(line: str) -> str:
    """Return the comment at the end of an entry, with the spaces before it; it begins where what is before is whole."""
    import tomllib

    for mark in re.finditer(r"[ \t]*#", line):
        try:
            tomllib.loads(line[: mark.start()])
        except tomllib.TOMLDecodeError:
            continue  # within a text
        return line[mark.start() :].rstrip("\r\n")
    return ""


def _oversized(value: Any, key: str = "") -> str:
    """Return the key of a whole number that TOML does not allow and no float can hold; empty for none."""
    if isinstance(value, dict):
        return next(filter(None, (_oversized(one, name) for name, one in value.items())), "")
    if isinstance(value, list):
        return next(filter(None, (_oversized(one, key) for one in value)), "")
    return key if isinstance(value, int) and not -_LIMIT <= value < _LIMIT else ""
