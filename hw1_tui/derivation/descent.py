"""Gradient descent on Theta, to be set beside the closed form: its loss is a floor that descent comes down to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.network import Theta

_SMALLEST_RATE, _LARGEST_RATE = 1e-30, 1e30


@dataclass(frozen=True)
class DescentState:
    """A point on the way down.

    Attributes:
        number: steps taken so far.
        theta: the parameters there.
        loss: 1/(2N) sum of squared errors.
        learning_rate: the rate of the step that led there.
    """

    number: int
    theta: Theta
    loss: float
    learning_rate: float


def loss_of(theta: Theta, x: Array, y: Array) -> float:
    """Return 1/(2N) |yhat - y|^2 over inputs x (N, D) and targets y (N,); infinite where it overflows."""
    with np.errstate(over="ignore", invalid="ignore"):
        error = theta.predict(x) - y
        loss = float(error @ error) / (2 * len(y))
    return loss if np.isfinite(loss) else float("inf")


def gradient_of(theta: Theta, x: Array, y: Array) -> Theta:
    """Return the gradient of ``loss_of`` by Theta, in the shape of a Theta; g'(z) = 1 - 2 z."""
    z = x @ theta.W.T + theta.b
    error = (z * (1 - z)) @ theta.v + theta.v0 - y
    error /= len(y)
    dz = np.outer(error, theta.v) * (1 - 2 * z)
    return Theta(dz.T @ x, dz.sum(axis=0), (z * (1 - z)).T @ error, float(error.sum()))


def squared_norm(theta: Theta) -> float:
    """Return the sum of the squares of all parameters."""
    return float(np.sum(theta.W**2) + theta.b @ theta.b + theta.v @ theta.v + theta.v0**2)


def descend(x: Array, y: Array, theta: Theta, learning_rate: float = 0.1) -> Iterator[DescentState]:
    """Descend on the whole data, one step each time it is asked.

    The rate is halved until the loss falls by at least half of what the gradient promises (Armijo) and doubled after
    each step, so the loss never rises and nothing has to be tuned. It ends where float64 has no lower loss to offer.

    Args:
        x: inputs (N, D).
        y: targets (N,).
        theta: where to start.
        learning_rate: the first rate that is tried.

    Yields:
        The start, as step 0, then every step.
    """
    loss = loss_of(theta, x, y)
    number = 0
    yield DescentState(number, theta, loss, learning_rate)
    while True:
        gradient = gradient_of(theta, x, y)
        slope = squared_norm(gradient)
        while True:
            following = theta.moved(gradient, -learning_rate)
            after = loss_of(following, x, y)
            if after <= loss - learning_rate * slope / 2 and after < loss:
                break
            learning_rate /= 2
            if learning_rate < _SMALLEST_RATE:
                return
        theta, loss, number = following, after, number + 1
        yield DescentState(number, theta, loss, learning_rate)
        learning_rate = min(2 * learning_rate, _LARGEST_RATE)  # halving would never come down again from infinity
