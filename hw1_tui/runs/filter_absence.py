"""Why a filter that can be understood lets no run through, with the nearest value that the history has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from hw1_tui.markup import shorten_words
from hw1_tui.mistake import nearest_name
from hw1_tui.runs.filter import WORD_FIELDS, Filter, Term
from hw1_tui.runs.filter_vocabulary import Vocabulary, number_of


def describe_absence(wanted: Filter, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a sentence on every term that holds for no run; empty where each holds for some.

    Args:
        wanted: the filter.
        rows: what the runs say of themselves, see ``RunRecord.as_dict``.
    """
    pairs = zip_longest(wanted.terms, wanted.terms[1:])
    absent = (_describe(term, rows, following) for term, following in pairs if not any(map(term.matches, rows)))
    return shorten_words(" ".join(absent))


def _describe(term: Term, rows: Sequence[Mapping[str, Any]], following: Term | None) -> str:
    if term.name and not term.operand:
        return f"No run {'is without' if term.operator == '=' else 'has a'} {term.name}."
    what = f"has {term.text}" if term.name else f"has {term.operand!r} in its identifier, name, tags, note or data"
    values = list(_values(rows, [term.name] if term.name else WORD_FIELDS))
    number = number_of(term.operand)
    if term.name and number is not None and (near := _nearest_number(values, number)):
        return f"No run {what}; the nearest is {near}."
    nearest = _nearest_text(term, [value for value in values if isinstance(value, str) and value])
    if not term.name and not nearest:
        nearest = _condition(term, following, Vocabulary(rows))
    return f"No run {what}{f' (did you mean {nearest}?)' if nearest else ''}."


def _condition(term: Term, following: Term | None, vocabulary: Vocabulary) -> str:
    """Return the condition that the name of a value, alone or before a word, was meant for; empty where it is none."""
    if not (name := vocabulary.name(term.text)):
        return ""
    if following and not following.name:
        meant = Term("", name, "=", following.operand)
        if not list(meant.mistakes(vocabulary)):
            return _written(f"{name}={following.operand}")
    return f"{name}!="


def _values(rows: Sequence[Mapping[str, Any]], names: Iterable[str]) -> Iterator[Any]:
    for value in (row.get(name) for name in names for row in rows):
        yield from value if isinstance(value, (list, tuple)) else (value,)


def _nearest_number(values: Iterable[Any], number: float) -> str:
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    return f"{min(numbers, key=lambda value: abs(value - number)):.6g}" if numbers else ""


def _nearest_text(term: Term, texts: Iterable[str]) -> str:
    """Return the term with the text that was probably meant: one that holds what was asked for, or looks like it."""
    sign = term.operator if term.operator in ("=", "~") else ""
    if term.name and not sign:
        return ""
    known = {text.casefold(): text for text in texts}
    asked = term.operand.casefold()
    if sign == "=" and any(asked in text for text in known):
        return _written(f"{term.name}~{term.operand}")
    meant = known.get(nearest_name(asked, known), "")
    return _written(f"{term.name}{sign}{meant}") if meant else ""


def _written(term: str) -> str:
    """Return a term in the quotation marks that it needs."""
    quote = "'" if '"' in term else '"'
    return f"{quote}{term}{quote}" if re.search(r"[\s'\"]", term) else term
