"""Tables as they are stored, and which of their columns is to be predicted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engines.contract import Array
from hw1_tui.data.class_name import folded_name
from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.numeral import meant_number

CLASS_NAMES = frozenset(("label", "labels", "class", "classes"))
"""What a column of classes is called; whole numbers in it are no numbers to predict."""

_TARGET_NAMES = CLASS_NAMES | {"target", "targets"}
_PIXEL = re.compile(r"(?:pixel|pix|px|p)[ _.-]?([0-9]{1,6})")
_PLACE = re.compile(r"(?:(?:pixel|pix|px|p)[ _.-]?)?([0-9]{1,4})[x_]([0-9]{1,4})")
_LONGEST_NAME = 40
MOST_MISTAKES = 10


class NoTargetError(MistakeError):
    """A table lacks the column that is to be predicted."""


@dataclass(frozen=True)
class Head:
    """What is known of a table before its rows are read.

    Attributes:
        place: the file's name, for mistakes.
        names: names of the columns; empty where it has none.
        width: how many columns it has.
        target: position of the column to predict.
        reason: why it is that one, in words that can stand in brackets.
        is_text: whether that column holds texts.
        found: what was found out about it, a sentence each.
    """

    place: str
    names: tuple[str, ...]
    width: int
    target: int
    reason: str
    is_text: bool
    found: tuple[str, ...] = ()

    @property
    def numeric(self) -> list[int]:
        """The positions of the columns of numbers."""
        return [column for column in range(self.width) if not (self.is_text and column == self.target)]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        head: what its columns are.
        numbers: what stands in the columns of numbers, float64 (n, n_numeric).
        texts: what stands in the target's column where that holds texts, (n,); ``None`` where it holds numbers.
    """

    head: Head
    numbers: Array
    texts: Array | None

    def __len__(self) -> int:
        return len(self.numbers)


def first_mistakes(place: str, mistakes: Sequence[Mistake]) -> list[Mistake]:
    """Return the first of what is wrong with a table, and that there is more where there is: it may be every line."""
    told = list(mistakes[:MOST_MISTAKES])
    more = Mistake(place, f"has more that is wrong; these are the first {MOST_MISTAKES}")
    return [*told, more] if len(mistakes) > MOST_MISTAKES else told


def column_place(names: Sequence[str], column: int) -> str:
    """Return what a column is called in mistakes: its number, and its name where it has one."""
    return f"column {column + 1}" + (f" ({_short(names[column])})" if names and names[column] else "")


def make_head(
    place: str, names: tuple[str, ...], width: int, texts: Mapping[int, str], wanted: str, line: str = ""
) -> Head:
    """Return what a table's columns are.

    The target is the column that is asked for; else the one that is called so, the only one beside pixels, the only
    one of texts, or the last.

    Args:
        place: the file's name.
        names: names of the columns; empty where it has none.
        width: how many columns it has.
        texts: the columns of texts, each with what was found there.
        wanted: name of the target, or its position, from 1; empty for the usual one.
        line: where the texts were found, such as ``, line 2``.

    Raises:
        NoTargetError: there is no such column.
        MistakeError: it cannot be told which is meant, or other columns hold texts too.
    """
    if width < 2:
        raise MistakeError(Mistake(place, "has one column", "one for each input and the target"))
    target, reason = _wanted(place, names, width, wanted) if wanted else _usual(place, names, width, texts)
    mistakes = [
        Mistake(
            f"{place}{line}, {column_place(names, column)}",
            f"{_short(cell)!r} is no number",
            "numbers; texts in the target's column alone, which --target names",
            meant_number(cell, lambda _: True),
        )
        for column, cell in texts.items()
        if column != target
    ]
    if mistakes:
        raise MistakeError(mistakes)
    return Head(place, names, width, target, reason, target in texts)


def _wanted(place: str, names: tuple[str, ...], width: int, wanted: str) -> tuple[int, str]:
    for name in (str, folded_name):
        found = [column for column, other in enumerate(names) if name(other) == name(wanted)]
        if len(found) == 1:
            return found[0], "as was asked for"
    if found:
        raise MistakeError(Mistake("target", f"{place} has more than one column {wanted!r}", f"a number, 1 to {width}"))
    if re.fullmatch("[0-9]{1,9}", wanted) and 1 <= int(wanted) <= width:
        return int(wanted) - 1, "as was asked for"
    if names:
        raise NoTargetError(unknown_name("target", "column", wanted, names))
    raise NoTargetError(Mistake("target", f"{place} has no column {wanted!r}: it names none", f"1 to {width}"))


def _usual(place: str, names: tuple[str, ...], width: int, texts: Mapping[int, str]) -> tuple[int, str]:
    if names:
        others = [column for column, name in enumerate(names) if not _is_pixel(name)]
        if not others:
            raise NoTargetError(Mistake(place, "has pixels alone, and no column to predict", "a column named label"))
        if len(others) == 1 < width - 1:
            return others[0], "the only column that is no pixel"
    called = [column for column, name in enumerate(names) if folded_name(name) in _TARGET_NAMES]
    if len(called) > 1:
        problem = f"has more than one column that can be the target: {', '.join(_short(names[c]) for c in called)}"
        last = names[called[-1]]
        is_unique = sum(folded_name(name) == folded_name(last) for name in names) == 1
        raise MistakeError(Mistake(place, problem, f"--target {last if is_unique else called[-1] + 1}"))
    if called:
        return called[0], "by its name"
    if len(texts) == 1:
        return next(iter(texts)), "the only column of texts"
    return width - 1, "the last column"


def _is_pixel(name: str) -> bool:
    return bool(_PIXEL.fullmatch(folded_name(name)) or _PLACE.fullmatch(folded_name(name)))


def pixel_shape(names: Sequence[str]) -> tuple[int, int] | tuple[()]:
    """Return (height, width) that names such as ``1x1`` to ``28x28`` say, (n, 1) of those that are numbered alone.

    Returns:
        Empty where the names are not those of all pixels in their order.
    """
    if places := [_PLACE.fullmatch(folded_name(name)) for name in names]:
        found = [(int(place[1]), int(place[2])) for place in places if place]
        if len(found) == len(names) and found[0] in ((0, 0), (1, 1)):
            start = found[0][0]
            height, width = (last - start + 1 for last in found[-1])
            expected = [(row + start, column + start) for row in range(height) for column in range(width)]
            return (height, width) if found == expected else ()
    numbers = [int(pixel[1]) for name in names if (pixel := _PIXEL.fullmatch(folded_name(name)))]
    is_whole = len(numbers) == len(names) and numbers[:1] in ([0], [1])
    return (len(names), 1) if is_whole and numbers == list(range(numbers[0], numbers[0] + len(numbers))) else ()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."
