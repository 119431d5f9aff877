"""What is looked for in the history: a filter, an order, and whether in the trash."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from screens.state.messages import RunsFound


@dataclass(frozen=True)
class RunSearch:
    """A search of the history.

    Attributes:
        text: the filter as it was typed.
        sort: the name of the value to sort by, with ``-`` before it for the largest first.
        in_trash: whether the deleted runs are looked through, and not the others.
    """

    text: str = ""
    sort: str = "-created"
    in_trash: bool = False

    def sorted_by(self, name: str) -> RunSearch:
        """Return the search sorted by a value: the largest first, and the other way round the second time."""
        return replace(self, sort=name if self.sort == f"-{name}" else f"-{name}")

    def find(self, store: Store) -> RunsFound:
        """Return the runs, or what is wrong with the filter. It may take long: a history is large, or on a network."""
        try:
            records = (store.deleted if self.in_trash else store.runs)(self.text, self.sort)
            if records:
                return RunsFound(records)
            why_none = store.why_none(self.text, deleted=self.in_trash)
            has_trash = not (self.text or self.in_trash) and bool(store.deleted())
            return RunsFound(records, why_none=why_none, vanished=store.vanished, has_trash=has_trash)
        except MistakeError as error:
            # The nearest right form says enough, and a list of all that is allowed would push it out of sight.
            told = (replace(mistake, allowed="") if mistake.nearest else mistake for mistake in error.mistakes)
            return RunsFound(None, "\n".join(map(str, told)))
