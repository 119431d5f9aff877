"""Runs of the history in words."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.runs import RunRecord
from screens.widgets.run_table import MOST_ROWS

_NOTHING = "No run is kept yet. `s` under Training trains one; it appears here, and stays."
_ALL_DELETED = "Every run is deleted: `u` brings back what was deleted last, `z` shows the trash."
_IN_TRASH = "Every run is in the trash: `z` shows it."


def names_of(records: Sequence[RunRecord]) -> str:
    """Return what runs are called together: the title of one, the number of several."""
    return records[0].title if len(records) == 1 else f"{len(records)} runs"


def deleted_words(records: list[RunRecord]) -> str:
    """Return what is said of runs that were deleted together."""
    one = len(records) == 1
    what = f"{records[0].title} is deleted; u brings it" if one else f"{len(records):,} runs are deleted; u brings them"
    return f"{what} back, z shows the trash."


def count_words(runs: int, marked: int, hidden: int, is_filtered: bool, in_trash: bool) -> str:
    """Return how many runs are listed, and where they are; empty for an empty history.

    Args:
        runs: those that are listed.
        marked: those of them that are marked.
        hidden: those that are marked and not listed.
        is_filtered: whether a filter leaves some out.
        in_trash: whether they are those in the trash.
    """
    if not (runs or is_filtered or in_trash):
        return ""
    words = [f"{runs} run{'s' * (runs != 1)}"]
    if runs > MOST_ROWS:
        words.append(f"the first {MOST_ROWS} shown")
    if marked or hidden:
        words.append(f"{marked} marked" + f" and {hidden} not shown" * bool(hidden))
    if is_filtered:
        words.append("filtered")
    said = ", ".join(words)
    if in_trash:
        return f"Trash: {said}; {'u brings back, ' * bool(runs)}z leaves it"
    return said


def nothing_words(vanished: str, is_filtered: bool, in_trash: bool, has_deleted: bool, has_trash: bool) -> str:
    """Return why no run is listed, and what to press: keys stand between backticks.

    Args:
        vanished: that the history is there no more, in a sentence; empty where it is.
        is_filtered: whether a filter lets none through.
        in_trash: whether the trash is looked through.
        has_deleted: whether some were deleted since the program started.
        has_trash: whether there are runs in the trash, whenever they were deleted.
    """
    if vanished:
        return vanished
    if is_filtered:
        return "No run is let through by the filter: `/` changes it."
    if in_trash:
        return "The trash is empty: `z` shows the history again."
    return _ALL_DELETED if has_deleted else _IN_TRASH if has_trash else _NOTHING
