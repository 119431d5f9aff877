"""The loss along a line through the weights: between two models, or from one along its gradient.

On a line theta(t) = theta + t d the first layer is affine in t:

    z_1(t) = (W_1 x + b_1) + t (D_1 x + e_1),    D_1 and e_1 what d has in the places of W_1 and b_1,

so the products with the pictures, which take nearly all of the time, are done twice for all points together. The layers
above are small and done at every point. (Goodfellow et al. 2015 draw such lines.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from engines.numpy_engine.activation import ACTIVATIONS
from engines.numpy_engine.loss import CrossEntropy, Loss, PerceptronCriterion, SquaredError


def _loss(name: str, scores: Array) -> Loss:
    """Return the loss that an engine calls so (``ModelSpec.loss``).

    Raises:
        KeyError: it is none that is known here.
    """
    known: dict[str, Callable[[], Loss]] = {
        "cross-entropy": lambda: CrossEntropy(scores.shape[1], scores.dtype),
        "half squared error": SquaredError,
        "perceptron criterion": PerceptronCriterion,
    }
    return known[name]()


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
    """

    def __init__(
        self,
        start: Mapping[str, Array],
        direction: Mapping[str, Array],
        splits: Mapping[str, Examples],
        activation: str,
        loss: str,
    ) -> None:
        self._start, self._direction = start, direction
        self._splits, self._activation, self._loss = splits, activation, loss
        self._first = {
            name: [examples.features @ w["W1"].T + w["b1"] for w in (start, direction)]
            for name, examples in splits.items()
        }

    def loss(self, split: str, t: float) -> float:
        """Return the mean loss of a split's examples at a place, without the penalty.

        Raises:
            KeyError: its activation or its loss is not known here.
        """
        at, along = self._first[split]
        z, place = at + at.dtype.type(t) * along, at.dtype.type(t)
        with np.errstate(over="ignore", invalid="ignore"):  # far out the numbers end, and that is then what is told
            for number in range(2, sum(name.startswith("W") for name in self._start) + 1):
                W, b = (self._start[f"{kind}{number}"] + place * self._direction[f"{kind}{number}"] for kind in "Wb")
                h = np.empty_like(z)
                ACTIVATIONS[self._activation].value(z, h)
                z = h @ W.T + b
            return float(_loss(self._loss, z).values(z, self._splits[split].y).mean(dtype=np.float64))

    def losses(self, t: Sequence[float] | Array) -> LossLine:
        """Return the losses of all splits at some places."""
        places = np.asarray(t, np.float64)
        return LossLine(places, {name: np.array([self.loss(name, place) for place in places]) for name in self._splits})

    def longest_descent(self, split: str, step: float) -> float:
        """Return up to which t the loss stays below the one at 0, within 5%; 0 where the shortest step raises it.

        Args:
            split: whose loss.
            step: what is asked about: between 2^-8 and 2^20 times as much is found.
        """
        start = self.loss(split, 0.0)
        low, high = 0.0, step * 2.0**-8
        while high <= step * 2.0**20 and self.loss(split, high) < start:
            low, high = high, 2 * high
        while low and high - low > 0.05 * low:
            middle = (low + high) / 2
            low, high = (middle, high) if self.loss(split, middle) < start else (low, middle)
        return low


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
