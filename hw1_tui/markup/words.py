"""Several texts on one line: as they are shown, and as they are typed."""

from __future__ import annotations

import re
from collections.abc import Iterable


def join_words(texts: Iterable[str]) -> str:
    """Return texts with spaces between them: one that is not a word alone stands in quotation marks."""
    return " ".join(_quoted(text) if not text or re.search(r'[\s,"]', text) else text for text in texts)


def split_words(line: str) -> list[str]:
    """Return the texts of a line; spaces and commas stand between them, or are of a text in quotation marks."""
    quoted_or_word = r'"((?:[^"]|"")+)"(?![^\s,])|([^\s,]+)'
    return [quoted.replace('""', '"') or word for quoted, word in re.findall(quoted_or_word, line)]


def _quoted(text: str) -> str:
    marks = text.replace('"', '""')
    return f'"{marks}"'
