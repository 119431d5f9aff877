"""Words that begin with a dash and are no options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_SHIELD = "\0"
"""No word of a command line has it."""

_OTHERS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
"""Dashes that no keyboard has: what shows or sends text makes them of two that stand before an option."""


def meant_option(word: str) -> str:
    """Return a word that begins with a dash of another kind as an option would; an empty text for any other word."""
    return f"--{word.lstrip(f'{_OTHERS}-')}" if word.startswith(tuple(_OTHERS)) else ""


def is_negative_number(word: str) -> bool:
    """Return whether a word is a number below zero, or meant as one."""
    return re.match(r"-(\.?\d|inf|nan)", word, re.IGNORECASE) is not None


def shield(words: Sequence[str]) -> list[str]:
    """Return words of which none after ``--`` can be taken for an option: argparse reads twice, and then forgets it."""
    end = words.index("--") + 1 if "--" in words else len(words)
    return [*words[:end], *(f"{_SHIELD}{word}" if word.startswith("-") else word for word in words[end:])]


def unshield(given: Any) -> Any:
    """Return what argparse made of shielded words, a word, some or none, as it was given."""
    if isinstance(given, list):
        return [unshield(word) for word in given]
    return given.removeprefix(_SHIELD) if isinstance(given, str) else given
