"""The language in which runs are looked for: ``model=mlp val_accuracy>.5 tag=report``.

Terms stand side by side and all must hold:

    learning_rate=0.1        equal; a number to the digits given, a name in whole, one of a list of tags
    data=mine.npz            the end of a path, in whole names: however that file was named when a run began
    model=mlp,perceptron     one of several
    model!=mlp               not equal; holds for runs without such a value too
    val_accuracy>.5          < <= > >=; 50% is .5
    note~dropout             contains, whatever the case
    created>=2026-11-23      a year, a month, a day or a moment of this time zone, all of which belongs to it
    hidden_sizes=200,100     the sizes of all layers; or of any one: hidden_sizes=200
    starred=true             true or false; an empty value is none: parent=
    dropout                  a word alone: in the identifier, name, tags, note, model, engine, data or status

What holds a space is quoted: ``name="first try"``. Names are those of hyperparameters and metrics, see
``RunRecord.as_dict``, or have dashes as options have: ``hidden-sizes=200``; ``tag`` stands for ``tags``.
"""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from hw1_tui.mistake import Mistake, MistakeError, unknown_name
from hw1_tui.moment import moment_here
from hw1_tui.runs.filter_mistake import value_mistakes
from hw1_tui.runs.filter_spelling import misspelt
from hw1_tui.runs.filter_vocabulary import (
    Vocabulary,
    always_there,
    nearest_value,
    number_of,
    value_name,
    words_for,
)
from hw1_tui.runs.record import RunRecord
from hw1_tui.settings import NAMED_DATA

_MOMENT = "created"
_TERM = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*(!=|>=|<=|=|>|<|~)(.*)", re.DOTALL)
_DASHED = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)+(?=\s*[=!<>~])")
WORD_FIELDS = ("run", "name", "tags", "note", "model", "engine", "data", "status")
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


@dataclass(frozen=True)
class Term:
    """One condition.

    Attributes:
        text: as it was written.
        name: the value that it asks for; empty for a word alone.
        operator: how it compares.
        operand: what it compares with.
    """

    text: str
    name: str
    operator: str
    operand: str

    def mistakes(self, vocabulary: Vocabulary) -> Iterable[Mistake]:
        """Return why it cannot mean anything, as far as is known what can be asked for; nothing where it can."""
        if not self.name:
            return ()
        if self.name not in vocabulary.kinds:
            return [self._unknown(vocabulary)]
        return value_mistakes(self.text, self.name, self.operator, self.operand, vocabulary)

    def _unknown(self, vocabulary: Vocabulary) -> Mistake:
        """Return the mistake of asking for a value that no run has, with the whole term that was probably meant."""
        mistake = unknown_name(self.text, "value", self.name, vocabulary.kinds)
        if not (name := nearest_value(self.name, vocabulary.kinds)):
            return mistake
        wrong = value_mistakes(self.text, name, self.operator, self.operand, vocabulary)
        nearest = next((found.nearest for found in wrong if found.nearest), f"{name}{self.operator}{self.operand}")
        return replace(mistake, nearest=nearest)

    def matches(self, values: Mapping[str, Any], data_path: str = "") -> bool:
        """Return whether a run's values fulfil it.

        Args:
            values: what the run says of itself, see ``RunRecord.as_dict``.
            data_path: where its data was when it began, since one file is named in many ways: a sweep writes its
                whole path, a command what was typed.
        """
        if not self.name:
            return any(self.operand.casefold() in _text(values.get(name)).casefold() for name in WORD_FIELDS)
        value = values.get(self.name)
        if self.name == _MOMENT and isinstance(value, str) and value:
            return _is_then(value, self.operator, self.operand)
        if self.name == "data" and self.operator in ("=", "!=") and _ends_in(data_path, self.operand):
            return self.operator == "="
        if self.operator == "!=":
            return not _equals(value, self.operand)
        if value is None:
            return self.operator == "=" and not self.operand
        if self.operator == "=":
            return _equals(value, self.operand)
        if self.operator == "~":
            return self.operand.casefold() in _text(value).casefold()
        return value not in words_for(self.name) and _compare(value, self.operator, self.operand)


