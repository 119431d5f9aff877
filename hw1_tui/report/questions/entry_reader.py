"""Reads one entry of a questions file; what is wrong is gathered, not raised."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

from hw1_tui.markup import as_written
from hw1_tui.mistake import Mistake, unknown_name
from hw1_tui.numeral import counted


class EntryReader:
    """The keys of one table of a TOML file.

    Each method returns a usable value, also where it adds a mistake.

    Args:
        entry: the table; anything, since strangers write these files.
        place: how the entry is named in mistakes.
        mistakes: where mistakes go.
        known: the keys that it may have.
    """

    def __init__(self, entry: Any, place: str, mistakes: list[Mistake], known: Sequence[str]) -> None:
        self.place = place
        self._mistakes = mistakes
        self._entry: Mapping[str, Any] = entry if isinstance(entry, dict) else {}
        if not isinstance(entry, dict):
            self.refuse("", "is not a table of keys and values")
        strangers = [key for key in self._entry if key not in known]
        mistakes.extend(unknown_name(f"{place}, {key}", "key", key, known) for key in strangers)

    def refuse(self, key: str, problem: str, allowed: str = "", nearest: str = "") -> None:
        """Add a mistake."""
        self._mistakes.append(Mistake(f"{self.place}, {key}" if key else self.place, problem, allowed, nearest))

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._entry

    def raw(self, key: str) -> Any:
        """Return what stands there; ``None`` for nothing."""
        return self._entry.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text on one line; one that is not empty where there is no default."""
        value = self._entry.get(key, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            value = on_one_line(value)
            if any(unicodedata.category(character) == "Cc" for character in value):
                self.refuse(key, f"{as_written(value)} has control characters in it")
            return value
        missing = "is missing" if value is None else "is empty" if isinstance(value, str) else ""
        self.refuse(key, missing or f"{as_written(value)} is not a text")
        return default or ""

    def choice(self, key: str, names: Collection[str], default: str | None = None, kind: str = "choice") -> str:
        """Return one of some names."""
        value = self.text(key, default)
        if value in names or value == default:
            return value
        if value:
            self._mistakes.append(unknown_name(f"{self.place}, {key}", kind, value, names))
        return default if default is not None else next(iter(names), "")

    def whole(self, key: str) -> int:
        """Return a whole number of at least 1."""
        value = self._entry.get(key)
        if _is_size(value):
            return value
        problem = "out of range" if isinstance(value, int) and not isinstance(value, bool) else "not a whole number"
        self.refuse(
            key, "is missing" if value is None else f"{as_written(value)} is {problem}", "a whole number from 1 on"
        )
        return 1

    def switch(self, key: str) -> bool:
        """Return a switch; off where it is missing."""
        value = self._entry.get(key, False)
        if isinstance(value, bool):
            return value
        self.refuse(key, f"{as_written(value)} is no switch", "true or false")
        return False

    def points(self) -> float:
        """Return what an entry is worth, a number from 0 on; 1 where it does not say."""
        value = self._entry.get("points", 1)
        if not number_list_problem([value], 1) and value >= 0:
            return float(value)
        problem = "out of range" if isinstance(value, (int, float)) and not isinstance(value, bool) else "not a number"
        self.refuse("points", f"{as_written(value)} is {problem}", "a number from 0 on")
        return 1.0

    def numbers(self, key: str, size: int | None = None, default: Sequence[float] | None = None) -> tuple[float, ...]:
        """Return a list of finite numbers, ``size`` of them."""
        value = self._entry.get(key, default)
        problem = "is missing" if value is None else number_list_problem(value, size)
        if problem:
            self.refuse(key, problem, "a list of numbers" if size is None else f"a list of {counted(size, 'number')}")
            return (0.0,) * (size or 0)
        return tuple(float(number) for number in value)

    def sizes(self, key: str, size: int) -> tuple[int, ...]:
        """Return a list of ``size`` whole numbers of at least 1."""
        value = self._entry.get(key)
        if isinstance(value, list) and len(value) == size and all(map(_is_size, value)):
            return tuple(value)
        problem = "is missing" if value is None else f"{as_written(value)} is not right"
        self.refuse(key, problem, f"a list of {size} whole numbers from 1 on")
        return (1,) * size

    def pairs(self, key: str, size: int) -> tuple[tuple[float, float] | None, ...]:
        """Return a list of ``size`` pairs of numbers, low and high, ``None`` for ``[]``; empty where it is missing."""
        value = self._entry.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and len(value) == size and all(pair == [] or _is_pair(pair) for pair in value):
            return tuple((float(pair[0]), float(pair[1])) if pair else None for pair in value)
        self.refuse(
            key, "is not right", f"a list of {size} pairs of numbers, the lower first, [] for what is not known"
        )
        return ()

    def names(self, key: str, names: Collection[str], kind: str, required: bool = True) -> tuple[str, ...]:
        """Return a list of names out of some."""
        value = self._entry.get(key, None if required else [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value) or (required and not value):
            self.refuse(key, "is missing" if value is None else f"{as_written(value)} is not a list of names")
            return ()
        given = [on_one_line(name) for name in value]
        strangers = [name for name in given if name not in names]
        self._mistakes.extend(unknown_name(f"{self.place}, {key}", kind, name, names) for name in strangers)
        if twice := sorted({name for name in given if given.count(name) > 1}):
            self.refuse(key, f"{', '.join(map(repr, twice))} is there twice")
        return tuple(name for name in given if name in names)

    def entries(self, key: str) -> list[Any]:
        """Return a list of entries of at least one."""
        value = self._entry.get(key)
        if isinstance(value, list) and value:
            return value
        self.refuse(key, "is missing" if value is None else "is not a list of entries")
        return []


def _is_size(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_pair(value: Any) -> bool:
    return not number_list_problem(value, 2) and bool(value[0] <= value[1])


def on_one_line(text: str) -> str:
    """Return a text without breaks of lines: some stand in tables, and each ends up in four formats."""
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def number_list_problem(value: Any, size: int | None) -> str:
    """Return what keeps a value from being a list of finite numbers; empty for nothing."""
    if not isinstance(value, (list, tuple)):
        return f"{as_written(value)} is not a list"
    for number in value:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            return f"{as_written(number)} is not a finite number"
    return "" if size is None or len(value) == size else f"has {counted(len(value), 'number')}"
