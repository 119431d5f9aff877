"""What a person may write on a run: a name, tags, a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hw1_tui.runs import RunRecord, Store


@dataclass(frozen=True)
class RunLabel:
    """Something that is asked for as one line of text.

    Attributes:
        title: what is done.
        note: what may be typed.
        read: returns what stands on a run.
        write: puts on a run what was typed.
    """

    title: str
    note: str
    read: Callable[[RunRecord], str]
    write: Callable[[Store, RunRecord, str], object]


def _retag(store: Store, record: RunRecord, text: str) -> None:
    """Give a run the tags that were typed and take away those that were deleted, and no other program's."""
    before, typed = record.labels.tags, _split_tags(text)
    store.retag(record.run, [tag for tag in typed if tag not in before], [tag for tag in before if tag not in typed])


def _join_tags(tags: Iterable[str]) -> str:
    """Return tags as they are typed: one that is not a word alone stands in quotation marks."""
    return " ".join(_quoted(tag) if re.search(r'[\s,"]', tag) else tag for tag in tags)


def _quoted(tag: str) -> str:
    marks = tag.replace('"', '""')
    return f'"{marks}"'


def _split_tags(text: str) -> list[str]:
    """Return the tags of a line; spaces and commas stand between them, or are of a tag in quotation marks."""
    quoted_or_word = r'"((?:[^"]|"")+)"(?![^\s,])|([^\s,]+)'
    return [quoted.replace('""', '"') or word for quoted, word in re.findall(quoted_or_word, text)]


RUN_LABELS = {
    "name": RunLabel(
        "Rename",
        "A name beside the identifier; empty for none.",
        lambda record: record.labels.name,
        lambda store, record, text: store.rename(record.run, text),
    ),
    "tags": RunLabel(
        "Tags",
        'Words with spaces between them, "several words" in quotes; empty for none.',
        lambda record: _join_tags(record.labels.tags),
        _retag,
    ),
    "note": RunLabel(
        "Note",
        "Empty for none.",
        lambda record: record.labels.note,
        lambda store, record, text: store.note(record.run, text),
    ),
}
