"""Writes data as JSON that no terminal obeys, no reader of lines breaks in two and any file takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_STEERING = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON may hold as it is, though terminals obey it, it turns the direction of text, or cannot be encoded."""


def json_text(record: Mapping[str, Any], *, indent: int | None = None, is_ascii: bool = False) -> str:
    """Return an object as JSON; letters of any script stay letters.

    Args:
        record: the object.
        indent: spaces for each level; one line by default.
        is_ascii: write those that ASCII lacks by their numbers, for a stream that has not all of them.

    Raises:
        ValueError: a number in it is not finite.
    """
    import json  # not for the interface's first frame

    text = json.dumps(record, allow_nan=False, ensure_ascii=is_ascii, indent=indent)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
