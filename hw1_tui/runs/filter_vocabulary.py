"""What the terms of a filter can ask for: the values that a run has by name, their kinds, and what they can be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engines import registry
from hw1_tui.mistake import named_in_short, nearest_name
from hw1_tui.numeral import read_number
from hw1_tui.runs.record import SIZES, STATUSES, result_names
from hw1_tui.settings import TABLE

ALIASES = {"tag": "tags", "star": "starred", "id": "run"}
_ALWAYS = ("run", "created", "status", "name", "tags", "note", "starred", "parent", "sweep", "model", "engine", "data")

_NEVER_EMPTY = ("run", "created", "status", "starred")
_GIVEN = ("model", "engine", "data")
"""What every run has whose folder is not damaged."""

_OTHER_WORDS = {
    **dict.fromkeys(("when", "date", "day", "began", "started"), "created"),
    **dict.fromkeys(("time", "duration", "took"), "seconds"),
}
"""What values are called elsewhere, as at the head of the list on the screen: no letters tell what is meant."""

_KINDS = {"integer": "number"}
_TEXTS = ("run", "name", "tags", "note", "parent", "sweep", "data", "reason", "steered", "fingerprint")


def value_name(given: str) -> str:
    """Return the name of a value that may be given in short or, as an option is, with dashes."""
    return ALIASES.get(given, given.replace("-", "_"))


def always_there() -> tuple[str, ...]:
    """Return the values that are asked for in every history, whatever its runs were trained with."""
    return (*_ALWAYS, *result_names())


def _static_kinds() -> dict[str, str]:
    return {
        **dict.fromkeys((*result_names(), *SIZES, "parent_epoch"), "number"),
        **dict.fromkeys(_TEXTS, "text"),
        **dict.fromkeys(("status", "model", "engine"), "choice"),
        "starred": "switch",
        "created": "date",
        **{name: _KINDS.get(entry.kind, entry.kind) for name, entry in TABLE.items()},
    }


def words_for(name: str) -> tuple[str, ...]:
    """Return the words that a number of such a name may be in place of one, such as ``auto``."""
    return TABLE[name].choices if name in TABLE else ()


def number_of(text: str) -> float | None:
    """Return a number as a filter writes it, where ``50%`` is .5; ``None`` where it is none."""
    try:
        return read_number(text[:-1]) / 100 if text.endswith("%") else read_number(text)
    except ValueError:
        return None


def nearest_value(given: str, names: Iterable[str]) -> str:
    """Return the name of a value that was probably meant, which may be given in short, such as ``lr`` or ``val_acc``.

    Of several that the beginnings of their words fit, one of the validation split comes first, then the shortest.
    """
    names, words = list(names), given.lower().replace("-", "_").split("_")
    if (name := _OTHER_WORDS.get(given.lower(), "")) in names:
        return name
    if short := named_in_short(given, names):
        return short
    fitting = [name for name in names if len(given) > 1 and _begin(words, name.split("_"))]
    return min(fitting, key=lambda name: (not name.startswith("val_"), len(name)), default=nearest_name(given, names))


def _begin(given: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether each word that was given begins one of a name's, in their order."""
    rest = iter(words)
    return all(any(word.startswith(start) for word in rest) for start in given)


class Vocabulary:
    """The names and values that a filter can ask for.

    Args:
        rows: what the runs say of themselves, see ``RunRecord.as_dict``; ``None`` while nobody has looked, when no
            value is known not to be there.

    Attributes:
        kinds: of every value by its name: ``number``, ``switch``, ``sizes``, ``choice``, ``text`` or ``date``; empty
            where no run says it.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        self._rows = rows
        self.kinds = _static_kinds()
        for row in rows or ():
            for name, value in row.items():
                if not self.kinds.get(name):
                    self.kinds[name] = _kind(value)

    def name(self, given: str) -> str:
        """Return the name of a value as runs have it, which may be given in other letters; empty for none."""
        name = value_name(given.strip().lower().replace(" ", "_"))
        return name if name in self.kinds else ""

    def nearest(self, given: str, value: str) -> str:
        """Return the name that was probably meant, as far as a value may be compared with it; empty for none."""
        name = nearest_value(given.replace(" ", "_"), self.kinds)
        return name if name and self.reads(name, value) else ""

    def is_never_empty(self, name: str) -> bool:
        """Return whether every run has a value of that name."""
        seen = self._rows or ()
        return name in _NEVER_EMPTY or (name in _GIVEN and bool(seen) and all(row.get(name) for row in seen))

    def choices(self, name: str) -> tuple[str, ...]:
        """Return what a value of a closed set can be: what the program knows, and what runs of the history have."""
        kept = dict.fromkeys(value for value in self._values(name) if isinstance(value, str) and value)
        return tuple(dict.fromkeys([*_known_choices(name), *kept]))

    def may_hold(self, name: str, text: str) -> bool:
        """Return whether a run has a text, whatever its case; where nobody has looked, whether one could."""
        if self._rows is None:
            return self.kinds.get(name, "text") in ("text", "choice", "")
        text = text.casefold()
        return any(isinstance(value, str) and value.casefold() == text for value in self._values(name))

    def reads(self, name: str, text: str) -> bool:
        """Return whether a text is a value of such a name, as far as its kind says so; free text is not told apart."""
        kind = self.kinds[name]
        if kind == "choice":
            return text.casefold() in map(str.casefold, self.choices(name))
        if kind == "switch":
            return text.casefold() in ("true", "false")
        return kind in ("number", "sizes") and number_of(text) is not None

    def _values(self, name: str) -> Iterable[Any]:
        for row in self._rows or ():
            value = row.get(name)
            yield from value if isinstance(value, (list, tuple)) else (value,)


def _known_choices(name: str) -> Iterable[str]:
    if name == "status":
        return STATUSES
    if name == "engine":
        return registry.names()
    if name == "model":
        return dict.fromkeys(model for engine in registry.names() for model in registry.get(engine).models())
    return TABLE[name].choices


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "switch"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, (list, tuple)):
        return "sizes" if value and all(isinstance(one, int) for one in value) else ""
    return "text" if isinstance(value, str) else ""
