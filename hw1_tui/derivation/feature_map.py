"""Question 3.1: h = A(Theta) phi(x) with a feature map phi that does not know Theta."""

from __future__ import annotations

import math

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.network import Theta

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def feature_count(inputs: int) -> int:
    """Return P = (D+1)(D+2)/2, the number of monomials of degree at most 2 in D variables."""
    return (inputs + 1) * (inputs + 2) // 2


def input_count(features: int) -> int:
    """Return the D whose P is ``features``.

    Raises:
        ValueError: there is none.
    """
    inputs = (math.isqrt(8 * features + 1) - 3) // 2
    if inputs < 0 or feature_count(inputs) != features:
        raise ValueError(f"{features} is not (D+1)(D+2)/2 for any D")
    return inputs


def phi(x: Array) -> Array:
    """Return the features (N, P) of inputs x (N, D): 1, then x_j, then x_i x_j for i <= j row by row.

    Equations 7, 9, 11 and 13 of the report, which are right.
    """
    i, j = np.triu_indices(x.shape[1])
    return np.hstack([np.ones((len(x), 1)), x, x[:, i] * x[:, j]])


def matrix_of(theta: Theta) -> Array:
    """Return A (K, P) with h = A phi(x).

    Row k: b_k - b_k^2 for 1; (1 - 2 b_k) W_kj for x_j; -W_kj^2 for x_j^2; -2 W_ki W_kj for x_i x_j with i < j:
    g(z) = z - z^2 at z = b_k + sum_j W_kj x_j, multiplied out.
    """
    W, b = theta.W, theta.b[:, None]
    i, j = np.triu_indices(theta.inputs)
    squares = -np.where(i == j, 1, 2) * W[:, i] * W[:, j]
    return np.hstack([b - b * b, (1 - 2 * b) * W, squares])


def majorant_of(theta: Theta) -> Array:
    """Return A (K, P) of the absolute values with every minus a plus: what rounding errors of A are measured in.

    ``majorant_of(theta) @ |phi(x)|`` equals zbar + zbar^2 with zbar = |W| |x| + |b|.
    """
    W, b = np.abs(theta.W), np.abs(theta.b[:, None])
    i, j = np.triu_indices(theta.inputs)
    return np.hstack([b + b * b, (1 + 2 * b) * W, np.where(i == j, 1, 2) * W[:, i] * W[:, j]])


def feature_names(inputs: int) -> list[str]:
    """Return how the P features are written: ``1``, ``x₁``, ``x₁²``, ``x₁x₂``."""
    names = [f"x{j + 1}".translate(_SUBSCRIPTS) for j in range(inputs)]
    pairs = zip(*np.triu_indices(inputs), strict=True)
    return ["1", *names, *(f"{names[i]}²" if i == j else names[i] + names[j] for i, j in pairs)]
