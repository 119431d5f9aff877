"""The report's own equations of question 3, each as a check: the wrong ones are expected to fail.

Those that are right (4, 7, 9, 11, 13, 15, 17, 20) stand at the checks of the right derivation; 6 is checked here
because it is right and contradicts 5, 16 because 19 contradicts it. That the dimension before 13 is printed as
(D+1)(D+2)/n is an error of the scan, as the sentences before and after it have /2: no check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.approximation import distance_bounds
from hw1_tui.derivation.check import Case, Check, Discrepancy
from hw1_tui.derivation.coefficients import Quadratic
from hw1_tui.derivation.construction import Spectrum
from hw1_tui.derivation.feature_map import feature_count, majorant_of, matrix_of, phi
from hw1_tui.derivation.least_squares import conditioning, half_mean_square
from hw1_tui.derivation.network import Theta, whole_numbers
from hw1_tui.derivation.rounding import gamma, largest, worst
from hw1_tui.derivation.sample import circle_inputs

_EXAMPLES = 8
_LARGEST_ENTRY = 2


def report_hidden(theta: Theta, x: Array) -> Array:
    """Return h (N, K) by equation 5: (sum_j W_ij x_j + b_i) (1 - sum_j W_ij x_j + b_i)^2."""
    s = x @ theta.W.T
    h: Array = (s + theta.b) * (1 - s + theta.b) ** 2
    return h


def report_matrix(theta: Theta) -> Array:
    """Return A (K, P) by equations 8, 10, 12 and 14: rows (b, W, W_i W_j)."""
    i, j = np.triu_indices(theta.inputs)
    return np.hstack([theta.b[:, None], theta.W, theta.W[:, i] * theta.W[:, j]])


def report_coefficients(theta: Theta) -> Array:
    """Return c (P + 1,) by equation 16: (v0; A'v), with the right A."""
    return np.concatenate([[theta.v0], matrix_of(theta).T @ theta.v])


def report_loss(c: Array, x: Array, y: Array) -> float:
    """Return L by equation 18: phi(x) has no index, so one x, here the first, stands for every n."""
    return float(np.sum((phi(x[:1]) @ c - y) ** 2)) / 2


def wrong_entries(theta: Theta) -> Array:
    """Return which entries (K, P) of the report's A differ from A by more than rounding, gamma_4 of their size."""
    tolerance = gamma(4) * (majorant_of(theta) + np.abs(report_matrix(theta)))
    wrong: Array = np.abs(report_matrix(theta) - matrix_of(theta)) > tolerance
    return wrong


def _small_networks() -> Iterator[tuple[Theta, Array]]:
    """Yield D = K = 1 with whole W, b and x, v = 1 and v0 = 0, by the sum of their absolute values."""
    numbers = range(-_LARGEST_ENTRY, _LARGEST_ENTRY + 1)
    ordered = sorted(product(numbers, repeat=3), key=lambda entry: (sum(map(abs, entry)), [-n for n in entry]))
    for W, b, x in ordered:
        yield Theta(np.array([[float(W)]]), np.array([float(b)]), np.ones(1), 0.0), np.array([[float(x)]])


def smallest_counterexample(left: Callable[[Theta, Array], Array], right: Callable[[Theta, Array], Array]) -> str:
    """Return the smallest D = K = 1 in whole numbers at which two sides differ; empty where none was found."""
    for theta, x in _small_networks():
        first, second = left(theta, x), right(theta, x)
        if not np.array_equal(first, second):
            place = f"W = {theta.W[0, 0]:g}, b = {theta.b[0]:g}, x = {x[0, 0]:g}"
            return f"{place}: {_written(first)}, but the report says {_written(second)}"
    return ""


def _written(values: Array) -> str:
    flat = [f"{value:g}" for value in np.ravel(values) + 0.0]
    return flat[0] if len(flat) == 1 else f"({', '.join(flat)})"


def equation_5(case: Case) -> Discrepancy:
    """Compare h with equation 5; gamma_{2D+8} of both sides' absolute values."""
    theta, x = Theta.draw(case.inputs, case.units, case.rng), case.rng.standard_normal((_EXAMPLES, case.inputs))
    zbar = np.abs(x) @ np.abs(theta.W.T) + np.abs(theta.b)
    tolerance = gamma(3 * case.inputs + 8) * (zbar * (1 + zbar) + zbar * (1 + zbar) ** 2)
    example = smallest_counterexample(Theta.hidden, report_hidden)
    return Discrepancy(*worst(theta.hidden(x) - report_hidden(theta, x), tolerance), example)


def equation_6(case: Case) -> Discrepancy:
    """Compare h at D = K = 1 with W x + b - W^2 x^2 - 2 W x b - b^2. Whole numbers: tolerance 0."""
    theta, x = Theta.draw_whole(1, 1, case.rng), whole_numbers((_EXAMPLES, 1), case.rng)
    W, b = theta.W[0, 0], theta.b[0]
    stated = W * x + b - W**2 * x**2 - 2 * W * x * b - b**2
    return Discrepancy(largest(theta.hidden(x) - stated), 0.0, "right, and not what equation 5 gives")


def _equation_of_matrix(fixed: int) -> Callable[[Case], Discrepancy]:
    """Return the measure of the report's A at D = K = ``fixed``, or at any D and K where that is 0."""

    def measure(case: Case) -> Discrepancy:
        theta = Theta.draw(fixed or case.inputs, fixed or case.units, case.rng)
        tolerance = gamma(4) * (majorant_of(theta) + np.abs(report_matrix(theta)))
        example = smallest_counterexample(lambda theta, _: matrix_of(theta), lambda theta, _: report_matrix(theta))
        count = f"{int(np.sum(wrong_entries(theta)))} of {theta.units * feature_count(theta.inputs)} entries wrong"
        error, bound = worst(report_matrix(theta) - matrix_of(theta), tolerance)
        return Discrepancy(error, bound, f"{count}; {example}")

    return measure


def equation_16(case: Case) -> Discrepancy:
    """Compare yhat with [v0; A'v]'(1; phi(x)), phi extended as the text says. Whole numbers: tolerance 0."""
    theta, x = Theta.draw_whole(case.inputs, case.units, case.rng), whole_numbers((_EXAMPLES, case.inputs), case.rng)
    extended = np.column_stack([np.ones(len(x)), phi(x)])
    detail = "right with a second 1 in φ, which has one already: X would have two equal columns and Eq 21 no inverse"
    return Discrepancy(largest(theta.predict(x) - extended @ report_coefficients(theta)), 0.0, detail)


def equation_18(case: Case) -> Discrepancy:
    """Compare 1/2 sum_n (c'phi(x_n) - y_n)^2 with equation 18. Whole numbers: tolerance 0."""
    x, y = whole_numbers((_EXAMPLES, case.inputs), case.rng), np.arange(float(_EXAMPLES))
    c = whole_numbers((feature_count(case.inputs),), case.rng)
    x[:, 0] = y  # so that not all examples are the same
    right = half_mean_square(phi(x), c, y) * len(y)
    detail = "φ(x) for φ(xₙ): D = 1, c = (0, 1, 0), x = y = 0, 1: Eq 17 is 0, Eq 18 with x = 0 is ½"
    return Discrepancy(abs(report_loss(c, x, y) - right), 0.0, detail)


def equation_19(case: Case) -> Discrepancy:
    """Compare the number of entries of equation 16's c with that of X's columns. Whole numbers: tolerance 0."""
    entries = len(report_coefficients(Theta.draw(case.inputs, case.units, case.rng)))
    columns = phi(case.rng.standard_normal((_EXAMPLES, case.inputs))).shape[1]
    return Discrepancy(entries - columns, 0.0, f"c of Eq 16 has {entries} entries, X has {columns} columns: no Xc")


def quadratic_in_theta(case: Case) -> Discrepancy:
    """Take third differences of A along a line: zero for a quadratic, second ones are not. Tolerance 0."""
    line = [Theta.draw_whole(case.inputs, case.units, case.rng) for _ in range(2)]
    values = [matrix_of(line[0].moved(line[1], t)) for t in range(4)]
    error = largest(np.diff(values, 3, axis=0)) if np.diff(values, 2, axis=0).any() else np.inf
    return Discrepancy(error, 0.0, "right; c has v as a further factor and is cubic")


def any_units(case: Case) -> Discrepancy:
    """Take 3.4 without 3.3: a c-hat that fewer than D units cannot reach, at the next smaller K.

    The distance of x_1^2 + ... + x_D^2 from K = D - 1 units is at least 1; tolerance 0, as all is whole.
    """
    wide = max(case.inputs, 2)
    sphere = Quadratic(0.0, np.zeros(wide), np.eye(wide))
    lower, _ = distance_bounds(Spectrum.of(sphere), wide - 1)
    return Discrepancy(lower, 0.0, "D = 2, K = 1: x₁² + x₂² stays a distance of at least 1 away")


def equation_21(case: Case) -> Discrepancy:
    """Take (X'X)^-1 on N > P points of a circle: the rank that is missing. Whole numbers: tolerance 0."""
    p = feature_count(case.inputs)
    missing = p - conditioning(phi(circle_inputs(2 * p, case.inputs, case.rng))).rank
    return Discrepancy(missing, 0.0, "D = 1, x = ±1 over and over: x² = 1, rank X = 2 of 3, X'X has no inverse")


CHECKS = (
    Check("report-5", "3.1", "hᵢ = (Σ Wᵢⱼxⱼ + bᵢ)(1 − Σ Wᵢⱼxⱼ + bᵢ)²", equation_5, "Eq 5", right=False),
    Check("report-6", "3.1", "D = K = 1: h = Wx + b − W²x² − 2Wxb − b²", equation_6, "Eq 6"),
    Check("report-8", "3.1", "A = [b W W²], D = K = 1", _equation_of_matrix(1), "Eq 8", right=False),
    Check("report-10", "3.1", "A = [b W WᵢWⱼ], D = K = 2", _equation_of_matrix(2), "Eq 10", right=False),
    Check("report-12", "3.1", "A = [b W WᵢWⱼ], D = K = 3", _equation_of_matrix(3), "Eq 12", right=False),
    Check("report-14", "3.1", "A = [b W WᵢWⱼ]", _equation_of_matrix(0), "Eq 14", right=False),
    Check("report-16", "3.2", "ŷ = c'φ(x) with c = [v₀; A'v] and a further 1 in φ", equation_16, "Eq 16"),
    Check("report-quadratic", "3.2", "A is quadratic in W and b", quadratic_in_theta, "after Eq 16"),
    Check("report-18", "3.4", "L = ½ Σₙ (c'φ(x) − yₙ)²", equation_18, "Eq 18", right=False),
    Check("report-19", "3.4", "L = ½ |Xc − y|² with X: N × P and c of Eq 16", equation_19, "Eq 19", right=False),
    Check("report-any-units", "3.4", "every ĉ is some network's, whatever K", any_units, "implied by 3.4", right=False),
    Check("report-21", "3.4", "ĉ = (X'X)⁻¹X'y whenever N > P", equation_21, "Eq 21", right=False),
)
