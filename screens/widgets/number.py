"""Numbers as people read them: the same width for the same thing, units written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from hw1_tui.moment import moment_here

_BLOCKS = "▁▂▃▄▅▆▇"


def measure(value: float | None, decimals: int = 4) -> str:
    """Return a loss, accuracy or norm with so many decimals, large ones with fewer; ``-`` for none.

    With four decimals at most seven characters and a sign, as wide as columns are made.
    """
    if value is None:
        return "-"
    if abs(value) < 1000:
        return f"{value:.{decimals}f}"
    return f"{value:.0f}" if abs(value) < 1e6 else f"{value:.1e}"


def duration(seconds: float | None) -> str:
    """Return ``4.2 s``, ``3:07`` or ``1:02:03``; ``-`` for none."""
    if seconds is None:
        return "-"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"


def remaining(seconds: float) -> str:
    """Return an estimated time as ``4 s``, ``3:07`` or ``1:02:03``: it claims no tenths."""
    return f"{round(seconds)} s" if round(seconds) < 60 else duration(round(seconds))


def on_point(texts: Sequence[str]) -> list[str]:
    """Return numbers as wide as each other, with their decimal points below each other."""
    wholes = [len(text.partition(".")[0].partition("e")[0]) for text in texts]
    padded = [" " * (max(wholes, default=0) - whole) + text for whole, text in zip(wholes, texts, strict=True)]
    width = max(map(len, padded), default=0)
    return [line.ljust(width) for line in padded]


def sparkline(values: Sequence[float]) -> str:
    """Return a curve in a line, such as ``▁▃▆▇``: from the lowest of the values to the highest."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(top * (value - low) / (high - low)) if high > low else 0] for value in values)


def moment(created: str, *, year: bool = False) -> str:
    """Return when something was, here: ``26 Nov 11:52``."""
    then = moment_here(created)
    return f"{then.day} {then:%b %Y %H:%M}" if year else f"{then.day:>2} {then:%b %H:%M}"


def count(value: int | float | None) -> str:
    """Return a whole number with separators; ``-`` for none."""
    return "-" if value is None else f"{round(value):,}"


def memory() -> str:
    """Return how much memory the process has now, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return f"{pages * 4096 / 1e6:.0f} MB"
    except (OSError, ValueError, IndexError):
        return _peak_memory()


def _peak_memory() -> str:
    try:
        import resource
    except ImportError:  # Windows
        return "-"
    unit = 1 if sys.platform == "darwin" else 1024
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6:.0f} MB at most"
