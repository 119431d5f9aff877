"""A value of someone's file in words of that file: TOML and JSON have ``true`` where Python has ``True``."""

from __future__ import annotations

from datetime import date, time
from typing import Any

_LONGEST = 80
_DEEPEST = 3


def as_written(value: Any) -> str:
    """Return a value that TOML or JSON can hold as it is written there, on one line; the beginning of a long one."""
    text = _written(value, 0)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def as_name(value: Any) -> str:
    """Return what stands where a name should: a text as it is, what is none as it is written."""
    return value if isinstance(value, str) else as_written(value)


def _written(value: Any, depth: int) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, (date, time)):  # a moment is a date as well
        return value.isoformat()
    if isinstance(value, dict):
        if value and depth == _DEEPEST:
            return "{...}"
        few = list(value.items())[:_LONGEST]
        return f"{{{', '.join(f'{key} = {_written(one, depth + 1)}' for key, one in few)}}}"
    if isinstance(value, (list, tuple)):
        if value and depth == _DEEPEST:
            return "[...]"
        return f"[{', '.join(_written(one, depth + 1) for one in value[:_LONGEST])}]"
    return repr(value[: _LONGEST + 1] if isinstance(value, str) else value)