@dataclass(frozen=True)
class Filter:
    """Conditions that must all hold."""

    terms: tuple[Term, ...] = ()

    def matches(self, record: RunRecord) -> bool:
        """Return whether a run fulfils it."""
        if not self.terms:
            return True
        values, data_path = record.as_dict(), str(record.facts.get("data_path") or "")
        return all(term.matches(values, data_path) for term in self.terms)

    def check(self, records: Iterable[RunRecord]) -> None:
        """See that every term asks for a value that runs have, and compares it with one that there can be.

        Raises:
            MistakeError: with every term that cannot mean anything.
        """
        vocabulary = Vocabulary([record.as_dict() for record in records] if self.terms else ())
        if mistakes := [mistake for term in self.terms for mistake in term.mistakes(vocabulary)]:
            raise MistakeError(mistakes)


def parse_filter(text: str) -> Filter:
    """Read a filter.

    Raises:
        MistakeError: with every term that cannot be understood.
    """
    try:
        words = split_words(text)
    except ValueError:
        raise MistakeError(Mistake(text, "a quotation mark is not closed", nearest=_closed(text))) from None
    words = [_undashed(word) for word in words]
    terms = [_parse_term(word) for word in words]
    found, vocabulary = misspelt(words), Vocabulary()
    mistakes = list(found.values())
    for i, term in enumerate(terms):
        if i not in found and term.name in vocabulary.kinds:  # others wait for what the runs say of themselves
            mistakes += term.mistakes(vocabulary)
    if mistakes:
        raise MistakeError(mistakes)
    return Filter(tuple(terms))


def split_words(text: str) -> list[str]:
    """Return the words of a filter without their quotation marks; a backslash is a letter like any other.

    Raises:
        ValueError: a quotation mark is not closed.
    """
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
    return list(lexer)


def _closed(text: str) -> str:
    """Return a filter whose last quotation mark is alone with that one closed, or taken for the apostrophe it is."""
    for meant in (text.replace('"', ""), re.sub(r"(\S*'\S*)", r'"\1"', text.replace('"', ""))):
        with contextlib.suppress(ValueError):
            if split_words(meant):
                return meant
    return ""


def check_spelling(words: Sequence[str]) -> None:
    """See that no word outside a filter reads like a condition that is none, such as ``model == mlp``.

    Raises:
        MistakeError: with every such word.
    """
    if found := misspelt([_undashed(word) for word in words]):
        raise MistakeError(found.values())


def is_condition(word: str) -> bool:
    """Return whether a word is a condition such as ``model=mlp``, and not a word alone."""
    return _TERM.fullmatch(_undashed(word)) is not None


def _undashed(word: str) -> str:
    """Return a condition on a value whose name has dashes, as options have, with its own; else the word."""
    match = _DASHED.match(word)
    name = value_name(match[0]) if match else ""
    return name + word[match.end() :] if match and name in Vocabulary().kinds else word


def _parse_term(word: str) -> Term:
    match = _TERM.fullmatch(word)
    if match is None:
        return Term(word, "", "", word)
    name, operator, operand = match.groups()
    return Term(word, value_name(name), operator, operand.strip())


def _known_names(records: Iterable[RunRecord]) -> list[str]:
    names = dict.fromkeys(always_there())
    for record in records:
        names.update(dict.fromkeys(record.as_dict()))
    return list(names)


