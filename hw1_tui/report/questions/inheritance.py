"""Settings that a run of a questions file takes over from another: ``like = "2.2a-batch-64"``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lineage(name: str, entries: Mapping[str, Any]) -> list[str]:
    """Return a run, the one that it is like, the one that this is like, and so on.

    Args:
        name: of the run.
        entries: every run of the file by its name, as they stand there.

    Returns:
        The names; where they go in a circle, the last is there twice.
    """
    names = [name]
    while len(set(names)) == len(names):
        before = _entry(names[-1], entries).get("like")
        if not isinstance(before, str) or before not in entries:
            break
        names.append(before)
    return names


def inherited_settings(name: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a run with those of the runs that it is like, its own winning."""
    settings: dict[str, Any] = {}
    for one in reversed(lineage(name, entries)):
        own = _entry(one, entries).get("settings")
        settings |= own if isinstance(own, dict) else {}
    return settings


def _entry(name: str, entries: Mapping[str, Any]) -> Mapping[str, Any]:
    entry = entries.get(name)
    return entry if isinstance(entry, dict) else {}
