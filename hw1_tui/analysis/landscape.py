"""The loss along a line through the weights: between two models, or from one along its gradient.

(Goodfellow et al. 2015 draw such lines.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.training.loss_line import LEAST_REACH, MOST_REACH, ROUNDING, LossOnLine, find_reach


@dataclass(frozen=True, eq=False)
class Examples:
    """Examples that the loss is measured on.

    Attributes:
        features: (n, n_features), of a float type.
        y: classes or targets, (n,).
    """

    features: Array
    y: Array


@dataclass(frozen=True, eq=False)
class LossLine:
    """The loss along a line.

    Attributes:
        t: where on the line, (n,): 0 and 1 are the two models, or t is a learning rate.
        losses: by split, the mean loss per example at each place, without the penalty, (n,).
    """

    t: Array
    losses: Mapping[str, Array]

    def barrier(self, split: str) -> float:
        """Return how far the loss between 0 and 1 rises above the higher of its ends there; 0 if nowhere."""
        inside = (self.t >= 0) & (self.t <= 1)
        ends = np.interp((0, 1), self.t, self.losses[split])
        return max(0.0, float((self.losses[split][inside] - ends.max()).max(initial=0.0)))

    def lowest(self, split: str) -> float:
        """Return where the loss is lowest."""
        return float(self.t[int(np.nanargmin(self.losses[split]))])


class WeightLine:
    """A line through the weights of a model, with the losses of examples along it.

    Args:
        start: the weights at t = 0 by name, ``W1``, ``b1``, ``W2``, ...
        direction: what is added to them t times, same names and shapes.
        splits: examples by the name of their split.
        activation: between the layers, by the name of its hyperparameter; not looked at for one layer.
        loss: of an example, as its engine calls it.

    Raises:
        KeyError: its activation or its loss is not known here.
    """

    def __init__(
        self,
        start: Mapping[str, Array],
        direction: Mapping[str, Array],
        splits: Mapping[str, Examples],
        activation: str,
        loss: str,
    ) -> None:
        self._lines = {
            name: LossOnLine(
                start, direction, part.features @ start["W1"].T + start["b1"], part.features, part.y, activation, loss
            )
            for name, part in splits.items()
        }

    def loss(self, split: str, t: float) -> float:
        """Return the mean loss of a split's examples at a place, without the penalty."""
        return self._lines[split](t)

    def losses(self, t: Sequence[float] | Array) -> LossLine:
        """Return the losses of all splits at some places."""
        places = np.asarray(t, np.float64)
        return LossLine(places, {name: np.array([self.loss(name, place) for place in places]) for name in self._lines})

    def longest_descent(self, split: str, step: float) -> float:
        """Return up to which t the loss stays below the one at 0, within 5%; 0 where no step lowers it, or infinity.

        Args:
            split: whose loss.
            step: any t > 0 to begin the search with; between a ten-billionth and a billion times as much is found.
                Where even the longest lowers the loss, infinity is returned.
        """
        along = self._lines[split]
        lowered = along(0.0) * (1 - ROUNDING)
        for exponent in (0, 1, 2, -1, -2, -3):
            factor = MOST_REACH**exponent
            reach = find_reach(along, step * factor)
            # So short a step may change nothing but what is rounded, and half of it leads to the lowest place.
            if LEAST_REACH < reach < MOST_REACH and (exponent > -2 or along(step * factor * reach / 2) < lowered):
                return step * factor * reach
        return math.inf if along(step * MOST_REACH**3) < along(0.0) else 0.0


def between(start: Mapping[str, Array], end: Mapping[str, Array]) -> dict[str, Array]:
    """Return the direction that leads from one model to another, at t = 1.

    Raises:
        ValueError: they are not of one shape.
    """
    if {name: array.shape for name, array in start.items()} != {name: array.shape for name, array in end.items()}:
        raise ValueError("the two models have other layers or other sizes, and no line leads from one to the other")
    return {name: end[name] - array for name, array in start.items()}


def downhill(gradients: Mapping[str, Array]) -> dict[str, Array]:
    """Return the direction of plain descent: theta + t d is where one step with the rate t leads."""
    return {name: -gradient for name, gradient in gradients.items()}
