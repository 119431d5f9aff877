"""Text by the cells of a terminal that it takes: a letter of Chinese or Japanese takes two, an accent none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_ELLIPSIS = "…"


def cell_width(text: str) -> int:
    """Return the number of cells that a text takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def pad(text: str, width: int, align: str = "<") -> str:
    """Return a text filled up with spaces to a number of cells; a longer one as it is.

    Args:
        text: what is to be filled up.
        width: cells.
        align: ``<`` puts the spaces after it, ``>`` before it.
    """
    spaces = " " * max(0, width - cell_width(text))
    return spaces + text if align == ">" else text + spaces


def shorten(text: str, width: int) -> str:
    """Return a text that takes at most so many cells; what is cut off is shown by an ellipsis."""
    if cell_width(text) <= width:
        return text
    kept, cells = "", 0
    for character in text:
        cells += _character_width(character)
        if cells > width - 1:
            break
        kept += character
    return kept + _ELLIPSIS * (width > 0)


def shorten_apart(texts: Sequence[str], width: int) -> list[str]:
    """Return texts that take at most so many cells each; those that would be cut to the same lose their beginnings."""
    cut = [shorten(text, width) for text in texts]
    alike = {one for one in cut if len({text for text, its in zip(texts, cut, strict=True) if its == one}) > 1}
    return [shorten(text[::-1], width)[::-1] if its in alike else its for text, its in zip(texts, cut, strict=True)]


def wrap(text: str, width: int, indent: int = 0, *, breaks_words: bool = True) -> list[str]:
    """Return a text as lines that take at most so many cells, broken at spaces; a longer word is broken anywhere.

    Args:
        text: one line.
        width: cells of a line; where a character takes more, the character stands alone.
        indent: cells before every line but the first.
        breaks_words: whether a longer word is broken; one to be copied stays whole, on a line of its own.
    """
    lines, line, cells, indent = [], "", 0, max(0, min(indent, width // 2, width - 2))
    for word in re.findall(r" *[^ ]+", text):
        if line.strip(" ") and cells + cell_width(word) > width:
            lines.append(line)
            line, cells, word = " " * indent, indent, word.lstrip()
        for character in word:
            room = _character_width(character)
            if breaks_words and cells + room > width and line.strip(" "):
                lines.append(line)
                line, cells = " " * indent, indent
            line, cells = line + character, cells + room
    return [*lines, line]


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("F", "W") else 1
