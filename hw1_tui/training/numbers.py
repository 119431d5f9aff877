"""Numbers of a model that may have left their range."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from engines.contract import Array, EngineError, Evaluation
from hw1_tui.metric import LARGEST, EpochMetrics
from hw1_tui.training.reason import in_short

T = TypeVar("T")


def weight_norm(parameters: Mapping[str, Array]) -> float:
    """Return the Frobenius norm of all weights and biases together."""
    return math.sqrt(sum(float(np.square(weights, dtype=np.float64).sum()) for weights in parameters.values()))


def is_sound(metrics: EpochMetrics) -> bool:
    """Return whether a run can go on from the end of an epoch: not with weights that left the range of numbers."""
    return all(abs(metrics[name] or 0.0) <= LARGEST for name in ("train_loss", "val_loss", "weight_norm"))


def quietly(call: Callable[[], T]) -> T:
    """Call an engine without numpy's warnings: weights that overflow are the session's to report, once."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return call()


def checked_evaluation(engine: str, measured: Evaluation) -> Evaluation:
    """Return what an engine measured, as plain numbers.

    Raises:
        EngineError: it is not what the contract promises: a loss, and a share where there is an accuracy.
    """
    try:
        loss = float(measured.loss)
        accuracy = None if measured.accuracy is None else float(measured.accuracy)
    except (AttributeError, TypeError, ValueError):
        raise EngineError(f"The {engine} engine measured no numbers: {in_short(repr(measured))}") from None
    if accuracy is not None and (accuracy < 0 or accuracy > 1):  # of one that is no number the loss tells
        raise EngineError(f"The {engine} engine measured an accuracy of {accuracy:g}, which is no share.")
    return Evaluation(loss, accuracy)
