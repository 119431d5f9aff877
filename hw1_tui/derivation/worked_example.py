"""The equations in numbers that can be worked out by hand: D = 2, K = 1, W = (2, 3), b = 5, v = 7, v0 = 11, x = (1, 2).

A network drawn at random tells that two sides agree; these tell that both are what the text says. All numbers are
whole or halves, so nothing is rounded: every tolerance is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hw1_tui.derivation.approximation import distance_bounds
from hw1_tui.derivation.check import Case, Check, Discrepancy
from hw1_tui.derivation.coefficients import Quadratic, coefficients_of, error_of
from hw1_tui.derivation.construction import Spectrum
from hw1_tui.derivation.descent import descend, loss_of
from hw1_tui.derivation.feature_map import matrix_of, phi
from hw1_tui.derivation.least_squares import (
    conditioning,
    half_mean_square,
    null_space,
    solve_normal,
    solve_qr,
    solve_svd,
)
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.report_equation import report_coefficients, report_hidden, report_loss, report_matrix
from hw1_tui.derivation.rounding import largest

THETA = Theta(np.array([[2.0, 3.0]]), np.array([5.0]), np.array([7.0]), 11.0)
X = np.array([[1.0, 2.0]])


def equal(*sides: tuple[ArrayLike, ArrayLike]) -> Discrepancy:
    """Compare computed numbers with those worked out by hand: tolerance 0; another shape is as wrong as can be."""
    pairs = [(np.asarray(computed, float), np.asarray(by_hand, float)) for computed, by_hand in sides]
    if any(computed.shape != by_hand.shape for computed, by_hand in pairs):
        return Discrepancy(np.inf, 0.0, "another shape")
    return Discrepancy(largest(np.array([largest(computed - by_hand) for computed, by_hand in pairs])), 0.0)


def _hidden(_: Case) -> Discrepancy:
    return equal((THETA.hidden(X), [[-156]]), (report_hidden(THETA, X), [[52]]))


def _matrix(_: Case) -> Discrepancy:
    return equal(
        (phi(X), [[1, 1, 2, 1, 2, 4]]),
        (matrix_of(THETA), [[-20, -18, -27, -4, -12, -9]]),
        (report_matrix(THETA), [[5, 2, 3, 4, 6, 9]]),
    )


def _coefficients(_: Case) -> Discrepancy:
    return equal(
        (coefficients_of(THETA), [-129, -126, -189, -28, -84, -63]),
        (report_coefficients(THETA), [11, -140, -126, -189, -28, -84, -63]),
        (THETA.predict(X), [-1081]),
    )


def _norm(_: Case) -> Discrepancy:
    first = Quadratic(3.0, np.array([5.0, 7.0]), np.array([[4.0, 1.0], [1.0, 9.0]]))
    second = Quadratic(1.0, np.array([2.0, 3.0]), np.array([[1.0, 3.0], [3.0, 2.0]]))
    difference = first.minus(second)
    return equal(
        (Quadratic(2.0, np.array([1.0, 2.0]), np.array([[3.0, 1.0], [1.0, 4.0]])).norm(), 6),
        (difference.c0, 2),
        (difference.q, [3, 4]),
        (difference.S, [[3, -2], [-2, 7]]),
    )


def _cancelled(_: Case) -> Discrepancy:
    # b - b^2 = 1/4 - 2^60, of which float64 keeps -2^60.
    theta = Theta(np.zeros((1, 1)), np.array([2.0**30 + 0.5]), np.ones(1), 2.0**60)
    return equal((error_of(theta, Quadratic(-1.75, np.array([-3.0]), np.array([[-6.0]]))), 7))


def _bounds(_: Case) -> Discrepancy:
    spectrum = Spectrum.of(Quadratic(0.0, np.array([1.0, 2.0, 0.0]), np.diag([1.0, 2.0, -3.0])))
    found = [[bound**2 for bound in distance_bounds(spectrum, units)] for units in (1, 2)]
    wide = Spectrum.of(Quadratic(0.0, np.array([8.0, 0.0, 0.0]), np.diag([1.0, 2.0, -3.0])))
    return equal((np.round(found, 12), [[5, 10], [1, 2]]), (np.round(distance_bounds(wide, 1)[1] ** 2, 12), 14))


def _rank(_: Case) -> Discrepancy:
    X, y = np.diag([1.0, 2.0**-33, 2.0**-60]), np.ones(3)
    found, wide = conditioning(X), np.eye(2, 3)
    return equal(
        (found.rank, 2),
        (found.unique, 0),
        (found.largest, 1),
        (conditioning(np.eye(3)).unique, 1),
        (solve_svd(X, y).c, [1, 2**33, 0]),
        (np.abs(null_space(X)), [[0], [0], [1]]),
        (np.abs(null_space(wide)), [[0], [0], [1]]),
        (bool(solve_qr(X, y).failure), 1),
        (bool(solve_qr(wide, np.ones(2)).failure), 1),
        (bool(solve_normal(wide, np.ones(2)).failure), 1),
        (solve_qr(np.diag([1.0, 2.0]), np.array([3.0, 4.0])).c, [3, 2]),
        (half_mean_square(np.ones((2, 1)), np.ones(1), np.array([0.0, 3.0])), 1.25),
    )


def _loss_without_index(_: Case) -> Discrepancy:
    x, y, c = np.array([[2.0], [3.0]]), np.array([2.0, 8.0]), np.array([1.0, 2.0, 0.0])
    return equal((2 * half_mean_square(phi(x), c, y), 5), (report_loss(c, x, y), 9))


def _minimum(_: Case) -> Discrepancy:
    theta = Theta(np.zeros((1, 1)), np.zeros(1), np.zeros(1), 2.0)
    x = np.ones((3, 1))
    steps = list(descend(x, np.full(3, 2.0), theta))
    return equal((len(steps), 1), (steps[0].number, 0), (steps[0].loss, 0), (loss_of(theta, x, np.full(3, 5.0)), 4.5))


CHECKS = (
    Check("example-hidden", "3.1", "Wx = 8, b = 5: h = 13(1−13) = −156; Eq 5 gives 13(1−8+5)² = 52", _hidden, "Eq 5"),
    Check(
        "example-matrix",
        "3.1",
        "W = (2, 3), b = 5: A = (−20, −18, −27, −4, −12, −9); Eq 14 gives (5, 2, 3, 4, 6, 9)",
        _matrix,
        "Eq 14",
    ),
    Check(
        "example-coefficients",
        "3.2",
        "v = 7, v₀ = 11: c = (−129, −126, −189, −28, −84, −63), ŷ(1, 2) = −1081; Eq 16 gives (11; −140, −126, …)",
        _coefficients,
        "Eq 16",
    ),
    Check("example-norm", "3.3", "√(2² + |(1, 2)|² + 3² + 1² + 1² + 4²) = 6: the 2 of x₁x₂ counts as 1² + 1²", _norm),
    Check("example-cancelling", "3.3", "|(2, 3, 6)| = 7, also where v₀ + v(b−b²) = 2⁶⁰ + ¼ − 2⁶⁰", _cancelled),
    Check(
        "example-bounds",
        "3.3",
        "λ = −3, 2, 1; uₖ'q = 0, 2, 1: 5 ≤ dist² ≤ 10 for K = 1, 1 ≤ dist² ≤ 2 for K = 2",
        _bounds,
    ),
    Check(
        "example-loss",
        "3.4",
        "errors 3 and −1: L = 5; Eq 18 has one x for both, errors 3 and −3: 9",
        _loss_without_index,
        "Eq 18",
    ),
    Check("example-rank", "3.4", "X = diag(1, 2⁻³³, 2⁻⁶⁰) has rank 2 in float64; X⁺(1, 1, 1) = (1, 2³³, 0)", _rank),
    Check("example-minimum", "3.4", "descent stays where L(Θ) = 0; one 3 too low everywhere is L = 9/2", _minimum),
)
