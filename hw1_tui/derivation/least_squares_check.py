"""The checks of 3.4 on solving for c: the normal equations, conditioning, rank."""

from __future__ import annotations

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.check import Case, Check, Discrepancy
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import (
    conditioning,
    null_space,
    solve_normal,
    solve_qr,
    solve_svd,
)
from hw1_tui.derivation.network import whole_numbers
from hw1_tui.derivation.rounding import FACTORIZATION, rounding_of, worst
from hw1_tui.derivation.sample import binary_inputs, circle_inputs, squeezed_inputs, targets


def draw_problem(inputs: int, rng: np.random.Generator, noise: float = 0.1, width: float = 1.0) -> tuple[Array, Array]:
    """Return X (2P, P) and y (2P,) of inputs drawn within ``width`` of 1."""
    x = squeezed_inputs(2 * feature_count(inputs), inputs, width, rng)
    return phi(x), targets(x, rng.standard_normal(feature_count(inputs)), noise, rng)


def gradient_is_right(case: Case) -> Discrepancy:
    """Compare X'(Xc - y) with central differences of 1/2 |Xc - y|^2, which are exact for a quadratic at step 1.

    Whole numbers: tolerance 0.
    """
    X = phi(whole_numbers((2 * feature_count(case.inputs), case.inputs), case.rng))
    y = whole_numbers((len(X),), case.rng)
    c, direction = whole_numbers((2, X.shape[1]), case.rng)
    ahead, behind = (float(np.sum((X @ (c + sign * direction) - y) ** 2)) / 2 for sign in (1, -1))
    error = abs(direction @ (X.T @ (X @ c - y)) - (ahead - behind) / 2)
    return Discrepancy(float(error), 0.0, "along a random direction")


def _size(X: Array, c: Array, y: Array) -> float:
    """Return (sum_j |x_j|^2 c_j^2)^(1/2) + |y|: the size of what is added up to X c - y."""
    return float(np.linalg.norm(np.linalg.norm(X, axis=0) * c) + np.linalg.norm(y))


def _moved(X: Array, c: Array, y: Array) -> tuple[float, float]:
    """Return how far rounding moves c for each u of its relative size: in X and y, and in X'X and X'y.

    Independent errors E of X, of size |X| altogether as the SVD's are, and e of y move c by X+ (E c + e) + (X'X)^-1
    E'(X c - y); of X'X and X'y, of size |x_i||x_j| and |x_i||y|, by (X'X)^-1 of them (Stewart 1990, "Stochastic
    perturbation theory", SIAM Review 32:579-610).
    """
    inverse, whole, n = np.linalg.pinv(X), float(np.linalg.norm(X)), len(y)
    squared = inverse @ inverse.T
    size = whole * float(np.linalg.norm(c)) + float(np.linalg.norm(y))
    residual = whole * float(np.linalg.norm(X @ c - y))
    of_factors = (float(np.linalg.norm(inverse)) * size + float(np.linalg.norm(squared)) * residual) / np.sqrt(n)
    return of_factors, float(np.linalg.norm(squared * np.linalg.norm(X, axis=0))) * _size(X, c, y)


def residual_is_orthogonal(case: Case) -> Discrepancy:
    """X'(X c - y) = 0 at the solution of QR.

    Each of the P entries is a sum over the examples of what is left of X c - y, which rounds by its size.
    """
    X, y = draw_problem(case.inputs, case.rng)
    c = solve_qr(X, y).c
    size = np.linalg.norm(X, axis=0) * _size(X, c, y) / np.sqrt(len(y))
    return Discrepancy(*worst(X.T @ (X @ c - y), rounding_of(FACTORIZATION + 16 * len(c)) * size))


def solvers_agree(case: Case) -> Discrepancy:
    """Normal equations, QR and SVD at an ordinary conditioning: by what rounding moves c."""
    X, y = draw_problem(case.inputs, case.rng)
    normal, by_qr, by_svd = solve_normal(X, y), solve_qr(X, y), solve_svd(X, y)
    of_factors, of_products = _moved(X, by_svd.c, y)
    pairs = [
        (float(np.linalg.norm(by_qr.c - by_svd.c)), rounding_of(FACTORIZATION + X.shape[1]) * of_factors),
        (float(np.linalg.norm(normal.c - by_svd.c)), rounding_of(FACTORIZATION) * of_products),
    ]
    error, tolerance = worst(*np.transpose(pairs))
    return Discrepancy(error, tolerance, f"cond(X) = {conditioning(X).condition:.2g}")


