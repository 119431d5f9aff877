"""What runs that are looked into are called."""

from __future__ import annotations

from collections.abc import Sequence

from hw1_tui.analysis import OpenedRun
from hw1_tui.export.table import title
from hw1_tui.export.title import distinct_titles
from hw1_tui.markup import visible
from hw1_tui.runs.comparison import BRANCHED, MAY_DIFFER, STEERED, differing
from hw1_tui.settings import SEED_NAMES

_NAMED = 3


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


def about_differences(opened: Sequence[OpenedRun]) -> str:
    """Return a sentence on two runs that differ in several settings; empty where one may have made it.

    Their titles name the fewest that tell them apart, which reads as if these were what made one of them better.
    """
    left_out = {BRANCHED, *MAY_DIFFER, *SEED_NAMES}
    found = differing([one.record for one in opened])
    differ = [name for name, values in found.items() if name not in left_out and None not in values]
    if len(differ) < 2:
        return ""
    names = [title(name) for name in differ if name != STEERED]
    names += ["what was steered"] if STEERED in differ else []
    named = names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return f"They differ in {', '.join(named[:-1])} and {named[-1]}, and this is on all of it."
