"""Sentences of the command line in the words of the interface, which has fields and no options."""

from __future__ import annotations

import re

from hw1_tui.settings import SEEDS, TABLE

_FIELDS = {*TABLE, SEEDS.name, "data", "model", "engine", "name"}
_OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")
_OTHERS = {"--random N": "random as method", "--grid ": ""}


def in_field_words(text: str) -> str:
    """Return a sentence with fields in place of the options that stand for them; a command stays as it is."""
    if "hw1-tui " in text:
        return text
    for option, words in _OTHERS.items():
        text = text.replace(option, words)
    return _OPTION.sub(_field, text)


def _field(found: re.Match[str]) -> str:
    name = found[1].replace("-", "_")
    return name.replace("_", " ") if name in _FIELDS else found[0]
