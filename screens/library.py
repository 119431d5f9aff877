"""Data sets in memory, read in a thread and kept by their source."""

from __future__ import annotations

from textual.app import App
from textual.signal import Signal

from engines.contract import Dataset
from hw1_tui.mistake import Mistake, MistakeError
from screens.messages import DatasetLoaded, DatasetRefused


class Library:
    """Data sets by source. Every method belongs to the interface's thread.

    Args:
        app: is told by ``DatasetLoaded`` or ``DatasetRefused`` when a data set has been read.

    Attributes:
        changed: published with a source when its data set has been read or refused.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._found: dict[str, Dataset | MistakeError] = {}
        self._asked: set[str] = set()
        self.changed: Signal[str] = Signal(app, "library-changed")

    def get(self, source: str) -> Dataset | None:
        """Return a data set that is in memory."""
        found = self._found.get(source)
        return found if isinstance(found, Dataset) else None

    def problem(self, source: str) -> str:
        """Return what is wrong with a data set that could not be used; empty for none."""
        found = self._found.get(source)
        return str(found) if isinstance(found, MistakeError) else ""

    def ask(self, source: str) -> None:
        """Read a data set unless it is there or on its way; one that was refused is tried again."""
        if source in self._asked or self.get(source):
            return
        self._asked.add(source)
        # Once the screen has been drawn: a thread that reads takes its time from the drawing.
        self._app.call_after_refresh(self._read_in_thread, source)

    def _read_in_thread(self, source: str) -> None:
        self._app.run_worker(lambda: self._read(source), thread=True, group="data", exit_on_error=False)

    def keep(self, source: str, found: Dataset | MistakeError) -> None:
        """Take what a thread has read."""
        self._asked.discard(source)
        self._found[source] = found
        self.changed.publish(source)

    def _read(self, source: str) -> None:
        from hw1_tui.data import load  # with numpy: in the thread, it would hold up the first frame

        try:
            self._app.post_message(DatasetLoaded(source, load(source)))
        except MistakeError as error:
            self._app.post_message(DatasetRefused(source, error))
        except Exception as error:  # a library's own failure must become a sentence, not silence
            self._app.post_message(DatasetRefused(source, MistakeError(Mistake(source, f"cannot be read: {error}"))))
