"""How much of a difference rounding explains: the bounds that every tolerance is made of."""

from __future__ import annotations

import numpy as np

from engines.contract import Array

UNIT_ROUNDOFF = float(np.finfo(np.float64).eps) / 2
"""u = 2^-53: the relative error of one float64 operation."""

EIGEN_RATIO = 30.0
"""LAPACK's acceptance test of its symmetric eigensolvers: |S - U lam U'| and |I - U U'| <= 30 D u |S|."""

FACTORIZATION = 64
"""What a factorization counts for in ``rounding_of``, which is 32 u then: the one margin of the checks.

QR, singular values and eigenvectors err by up to 15 u of the size of what they are of, the largest of thousands of
draws with D from 1 to 20; a LAPACK that errs twice as much is not to fail.
"""


def gamma(operations: int) -> float:
    """Return gamma_n = n u / (1 - n u), the relative error of n operations (Higham, section 3.1).

    A sum of n products in any order errs by at most gamma_n times the sum of the absolute products, so the bound
    holds whatever order a BLAS takes.
    """
    return operations * UNIT_ROUNDOFF / (1 - operations * UNIT_ROUNDOFF)


def eigen_error(n: int) -> float:
    """Return the relative backward error of an eigen-decomposition of size n: 30 n u."""
    return EIGEN_RATIO * n * UNIT_ROUNDOFF


def rounding_of(operations: int) -> float:
    """Return 4 sqrt(n) u, what n operations err by in practice, relative to their size.

    Their errors are as good as independent, so they add up to about sqrt(n) u and not to the n u of the worst case
    (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis"); 4 stands for the deviations from
    the mean that a computation with many entries meets.
    """
    return 4 * float(np.sqrt(operations)) * UNIT_ROUNDOFF


def largest(error: Array) -> float:
    """Return the largest absolute value of any entry."""
    return float(np.max(np.abs(error)))


def worst(error: Array, tolerance: Array) -> tuple[float, float]:
    """Return error and tolerance at the entry where their ratio is largest.

    Args:
        error: absolute errors, any shape.
        tolerance: bound for each of them, a shape that broadcasts to ``error``'s.
    """
    error = np.atleast_1d(np.abs(error))
    tolerance = np.broadcast_to(tolerance, error.shape)
    # An exact entry can have tolerance 0; it is the worst one only where it errs. One that is no number always is.
    ratio = np.where(error == 0, 0.0, error / np.maximum(tolerance, np.finfo(np.float64).tiny))
    place = np.unravel_index(int(np.argmax(ratio)), error.shape)
    return float(error[place]), float(tolerance[place])
