"""Writes data as JSON that no terminal obeys, no reader of lines breaks in two and any file takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

_STEERING = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON may hold as it is, though terminals obey it, it turns the direction of text, or cannot be encoded."""


def json_text(record: Mapping[str, Any], *, indent: int | None = None, is_ascii: bool = False) -> str:
    """Return an object as JSON; letters of any script stay letters, and numbers that are not finite are null.

    Args:
        record: the object.
        indent: spaces for each level; one line by default.
        is_ascii: write those that ASCII lacks by their numbers, for a stream that has not all of them.
    """
    import json  # not for the interface's first frame

    write = partial(json.dumps, allow_nan=False, ensure_ascii=is_ascii, indent=indent)
    try:
        text = write(record)
    except ValueError:  # JSON has no such numbers; they are rare, and looking at each takes longer than to write it
        text = write(_finite(record))
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _finite(value: Any) -> Any:
    """Return a value with ``None`` in place of each number in it that is not finite."""
    if isinstance(value, Mapping):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
