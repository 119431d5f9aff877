"""Names and numbers as they stand in the report."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from hw1_tui.numeral import counted
from hw1_tui.report.questions.question import AGREES, DIFFERS, Voice
from hw1_tui.report.questions.question_metric import WEIGHTS, question_metrics, share_split

VOICE_TITLES: dict[Voice, str] = {
    "says": "What the text says",
    "implies": "What the text implies and does not say",
    "remark": "Remarks of ours, which say nothing of the report",
}
"""What stands above the claims of each voice."""

_OF_REMARKS: dict[str, str] = {AGREES: "holds", DIFFERS: "does not hold"}
_MINUS = re.compile(r"(?<![\w.])-(?=\d)")


def verdict_words(verdict: str, voice: Voice) -> str:
    """Return a verdict in words: a claim agrees with the numbers or differs, a remark holds or does not."""
    return _OF_REMARKS.get(verdict, verdict) if voice == "remark" else verdict


def metric_title(metric: str) -> str:
    """Return what a metric is called."""
    return WEIGHTS if metric == WEIGHTS else question_metrics()[metric].title


def common_word(metrics: Sequence[str]) -> str:
    """Return the word that says what several metrics are; empty for one metric and for such as have none in common."""
    words = ("accuracy", "loss") if len(metrics) > 1 else ()
    return next((word for word in words if all(word in metric_title(metric) for metric in metrics)), "")


def metrics_title(metrics: Sequence[str]) -> str:
    """Return what several metrics together are called."""
    return common_word(metrics) or ", ".join(map(metric_title, metrics))


def too_few_epochs(count: int, purpose: str = "", trained: int = 0) -> str:
    """Return the sentence that so many epochs settle nothing; where more were trained, that these were measured."""
    epochs = counted(count, "measured epoch" if trained > count or not count else "epoch")
    sentence = f"{epochs} {'is' if count == 1 else 'are'} too few"
    return f"{sentence} {purpose}".rstrip() + "."


def mean_of_seeds(count: int, spread: str = "") -> str:
    """Return in brackets of how many seeds a number is the mean, and how far they spread; nothing of one seed."""
    return f" (mean of {count} seeds{spread and ', '}{spread})" if count > 1 else ""


def is_share(metric: str) -> bool:
    """Whether a metric is a share of examples."""
    return share_split(metric) is not None


def is_loss(metric: str) -> bool:
    """Whether a metric is the mean loss of an example."""
    return metric != WEIGHTS and question_metrics()[metric].kind == "loss"


def format_metric(value: float, metric: str, spread: bool = False) -> str:
    """Return a metric with four decimals as the report prints them; small ones with two significant digits.

    Args:
        value: the metric.
        metric: what it is.
        spread: whether it is an error, of which two significant digits are enough.
    """
    if metric == "seconds":
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
