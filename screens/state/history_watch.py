"""Whether another program began, changed or deleted a run since the history was read."""

from __future__ import annotations

from functools import partial

from textual.dom import DOMNode

from hw1_tui.runs import Store


class HistoryWatch:
    """What a screen knows of when the history was read, which may be far away: it is looked at in threads.

    Attributes:
        is_outdated: whether it has to be read again, as far as was looked.
    """

    def __init__(self) -> None:
        self.is_outdated = False
        self._stamp: tuple[int, ...] = ()

    def begin(self, store: Store) -> None:
        """Take that the history is read from now on: what comes meanwhile is looked for once more; for a thread."""
        self._stamp = store.stamp()

    def look(self, node: DOMNode, store: Store) -> None:
        """See in a thread of the node's whether it changed."""
        node.run_worker(partial(self._look, store), thread=True, exclusive=True, group="others", exit_on_error=False)

    def _look(self, store: Store) -> None:
        self.is_outdated = store.stamp() != self._stamp
