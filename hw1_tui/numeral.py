"""Numbers as people type them: ASCII digits and nothing that Python alone takes for a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

_LONGEST_SHOWN = 60
_LARGEST_EXACT = 2.0**53
_WHOLE = re.compile(r"[+-]?[0-9]{1,400}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,400}\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PARTED = re.compile(r"(?<=[0-9])[_' ’](?=[0-9])")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")


def read_whole(text: str) -> int:
    """Return the whole number that a text is; Python would also take ``1_000``, spaces and other scripts' digits.

    Raises:
        ValueError: it is none, in words that can stand after the name of what it was given for.
    """
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{_shown(text)} is not a whole number")
    return int(text)


def read_place(text: str, n: int) -> int | None:
    """Return the place among n, counted from 0, that a text says; ``None`` where it says none."""
    try:
        place = read_whole(text)
    except ValueError:
        return None
    return place if 0 <= place < n else None


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


def number_problem(text: str, read: Callable[[str], object] = read_whole) -> str:
    """Return why a text is not taken for a number, to stand as in ``read_whole``: it is none, or else out of range.

    Args:
        text: what was given.
        read: what reads such a number.
    """
    try:
        read(text)
    except ValueError as error:
        return str(error)
    return f"{text!r} is out of range"


_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smh])")


def read_duration(text: str) -> float:
    """Return the seconds of a time such as ``90s``, ``20m`` or ``1h30m``.

    Raises:
        ValueError: it is none, in words as of ``read_whole``.
    """
    parts = _DURATION.findall(text)
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if not parts or "".join(map("".join, parts)) != text or not seconds:
        raise ValueError(f"{_shown(text)} is not a time")
    return seconds


def meant_number(text: str, is_right: Callable[[str], bool]) -> str:
    """Return the number that a text which is not right was probably meant for; empty where none is near.

    Thousands may be parted, a comma may stand for the point, digits may be of another script, a share may be in per
    cent, and a whole number may be written as others are: ``1e3``.

    Args:
        text: what was typed.
        is_right: whether a number, as ``read_number`` takes it, is allowed there.
    """
    return next(filter(is_right, _meant(text)), "")


def _meant(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text.strip()).replace("\N{MINUS SIGN}", "-")
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in _PARTED.sub("", plain))
    meant = [plain.replace(",", "")] if _THOUSANDS.fullmatch(plain) else []
    meant += [plain, plain.replace(",", ".", 1)]
    if plain.endswith("%") and _NUMBER.fullmatch(share := plain[:-1].replace(",", ".", 1)):
        meant.append(f"{float(share) / 100:.12g}")
    for number in filter(_NUMBER.fullmatch, dict.fromkeys(meant)):
        if number != text:
            yield number
        if len(number) < _LONGEST_SHOWN and abs(float(number)) < _LARGEST_EXACT and float(number).is_integer():
            yield str(int(float(number)))


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}...")


def percent(share: float, digits: int = 0) -> str:
    """Return a share in per cent; what is neither none nor all is never rounded to 0% or 100%: ``<1%``, ``>99%``."""
    text, none, every = (f"{of:.{digits}%}" for of in (share, 0.0, 1.0))
    least = 10.0**-digits
    if share > 0 and text == none:
        return f"<{least:.{digits}f}%"
    return f">{100 - least:.{digits}f}%" if share < 1 and text == every else text


def counted(number: int, noun: str) -> str:
    """Return how many there are of something: ``1 run``, ``3,000 runs``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
