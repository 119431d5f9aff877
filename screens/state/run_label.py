"""What a person may write on a run: a name, tags, a note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hw1_tui.markup import as_written, join_words, split_words
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord, Store

_LINE_END = "↵"


@dataclass(frozen=True)
class RunLabel:
    """Something that is asked for as one line of text.

    Attributes:
        title: what is done.
        note: what may be typed.
        read: returns what stands on a run.
        write: puts on a run what was typed.
        is_merged: whether what others have written meanwhile stays beside it.
    """

    title: str
    note: str
    read: Callable[[RunRecord], str]
    write: Callable[[Store, RunRecord, str], object]
    is_merged: bool = False


@dataclass
class LabelChange:
    """What is about to be written on a run, for which somebody has seen what stood there.

    Attributes:
        label: what is written.
        seen: the run as it was seen.
    """

    label: RunLabel
    seen: RunRecord

    def write(self, store: Store, text: str) -> None:
        """Put on the run what was typed; what another program has written there meanwhile is first seen as well.

        Raises:
            MistakeError: the run is gone, or says something else by now; written again it takes that one's place.
        """
        if not self.label.is_merged:
            before, self.seen = self.label.read(self.seen), store.get(self.seen.run)
            if (found := self.label.read(self.seen)) not in (before, text):
                told = f"meanwhile {as_written(found)} was written there; once more, and yours takes its place"
                raise MistakeError(Mistake(self.seen.run, told))
        self.label.write(store, self.seen, text)


def _retag(store: Store, record: RunRecord, text: str) -> None:
    """Give a run the tags that were typed and take away those that were deleted, and no other program's."""
    before, typed = record.labels.tags, split_words(text)
    store.retag(record.run, [tag for tag in typed if tag not in before], [tag for tag in before if tag not in typed])


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
        lambda record: join_words(record.labels.tags),
        _retag,
        is_merged=True,
    ),
    "note": RunLabel(
        "Note",
        f"Empty for none; {_LINE_END} ends a line.",
        lambda record: record.labels.note.replace("\n", _LINE_END),
        lambda store, record, text: store.note(record.run, text.replace(_LINE_END, "\n")),
    ),
}
