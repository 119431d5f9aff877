"""What was moved to the trash since the program started, so that it can be brought back step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hw1_tui.mistake import Mistake
from hw1_tui.runs import RunRecord, Store
from hw1_tui.runs.each import change_each


class Trash:
    """Deletes runs of a history together, and brings back what was deleted together.

    Args:
        store: the history.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._steps: list[list[RunRecord]] = []

    @property
    def newest(self) -> list[RunRecord]:
        """What was deleted last; empty where nothing was."""
        return self._steps[-1] if self._steps else []

    async def delete(self, records: list[RunRecord], mistakes: list[Mistake]) -> list[RunRecord]:
        """Delete runs in one step; return those that could be, and add to ``mistakes`` why others could not."""
        gone = await _change(self._store.delete, records, mistakes)
        if gone:
            self._steps.append(gone)
        return gone

    async def bring_back(self, records: list[RunRecord], mistakes: list[Mistake]) -> list[RunRecord]:
        """Bring deleted runs back; return those that could be, and add to ``mistakes`` why others could not.

        The newest step is over also where some of it could not: the next time it is what was deleted before.
        """
        back = await _change(self._store.undelete, records, mistakes)
        if records is self.newest:
            self._steps.pop()
        runs = {record.run for record in back}
        self._steps = [left for step in self._steps if (left := [r for r in step if r.run not in runs])]
        return back


async def _change(
    change: Callable[[str], object], records: list[RunRecord], mistakes: list[Mistake]
) -> list[RunRecord]:
    """Change runs in a thread, as there may be thousands."""
    done = await asyncio.to_thread(change_each, change, [record.run for record in records], mistakes)
    return [record for record in records if record.run in done]
