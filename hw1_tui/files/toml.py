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
_LARGEST = 1 << 20
_LIMIT = 1 << 63
_WHOLE = "whole numbers of 64 bits"

_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_CURLY = "\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
_CURLY_TEXT = re.compile(f'[{_CURLY}]([^{_CURLY}"\\\\]*)[{_CURLY}]')
_PATH = re.compile(r"\"([^\"']*\\[^\"']*)\"")
_COLON = re.compile(r"\s*([\w-]+)\s*:\s*(\S.*)")
_NO_DIGIT = re.compile(r"([+-]?)(\.[0-9]+)")
_BARE = re.compile(rf"(?:{_NO_DIGIT.pattern}|[A-Za-z_/~.][\w./~-]*)(?=\s*(?:[,\]}}#]|$))")
_WORDS = ("true", "false")


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

    text = ""
    try:
        text = content.decode("utf-8-sig")  # editors of Windows begin a file with a mark of byte order
        record = tomllib.loads(text)
    except UnicodeDecodeError:
        raise MistakeError(Mistake(str(path), "is not a text in UTF-8")) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MistakeError(Mistake(str(path), f"is not TOML: {error}", nearest=_meant(text, str(error)))) from None
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise MistakeError(Mistake(str(path), "has a number that is far too long", _WHOLE)) from None
    if key := _oversized(record):
        raise MistakeError(Mistake(f"{path}, {key}", "is a number that is far too long", _WHOLE))
    return record


def _meant(text: str, error: str) -> str:
    """Return what was probably meant where TOML ends; an empty text where nothing is near.

    A value may be written as elsewhere: without quotation marks, or with those of a text program; with a capital; as a
    number that begins with its point; as a path with backslashes; after a colon.
    """
    if not (at := _AT.search(error)):
        return ""
    line = text.split("\n")[int(at[1]) - 1]
    rest = line[int(at[2]) - 1 :]
    if found := _PATH.search(line) if "\\" in line else _CURLY_TEXT.match(rest):
        return f"'{found[1]}'" if "\\" in line else f'"{found[1]}"'
    if "after a key" in error and (found := _COLON.fullmatch(line)):
        return f"{found[1]} = {found[2].strip()}"
    if "Invalid value" not in error or not (found := _BARE.match(rest)):
        return ""
    word = found[0]
    if number := _NO_DIGIT.fullmatch(word):
        return f"{number[1]}0{number[2]}"
    return word.lower() if word.lower() in _WORDS else f'"{word}"'


def toml_text(values: Mapping[str, Any]) -> str:
    """Return a table as TOML. TOML has no way to write a file name that is not UTF-8: its odd bytes become escapes."""
    import tomli_w  # not for the interface's first frame

    return _encodable(tomli_w.dumps(values))


def edited_toml(text: str, changes: Mapping[str, Any]) -> str:
    """Return TOML with other values of some keys, and all else as a person wrote it.

    Args:
        text: TOML.
        changes: the new values by key; one that is not there yet comes first, where no comment is taken for its own.
    """
    import tomlkit  # not for the interface's first frame

    document = tomlkit.parse(text)
    end = "\r\n" if "\r\n" in text else "\n"
    added = toml_text({name: value for name, value in changes.items() if name not in document})
    for name in document.keys() & changes.keys():
        document[name] = changes[name]
    return added.replace("\n", end) + _encodable(tomlkit.dumps(document))


def _encodable(text: str) -> str:
    return _NOT_ENCODED.sub(lambda match: f"\\\\x{ord(match[0]) & 0xFF:02x}", text)


def _oversized(value: Any, key: str = "") -> str:
    """Return the key of a whole number that TOML does not allow and no float can hold; empty for none."""
    if isinstance(value, dict):
        return next(filter(None, (_oversized(one, name) for name, one in value.items())), "")
    if isinstance(value, list):
        return next(filter(None, (_oversized(one, key) for one in value)), "")
    return key if isinstance(value, int) and not -_LIMIT <= value < _LIMIT else ""
