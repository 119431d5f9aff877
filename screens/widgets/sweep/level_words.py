"""Values of hyperparameters in as many digits as tell them apart; the whole ones are the runs'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hw1_tui.markup import shorten
from hw1_tui.sweep.effect import Level


def short(value: Any) -> Any:
    """Return a number with four significant digits; whatever else it is as it is."""
    return float(f"{value:.4g}") if isinstance(value, float) else value


def level_words(levels: Sequence[Level], name: str, widest: int) -> list[str]:
    """Return what levels of a hyperparameter are called: in four digits, or whole where two would be called the same.

    Args:
        levels: the levels.
        name: of the hyperparameter.
        widest: cells of a name at most; what is left out of a longer one is seen.
    """
    brief = [replace(level, low=short(level.low), high=short(level.high)).words(name) for level in levels]
    tells_apart = len(set(brief)) == len(brief)
    return [shorten(words, widest) for words in (brief if tells_apart else [level.words(name) for level in levels])]
