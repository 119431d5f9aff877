"""Sentences that name keys, each of which looks as keys do everywhere."""

from __future__ import annotations

from textual.content import Content

from screens.theme import KEY


def key_words(sentence: str) -> Content:
    """Return a sentence of ours with its keys, which stand between backticks, in the colour of keys."""
    parts = sentence.split("`")
    return Content.assemble(*((part, KEY if number % 2 else "") for number, part in enumerate(parts)))


def plain_words(sentence: str) -> str:
    """Return a sentence of ours without the marks of its keys, for where it has no colours."""
    return sentence.replace("`", "")
