"""Numbers as people type them: ASCII digits and nothing that Python alone takes for a number."""

from __future__ import annotations

import re

_LONGEST_SHOWN = 60
_WHOLE = re.compile(r"[+-]?[0-9]{1,400}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,400}\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_whole(text: str) -> int:
    """Return the whole number that a text is; Python would also take ``1_000``, spaces and other scripts' digits.

    Raises:
        ValueError: it is none, in words that can stand after the name of what it was given for.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a whole number")
    return int(text)


def read_number(text: str) -> float:
    """Return the finite number that a text is.

    Raises:
        ValueError: it is none, or none that a float can hold, in words as of ``read_whole``.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a number")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{_shown(text)} is too large for a number")
    if number == 0 and re.search("[1-9]", re.split("[eE]", text)[0]):
        raise ValueError(f"{_shown(text)} is too small to be told from 0")
    return number


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}...")


def counted(number: int, noun: str) -> str:
    """Return how many there are of something: ``1 run``, ``3,000 runs``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
