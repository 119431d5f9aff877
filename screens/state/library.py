"""Data sets in memory, read in a thread and kept by their source, as many as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Collection

from textual.app import App
from textual.signal import Signal

from engines.contract import Dataset
from hw1_tui.mistake import Mistake, MistakeError
from screens.state.messages import DatasetLoaded, DatasetRefused

MOST_BYTES = 1 << 29
"""So much stays in memory beside what is in use: looking through a folder of files must not fill the machine."""


class Library:
    """Data sets by source. Every method belongs to the interface's thread.

    Those that were not looked at for longest are let go when all together are too large. Whoever asks for one of them
    finds it missing, and it is read again.

    Args:
        app: is told by ``DatasetLoaded`` or ``DatasetRefused`` when a data set has been read.
        in_use: returns the sources that are not let go.
        most_bytes: how much is kept beside what is in use and what was read last.

    Attributes:
        most_bytes: how much is kept.
        changed: published with a source when its data set has been read or refused.
    """

    def __init__(
        self, app: App[int], in_use: Callable[[], Collection[str]] = tuple, most_bytes: int = MOST_BYTES
    ) -> None:
        self._app = app
        self._in_use, self.most_bytes = in_use, most_bytes
        self._let_go: set[str] = set()
        self._found: dict[str, Dataset | MistakeError] = {}
        self._asked: set[str] = set()
        self.changed: Signal[str] = Signal(app, "library-changed")

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of the data sets that are in memory, the one looked at last behind."""
        return tuple(source for source, found in self._found.items() if isinstance(found, Dataset))

    def get(self, source: str) -> Dataset | None:
        """Return a data set that is in memory; one that was let go is read again."""
        if source in self._let_go:
            self.ask(source)
        found = self._found.get(source)
        if isinstance(found, Dataset):
            self._found[source] = self._found.pop(source)  # the last is what was looked at last
            return found
        return None

    def problem(self, source: str) -> str:
        """Return what is wrong with a data set that could not be used; empty for none."""
        found = self._found.get(source)
        return str(found) if isinstance(found, MistakeError) else ""

    def ask(self, source: str) -> None:
        """Read a data set unless it is there or on its way; one that was refused is tried again."""
        if source in self._asked or isinstance(self._found.get(source), Dataset):
            return
        self._let_go.discard(source)
        self._asked.add(source)
        # Once the screen has been drawn: a thread that reads takes its time from the drawing.
        self._app.call_after_refresh(self._read_in_thread, source)

    def _read_in_thread(self, source: str) -> None:
        self._app.run_worker(lambda: self._read(source), thread=True, group="data", exit_on_error=False)

    def keep(self, source: str, found: Dataset | MistakeError) -> None:
        """Take what a thread has read."""
        self._asked.discard(source)
        self._found.pop(source, None)
        self._found[source] = found
        self._make_room(source)
        self.changed.publish(source)

    def _make_room(self, newest: str) -> None:
        """Let go what was not looked at for longest, until the rest is small enough."""
        kept = {newest, *self._in_use()}
        sizes = {name: _bytes(one) for name, one in self._found.items() if isinstance(one, Dataset)}
        excess = sum(sizes.values()) - self.most_bytes
        for source, size in sizes.items():
            if excess > 0 and source not in kept:
                del self._found[source]
                self._let_go.add(source)
                excess -= size

    def _read(self, source: str) -> None:
        from hw1_tui.data import load  # with numpy: in the thread, it would hold up the first frame

        try:
            self._app.post_message(DatasetLoaded(source, load(source)))
        except MistakeError as error:
            self._app.post_message(DatasetRefused(source, error))
        except Exception as error:  # a library's own failure must become a sentence, not silence
            self._app.post_message(DatasetRefused(source, MistakeError(Mistake(source, f"cannot be read: {error}"))))


def _bytes(dataset: Dataset) -> int:
    """Return the memory that the examples of a data set take."""
    return sum(split.x.nbytes + split.y.nbytes for split in (dataset.train, dataset.val, dataset.test))
