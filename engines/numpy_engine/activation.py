"""The functions between two layers, with their slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.contract import Array


@dataclass(frozen=True)
class Activation:
    """A function applied to each hidden unit.

    Attributes:
        value: ``value(z, out)`` writes g(z) into ``out``, both of any one shape.
        slope: ``slope(z, h, out)`` writes g'(z) into ``out``, given also ``h`` = g(z).
    """

    value: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array, Array], Array]


def _relu(z: Array, out: Array) -> Array:
    return np.maximum(z, 0.0, out=out)


def _relu_slope(_z: Array, h: Array, out: Array) -> Array:
    # h is never negative, so its sign is the slope; at z = 0 that is the subgradient 0. A float all the way.
    return np.sign(h, out)


def _tanh(z: Array, out: Array) -> Array:
    return np.tanh(z, out)


def _tanh_slope(_z: Array, h: Array, out: Array) -> Array:
    np.multiply(h, h, out)
    return np.subtract(1.0, out, out)


def _quadratic(z: Array, out: Array) -> Array:
    np.subtract(1.0, z, out)
    return np.multiply(z, out, out)


def _quadratic_slope(z: Array, _h: Array, out: Array) -> Array:
    np.multiply(z, -2.0, out)
    return np.add(out, 1.0, out)


ACTIVATIONS = {
    "relu": Activation(_relu, _relu_slope),
    "tanh": Activation(_tanh, _tanh_slope),
    "quadratic": Activation(_quadratic, _quadratic_slope),
}
"""``relu`` max(z, 0), ``tanh``, and the ``quadratic`` z(1 - z) of Question 3."""
