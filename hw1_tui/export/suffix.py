"""The suffix of a file's name, which says what is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hw1_tui.mistake import Mistake, nearest_name


def suffix_mistake(path: Path, allowed: Sequence[str], place: str = "") -> Mistake | None:
    """Return what is wrong with the suffix of a file's name; ``None`` where it is one of those that are written.

    Args:
        path: the file.
        allowed: the suffixes, in lower case.
        place: what named the file; the path itself where nothing else did.
    """
    suffix = path.suffix.lower()
    if suffix in allowed:
        return None
    named = f"{path} " if place else ""  # once is enough
    near = nearest_name(suffix, allowed) if suffix else ""
    nearest = str(path.with_suffix(near)) if near else ""
    return Mistake(place or str(path), f"{named}has no suffix that says what to write", ", ".join(allowed), nearest)
