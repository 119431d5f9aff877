"""What runs that are looked into are called."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.analysis import OpenedRun
from hw1_tui.export.title import distinct_titles
from hw1_tui.markup import visible


def titles_of(opened: Sequence[OpenedRun]) -> list[str]:
    """Return what tells the runs apart that stand beside each other: name or settings; of one run its epochs.

    Args:
        opened: one run, or two.
    """
    if len({one.record.run for one in opened}) < len(opened):
        return [one.model.place for one in opened]
    if len(opened) == 1:
        return [visible(opened[0].record.title)]
    return distinct_titles([one.record for one in opened], in_short=True)
