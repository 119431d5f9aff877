"""Data sets in memory, read in a thread and kept by their source, as many as there is room for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from textual.app import App
from textual.signal import Signal

from engines.contract import Dataset
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.read_options import DEFAULT_OPTIONS, ReadOptions, Wanted
from screens.state.field_words import in_field_words
from screens.state.messages import DatasetLoaded, DatasetRefused

MOST_BYTES = 1 << 29
"""So much stays in memory beside what is in use: looking through a folder of files must not fill the machine."""


class Library:
    """Data sets by source and how it is read. Every method belongs to the interface's thread.

    Those that were not looked at for longest are let go when all together are too large. Whoever asks for one of them
    finds it missing, and it is read again.

    Args:
        app: is told by ``DatasetLoaded`` or ``DatasetRefused`` when a data set has been read.
        in_use: returns what is not let go.
        most_bytes: how much is kept beside what is in use and what was read last.

    Attributes:
        most_bytes: how much is kept.
        changed: published with a source when its data set has been read or refused.
    """

    def __init__(
        self, app: App[int], in_use: Callable[[], Collection[Wanted]] = tuple, most_bytes: int = MOST_BYTES
    ) -> None:
        self._app = app
        self._in_use, self.most_bytes = in_use, most_bytes
        self._let_go: set[Wanted] = set()
        self._found: dict[Wanted, Dataset | MistakeError] = {}
        self._asked: dict[Wanted, asyncio.Event] = {}
        self.changed: Signal[str] = Signal(app, "library-changed")

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The data sets that are in memory, the one looked at last behind."""
        return tuple(found for found in self._found.values() if isinstance(found, Dataset))

    def places_of(self, fingerprint: str, options: ReadOptions | None = None) -> list[str]:
        """Return where the data sets in memory lie that have a digest, what was looked at last first; a thread may ask.

        Args:
            fingerprint: the digest.
            options: how it is read where it has the digest: what was read otherwise may have it too.
        """
        found = [(*wanted, one) for wanted, one in list(self._found.items()) if isinstance(one, Dataset)]
        places = [place for place, how, one in found if one.fingerprint == fingerprint or how != (options or how)]
        return list(dict.fromkeys(reversed(places)))

    def get(self, source: str, options: ReadOptions = DEFAULT_OPTIONS) -> Dataset | None:
        """Return a data set that is in memory; one that was let go is read again."""
        wanted = source, options
        if wanted in self._let_go:
            self.ask(*wanted)
        found = self._found.get(wanted)
        if isinstance(found, Dataset):
            self._found[wanted] = self._found.pop(wanted)  # the last is what was looked at last
            return found
        return None

    def problem(self, source: str, options: ReadOptions = DEFAULT_OPTIONS) -> str:
        """Return what is wrong with a data set that could not be used; empty for none."""
        found = self._found.get((source, options))
        return in_field_words(str(found)) if isinstance(found, MistakeError) else ""

    def all_of(self, wanted: Sequence[Wanted]) -> dict[Wanted, Dataset] | None:
        """Return several data sets; ``None``, and ask for those that are not in memory, where one is not."""
        found = {one: dataset for one in wanted if (dataset := self.get(*one))}
        for one in wanted:
            if one not in found:
                self.ask(*one)
        return found if len(found) == len(wanted) else None

    def problem_of(self, wanted: Sequence[Wanted]) -> str:
        """Return what is wrong with the first of several data sets that could not be used; empty for none."""
        return next(filter(None, (self.problem(*one) for one in wanted)), "")

    def ask(self, source: str, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        """Read a data set unless it is there or on its way; one that was refused is tried again."""
        wanted = source, options
        if wanted in self._asked or isinstance(self._found.get(wanted), Dataset):
            return
        self._let_go.discard(wanted)
        self._asked[wanted] = asyncio.Event()
        # Once the screen has been drawn: a thread that reads takes its time from the drawing.
        self._app.call_after_refresh(self._read_in_thread, wanted)

    def look_again(self, source: str, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        """Read a data set anew where its file or folder was written since; what is in memory is there meanwhile."""
        wanted = source, options
        if not isinstance(self._found.get(wanted), Dataset):
            self.ask(*wanted)
            return
        from hw1_tui.data import NAMED  # with numpy, which whoever holds a data set has

        if source not in NAMED and wanted not in self._asked:
            self._asked[wanted] = asyncio.Event()
            self._app.call_after_refresh(self._read_in_thread, wanted)

    def _read_in_thread(self, wanted: Wanted) -> None:
        self._app.run_worker(lambda: self._read(wanted), thread=True, group="data", exit_on_error=False)

    def keep(self, source: str, found: Dataset | MistakeError, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        """Take what a thread has read."""
        wanted = source, options
        is_read = self._asked.pop(wanted, None)
        before = self._found.pop(wanted, None)
        if isinstance(before, Dataset) and isinstance(found, Dataset) and _is_same(before, found):
            found = before  # who shows it goes on
        self._found[wanted] = found
        self._make_room(wanted)
        self.changed.publish(source)
        if is_read:
            is_read.set()

    async def until_read(self, source: str, options: ReadOptions = DEFAULT_OPTIONS) -> None:
        """Wait until a data set that is on its way is there, or refused."""
        if is_read := self._asked.get((source, options)):
            await is_read.wait()

    def _make_room(self, newest: Wanted) -> None:
        """Let go what was not looked at for longest, until the rest is small enough."""
        kept = {newest, *self._in_use()}
        sizes = {wanted: _bytes(one) for wanted, one in self._found.items() if isinstance(one, Dataset)}
        excess = sum(sizes.values()) - self.most_bytes
        for wanted, size in sizes.items():
            if excess > 0 and wanted not in kept:
                del self._found[wanted]
                self._let_go.add(wanted)
                excess -= size

    def _read(self, wanted: Wanted) -> None:
        from hw1_tui.data import load  # with numpy: in the thread, it would hold up the first frame

        source, options = wanted
        try:
            self._app.post_message(DatasetLoaded(source, load(source, options), options))
        except MistakeError as error:
            self._app.post_message(DatasetRefused(source, error, options))
        except Exception as error:  # a library's own failure must become a sentence, not silence
            mistake = Mistake(source, f"cannot be read: {error}")
            self._app.post_message(DatasetRefused(source, MistakeError(mistake), options))


def _is_same(one: Dataset, other: Dataset) -> bool:
    """Return whether nothing that is shown of a data set differs."""
    told = [(each.fingerprint, each.files, each.found, each.classes) for each in (one, other)]
    return bool(one.fingerprint) and told[0] == told[1]


def _bytes(dataset: Dataset) -> int:
    """Return the memory that the examples of a data set take."""
    return sum(split.x.nbytes + split.y.nbytes for split in (dataset.train, dataset.val, dataset.test))
