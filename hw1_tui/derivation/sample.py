"""Inputs and targets for question 3.4: drawn ones, squeezed ones, and shapes on which the rank fails."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.feature_map import phi


def squeezed_inputs(examples: int, inputs: int, width: float, rng: np.random.Generator) -> Array:
    """Return inputs (N, D) from N(1, width^2): the features become collinear, cond(X) grows as 1 / width^2."""
    return 1 + width * rng.standard_normal((examples, inputs))


def circle_inputs(examples: int, inputs: int, rng: np.random.Generator) -> Array:
    """Return inputs (N, D) on the unit sphere: x_1^2 + ... + x_D^2 = 1 takes one from the rank."""
    x = rng.standard_normal((examples, inputs))
    x[:2, 0] = np.abs(x[:2, 0]) * (1, -1)  # both signs, so that D = 1 has both of its points
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return x


def binary_inputs(examples: int, inputs: int, rng: np.random.Generator) -> Array:
    """Return inputs (N, D) of zeros and ones: x_j^2 = x_j takes D from the rank.

    They begin with every vector of at most two ones, on which the P - D products of distinct inputs are triangular
    and so independent; N is at least their number.
    """
    chosen = [pair for size in range(3) for pair in combinations(range(inputs), size)]
    x = np.zeros((max(examples, len(chosen)), inputs))
    for row, ones in enumerate(chosen):
        x[row, list(ones)] = 1
    x[len(chosen) :] = rng.integers(0, 2, (len(x) - len(chosen), inputs))
    return x


def power_of_two(least: int) -> int:
    """Return the smallest power of two above ``least``: a mean over as many whole numbers is not rounded."""
    return 1 << least.bit_length()


def targets(x: Array, c: Array, noise: float, rng: np.random.Generator) -> Array:
    """Return c'phi(x) (N,) with N(0, noise^2) added."""
    return phi(x) @ c + noise * rng.standard_normal(len(x))
