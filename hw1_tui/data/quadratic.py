"""A drawn regression problem whose truth is a quadratic, for the quadratic network of Question 3."""

from __future__ import annotations

import functools
from fractions import Fraction

import numpy as np

from engines.contract import SPLITS, Array, Dataset
from hw1_tui.data.building import build
from hw1_tui.data.raw_data import Part, PartName, RawData

INPUTS, NOISE = 4, 0.1
_REMARK = "The quadratic problem is drawn by this program: y = c0 + q'x + x'S x + N(0, 0.1^2)."
_SIZES = {"train": 400, "val": 100, "test": 100}
_SEED = 42


def read_quadratic() -> Dataset:
    """Return 400, 100 and 100 examples: x from N(0, 1) in 4 dimensions, y a quadratic of x with noise.

    S has rank 4, so that 4 hidden units reach the least-squares solution and 3 do not.
    """
    return build(RawData("quadratic", "quadratic", _draw(), task="regression", remark=_REMARK))


@functools.cache
def _draw() -> dict[PartName, Part]:
    rng = np.random.default_rng(_SEED)
    c0, q, S = rng.standard_normal(), rng.standard_normal(INPUTS), rng.standard_normal((INPUTS, INPUTS))
    S = (S + S.T) / 4
    parts: dict[PartName, Part] = {}
    for split in SPLITS:
        x = rng.standard_normal((_SIZES[split], INPUTS))
        y = c0 + _linear(x, q) + _quadratic(x, S) + NOISE * rng.standard_normal(len(x))
        x.flags.writeable = y.flags.writeable = False  # whoever asks again gets the same
        parts[split] = Part(x, y, "x", "y")
    return parts


# A product of matrices rounds as the processor likes, and other last bits would be other data to the history. So the
# sums stand here in the order, and with the roundings, that most processors gave them when the problem was first drawn.


def _linear(x: Array, q: Array) -> Array:
    """Return q'x of each row x, (n,)."""
    even, odd = (x[:, k] * q[k] + x[:, k + 2] * q[k + 2] for k in (0, 1))
    return np.asarray(even + odd)


def _quadratic(x: Array, S: Array) -> Array:
    """Return x'S x of each row x, (n,)."""
    total = np.zeros(len(x))
    for column in range(INPUTS):
        product = x[:, 0] * S[0, column]
        for k in range(1, INPUTS):
            product = _multiply_add(x[:, k], S[k, column], product)
        total = total + product * x[:, column]
    return total


def _multiply_add(a: Array, b: float, c: Array) -> Array:
    """Return a b + c, rounded once, (n,)."""
    exact = Fraction(b)
    return np.array([float(Fraction(u) * exact + Fraction(v)) for u, v in zip(a.tolist(), c.tolist(), strict=True)])
