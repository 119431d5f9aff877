"""Names and numbers as they stand in the report."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hw1_tui.report.questions.question import FIGURE_SPLITS

_MINUS = re.compile(r"(?<![\w.])-(?=\d)")

TITLES = {
    "train_loss": "training loss",
    "train_eval_loss": "training loss in evaluation mode",
    "val_loss": "validation loss",
    "test_loss": "test loss",
    "train_accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "test_accuracy": "test accuracy",
    "weight_norm": "norm of the weights",
    "seconds": "time",
    "accuracy_gap": "training less validation accuracy",
    "loss_gap": "validation less training loss, both in evaluation mode",
    "val_loss_jumps": "mean step of the validation loss from epoch to epoch",
    "weights": "weights",
}


def figure_title(figure: str) -> str:
    """Return what a figure is called."""
    return TITLES[figure]


def common_word(figures: Sequence[str]) -> str:
    """Return the word that says what several figures are; empty for one figure and for such as have none in common."""
    words = ("accuracy", "loss") if len(figures) > 1 else ()
    return next((word for word in words if all(word in TITLES[figure] for figure in figures)), "")


def figures_title(figures: Sequence[str]) -> str:
    """Return what several figures together are called."""
    return common_word(figures) or ", ".join(map(figure_title, figures))


def too_few_epochs(count: int, purpose: str = "") -> str:
    """Return the sentence that so many epochs settle nothing."""
    sentence = f"{count} epoch is too few" if count == 1 else f"{count} epochs are too few"
    return f"{sentence} {purpose}".rstrip() + "."


def is_share(figure: str) -> bool:
    """Whether a figure is a share of examples."""
    return FIGURE_SPLITS.get(figure) is not None


def is_loss(figure: str) -> bool:
    """Whether a figure is the mean loss of an example."""
    return figure in ("train_loss", "train_eval_loss", "val_loss", "test_loss")


def format_figure(value: float, figure: str, spread: bool = False) -> str:
    """Return a figure with four decimals as the report prints them; small ones with two significant digits.

    Args:
        value: the figure.
        figure: what it is.
        spread: whether it is an error, of which two significant digits are enough.
    """
    if figure == "seconds":
        return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"
    if value and (spread or abs(value) < 0.001):
        return _two_digits(value)
    return f"{value:.4f}"


def _two_digits(value: float) -> str:
    """Return a number with two significant digits, never as a power of ten."""
    decimals = 1 - math.floor(math.log10(abs(value))) if math.isfinite(value) else 0
    return f"{value:.{max(0, decimals)}f}"


def format_difference(value: float) -> str:
    """Return a difference with its sign."""
    return typeset(f"{value:+.4f}")


def typeset(text: str) -> str:
    """Return text for print: a minus sign before a number where the terminal has a hyphen."""
    return _MINUS.sub("−", text)
