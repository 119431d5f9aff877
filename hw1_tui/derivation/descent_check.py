"""The checks of 3.4 on the way back to Theta: convexity, and the closed form's loss as a floor."""

from __future__ import annotations

from itertools import islice, pairwise

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.check import Case, Check, Discrepancy
from hw1_tui.derivation.coefficients import Quadratic, majorant_coefficients
from hw1_tui.derivation.construction import construct_exactly, construct_within
from hw1_tui.derivation.construction_check import draw_target
from hw1_tui.derivation.descent import DescentState, descend, gradient_of, loss_of
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import (
    half_mean_square,
    solve_qr,
)
from hw1_tui.derivation.network import Theta, reflected, whole_numbers
from hw1_tui.derivation.rounding import FACTORIZATION, gamma, rounding_of, worst
from hw1_tui.derivation.sample import power_of_two, targets

_EXAMPLES = 8
_DESCENT_STEPS = 40
_SLOPE = np.array([-1, 9, -45, 0, 45, -9, 1]) / 60
"""The derivative at 0 of a polynomial of degree 6 from its values at -3, -2, ..., 3."""


def convex_in_c(case: Case) -> Discrepancy:
    """L((c + d)/2) = (L(c) + L(d))/2 - |X(c - d)|^2 / (8 N): never above the chord.

    Whole numbers and a power of two of examples: tolerance 0.
    """
    x = whole_numbers((power_of_two(feature_count(case.inputs)), case.inputs), case.rng)
    X, y = phi(x), whole_numbers((len(x),), case.rng)
    c, d = whole_numbers((2, X.shape[1]), case.rng)
    chord = (half_mean_square(X, c, y) + half_mean_square(X, d, y)) / 2
    sag = float(np.mean((X @ (c - d)) ** 2)) / 8
    return Discrepancy(abs(half_mean_square(X, (c + d) / 2, y) - (chord - sag)), 0.0)


def not_convex_in_theta(case: Case) -> Discrepancy:
    """Theta and its reflection are the same function; half-way W = 0, and the output is constant.

    With their own outputs as targets both have loss 0, and half-way the loss is at least the variance of y / 2. The
    error is what is missing of that. Whole numbers: tolerance 0.
    """
    theta = Theta.draw_whole(case.inputs, case.units, case.rng)
    x = whole_numbers((2 * feature_count(case.inputs), case.inputs), case.rng)
    y = theta.predict(x)
    other = reflected(theta)
    half_way = Theta((theta.W + other.W) / 2, (theta.b + other.b) / 2, theta.v, theta.v0)
    ends, middle = max(loss_of(theta, x, y), loss_of(other, x, y)), loss_of(half_way, x, y)
    error = max(float(np.var(y)) / 2 - middle, ends, 0.0)
    return Discrepancy(error, 0.0, f"loss {ends:g} at both, {middle:.2g} between")


def gradient_in_theta(case: Case) -> Discrepancy:
    """Compare the gradient by Theta with the slope of L along a line, for W, b, v, v0 and all of them together.

    Along a line L is a polynomial of degree 6, whose slope seven of its values give exactly, as 60 times a whole number
    of 16ths for whole Theta and 8 examples: tolerance 0.
    """
    theta = Theta.draw_whole(case.inputs, case.units, case.rng)
    x, y = whole_numbers((_EXAMPLES, case.inputs), case.rng), whole_numbers((_EXAMPLES,), case.rng)
    gradient, line = gradient_of(theta, x, y), Theta.draw_whole(case.inputs, case.units, case.rng)
    none = {name: 0.0 * part for name, part in vars(line).items()}
    errors = []
    for kept in (("W",), ("b",), ("v",), ("v0",), tuple(none)):
        direction = Theta(**(none | {name: vars(line)[name] for name in kept}))
        values = [loss_of(theta.moved(direction, t), x, y) for t in range(-3, 4)]
        slope = sum(float(np.sum(vars(gradient)[name] * vars(direction)[name])) for name in none)
        errors.append(abs(float(np.dot(np.rint(60 * _SLOPE), values)) - 60 * slope))
    return Discrepancy(max(errors), 0.0, "−L₋₃ + 9L₋₂ − 45L₋₁ + 45L₁ − 9L₂ + L₃ = 60 ∇L·Δ at Θ + tΔ, t = −3 … 3")


def rate_is_largest(case: Case) -> Discrepancy:
    """Count the steps of descent whose rate is not the first of 2r, r, r/2, ... at which L falls by r |grad L|^2 / 2.

    The first step tries the rate it is given. Whole numbers: tolerance 0.
    """
    x, y, start = _descent_problem(case)
    steps, wrong = list(islice(descend(x, y, start, 1.0), _DESCENT_STEPS)), 0
    for number, (before, step) in enumerate(pairwise(steps), start=1):
        gradient = gradient_of(before.theta, x, y)
        slope = sum(float(np.sum(np.square(part))) for part in vars(gradient).values())

        def falls(rate: float, before: DescentState = before, gradient: Theta = gradient, slope: float = slope) -> bool:
            return loss_of(before.theta.moved(gradient, -rate), x, y) <= before.loss - rate * slope / 2

        first = before.learning_rate * (1 if number == 1 else 2)
        halvings = np.log2(first / step.learning_rate)
        wrong += not falls(step.learning_rate) or not float(halvings).is_integer() or halvings < 0
        wrong += halvings > 0 and falls(2 * step.learning_rate)
        wrong += step.number != number or step.loss != loss_of(step.theta, x, y) or not step.loss < before.loss
    return Discrepancy(
        wrong, 0.0, f"{len(steps) - 1} steps, rates {_range([step.learning_rate for step in steps[1:]])}"
    )


