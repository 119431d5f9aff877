"""The checks of 3.1 and 3.2: the feature map, A of Theta and c of Theta."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.check import Case, Check, Measured
from hw1_tui.derivation.coefficients import Quadratic, coefficients_of, majorant_coefficients
from hw1_tui.derivation.feature_map import feature_count, majorant_of, matrix_of, phi
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.rounding import gamma, worst

_EXAMPLES = 8


def count_features(case: Case) -> Measured:
    """Count the monomials of degree at most 2 one by one. Whole numbers: tolerance 0."""
    monomials = sum(1 for degree in range(3) for _ in combinations_with_replacement(range(case.inputs), degree))
    columns = phi(case.rng.standard_normal((1, case.inputs))).shape[1]
    error = max(abs(feature_count(case.inputs) - monomials), abs(columns - monomials))
    return Measured(error, 0.0, f"P = {monomials}")


def hidden_is_linear(case: Case) -> Measured:
    """Compare h with A phi(x).

    With zbar = |W| |x| + |b|: z errs by gamma_{D+1} zbar, so z (1 - z) by gamma_{2D+5} (zbar + zbar^2); an entry of A
    by gamma_3, of phi by gamma_1, their product by gamma_{P+4} |A| |phi|, and |A| |phi| = zbar + zbar^2 as well.
    """
    theta, x = Theta.draw(case.inputs, case.units, case.rng), case.rng.standard_normal((_EXAMPLES, case.inputs))
    size = np.abs(phi(x)) @ majorant_of(theta).T
    operations = 2 * case.inputs + 5 + feature_count(case.inputs) + 4
    return Measured(*worst(theta.hidden(x) - phi(x) @ matrix_of(theta).T, gamma(operations) * size))


def output_is_linear(case: Case) -> Measured:
    """Compare yhat with c'phi(x): the operations of ``hidden_is_linear``, K + 1 more on either side."""
    theta, x = Theta.draw(case.inputs, case.units, case.rng), case.rng.standard_normal((_EXAMPLES, case.inputs))
    size = np.abs(phi(x)) @ majorant_coefficients(theta)
    operations = 2 * case.inputs + 9 + feature_count(case.inputs) + 2 * (case.units + 1)
    return Measured(*worst(theta.predict(x) - phi(x) @ coefficients_of(theta), gamma(operations) * size))


def reading_is_right(case: Case) -> Measured:
    """Compare c with (c0, q, S) from W, b and v directly: gamma_{K+4} on either side of the same absolute values."""
    theta = Theta.draw(case.inputs, case.units, case.rng)
    difference = coefficients_of(theta) - Quadratic.of(theta).vector()
    return Measured(*worst(difference, gamma(2 * case.units + 8) * majorant_coefficients(theta)))


def differences(case: Case, order: int) -> Array:
    """Return the differences of that order of c(Theta + t Delta) at t = 0, 1, 2, ...; zero for a lower degree.

    Theta and Delta are whole numbers, so float64 computes without rounding. (-1)^t binomials by repeated differences.
    """
    theta, direction = (
        Theta.draw_whole(case.inputs, case.units, case.rng),
        Theta.draw_whole(case.inputs, case.units, case.rng),
    )
    direction.v[0] = direction.W[0, 0] = 1.0  # without which the term of degree 3 could be drawn away
    direction.v[1:] = np.abs(direction.v[1:])
    difference: Array = np.diff([coefficients_of(theta.moved(direction, t)) for t in range(order + 1)], order, axis=0)
    return difference


def cubic_in_theta(case: Case) -> Measured:
    """Take fourth differences along a line: zero for a cubic. Whole numbers: tolerance 0."""
    return Measured(float(np.max(np.abs(differences(case, 4)))), 0.0, "fourth differences along a line")


CHECKS = (
    Check("feature-count", "3.1", "φ has P = (D+1)(D+2)/2 entries", count_features, "Eq 13"),
    Check("hidden-is-linear", "3.1", "h = A(Θ) φ(x)", hidden_is_linear, "Eq 4"),
    Check("output-is-linear", "3.2", "ŷ = c'φ(x) with c = A'v + v₀e₁", output_is_linear, "Eq 15"),
    Check("reading", "3.2", "S = −W'diag(v)W,  q = W'diag(v)(1−2b),  c₀ = v₀ + Σ vₖ(bₖ−bₖ²)", reading_is_right),
    Check("cubic", "3.2", "c is cubic in Θ", cubic_in_theta),
)