def condition_is_squared(case: Case) -> Discrepancy:
    """cond(X'X) = cond(X)^2.

    Errors of X'X of size |x_i||x_j| move its smallest eigenvalue, relative to itself, by |(X'X)^-1| times theirs.
    """
    X, _ = draw_problem(case.inputs, case.rng)
    square = conditioning(X).condition ** 2
    eigenvalues = np.linalg.eigvalsh(X.T @ X)
    error = abs(eigenvalues[-1] / eigenvalues[0] / square - 1)
    _, moved = _moved(X, np.zeros(X.shape[1]), np.full(len(X), np.linalg.norm(X) / np.sqrt(len(X))))
    return Discrepancy(float(error), rounding_of(FACTORIZATION) * moved, f"{square:.3g}, relative error")


def conditioning_costs(case: Case) -> Discrepancy:
    """Inputs within 1e-2 of one point, no noise: QR stays within cond(X) u of the true c, where X'X loses cond(X)^2 u.

    The targets were rounded as well, which is one part of what moves c.
    """
    x = squeezed_inputs(2 * feature_count(case.inputs), case.inputs, 1e-2, case.rng)
    X, c = phi(x), case.rng.standard_normal(feature_count(case.inputs))
    y = X @ c
    error = float(np.linalg.norm(solve_qr(X, y).c - c))
    normal = solve_normal(X, y)
    lost = normal.failure or f"errs by {np.linalg.norm(normal.c - c):.1e}"
    tolerance = rounding_of(FACTORIZATION) * _moved(X, c, y)[0]
    return Discrepancy(error, tolerance, f"cond(X) = {conditioning(X).condition:.1e}; X'X {lost}")


def circle_loses_rank(case: Case) -> Discrepancy:
    """Inputs on the unit sphere: rank X = P - 1. Whole numbers: tolerance 0."""
    p = feature_count(case.inputs)
    rank = conditioning(phi(circle_inputs(2 * p, case.inputs, case.rng))).rank
    return Discrepancy(abs(rank - (p - 1)), 0.0, f"rank {rank} of {p}")


def binary_loses_rank(case: Case) -> Discrepancy:
    """Inputs of zeros and ones: rank X = P - D. Whole numbers: tolerance 0."""
    p = feature_count(case.inputs)
    rank = conditioning(phi(binary_inputs(2 * p, case.inputs, case.rng))).rank
    return Discrepancy(abs(rank - (p - case.inputs)), 0.0, f"rank {rank} of {p}")


def minimum_norm(case: Case) -> Discrepancy:
    """Where the rank fails the SVD's c has nothing of the null space, so any other minimiser is longer.

    Both are made of the same singular vectors, which are orthogonal up to rounding.
    """
    x = circle_inputs(2 * feature_count(case.inputs), case.inputs, case.rng)
    X = phi(x)
    y = targets(x, case.rng.standard_normal(feature_count(case.inputs)), 0.1, case.rng)
    c = solve_svd(X, y).c
    tolerance = rounding_of(FACTORIZATION) * float(np.linalg.norm(c))
    return Discrepancy(float(np.linalg.norm(null_space(X).T @ c)), tolerance, "part of ĉ in the null space of X")


CHECKS = (
    Check("gradient", "3.4", "∂L/∂c = X'(Xc − y)", gradient_is_right, "Eq 20"),
    Check("normal-equations", "3.4", "X'(Xĉ − y) = 0", residual_is_orthogonal, "Eq 20"),
    Check("solvers-agree", "3.4", "normal equations, QR and SVD give the same ĉ", solvers_agree, "Eq 21"),
    Check("condition-squared", "3.4", "cond(X'X) = cond(X)²", condition_is_squared),
    Check("conditioning-costs", "3.4", "QR errs by cond(X) u, X'X by cond(X)² u", conditioning_costs),
    Check("circle", "3.4", "inputs on a circle: rank X = P − 1", circle_loses_rank),
    Check("binary", "3.4", "binary inputs: rank X = P − D", binary_loses_rank),
    Check("minimum-norm", "3.4", "rank X < P: X⁺y is the shortest minimiser", minimum_norm),
)
