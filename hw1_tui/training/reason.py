"""Sentences on why a run ended."""

from __future__ import annotations

from engines.contract import EngineError, describe_error, error_text
from hw1_tui.markup import shorten
from hw1_tui.settings import RunConfig, format_number

LONGEST = 600
"""Cells of what is said of a failure; its details have it all."""


def describe_divergence(config: RunConfig, epoch: int) -> str:
    """Return what is said of a run whose numbers left their range in an epoch, with the likely reason."""
    text = f"The loss or the weights left the range of numbers in epoch {epoch}"
    rate = config.hyperparameters.get("learning_rate")
    return f"{text}: the learning rate {format_number(rate)} is probably too large." if rate else f"{text}."


def describe_failure(config: RunConfig, error: BaseException, place: str) -> str:
    """Return what is said of an engine that raised something.

    Args:
        config: the run.
        error: what it raised; an ``EngineError`` speaks for itself.
        place: where, such as ``in epoch 3``.
    """
    if isinstance(error, EngineError):
        return in_short(str(error))
    text = error_text(error).strip().partition("\n")[0] if isinstance(error, Exception) else ""
    what = text or describe_error(error)
    return in_short(f"The {config.engine} engine failed {place}: {what}")


def in_short(text: str) -> str:
    """Return what a stranger said as far as a person reads it: an array that is quoted has a million characters."""
    return shorten(text, LONGEST)
