"""Names of classes: when two of them mean the same class."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hw1_tui.numeral import read_place

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
"""What often stands, in any case, where there is no value."""

_MOST_DIGITS = 18
"""Of a name that is a number: labels have 64 bits."""


def normal_name(name: str) -> str:
    """Return a name in the composed form of Unicode: file systems differ in the form that they give back."""
    return unicodedata.normalize("NFC", name)


def folded_name(name: str) -> str:
    """Return what two names have in common that differ in case only."""
    return normal_name(normal_name(name).casefold())


def find_class(name: str, classes: Sequence[str]) -> int | None:
    """Return the label of a class by its name: exact, else the only one that differs in case alone."""
    for key in (normal_name, folded_name):
        found = [label for label, other in enumerate(classes) if key(other) == key(name)]
        if len(found) == 1:
            return found[0]
    return None


def read_class(text: str, classes: Sequence[str]) -> int | None:
    """Return the label of a class by its name, see ``find_class``, else by its number, counted from 0."""
    label = find_class(text, classes)
    return read_place(text, len(classes)) if label is None else label


def numbered_names(n_classes: int) -> tuple[str, ...]:
    """Return what classes are called that have no names."""
    return tuple(f"class {label}" for label in range(n_classes))


def are_numbered(classes: Sequence[str]) -> bool:
    """Return whether classes have no names of their own."""
    return tuple(classes) == numbered_names(len(classes))


def numbers_of(classes: Sequence[str]) -> Sequence[int] | None:
    """Return the numbers that classes have for names, as labels without names are called; ``None`` for others."""
    if are_numbered(classes):
        return range(len(classes))
    is_number = all(name.isascii() and name.isdecimal() and len(name) <= _MOST_DIGITS for name in classes)
    return tuple(map(int, classes)) if is_number else None
