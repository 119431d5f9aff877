"""Words of a filter that read like a condition and are none, each with the condition that was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hw1_tui.mistake import Mistake
from hw1_tui.runs.filter_vocabulary import Vocabulary

ORDERS = (">", "<", ">=", "<=")
OPERATORS = ("=", "!=", *ORDERS, "~")

_SIGN = "=!<>:~≠≥≤≈＝"
_LOOSE = re.compile(rf"((?:!(?=[^\s{_SIGN}]))?[^{_SIGN}]*)([{_SIGN}]+)\s*(.*)", re.DOTALL)
"""What stands before the signs that compare, with a negation where one is; the signs; what stands after them."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FOREIGN = re.compile(r"[=!<>:][=!<>:~]+")
"""Several signs where one compares; what begins with ~ may look for any text."""
_SPELLINGS = {"=>": ">=", "=<": "<=", "<>": "!=", "=!": "!=", "=~": "~", "≠": "!=", "≥": ">=", "≤": "<=", "≈": "~"}
_JOINING = {"and": "terms stand side by side and all must hold: model=mlp engine=torch",
            "or": "commas stand between the values of which one must hold: model=mlp,perceptron",
            "not": "model!=mlp holds for runs with another value, or none"}  # fmt: skip
_SIGNS = {"&&": "and", "&": "and", "||": "or", "|": "or"}
_EXAMPLES = "such as model=mlp or val_accuracy>.5"
_AROUND = "()[]{}\"'`“”„‘’«» \t"


def is_joining(word: str) -> bool:
    """Return whether a word stands between conditions elsewhere, such as ``AND`` or ``&&``."""
    return _SIGNS.get(word, word.lower()) in _JOINING


def misspelt(words: Sequence[str]) -> dict[int, Mistake]:
    """Return what is wrong with the words of a filter whatever runs there are, by the place of each among them."""
    vocabulary, found = Vocabulary(), {}
    for i, word in enumerate(words):
        joining = _SIGNS.get(word, word.lower() if word.isupper() or len(words) > 1 else "")
        if joining in _JOINING:
            found[i] = Mistake(word, "joins nothing here", _JOINING[joining])
        elif mistake := _mistake(words, i, vocabulary):
            found[i] = mistake
    return found


def bare(text: str) -> str:
    """Return a value without what people put around one: brackets, quotation marks, signs between sentences."""
    return text.strip(_AROUND + ";,")


def _mistake(words: Sequence[str], i: int, vocabulary: Vocabulary) -> Mistake | None:
    word = words[i]
    after = words[i + 1] if i + 1 < len(words) else ""
    loose = _LOOSE.fullmatch(word)
    if loose is None or (word[0] == "!" and not set(word[1:]) & set(_SIGN)):
        return _bare_switch(word, vocabulary)
    left, signs, value = loose.groups()
    if not left.strip():
        return _sign_first(words, i, signs, value or after, vocabulary)
    asked = left.strip(_AROUND + "!-@#$%^&*+/\\|.,;?¬")
    name = vocabulary.name(asked)
    if not value:
        return _sign_last(word, name, signs, after, vocabulary)
    if not _NAME.fullmatch(left.strip()):
        name = name or ("" if signs == ":" else vocabulary.nearest(asked, bare(value)))
        sign = "!=" if left.lstrip(_AROUND)[:1] in ("!", "-", "¬", "^") and signs in ("=", ":") else _operator(signs)
        return Mistake(word, "is no condition", _EXAMPLES, f"{name}{sign}{bare(value)}") if name else None
    if signs == ":" and name:
        return Mistake(word, f"a colon compares nothing; it would look for {word!r} in names, tags and notes",
                       " ".join(OPERATORS), f"{name}{_colon(name, vocabulary)}{value}")  # fmt: skip
    if signs not in OPERATORS and signs[0] != "~" and (_FOREIGN.fullmatch(signs) or (name and signs != ":")):
        nearest = f"{left.strip()}{_operator(signs)}{value}"
        return Mistake(word, f"{signs} compares nothing", " ".join(OPERATORS), nearest)
    return None


def _bare_switch(word: str, vocabulary: Vocabulary) -> Mistake | None:
    """Return what is wrong with a switch that is asked for without its value."""
    name = vocabulary.name(word.strip("!¬" + _AROUND))
    if vocabulary.kinds.get(name) != "switch":
        return None
    return Mistake(word, "is asked for by its value", "true or false", f"{name}={str(word[0] not in '!¬').lower()}")


def _sign_first(words: Sequence[str], i: int, signs: str, value: str, vocabulary: Vocabulary) -> Mistake | None:
    """Return what is wrong with signs before which a space stands, or nothing."""
    names = (vocabulary.name("_".join(words[i - many : i])) for many in (3, 2, 1) if many <= i)
    name = next(filter(None, names), "")
    if name and value:
        return _spaced(" ".join(words[i - 1 : i + 1]) + f" {value}" * (words[i] == signs), name, signs, value)
    if not set(signs) - set(":~"):  # a smiley may be in a name
        return None
    return Mistake(words[i], "does not say which value it asks for", _EXAMPLES)


def _sign_last(word: str, name: str, signs: str, after: str, vocabulary: Vocabulary) -> Mistake | None:
    """Return what is wrong with signs behind which a space stands, where an empty value cannot be meant."""
    if not name or not after:
        return None
    may_be_empty = signs in ("=", "!=", "~") and not vocabulary.reads(name, bare(after))
    return None if may_be_empty else _spaced(f"{word} {after}", name, signs, after)


def _spaced(place: str, name: str, signs: str, value: str) -> Mistake:
    value = f'"{bare(value)}"' if re.search(r"\s", bare(value)) else bare(value)
    return Mistake(place, "no space stands around what compares", _EXAMPLES, f"{name}{_operator(signs)}{value}")


def _colon(name: str, vocabulary: Vocabulary) -> str:
    """Return what compares where a colon stands: no run began at a day as a whole."""
    return "~" if vocabulary.kinds[name] == "date" else "="


def _operator(signs: str) -> str:
    """Return what compares as some signs are probably meant to."""
    if signs in OPERATORS:
        return signs
    return _SPELLINGS.get(signs[:2], _SPELLINGS.get(signs[:1], next((s for s in signs if s in OPERATORS), "=")))
