"""The loss of some examples along a line through the weights of a network, L(theta + t d) of t.

The first layer is affine in t,

    z_1(t) = (W_1 x + b_1) + t (D_1 x + e_1),    D_1 and e_1 what d has in the places of W_1 and b_1,

so the products with the pictures, which take nearly all of the time, are done twice for all t together. The layers
above are small and done for every t.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from engines.contract import Array
from engines.numpy_engine.activation import ACTIVATIONS
from engines.numpy_engine.loss import CrossEntropy, Loss, PerceptronCriterion, SquaredError

LEAST_REACH, MOST_REACH = 2.0**-3, 2.0**10
"""Between these a reach is found."""

ROUNDING = 1e-6
"""What float32 rounds of a mean of losses is no rise."""


class LossOnLine:
    """The mean loss of some examples along a line, without the penalty.

    Args:
        weights: theta, by the names of ``Trainer.parameters``.
        direction: d, same names and shapes.
        z: W_1 x + b_1 of the examples, (n, n_1).
        features: the examples, (n, n_features).
        y: their classes or targets, (n,).
        activation: between the layers, by the name of its hyperparameter; empty for a linear model.
        loss: of an example, as its engine calls it (``ModelSpec.loss``).

    Raises:
        KeyError: its activation or its loss is not known here.
    """

    def __init__(
        self,
        weights: Mapping[str, Array],
        direction: Mapping[str, Array],
        z: Array,
        features: Array,
        y: Array,
        activation: str,
        loss: str,
    ) -> None:
        self._z, self._y = z, y
        self._slope = features @ direction["W1"].T + direction["b1"]
        numbers = range(2, 1 + sum(name.startswith("W") for name in weights))
        self._upper = [[(each[f"W{n}"], each[f"b{n}"]) for each in (weights, direction)] for n in numbers]
        self._activate = ACTIVATIONS[activation].value if self._upper else None
        n_out = self._upper[-1][0][0].shape[0] if self._upper else z.shape[1]
        self._loss = _LOSSES[loss](n_out, z.dtype)

    def __call__(self, t: float) -> float:
        """Return the loss at a place; infinite or NaN where the numbers end."""
        place = self._z.dtype.type(t)
        z = self._z + place * self._slope
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for (W, b), (dW, db) in self._upper:
                assert self._activate is not None  # noqa: S101 - there are upper layers
                h = self._activate(z, np.empty_like(z))
                z = h @ (W + place * dW).T + (b + place * db)
            return float(self._loss.values(z, self._y).mean(dtype=np.float64))


_LOSSES: dict[str, Callable[[int, np.dtype[np.floating]], Loss]] = {
    "cross-entropy": CrossEntropy,
    "half squared error": lambda _n, _dtype: SquaredError(),
    "perceptron criterion": lambda _n, _dtype: PerceptronCriterion(),
}


def find_reach(along: Callable[[float], float], step: float) -> float:
    """Return how many steps long the longest is that still lowers a loss, within 5%.

    Args:
        along: the loss after a step of some length.
        step: the length of one.

    Returns:
        ``LEAST_REACH`` where not even so short a step lowers it, ``MOST_REACH`` where so long a one does.
    """
    highest = along(0.0) * (1 + ROUNDING)
    low, high = math.log2(LEAST_REACH), math.log2(MOST_REACH)
    if along(step * MOST_REACH) <= highest:
        return MOST_REACH
    while high - low > 0.13:
        middle = (low + high) / 2
        if along(step * 2**middle) <= highest:
            low = middle
        else:
            high = middle
    return LEAST_REACH if 2.0**low == LEAST_REACH else float(2.0 ** ((low + high) / 2))
