"""The checks of 3.4: least squares in c, and the way back to Theta."""

from __future__ import annotations

from itertools import islice

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.check import Case, Check, Measured
from hw1_tui.derivation.coefficients import coefficients_of
from hw1_tui.derivation.construction import construct_exactly
from hw1_tui.derivation.construction_check import draw_target
from hw1_tui.derivation.descent import descend, loss_of
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import (
    conditioning,
    half_mean_square,
    normal_error_bound,
    null_space,
    orthogonal_error_bound,
    rank_threshold,
    solve_normal,
    solve_qr,
    solve_svd,
)
from hw1_tui.derivation.network import Theta, reflected
from hw1_tui.derivation.rounding import UNIT_ROUNDOFF, gamma, worst
from hw1_tui.derivation.sample import binary_inputs, circle_inputs, squeezed_inputs, targets

_DESCENT_STEPS = 30


def _problem(inputs: int, rng: np.random.Generator, noise: float = 0.1, width: float = 1.0) -> tuple[Array, Array]:
    """Return X (2P, P) and y (2P,) of inputs drawn within ``width`` of 1."""
    x = squeezed_inputs(2 * feature_count(inputs), inputs, width, rng)
    return phi(x), targets(x, rng.standard_normal(feature_count(inputs)), noise, rng)


def gradient_is_right(case: Case) -> Measured:
    """Compare X'(Xc - y) with central differences of 1/2 |Xc - y|^2, which are exact for a quadratic at step 1.

    Both sides err by gamma_{N+P+4} on |X|'(|X||c| + |y|); the difference of two losses by as much of their size.
    """
    X, y = _problem(case.inputs, case.rng)
    c, direction = case.rng.standard_normal((2, X.shape[1]))
    ahead, behind = (float(np.sum((X @ (c + sign * direction) - y) ** 2)) / 2 for sign in (1, -1))
    size = np.sum((np.abs(X) @ (np.abs(c) + np.abs(direction)) + np.abs(y)) ** 2)
    error = abs(direction @ (X.T @ (X @ c - y)) - (ahead - behind) / 2)
    return Measured(float(error), float(gamma(2 * sum(X.shape) + 8) * size), "along a random direction")


def residual_is_orthogonal(case: Case) -> Measured:
    """X'(X c - y) = 0 at the solution of QR.

    An error dc of c shows as X'X dc, at most |X|^2 times the bound of QR; computing the product adds gamma_{N+P+2}.
    """
    X, y = _problem(case.inputs, case.rng)
    c, condition = solve_qr(X, y).c, conditioning(X)
    residual = X @ c - y
    solving = condition.largest**2 * orthogonal_error_bound(X, c, float(np.linalg.norm(residual)), condition)
    computing = gamma(sum(X.shape) + 2) * (np.abs(X).T @ (np.abs(X) @ np.abs(c) + np.abs(y)))
    return Measured(*worst(X.T @ residual, computing + solving))


def solvers_agree(case: Case) -> Measured:
    """Normal equations, QR and SVD at an ordinary conditioning: their bounds added up."""
    X, y = _problem(case.inputs, case.rng)
    normal, by_qr, by_svd = solve_normal(X, y), solve_qr(X, y), solve_svd(X, y)
    found = conditioning(X)
    residual = float(np.linalg.norm(X @ by_svd.c - y))
    orthogonal = orthogonal_error_bound(X, by_svd.c, residual, found)
    pairs = [
        (float(np.linalg.norm(by_qr.c - by_svd.c)), 2 * orthogonal),
        (float(np.linalg.norm(normal.c - by_svd.c)), orthogonal + normal_error_bound(X, by_svd.c, residual, found)),
    ]
    error, tolerance = max(pairs, key=lambda pair: pair[0] / pair[1])
    return Measured(error, tolerance, f"cond(X) = {found.condition:.2g}")


def condition_is_squared(case: Case) -> Measured:
    """cond(X'X) = cond(X)^2.

    X'X errs by P gamma_N |X|^2, its eigenvalues by that and P u more; relative to the smallest that is cond(X)^2 times
    as much. The singular values of X err by P u |X|, which doubles when squared.
    """
    X, _ = _problem(case.inputs, case.rng)
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


def convex_in_c(case: Case) -> Measured:
    """L((c + d)/2) = (L(c) + L(d))/2 - |X(c - d)|^2 / (8 N): never above the chord. gamma_{N+2P+8} of the size."""
    X, y = _problem(case.inputs, case.rng)
    c, d = case.rng.standard_normal((2, X.shape[1]))
    chord = (half_mean_square(X, c, y) + half_mean_square(X, d, y)) / 2
    sag = float(np.mean((X @ (c - d)) ** 2)) / 8
    size = float(np.mean((np.abs(X) @ (np.abs(c) + np.abs(d)) + np.abs(y)) ** 2))
    error = abs(half_mean_square(X, (c + d) / 2, y) - (chord - sag))
    return Measured(error, gamma(len(X) + 2 * len(c) + 8) * size)


def not_convex_in_theta(case: Case) -> Measured:
    """Theta and its reflection are the same function; half-way W = 0, and the output is constant.

    With their own outputs as targets both have loss 0, and half-way the loss is at least the variance of y / 2. The
    error is what is missing of that: none, up to gamma_{N+P} of the size.
    """
    theta = Theta.draw(case.inputs, case.units, case.rng)
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    y = theta.predict(x)
    other = reflected(theta)
    half_way = Theta((theta.W + other.W) / 2, (theta.b + other.b) / 2, theta.v, theta.v0)
    ends, middle = loss_of(other, x, y), loss_of(half_way, x, y)
    size = float(np.mean((np.abs(phi(x)) @ np.abs(coefficients_of(theta))) ** 2)) + float(np.mean(y**2))
    error = max(float(np.var(y)) / 2 - middle, ends)
    return Measured(
        error, gamma(len(x) + feature_count(case.inputs)) * size, f"loss {ends:.1e} at both, {middle:.2g} between"
    )


