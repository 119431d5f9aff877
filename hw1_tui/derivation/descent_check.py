"""The checks of 3.4 on the way back to Theta: convexity, and the closed form's loss as a floor."""

from __future__ import annotations

from itertools import islice

import numpy as np

from hw1_tui.derivation.check import Case, Check, Measured
from hw1_tui.derivation.coefficients import coefficients_of
from hw1_tui.derivation.construction import construct_exactly
from hw1_tui.derivation.construction_check import draw_target
from hw1_tui.derivation.descent import descend, loss_of
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import (
    half_mean_square,
    solve_qr,
)
from hw1_tui.derivation.least_squares_check import draw_problem
from hw1_tui.derivation.network import Theta, reflected
from hw1_tui.derivation.rounding import gamma
from hw1_tui.derivation.sample import targets

_DESCENT_STEPS = 30


def convex_in_c(case: Case) -> Measured:
    """L((c + d)/2) = (L(c) + L(d))/2 - |X(c - d)|^2 / (8 N): never above the chord. gamma_{N+2P+8} of the size."""
    X, y = draw_problem(case.inputs, case.rng)
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
    Check("convex-in-c", "3.4", "L is convex in c", convex_in_c),
    Check("not-convex-in-theta", "3.4", "L is not convex in Θ: Θ and its mirror image", not_convex_in_theta),
    Check("floor", "3.4", "L(Θ) ≥ L(ĉ) all the way down", floor_holds),
    Check("floor-not-attained", "3.4", "K = 1, linear target: L → 0 as |b| → ∞, never 0", floor_not_attained),
    Check("floor-reached", "3.4", "K ≥ D: L(Θ(ĉ)) = L(ĉ)", theta_reaches_floor),
)
