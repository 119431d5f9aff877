"""Shows text that is not ours so that a terminal prints it and obeys nothing in it."""

from __future__ import annotations

import math
import re
import unicodedata

from hw1_tui.markup.words import join_words

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that command a terminal, turn the direction of text, or cannot be encoded."""

_JOINERS = frozenset("\u200c\u200d")
"""Belong to the spelling of words and of emoji, and command nothing."""

_FORMULA = ("=", "+", "-", "@")
"""How a formula begins in a spreadsheet."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
"""A text that a spreadsheet takes for a number, as the name of a class may be: it computes nothing."""


def visible(text: str, *, keep_lines: bool = False) -> str:
    r"""Return text without anything that steers a terminal; an escape such as ``\x1b`` stands in its place.

    Args:
        text: anything, such as a name, a path that is not UTF-8, or what a library said.
        keep_lines: whether line ends stay, for text of several lines; tabs then become spaces.
    """
    if text.isascii() and text.isprintable():  # nearly all text there is
        return text
    return "".join(_shown(character, keep_lines) for character in text)


def is_visible(text: str) -> bool:
    """Return whether a text is shown as it is: nothing in it steers a terminal, or cannot be encoded.

    Python's own ``isprintable`` is stricter: it knows no joiner, by which Persian and emoji are spelled, no space that
    keeps words together, and no character that is younger than Python.
    """
    return visible(text) == text


def csv_cell(value: object) -> object:
    """Return what a cell of CSV holds for a value: a text without what steers a terminal, anything else as it is.

    A number that is not finite is none, as in JSON. A text that begins like a formula gets an apostrophe before it, as
    spreadsheets would compute, or run, a name; the class -1 is itself. Sizes of layers stand as an option takes them.
    """
    if isinstance(value, (list, tuple)):
        has_texts = any(isinstance(one, str) for one in value)
        value = join_words(map(str, value)) if has_texts else ",".join(map(str, value))
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if not isinstance(value, str):
        return value
    text = "\t".join(visible(part, keep_lines=True) for part in value.split("\t"))  # a file's name is to be found again
    is_formula = text.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _shown(character: str, keep_lines: bool) -> str:
    if keep_lines and character in "\n\t":
        return "\n" if character == "\n" else "    "
    if character in _JOINERS or unicodedata.category(character) not in _UNSEEN:
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is no UTF-8, as Python keeps it
        return f"\\x{code - 0xDC00:02x}"
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    return named or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
