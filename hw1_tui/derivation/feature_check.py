"""The checks of 3.1 and 3.2: the feature map, A of Theta and c of Theta.

All are equations between polynomials, so they are checked on whole numbers, with which float64 does not round: both
sides are equal to the last bit or the equation is wrong.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from engines.contract import Array
from hw1_tui.derivation import MAX_INPUTS
from hw1_tui.derivation.check import Case, Check, Discrepancy
from hw1_tui.derivation.coefficients import Quadratic, coefficients_of
from hw1_tui.derivation.feature_map import feature_count, input_count, matrix_of, phi
from hw1_tui.derivation.network import Theta, whole_numbers
from hw1_tui.derivation.rounding import largest

_EXAMPLES = 8


def count_features(case: Case) -> Discrepancy:
    """Count the monomials of degree at most 2 one by one. Whole numbers: tolerance 0."""
    monomials = sum(1 for degree in range(3) for _ in combinations_with_replacement(range(case.inputs), degree))
    columns = phi(case.rng.standard_normal((1, case.inputs))).shape[1]
    theta = Theta.draw_whole(case.inputs, case.units, case.rng)
    sizes = abs(theta.inputs - case.inputs) + abs(theta.units - case.units)
    error = max(abs(feature_count(case.inputs) - monomials), abs(columns - monomials), sizes)
    return Discrepancy(error, 0.0, f"P = {monomials}")


def count_inputs(case: Case) -> Discrepancy:
    """Count how many numbers up to the largest P are wrongly read as some P, or wrongly refused. Tolerance 0."""
    right = {feature_count(inputs): inputs for inputs in range(MAX_INPUTS + 1)}
    wrong = 0
    for number in range(feature_count(MAX_INPUTS) + 1):
        try:
            wrong += input_count(number) != right.get(number)
        except ValueError:
            wrong += number in right
    return Discrepancy(wrong, 0.0, f"P = {feature_count(case.inputs)}: D = {case.inputs}; as many as 4 are no P")


def hidden_is_linear(case: Case) -> Discrepancy:
    """Compare h with A phi(x). Whole numbers: tolerance 0."""
    theta, x = _draw_whole(case)
    return Discrepancy(largest(theta.hidden(x) - phi(x) @ matrix_of(theta).T), 0.0)


def output_is_linear(case: Case) -> Discrepancy:
    """Compare yhat with c'phi(x). Whole numbers: tolerance 0."""
    theta, x = _draw_whole(case)
    return Discrepancy(largest(theta.predict(x) - phi(x) @ coefficients_of(theta)), 0.0)


def reading_is_right(case: Case) -> Discrepancy:
    """Compare c with (c0, q, S) from W, b and v directly. Whole numbers: tolerance 0."""
    theta, _ = _draw_whole(case)
    return Discrepancy(largest(coefficients_of(theta) - Quadratic.of(theta).vector()), 0.0)


def halves_are_right(case: Case) -> Discrepancy:
    """Compare c'phi(x) with c0 + q'x + x'S x for the (c0, q, S) read from any c, and S with S'. Tolerance 0."""
    c = whole_numbers((feature_count(case.inputs),), case.rng)
    x = whole_numbers((_EXAMPLES, case.inputs), case.rng)
    read = Quadratic.read(c)
    sides = (read.predict(x) - phi(x) @ c, read.vector() - c, read.S - read.S.T)
    return Discrepancy(max(map(largest, sides)), 0.0, "an x₁x₂ of c is two entries of S, half of it each")


def _draw_whole(case: Case) -> tuple[Theta, Array]:
    """Return a network and inputs (8, D) in whole numbers."""
    theta = Theta.draw_whole(case.inputs, case.units, case.rng)
    return theta, whole_numbers((_EXAMPLES, case.inputs), case.rng)


def differences(case: Case, order: int) -> Array:
    """Return the differences of that order of c(Theta + t Delta) at t = 0, 1, 2, ...; zero for a lower degree.

    Theta and Delta are whole numbers, so float64 computes without rounding. (-1)^t binomials by repeated differences.
    """
    theta, direction = (
        Theta.draw_whole(case.inputs, case.units, case.rng),
        Theta.draw_whole(case.inputs, case.units, case.rng),
    )
    direction.v[:] = np.abs(direction.v)  # without which the term of degree 3 could cancel
    difference: Array = np.diff([coefficients_of(theta.moved(direction, t)) for t in range(order + 1)], order, axis=0)
    return difference


def cubic_in_theta(case: Case) -> Discrepancy:
    """Take fourth differences along a line: zero for a cubic; third ones are not. Whole numbers: tolerance 0."""
    error = largest(differences(case, 4)) if differences(case, 3).any() else np.inf
    return Discrepancy(error, 0.0, "fourth differences along a line are 0, third ones are not: W = v = t makes −t³x²")


CHECKS = (
    Check("feature-count", "3.1", "φ has P = (D+1)(D+2)/2 entries", count_features, "Eq 13"),
    Check("input-count", "3.1", "D is told by P", count_inputs),
    Check("hidden-is-linear", "3.1", "h = A(Θ) φ(x)", hidden_is_linear, "Eq 4"),
    Check("output-is-linear", "3.2", "ŷ = c'φ(x) with c = A'v + v₀e₁", output_is_linear, "Eq 15"),
    Check("reading", "3.2", "S = −W'diag(v)W,  q = W'diag(v)(1−2b),  c₀ = v₀ + Σ vₖ(bₖ−bₖ²)", reading_is_right),
    Check("halves", "3.2", "any c: Sᵢᵢ = cᵢᵢ, Sᵢⱼ = cᵢⱼ/2 give c'φ(x) = c₀ + q'x + x'Sx", halves_are_right),
    Check("cubic", "3.2", "c is cubic in Θ", cubic_in_theta),
)
