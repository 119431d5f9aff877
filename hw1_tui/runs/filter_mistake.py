"""What is wrong with the value of a term that cannot mean anything, with the nearest form that does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from hw1_tui.mistake import Mistake, nearest_name
from hw1_tui.numeral import meant_number
from hw1_tui.runs.filter_spelling import ORDERS, bare
from hw1_tui.runs.filter_vocabulary import Vocabulary, number_of, words_for

_FALSE = ("false", "no", "n", "0", "off", "none")
_ANY, _NONE = ("true", "yes", "any", "some", "*"), ("false", "no", "none", "null", "nothing", "-")
"""What people write for a value that is there, whatever it is, and for none."""
_DATE = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}([T ][0-9]{2}(:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?"
)
_FIRST_DAY = "2000-01-01"
"""What a year or a month is filled up with, to see whether there is such a date."""
_NEXT_TERM = re.compile(r"(.*?)[\s;,&|()\[\]{}]+(([A-Za-z_][A-Za-z0-9_]*)\s*(?:[!><]?=|[><~]).*)", re.DOTALL)
"""A value, what parts it from another term, that term and its name."""
_QUOTED = "“”„‘’«»`"
_WITH_UNIT = re.compile(r"(.*?)\s*(%|[A-Za-z]*)", re.DOTALL)
_UNITS = {"": 1, "s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "k": 1000}
_SHARE = "such as .5 or 50%"
_BARE_FRACTION = re.compile(r"^\s*([+-]?),(\d+\s*%?)$")
"""A fraction without its 0, with a comma for the point: ``,5``. Its comma is no sign around it, to be left out."""
_PADDED = re.compile("0[0-9]+")
"""A number of a list that is rather what follows the comma in one number."""


def value_mistakes(text: str, name: str, operator: str, operand: str, vocabulary: Vocabulary) -> Iterator[Mistake]:
    """Yield what is wrong with the value that a term compares with.

    Args:
        text: the term as it was written.
        name: the value of a run that it asks for.
        operator: how it compares.
        operand: what it compares with.
        vocabulary: what can be asked for.
    """
    if not operand:
        yield from _empty_mistakes(text, name, operator, vocabulary)
    elif operator == "~":
        return
    elif mistake := (
        _presence_mistake(text, name, operator, operand, vocabulary)
        or _next_term(text, name, operator, operand, vocabulary)
    ):
        yield mistake
    else:
        yield from _kind_mistakes(text, name, operator, operand, vocabulary)


def _empty_mistakes(text: str, name: str, operator: str, vocabulary: Vocabulary) -> Iterator[Mistake]:
    if operator not in ("=", "!="):
        yield Mistake(text, "has nothing to compare with", "such as val_accuracy>.5")
    elif vocabulary.is_never_empty(name):
        yield Mistake(text, f"no run is without {name}", f"{name}= and what is looked for")


def _presence_mistake(text: str, name: str, operator: str, operand: str, vocabulary: Vocabulary) -> Mistake | None:
    """Return the mistake of asking in words whether a run has a value, which the empty value does."""
    word, kind = operand.lower(), vocabulary.kinds.get(name, "")
    if word not in (*_ANY, *_NONE) or kind not in ("text", "number", "sizes") or vocabulary.is_never_empty(name):
        return None
    if operator in ORDERS or vocabulary.may_hold(name, operand):
        return None
    nearest = f"{name}=" if (word in _NONE) == (operator == "=") else f"{name}!="
    return Mistake(text, f"{name} is not true or false", f"{name}= for runs without, {name}!= for runs with", nearest)


def _kind_mistakes(text: str, name: str, operator: str, operand: str, vocabulary: Vocabulary) -> Iterator[Mistake]:
    kind = vocabulary.kinds.get(name, "")
    if kind == "number" and operator not in ORDERS and operand in words_for(name):
        return
    if kind == "date":
        yield from _date_mistakes(text, name, operator, operand)
    elif kind == "switch":
        yield from _switch_mistakes(text, name, operator, operand)
    elif operator in ORDERS and kind in ("text", "choice", "sizes"):
        yield Mistake(text, f"{name} has no order", "= != or ~", f"{name}={operand}")
    elif operator in ORDERS or kind in ("number", "sizes"):
        yield from _number_mistakes(text, name, operator, operand)
    elif kind == "choice":
        yield from _choice_mistakes(text, name, operator, operand, vocabulary)
    elif kind == "text":
        yield from _text_mistakes(text, name, operator, operand, vocabulary)


def _next_term(text: str, name: str, operator: str, operand: str, vocabulary: Vocabulary) -> Mistake | None:
    """Return the mistake of parting two terms with anything but a space, as far as the value cannot hold the second."""
    found = _NEXT_TERM.fullmatch(operand)
    if not found or not vocabulary.name(found[3]) or vocabulary.may_hold(name, operand):
        return None
    nearest = f"{name}{operator}{found[1]} {bare(found[2])}"
    return Mistake(text, "terms stand side by side, with a space between", "model=mlp engine=torch", nearest)


def _number_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    parts = _numbers_in(operand, operator)
    for i, part in enumerate(parts):
        value = number_of(part)
        if value is None or (i and _PADDED.fullmatch(part)):
            nearest = _meant_numbers(name, operator, operand)
            yield Mistake(text, f"{part!r} is not a number", "a number such as .5, 1e-3 or 50%", nearest)
            return
        if "accuracy" in name and value > 1:
            meant = _meant_number(name, operand) if len(parts) == 1 or parts[0] == "0" else ""
            yield Mistake(text, "an accuracy is a share, at most 1", _SHARE, meant and f"{name}{operator}{meant}")
            return


def _numbers_in(operand: str, operator: str) -> list[str]:
    return [operand] if operator in ORDERS else [part.strip() for part in operand.split(",")]


def _meant_numbers(name: str, operator: str, operand: str) -> str:
    """Return the term whose number, or numbers with commas between, a value that holds none was meant for."""
    operand = _BARE_FRACTION.sub(r"\g<1>0.\2", operand)
    parts = _numbers_in(bare(operand), operator)
    if not any(_PADDED.fullmatch(part) for part in parts[1:]):
        meant = [_meant_number(name, part) for part in parts]
    else:  # a comma within one number
        meant = [_meant_number(name, operand)]
    return f"{name}{operator}{','.join(meant)}" if all(meant) else ""


def _meant_number(name: str, operand: str) -> str:
    """Return the number, or share in percent, that a text was meant for; empty where none is near."""
    found = _WITH_UNIT.fullmatch(bare(operand))
    assert found  # noqa: S101 - it matches anything
    number, unit = found[1], found[2].lower()
    number = number if _is_number(number) else meant_number(number, _is_number)
    if number and not unit and "accuracy" in name and float(number) > 1:
        unit = "%"
    if not number or (unit == "%" and "accuracy" in name and float(number) > 100):
        return ""
    if unit == "%":
        return f"{number}%"
    factor = _UNITS.get(unit, 0)
    return number if factor == 1 else f"{float(number) * factor:.12g}" if factor else ""


def _is_number(text: str) -> bool:
    return number_of(text) is not None


def _date_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    if not _is_date(operand):
        yield Mistake(text, f"{operand!r} is not a date", "such as 2026-11-23, 2026-11-23T09:30, or 2026 for a year")
    elif operator in ("=", "!=") and len(operand) <= len(_FIRST_DAY):
        yield Mistake(text, "no run began at a day as a whole", "> >= < <= or ~", f"{name}~{operand}")


def _is_date(operand: str) -> bool:
    """Return whether there is such a year, month, day or moment, written so that a later one is the larger text."""
    try:
        datetime.fromisoformat(operand + _FIRST_DAY[len(operand) :])
    except ValueError:
        return False
    return bool(_DATE.fullmatch(operand))


def _switch_mistakes(text: str, name: str, operator: str, operand: str) -> Iterator[Mistake]:
    parts = [part.strip().lower() for part in operand.split(",")]
    if operator in ORDERS or any(part not in ("true", "false") for part in parts):
        value = "false" if parts[0] in _FALSE and operator not in ORDERS else "true"
        sign = operator if operator == "!=" else "="
        yield Mistake(text, f"{name} is true or false", "true, false", f"{name}{sign}{value}")


def _choice_mistakes(text: str, name: str, operator: str, operand: str, vocabulary: Vocabulary) -> Iterator[Mistake]:
    if vocabulary.may_hold(name, operand):
        return
    allowed = vocabulary.choices(name)
    known = {value.casefold(): value for value in allowed}
    strangers = [part.strip() for part in operand.split(",") if part.strip().casefold() not in known]
    if strangers:
        meant = [known.get(part) or nearest_name(part, known) for part in _parts(operand)]
        nearest = f"{name}{operator}{','.join(meant)}" if meant and all(meant) else ""
        problem = f"no run is {strangers[0]!r}" if name == "status" else f"there is no {name} {strangers[0]!r}"
        yield Mistake(text, problem, ", ".join(allowed), nearest)


def _text_mistakes(text: str, name: str, operator: str, operand: str, vocabulary: Vocabulary) -> Iterator[Mistake]:
    if operand[0] in _QUOTED and not vocabulary.may_hold(name, operand):
        quoted = f'{name}{operator}"{bare(operand)}"' if operand[-1] in _QUOTED else ""
        yield Mistake(text, f"{operand[0]} is no quotation mark here", f'{name}{operator}"several words"', quoted)


def _parts(operand: str) -> list[str]:
    """Return the values in text that may part them otherwise than with commas, or stand in brackets."""
    return [part.casefold() for part in re.split(r"[\s,;|/&+]+", bare(operand)) if bare(part)]
