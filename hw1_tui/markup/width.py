"""Text by the cells of a terminal that it takes: a letter of Chinese or Japanese takes two, an accent none.

An emoji may be made of several characters: a sign and what gives it two cells, a skin, a person joined to another. It
is counted as one, and never taken apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

_ELLIPSIS = "…"
_LONG_WORD = re.compile(r"[^\s/]{300,}")
"""Longer than any name of a file: a path, and a command to be copied, stays whole."""
_BEGINNING, _END = 80, 12
"""What is left of it: its end may say what follows, such as a quotation mark."""

_JOINER, _WIDENS = "\u200d", "\ufe0f"
_ON_SIGNS = f"\ufe0e{_WIDENS}\u20e3\U0001f3fb-\U0001f3ff"
"""What says how a sign is drawn: as a letter, a picture or a key, and in which colour of skin."""

_PIECE = re.compile(f".[{_ON_SIGNS}]*(?:{_JOINER}.[{_ON_SIGNS}]*)*", re.DOTALL)
_IN_SEVERAL = re.compile(f"[{_JOINER}{_ON_SIGNS}]")


def cell_width(text: str) -> int:
    """Return the number of cells that a text takes in a terminal."""
    return len(text) if text.isascii() else sum(cells for _, cells in _pieces(text))


def steady(text: str, measure: Callable[[str], int] = cell_width) -> str:
    """Return a text that takes the cells it is counted with in every terminal.

    Of an emoji made of several characters some terminals draw one picture and some each of them, in one cell or in two,
    and all that stands right of it moves. It loses what joins, colours and widens its signs; of these as many stay as
    there are cells for, and spaces fill them up.

    Args:
        text: one line.
        measure: how cells are counted.
    """
    if text.isascii() or not _IN_SEVERAL.search(text):
        return text
    return "".join(_steady_piece(piece, measure) for piece in _PIECE.findall(text))


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
    for piece, more in _pieces(text):
        cells += more
        if cells > width - 1:
            break
        kept += piece
    return kept + _ELLIPSIS * (width > 0)


def shorten_words(text: str) -> str:
    """Return a sentence in which no word goes on for pages; what lies between its beginning and its end is left out."""
    return _LONG_WORD.sub(lambda word: f"{word[0][:_BEGINNING]}...{word[0][-_END:]}", text)


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
        for piece, room in _pieces(word):
            if breaks_words and cells + room > width:  # spaces that leave no room are dropped
                lines += [line] if line.strip(" ") else []
                line, cells = (" " * indent, indent) if lines else ("", 0)
            line, cells = line + piece, cells + room
    return [*lines, line]


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Yield what is drawn as one, with its cells."""
    for piece in text if not _IN_SEVERAL.search(text) else _PIECE.findall(text):
        cells = _character_width(piece[0])
        yield piece, cells + (cells == 1 and piece[1:2] == _WIDENS and _is_sign(piece[0]))


def _is_sign(character: str) -> bool:
    return character in "#*0123456789‼⁉ℹ" or unicodedata.category(character) in ("So", "Sm")


def _steady_piece(piece: str, measure: Callable[[str], int]) -> str:
    is_spelling = _JOINER in piece and unicodedata.category(piece[0])[0] in "LM"  # of words, as in Hindi
    if is_spelling or not _IN_SEVERAL.search(piece):
        return piece
    width, kept = measure(piece), ""
    for character in _IN_SEVERAL.sub("", piece):
        if measure(kept + character) > width:
            break
        kept += character
    return kept + " " * (width - measure(kept))


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if "\U0001f3fb" <= character <= "\U0001f3ff":  # a skin, on the sign before it
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("F", "W") else 1
