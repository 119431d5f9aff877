"""What a setting came to with one seed: a metric at the end of a run, and how much of it is chance of that moment."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.interval import share_error

LAST_EPOCHS = 10
"""Epochs at the end of a run whose mean it is compared by, as the last alone is one draw among them.

They are always measured where any are.
"""


@dataclass(frozen=True)
class Examples:
    """What each example of a split got from a model.

    Attributes:
        key: which examples they are: models are compared pair by pair where it is the same.
        values: 1 where an example was right and 0 where not, or its loss, (n,).
    """

    key: str
    values: npt.NDArray[np.floating] = field(repr=False)


@dataclass(frozen=True)
class Repeat:
    """A metric of one run.

    Attributes:
        value: what the setting is compared by.
        epoch_std: standard error of the value by moving from epoch to epoch.
        drift: how far it went over the last epochs, along the line through them: a run that is on its way.
        examples: what each example got; ``None`` where that is not known, or the metric is no mean over examples.
        share_of: examples that the value is a share of; 0 where it is no share, or its examples were trained on.
        is_network: whether it is of a network with hidden layers, whose seeds end further apart.
    """

    value: float
    epoch_std: float = 0.0
    drift: float = 0.0
    examples: Examples | None = None
    share_of: int = 0
    is_network: bool = False

    @property
    def sampling_error(self) -> float:
        """Standard error of the value over examples such as these; 0 where that is not known."""
        if self.examples is not None and len(self.examples.values) > 1 and not self.share_of:
            return float(np.std(self.examples.values, ddof=1)) / math.sqrt(len(self.examples.values))
        return share_error(self.value, self.share_of)


def repeat_of_epochs(series: Sequence[float], examples: Examples | None = None, share_of: int = 0) -> Repeat:
    """Return a metric that is measured every epoch, as the mean of the last ``LAST_EPOCHS``.

    Args:
        series: the metric, epoch by epoch; at least one.
        examples: what each example got in the end.
        share_of: examples that it is a share of.
    """
    last = series[-LAST_EPOCHS:]
    std, drift = epoch_movement(series)
    return Repeat(statistics.fmean(last), std / math.sqrt(len(last)), drift, examples, share_of)


def repeat_at_end(value: float, series: Sequence[float], examples: Examples | None = None, share_of: int = 0) -> Repeat:
    """Return a metric that was measured once, at the end.

    Args:
        value: the metric.
        series: its like, epoch by epoch, which it is taken to move with, such as the validation loss for a test loss.
        examples: what each example got.
        share_of: examples that it is a share of.
    """
    return Repeat(value, *epoch_movement(series), examples, share_of)


def epoch_movement(series: Sequence[float]) -> tuple[float, float]:
    """Return how a metric moves over the last epochs: its standard deviation around a line, and the line's way.

    Zero and zero of fewer than three epochs, which tell nothing.
    """
    last = series[-LAST_EPOCHS:]
    if len(last) < 3:
        return 0.0, 0.0
    line = statistics.linear_regression(range(len(last)), last)
    rest = [value - line.slope * place for place, value in enumerate(last)]
    return statistics.stdev(rest) * math.sqrt((len(last) - 1) / (len(last) - 2)), abs(line.slope) * len(last)