def floor_holds(case: Case) -> Measured:
    """No step of gradient descent on Theta is below the closed form's loss.

    ``loss_of`` errs by gamma_{N+P+2D+K+12} of the squared sizes, the floor by gamma_{N+P} of its own.
    """
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    X = phi(x)
    y = targets(x, case.rng.standard_normal(feature_count(case.inputs)), 0.1, case.rng)
    best = solve_qr(X, y)
    start = Theta.draw(case.inputs, case.units, case.rng, 1 / np.sqrt(case.inputs * case.units))
    last = list(islice(descend(x, y, start), _DESCENT_STEPS))[-1]
    size = float(np.mean((np.abs(X) @ np.abs(best.c) + np.abs(y)) ** 2))
    detail = f"floor {best.loss:.3g}, after {last.number} steps {last.loss:.3g}"
    return Measured(
        max(best.loss - last.loss, 0.0), gamma(len(x) + X.shape[1] + 2 * case.inputs + case.units + 12) * size, detail
    )


def floor_not_attained(case: Case) -> Measured:
    """One unit and a linear target q'x: loss (1/2N) sum (q'x)^4 / (1 - 2b)^2 falls to 0 as |b| grows and never is 0.

    w = q, v = 1 / (1 - 2b), v0 = -v (b - b^2) leave the error -v (q'x)^2. Relative tolerance: predictions cancel terms
    of size v (zbar + zbar^2) with zbar = |q||x| + |b|, gamma_{2D+8} of them, against the error that is left.
    """
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    q = case.rng.standard_normal(case.inputs)
    pairs, losses = [], []
    for b in (1e1, 1e2, 1e3):
        v = 1 / (1 - 2 * b)
        theta = Theta(q[None], np.array([b]), np.array([v]), -v * (b - b * b))
        expected = float(np.mean((v * (x @ q) ** 2) ** 2)) / 2
        zbar = np.abs(x) @ np.abs(q) + b
        left = abs(v) * (x @ q) ** 2
        wrong = gamma(2 * case.inputs + 8) * 2 * abs(v) * (zbar + zbar**2)
        tolerance = float(np.mean(wrong * left + wrong**2)) + gamma(len(x) + 6) * expected
        losses.append(loss_of(theta, x, x @ q))
        pairs.append((abs(losses[-1] - expected), tolerance))
    error, tolerance = max(pairs, key=lambda pair: pair[0] / pair[1])
    return Measured(error, tolerance, f"loss {losses[0]:.1e}, {losses[1]:.1e}, {losses[2]:.1e} at b = 10, 100, 1000")


def theta_reaches_floor(case: Case) -> Measured | None:
    """K >= D and S of the target regular: the network built from c-hat has c-hat's loss.

    A change dc of c moves predictions by |phi(x)| |dc|; with r = |X c - y| the loss by (r |X| |dc| + |X|^2 |dc|^2) / N.
    """
    if case.units < case.inputs:
        return None
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    X = phi(x)
    target = draw_target(case.inputs, case.inputs, True, case.rng)
    y = target.predict(x)
    built = construct_exactly(target, case.units)
    moved = float(np.linalg.norm(X, 2)) * built.bound
    evaluation = gamma(2 * case.inputs + case.units + 12) * float(np.mean(np.abs(X) @ np.abs(target.vector())))
    tolerance = (moved + evaluation * np.sqrt(len(x))) ** 2 / len(x)
    return Measured(loss_of(built.theta, x, y), tolerance, "loss of Θ(c) on c's own outputs, floor 0")


CHECKS = (
    Check("gradient", "3.4", "∂L/∂c = X'(Xc − y)", gradient_is_right, "Eq 20"),
    Check("normal-equations", "3.4", "X'(Xĉ − y) = 0", residual_is_orthogonal, "Eq 20"),
    Check("solvers-agree", "3.4", "normal equations, QR and SVD give the same ĉ", solvers_agree, "Eq 21"),
    Check("condition-squared", "3.4", "cond(X'X) = cond(X)²", condition_is_squared),
    Check("conditioning-costs", "3.4", "QR errs by cond(X) u, X'X by cond(X)² u", conditioning_costs),
    Check("circle", "3.4", "inputs on a circle: rank X = P − 1", circle_loses_rank),
    Check("binary", "3.4", "binary inputs: rank X = P − D", binary_loses_rank),
    Check("minimum-norm", "3.4", "rank X < P: X⁺y is the shortest minimiser", minimum_norm),
    Check("convex-in-c", "3.4", "L is convex in c", convex_in_c),
    Check("not-convex-in-theta", "3.4", "L is not convex in Θ: Θ and its mirror image", not_convex_in_theta),
    Check("floor", "3.4", "L(Θ) ≥ L(ĉ) all the way down", floor_holds),
    Check("floor-not-attained", "3.4", "K = 1, linear target: L → 0 as |b| → ∞, never 0", floor_not_attained),
    Check("floor-reached", "3.4", "K ≥ D: L(Θ(ĉ)) = L(ĉ)", theta_reaches_floor),
)
