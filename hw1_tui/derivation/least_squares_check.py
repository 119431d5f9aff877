"""The checks of 3.4 on solving for c: the normal equations, conditioning, rank."""

from __future__ import annotations

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.check import Case, Check, Measured
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import (
    conditioning,
    normal_error_bound,
    null_space,
    orthogonal_error_bound,
    rank_threshold,
    solve_normal,
    solve_qr,
    solve_svd,
)
from hw1_tui.derivation.network import whole_numbers
from hw1_tui.derivation.rounding import UNIT_ROUNDOFF, gamma, worst
from hw1_tui.derivation.sample import binary_inputs, circle_inputs, squeezed_inputs, targets


def draw_problem(inputs: int, rng: np.random.Generator, noise: float = 0.1, width: float = 1.0) -> tuple[Array, Array]:
    """Return X (2P, P) and y (2P,) of inputs drawn within ``width`` of 1."""
    x = squeezed_inputs(2 * feature_count(inputs), inputs, width, rng)
    return phi(x), targets(x, rng.standard_normal(feature_count(inputs)), noise, rng)


def gradient_is_right(case: Case) -> Measured:
    """Compare X'(Xc - y) with central differences of 1/2 |Xc - y|^2, which are exact for a quadratic at step 1.

    Whole numbers: tolerance 0.
    """
    X = phi(whole_numbers((2 * feature_count(case.inputs), case.inputs), case.rng))
    y = whole_numbers((len(X),), case.rng)
    c, direction = whole_numbers((2, X.shape[1]), case.rng)
    ahead, behind = (float(np.sum((X @ (c + sign * direction) - y) ** 2)) / 2 for sign in (1, -1))
    error = abs(direction @ (X.T @ (X @ c - y)) - (ahead - behind) / 2)
    return Measured(float(error), 0.0, "along a random direction")


def residual_is_orthogonal(case: Case) -> Measured:
    """X'(X c - y) = 0 at the solution of QR.

    An error dc of c shows as X'X dc, at most |X|^2 times the bound of QR; computing the product adds gamma_{N+P+2}.
    """
    X, y = draw_problem(case.inputs, case.rng)
    c, condition = solve_qr(X, y).c, conditioning(X)
    residual = X @ c - y
    solving = condition.largest**2 * orthogonal_error_bound(X, c, float(np.linalg.norm(residual)), condition)
    computing = gamma(sum(X.shape) + 2) * (np.abs(X).T @ (np.abs(X) @ np.abs(c) + np.abs(y)))
    return Measured(*worst(X.T @ residual, computing + solving))


def solvers_agree(case: Case) -> Measured:
    """Normal equations, QR and SVD at an ordinary conditioning: their bounds added up."""
    X, y = draw_problem(case.inputs, case.rng)
    normal, by_qr, by_svd = solve_normal(X, y), solve_qr(X, y), solve_svd(X, y)
    found = conditioning(X)
    residual = float(np.linalg.norm(X @ by_svd.c - y))
    orthogonal = orthogonal_error_bound(X, by_svd.c, residual, found)
    pairs = [
        (float(np.linalg.norm(by_qr.c - by_svd.c)), 2 * orthogonal),
        (float(np.linalg.norm(normal.c - by_svd.c)), orthogonal + normal_error_bound(X, by_svd.c, residual, found)),
    ]
    error, tolerance = worst(*np.transpose(pairs))
    return Measured(error, tolerance, f"cond(X) = {found.condition:.2g}")


def condition_is_squared(case: Case) -> Measured:
    """cond(X'X) = cond(X)^2.

    X'X errs by P gamma_N |X|^2, its eigenvalues by that and P u more; relative to the smallest that is cond(X)^2 times
    as much. The singular values of X err by P u |X|, which doubles when squared.
    """
    X, _ = draw_problem(case.inputs, case.rng)
    n, p = X.shape
    square = conditioning(X).condition ** 2
    eigenvalues = np.linalg.eigvalsh(X.T @ X)
    error = abs(eigenvalues[-1] / eigenvalues[0] / square - 1)
    tolerance = 2 * (p * gamma(n) + 30 * p * UNIT_ROUNDOFF) * square
    return Measured(float(error), tolerance, f"{square:.3g}, relative error")


def conditioning_costs(case: Case) -> Measured:
    """Inputs within 1e-2 of one point, no noise: QR stays within cond(X) u of the true c, where X'X loses cond(X)^2 u.

    The targets themselves were rounded: gamma_{P+1} |X||c|, times 1 / sigma_P. Tolerance of QR and that.
    """
    x = squeezed_inputs(2 * feature_count(case.inputs), case.inputs, 1e-2, case.rng)
    X, c = phi(x), case.rng.standard_normal(feature_count(case.inputs))
    y = X @ c
    found = conditioning(X)
    rounded = gamma(len(c) + 1) * found.condition * float(np.linalg.norm(np.abs(X) @ np.abs(c))) / found.largest
    error = float(np.linalg.norm(solve_qr(X, y).c - c))
    normal = solve_normal(X, y)
    lost = normal.failure or f"errs by {np.linalg.norm(normal.c - c):.1e}"
    bound = orthogonal_error_bound(X, c, float(np.linalg.norm(y - X @ c)), found)
    return Measured(error, rounded + bound, f"cond(X) = {found.condition:.1e}; X'X {lost}")


def circle_loses_rank(case: Case) -> Measured:
    """Inputs on the unit sphere: rank X = P - 1. Whole numbers: tolerance 0."""
    p = feature_count(case.inputs)
    rank = conditioning(phi(circle_inputs(2 * p, case.inputs, case.rng))).rank
    return Measured(abs(rank - (p - 1)), 0.0, f"rank {rank} of {p}")


def binary_loses_rank(case: Case) -> Measured:
    """Inputs of zeros and ones: rank X = P - D. Whole numbers: tolerance 0."""
    p = feature_count(case.inputs)
    rank = conditioning(phi(binary_inputs(2 * p, case.inputs, case.rng))).rank
    return Measured(abs(rank - (p - case.inputs)), 0.0, f"rank {rank} of {p}")


def minimum_norm(case: Case) -> Measured:
    """Where the rank fails the SVD's c has nothing of the null space, so any other minimiser is longer.

    The null space errs by max(N, P) eps |X| / sigma_rank, relative to |c|; twice, for it and for the solution.
    """
    x = circle_inputs(2 * feature_count(case.inputs), case.inputs, case.rng)
    X = phi(x)
    y = targets(x, case.rng.standard_normal(feature_count(case.inputs)), 0.1, case.rng)
    c = solve_svd(X, y).c
    sigma = np.linalg.svd(X, compute_uv=False)
    smallest = float(np.min(sigma[sigma > rank_threshold(X, sigma[0])]))
    tolerance = 2 * rank_threshold(X, sigma[0]) / smallest * float(np.linalg.norm(c))
    return Measured(float(np.linalg.norm(null_space(X).T @ c)), tolerance, "part of ĉ in the null space of X")


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
