"""The slope of a loss at one weight as two losses beside it tell it, which knows nothing of backpropagation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engines.contract import Array

STEP = 1e-6
"""In float64: the cube root of its rounding, where both errors of a central difference are smallest."""
WRONG = 1e-3
"""Of its size a gradient is at most off by, where it is right."""


@dataclass(frozen=True)
class CentralDifference:
    """(loss(w + s) - loss(w - s)) / 2s at one weight w.

    Attributes:
        value: that difference; NaN where a loss is no number.
        rounding: what the digits that the losses have may make of it; infinite where a loss is no number.
        is_switched: whether a hidden unit is switched on or off between the two: a relu has no derivative there.
    """

    value: float
    rounding: float
    is_switched: bool


def central_difference(
    trainer: Any, x: Array, y: Array, name: str, place: tuple[Any, ...], step: float
) -> CentralDifference:
    """Return the central difference of the mean loss of some examples at one weight; the weights stay as they are.

    Args:
        trainer: one that is ``Inspectable`` and ``Settable``, in float64.
        x: the examples, (n, n_features).
        y: their targets, (n,).
        name: a parameter, such as ``W1``.
        place: which of its entries.
        step: s.
    """
    weights, sides = trainer.parameters()[name].copy(), []
    for by in (step, -step):
        moved = weights.copy()
        moved[place] += by
        trainer.set_parameters({name: moved})
        sides.append(trainer.inspect(x, y))
    trainer.set_parameters({name: weights})
    above, below = (side.losses.astype(np.float64) for side in sides)
    value = float(above.mean() - below.mean()) / (2 * step)
    rounding = float(np.finfo(np.float64).eps * max(np.abs(above).max(), np.abs(below).max()) / step)
    is_told = math.isfinite(value) and math.isfinite(rounding)
    switched = any(((a > 0) != (b > 0)).any() for a, b in zip(sides[0].z[:-1], sides[1].z[:-1], strict=True))
    return CentralDifference(value if is_told else math.nan, rounding if is_told else math.inf, switched)
