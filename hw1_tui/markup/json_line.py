"""Writes data as one line of JSON that no terminal obeys and no reader of lines breaks in two."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_STEERING = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON may hold as it is, though terminals obey it, it turns the direction of text, or cannot be encoded."""


def json_line(record: Mapping[str, Any]) -> str:
    """Return an object as one line of JSON; letters of any script stay letters.

    Raises:
        ValueError: a number in it is not finite.
    """
    text = json.dumps(record, allow_nan=False, ensure_ascii=False)
    return _STEERING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
