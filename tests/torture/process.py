"""Processes that others have started, to be killed."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(process: int) -> list[int]:
    """Return the processes that another has started and that live."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            state, parent = path.read_text().rsplit(")", 1)[1].split()[:2]
            if int(parent) == process and state != "Z":
                found.append(int(path.parent.name))
    return found
