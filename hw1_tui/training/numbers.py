"""Numbers of a model that may have left their range."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from engines.contract import Array
from hw1_tui.metric import EpochMetrics

T = TypeVar("T")


def weight_norm(parameters: Mapping[str, Array]) -> float:
    """Return the Frobenius norm of all weights and biases together."""
    return math.sqrt(sum(float(np.square(weights, dtype=np.float64).sum()) for weights in parameters.values()))


def is_sound(metrics: EpochMetrics) -> bool:
    """Return whether a run can go on from the end of an epoch: not with weights that left the range of numbers."""
    return all(math.isfinite(metrics[name] or 0.0) for name in ("val_loss", "weight_norm"))


def quietly(call: Callable[[], T]) -> T:
    """Call without numpy's warnings: weights that overflow are the session's to report, once."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return call()