def _text(value: Any) -> str:
    """Return a value as one would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ",".join(map(_text, value))
    return str(value)


def _equals(value: Any, operand: str) -> bool:
    """Return whether a value, or one of a list, is the operand or one of those that commas separate in it."""
    if _text(value) == operand:
        return True
    if isinstance(value, (list, tuple)) and operand.casefold() in (_text(single).casefold() for single in value):
        return True  # a tag may have a comma in it
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], int) and "," in operand:
        return False  # the sizes of layers are themselves written with commas
    values: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value]
    return any(_is(single, option.strip()) for single in values for option in operand.split(","))


def _ends_in(path: str, operand: str) -> bool:
    """Return whether a path ends in one of those that commas separate; a folder ``digits`` is not the digits."""
    parts = PurePath(path.casefold()).parts
    for option in (operand, *operand.split(",")):
        wanted = PurePath(option.strip().casefold()).parts
        if wanted and option.strip() not in NAMED_DATA and parts[-len(wanted) :] == wanted:
            return True
    return False


def _is_then(created: str, operator: str, operand: str) -> bool:
    """Return whether a moment compares so with a day, a year or another moment, which are those of this time zone.

    It is compared as far as the operand goes: the day itself is neither before nor after it. With an offset, as
    ``2026-11-23T10:05:00+00:00``, two moments are compared wherever they were.
    """
    moment = moment_here(created)
    moment = moment if "." in operand else moment.replace(microsecond=0)
    here, asked = moment.isoformat(sep=" " if " " in operand else "T"), operand.strip()
    if operator == "~":
        return asked.casefold() in here.casefold()
    pair: tuple[Any, Any] = here[: len(asked)], asked
    with contextlib.suppress(ValueError):
        if (other := datetime.fromisoformat(asked)).tzinfo:
            pair = moment, other
    if operator in _ORDERED:
        return _ORDERED[operator](*pair)
    return bool(pair[0] == pair[1]) == (operator == "=")


def _is(value: Any, option: str) -> bool:
    number = number_of(option)
    if number is not None and isinstance(value, (int, float)) and not isinstance(value, bool):
        return value == number
    return _text(value).casefold() == option.casefold()


def _compare(value: Any, operator: str, operand: str) -> bool:
    number = number_of(operand)
    if isinstance(value, (int, float)) and number is not None:
        return _ORDERED[operator](value, number)
    return isinstance(value, str) and _ORDERED[operator](value, operand)


def find_records(read: Callable[[], Sequence[RunRecord]], text: str, sort: str) -> list[RunRecord]:
    """Return the runs that a filter lets through, in an order.

    Args:
        read: gives all of them, once the filter can be understood.
        text: the filter; empty for all.
        sort: see ``sort_records``.

    Raises:
        MistakeError: the filter or the name to sort by cannot be understood.
    """
    wanted = parse_filter(text)
    records = read()
    wanted.check(records)
    return sort_records([record for record in records if wanted.matches(record)], sort)


def sort_records(records: Iterable[RunRecord], sort: str) -> list[RunRecord]:
    """Return runs in the order of a value, with ``-`` before its name the largest first; runs without come last.

    Raises:
        MistakeError: no run has such a value.
    """
    records = list(records)
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    name = value_name(name)
    if name not in always_there() and records and name not in (known := _known_names(records)):
        word, order = _order_in_words(name)
        nearest = "-" * (descending or order == "desc") + nearest_value(word, known)
        raise MistakeError(replace(unknown_name("--sort", "value", name, known), nearest=nearest.removesuffix("-")))
    keyed = [(record.as_dict().get(name), record) for record in records]
    there = [(value, record) for value, record in keyed if value is not None]
    numeric = all(isinstance(value, (int, float)) for value, _ in there)
    there.sort(key=lambda pair: pair[0] if numeric else _text(pair[0]).casefold(), reverse=descending)
    return [record for _, record in there] + [record for value, record in keyed if value is None]


def _order_in_words(given: str) -> tuple[str, str]:
    """Return a value and the order that other programs write behind it, ``asc`` or ``desc``; empty for none."""
    found = re.fullmatch(r"(\S+?)[\s:,]+(asc|desc)(?:ending)?", given.strip(), re.IGNORECASE)
    return (found[1], found[2].lower()) if found else (given, "")
