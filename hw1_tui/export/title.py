"""What runs are called where several stand side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hw1_tui.runs.record import RunRecord


def distinct_titles(records: Sequence[RunRecord]) -> list[str]:
    """Return the title of each run, with its identifier beside a name that others have as well."""
    count = Counter(record.title for record in records)
    return [
        f"{record.title} ({record.run})" if count[record.title] > 1 and record.title != record.run else record.title
        for record in records
    ]
