"""The memory of a worker on another machine, as an option."""

from __future__ import annotations

from hw1_tui.batch.option import read_bytes
from hw1_tui.mistake import Mistake

_LEAST_MEMORY = 512 << 20


def read_memory(text: str | None, default: int, mistakes: list[Mistake]) -> int:
    """Return the bytes that ``--memory`` says, or add what is wrong: with too little a worker waits for ever."""
    memory = read_bytes("--memory", text, default, mistakes)
    if text is not None and memory != default and memory < _LEAST_MEMORY:
        problem = f"{text} is less than a worker takes before it trains anything"
        nearest = f"{text}M" if text.isdecimal() and memory >= _LEAST_MEMORY >> 20 else ""
        mistakes.append(Mistake("--memory", problem, "512M and more", nearest))
    return memory
