"""Question 3.2: yhat = c(Theta)' phi(x), and the reading of c as (c0, q, S)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.feature_map import input_count, majorant_of, matrix_of
from hw1_tui.derivation.network import Theta


def coefficients_of(theta: Theta) -> Array:
    """Return c (P,) = A'v + v0 e_1: linear in c, cubic in Theta (v times a product of two of W and b)."""
    c: Array = matrix_of(theta).T @ theta.v
    c[0] += theta.v0
    return c


def majorant_coefficients(theta: Theta) -> Array:
    """Return |A|'|v| + |v0| e_1 (P,) with the majorant of A: what rounding errors of c are measured in."""
    c: Array = majorant_of(theta).T @ np.abs(theta.v)
    c[0] += abs(theta.v0)
    return c


@dataclass(frozen=True)
class Quadratic:
    """The function c'phi(x) = c0 + q'x + x'S x.

    Attributes:
        c0: the constant.
        q: the linear part, shape (D,).
        S: the quadratic part, symmetric, shape (D, D): S_ii = c_ii and S_ij = c_ij / 2.
    """

    c0: float
    q: Array
    S: Array

    @classmethod
    def read(cls, c: Array) -> Self:
        """Return the reading of coefficients c (P,)."""
        inputs = input_count(len(c))
        S = np.zeros((inputs, inputs))
        S[np.triu_indices(inputs)] = c[inputs + 1 :] / 2
        return cls(float(c[0]), c[1 : inputs + 1].copy(), S + S.T)

    @classmethod
    def of(cls, theta: Theta) -> Self:
        """Return S = -W' diag(v) W, q = W' diag(v) (1 - 2b), c0 = v0 + sum_k v_k (b_k - b_k^2)."""
        W, b, v = theta.W, theta.b, theta.v
        return cls(theta.v0 + float(v @ (b - b * b)), W.T @ (v * (1 - 2 * b)), -(W.T * v) @ W)

    @property
    def inputs(self) -> int:
        """D."""
        return len(self.q)

    def vector(self) -> Array:
        """Return c (P,)."""
        i, j = np.triu_indices(self.inputs)
        return np.concatenate([[self.c0], self.q, np.where(i == j, 1, 2) * self.S[i, j]])

    def norm(self) -> float:
        """Return sqrt(c0^2 + |q|^2 + |S|_F^2): |c| with its off-diagonal entries scaled by 1/sqrt 2.

        It does not change when the inputs are rotated; |c| <= sqrt 2 times it.
        """
        return float(np.sqrt(self.c0**2 + self.q @ self.q + np.sum(self.S**2)))

    def minus(self, other: Quadratic) -> Quadratic:
        """Return the difference of two functions."""
        return Quadratic(self.c0 - other.c0, self.q - other.q, self.S - other.S)

    def predict(self, x: Array) -> Array:
        """Return c0 + q'x + x'S x (N,) at inputs x (N, D)."""
        output: Array = self.c0 + x @ self.q + np.sum((x @ self.S) * x, axis=1)
        return output


def error_of(theta: Theta, target: Quadratic) -> float:
    """Return |c(Theta) - c|, with the constant in exact arithmetic.

    Large v0 and b cancel in the constant. Computed in float64 it would repeat the rounding that v0 was made with, and
    hide it.
    """
    difference = Quadratic.of(theta).minus(target).vector()
    v, b = ([Fraction(float(entry)) for entry in entries] for entries in (theta.v, theta.b))
    constant = Fraction(theta.v0) + sum((v_k * (b_k - b_k * b_k) for v_k, b_k in zip(v, b, strict=True)), Fraction())
    difference[0] = float(constant - Fraction(target.c0))
    return float(np.linalg.norm(difference))
