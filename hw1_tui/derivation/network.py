"""The quadratic network itself, computed directly: h = g(W x + b), g(z) = z (1 - z), y = v'h + v0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from engines.contract import Array


@dataclass(frozen=True)
class Theta:
    """The parameters of a network.

    Attributes:
        W: weights of the hidden units, shape (K, D).
        b: biases of the hidden units, shape (K,).
        v: weights of the output, shape (K,).
        v0: bias of the output.
    """

    W: Array
    b: Array
    v: Array
    v0: float

    @property
    def inputs(self) -> int:
        """D."""
        return int(self.W.shape[1])

    @property
    def units(self) -> int:
        """K."""
        return int(self.W.shape[0])

    @classmethod
    def draw(cls, inputs: int, units: int, rng: np.random.Generator, scale: float = 1.0) -> Self:
        """Return parameters from N(0, scale^2)."""
        W, b, v, v0 = (scale * rng.standard_normal(shape) for shape in ((units, inputs), units, units, ()))
        return cls(W, b, v, float(v0))

    @classmethod
    def draw_whole(cls, inputs: int, units: int, rng: np.random.Generator) -> Self:
        """Return whole numbers from -3 to 3 without 0, with which float64 computes without any rounding."""
        W, b, v, v0 = (whole_numbers(shape, rng) for shape in ((units, inputs), (units,), (units,), ()))
        return cls(W, b, v, float(v0))

    def moved(self, direction: Theta, step: float) -> Theta:
        """Return Theta + step * direction."""
        return Theta(
            self.W + step * direction.W,
            self.b + step * direction.b,
            self.v + step * direction.v,
            self.v0 + step * direction.v0,
        )

    def hidden(self, x: Array) -> Array:
        """Return h (N, K) of inputs x (N, D): equation 4 of the report."""
        z = x @ self.W.T + self.b
        h: Array = z * (1 - z)
        return h

    def predict(self, x: Array) -> Array:
        """Return yhat (N,) of inputs x (N, D)."""
        output: Array = self.hidden(x) @ self.v + self.v0
        return output


def whole_numbers(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return whole numbers from -3 to 3 without 0, as float64."""
    numbers: Array = rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], shape)
    return numbers


def reflected(theta: Theta) -> Theta:
    """Return (-W, 1 - b, v, v0), which is the same function because g(z) = g(1 - z)."""
    return Theta(-theta.W, 1 - theta.b, theta.v, theta.v0)
