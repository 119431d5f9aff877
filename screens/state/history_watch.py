"""Whether another program began, changed or deleted a run since the history was read."""

from __future__ import annotations

from hw1_tui.runs import Store


class HistoryWatch:
    """What a screen knows of when the history was read; both methods are for threads, as a history may be far away.

    Attributes:
        is_outdated: whether it has to be read again, as far as was looked.
    """

    def __init__(self) -> None:
        self.is_outdated = False
        self._stamp: tuple[int, ...] = ()

    def begin(self, store: Store) -> None:
        """Take that the history is read from now on: what comes meanwhile is looked for once more."""
        self._stamp = store.stamp()

    def look(self, store: Store) -> None:
        """See whether it changed."""
        self.is_outdated = store.stamp() != self._stamp