def _range(values: list[float]) -> str:
    return f"{min(values):.1e} to {max(values):.1e}"


def _descent_problem(case: Case) -> tuple[Array, Array, Theta]:
    """Return inputs (N, D), targets (N,) and a start."""
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    y = targets(x, case.rng.standard_normal(feature_count(case.inputs)), 0.1, case.rng)
    return x, y, Theta.draw(case.inputs, case.units, case.rng, 1 / np.sqrt(case.inputs * case.units))


def floor_holds(case: Case) -> Discrepancy:
    """No step of gradient descent on Theta is below the closed form's loss, up to rounding of N losses."""
    x, y, start = _descent_problem(case)
    X = phi(x)
    best = solve_qr(X, y)
    losses = [step.loss for step in islice(descend(x, y, start), _DESCENT_STEPS)]
    size = float(np.mean((np.abs(X) @ np.abs(best.c) + np.abs(y)) ** 2))
    detail = f"floor {best.loss:.3g}, after {len(losses) - 1} steps {losses[-1]:.3g}"
    return Discrepancy(max(best.loss - min(losses), 0.0), rounding_of(X.size) * size, detail)


def floor_is_approached(case: Case) -> Discrepancy | None:
    """K >= D: from a start near Theta(c-hat) descent comes down to the loss of c-hat: 9/10 of the way and more.

    The start is Theta(c-hat) with each parameter moved by 1/100 of the largest; the error is what is left of the way,
    relative.
    """
    if case.units < case.inputs:
        return None
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    target = draw_target(case.inputs, case.inputs, True, case.rng)
    y = target.predict(x) + 0.1 * case.rng.standard_normal(len(x))
    best = solve_qr(phi(x), y)
    ideal = construct_within(Quadratic.read(best.c), case.units, 1e-6).theta
    start = ideal.moved(Theta.draw(case.inputs, case.units, case.rng), 0.01)
    losses = [step.loss for step in islice(descend(x, y, start), 5 * _DESCENT_STEPS)]
    left = (losses[-1] - best.loss) / (losses[0] - best.loss)
    return Discrepancy(
        left, 0.1, f"floor {best.loss:.6g}, start {losses[0]:.6g}, after {len(losses) - 1} steps {losses[-1]:.6g}"
    )


def floor_not_attained(case: Case) -> Discrepancy:
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
    error, tolerance = worst(*np.transpose(pairs))
    return Discrepancy(error, tolerance, f"loss {losses[0]:.1e}, {losses[1]:.1e}, {losses[2]:.1e} at b = 10, 100, 1000")


def theta_reaches_floor(case: Case) -> Discrepancy | None:
    """K >= D and S of the target regular: the network built from c-hat has c-hat's loss.

    The error is the root mean square of the residuals, whose rounding is that of the coefficients' sizes in phi(x).
    """
    if case.units < case.inputs:
        return None
    x = case.rng.standard_normal((2 * feature_count(case.inputs), case.inputs))
    target = draw_target(case.inputs, case.inputs, True, case.rng)
    built = construct_exactly(target, case.units)
    size = float(np.sqrt(np.mean(phi(x) ** 2 @ majorant_coefficients(built.theta) ** 2)))
    error = float(np.sqrt(2 * loss_of(built.theta, x, target.predict(x))))
    return Discrepancy(error, rounding_of(FACTORIZATION) * size, "√(2 L) of Θ(c) on c's own outputs, floor 0")


CHECKS = (
    Check("convex-in-c", "3.4", "L is convex in c", convex_in_c),
    Check("not-convex-in-theta", "3.4", "L is not convex in Θ: Θ and its mirror image", not_convex_in_theta),
    Check("gradient-in-theta", "3.4", "∂L/∂Θ is the slope of L along any line", gradient_in_theta),
    Check("rate", "3.4", "descent: the first of 2r, r, r/2, … with L(Θ − r∇L) ≤ L − r|∇L|²/2", rate_is_largest),
    Check("floor", "3.4", "L(Θ) ≥ L(ĉ) all the way down", floor_holds),
    Check("floor-approached", "3.4", "K ≥ D: from a start near Θ(ĉ) descent comes to L(ĉ)", floor_is_approached),
    Check("floor-not-attained", "3.4", "K = 1, linear target: L → 0 as |b| → ∞, never 0", floor_not_attained),
    Check("floor-reached", "3.4", "K ≥ D: L(Θ(ĉ)) = L(ĉ)", theta_reaches_floor),
)
