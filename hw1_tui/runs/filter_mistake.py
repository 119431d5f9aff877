"""What is wrong with a term of a filter that cannot mean anything, with the nearest form that does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from hw1_tui.mistake import Mistake, nearest_name
from hw1_tui.numeral import read_number
from hw1_tui.runs.record import RESULTS, STATUSES

ORDERS = (">", "<", ">=", "<=")
_OPERATORS = ("=", "!=", *ORDERS, "~")
_FOREIGN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*([=!<>:][=!<>:~]+)\s*(.*)", re.DOTALL)
"""A name and a value with several signs between them; what begins with ~ may look for any text."""
_SPELLINGS = {"=>": ">=", "=<": "<=", "<>": "!=", "=!": "!=", "=~": "~"}
_COLON = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):(.+)", re.DOTALL)
_JOINING = {"and": "terms stand side by side and all must hold: model=mlp engine=torch",
            "or": "commas stand between the values of which one must hold: model=mlp,perceptron",
            "not": "model!=mlp holds for runs with another value, or none"}  # fmt: skip
_SIGNS = {"&&": "and", "&": "and", "||": "or", "|": "or"}
_FALSE = ("false", "no", "n", "0", "off", "none")
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ].*)?)?)?", re.DOTALL)

_TEXTS = ("run", "status", "name", "tags", "note", "parent", "model", "engine", "data", "reason")
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(RESULTS, "number"), **dict.fromkeys(_TEXTS, "text"), "starred": "switch", "created": "date",
}  # fmt: skip


def number_of(text: str) -> float | None:
    """Return a number as a filter writes it, where ``50%`` is .5; ``None`` where it is none."""
    try:
        return read_number(text[:-1]) / 100 if text.endswith("%") else read_number(text)
    except ValueError:
        return None


def kinds_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what each value of runs is: ``switch``, ``number``, ``sizes``, ``text`` or ``date``; empty if unknown."""
    kinds = dict(_KINDS)
    for row in rows:
        for name, value in row.items():
            if not kinds.get(name):
                kinds[name] = _kind(value)
    return kinds


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, (list, tuple)):
        return "sizes" if value and all(isinstance(one, int) for one in value) else ""
    return "text" if isinstance(value, str) else ""


def spelling_mistakes(words: Sequence[str]) -> Iterator[Mistake]:
    """Yield what is wrong with the words of a filter whatever runs there are."""
    for word in words:
        joining = _SIGNS.get(word, word.lower() if word.isupper() or len(words) > 1 else "")
        if joining in _JOINING:
            yield Mistake(word, "joins nothing here", _JOINING[joining])
        elif found := _FOREIGN.fullmatch(word):
            name, signs, value = found.groups()
            if signs not in _OPERATORS:
                sign = _SPELLINGS.get(signs[:2], next((one for one in signs if one in _OPERATORS), "="))
                yield Mistake(word, f"{signs} compares nothing", " ".join(_OPERATORS), f"{name}{sign}{value}")
        elif re.match(r"[=!<>]", word):
            yield Mistake(word, "does not say which value it asks for", "such as model=mlp or val_accuracy>.5")


def word_mistakes(word: str, kinds: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield what is wrong with a word alone that is meant as a condition."""
    colon = _COLON.fullmatch(word)
    if colon and colon[1] in kinds:
        yield Mistake(word, f"a colon compares nothing; it would look for {word!r} in names, tags and notes",
                      " ".join(_OPERATORS), f"{colon[1]}={colon[2]}")  # fmt: skip
    elif kinds.get(word) == "switch":
        yield Mistake(word, "is asked for by its value", "true or false", f"{word}=true")


def value_mistakes(text: str, name: str, operator: str, operand: str, kind: str) -> Iterator[Mistake]:
    """Yield what is wrong with the value that a term compares with.

    Args:
        text: the term as it was written.
        name: the value of a run that it asks for.
        operator: how it compares.
        operand: what it compares with.
        kind: see ``kinds_of``; empty where no run has such a value.
    """
    if not operand:
        if operator not in ("=", "!="):
            yield Mistake(text, "has nothing to compare with", "such as val_accuracy>.5")
    elif operator == "~":
        return
    elif kind == "date":
        yield from _date_mistakes(text, name, operator, operand)
    elif kind == "switch":
        yield from _switch_mistakes(text, name, operator, operand)
    elif operator in ORDERS and kind in ("text", "sizes"):
        yield Mistake(text, f"{name} has no order", "= != or ~", f"{name}={operand}")
    elif operator in ORDERS or kind in ("number", "sizes"):
        yield from _number_mistakes(text, name, operator, operand)
    elif name == "status":
        yield from _status_mistakes(text, name, operator, operand)


def _number_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    parts = [operand] if operator in ORDERS else [part.strip() for part in operand.split(",")]
    for part in parts:
        value = number_of(part)
        if value is None:
            yield Mistake(text, f"{part!r} is not a number", "a number such as .5, 1e-3 or 50%")
        elif "accuracy" in name and value > 1:
            near = f"{name}{operator}{operand}%" if len(parts) == 1 and value <= 100 else ""
            yield Mistake(text, "an accuracy is a share, at most 1", "such as .5 or 50%", near)


def _date_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    if not _DATE.fullmatch(operand):
        yield Mistake(text, f"{operand!r} is not a date", "such as 2026-11-23, or 2026 for a year")
    elif operator in ("=", "!=") and "T" not in operand:
        yield Mistake(text, "no run began at a day as a whole", "> < or ~", f"{name}~{operand}")


def _switch_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    parts = [part.strip().lower() for part in operand.split(",")]
    if operator in ORDERS or any(part not in ("true", "false") for part in parts):
        value = "false" if parts[0] in _FALSE and operator not in ORDERS else "true"
        sign = operator if operator == "!=" else "="
        yield Mistake(text, f"{name} is true or false", "true, false", f"{name}{sign}{value}")


def _status_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    allowed: Collection[str] = STATUSES
    for part in operand.split(","):
        if part.strip().lower() not in allowed:
            nearest = nearest_name(part.strip(), allowed)
            near = f"{name}{operator}{nearest}" if nearest else ""
            yield Mistake(text, f"no run is {part.strip()!r}", ", ".join(allowed), near)
