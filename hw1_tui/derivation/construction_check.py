"""The checks of 3.3: which c can be reached, by which Theta, and how near one comes otherwise."""

from __future__ import annotations

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.approximation import distance_bounds, nearest
from hw1_tui.derivation.check import Case, Check, Measured
from hw1_tui.derivation.coefficients import Quadratic, error_of, majorant_coefficients
from hw1_tui.derivation.construction import Construction, Spectrum, construct_exactly, construct_within
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.rounding import eigen_error, gamma

_RANDOM_NETWORKS = 20


def draw_target(inputs: int, rank: int, in_range: bool, rng: np.random.Generator) -> Quadratic:
    """Return a target whose S has the given rank, with eigenvalues between 1/2 and 2 of either sign.

    Args:
        inputs: D.
        rank: rank of S.
        in_range: whether q lies in the range of S; needs a rank below D where it does not.
        rng: source of randomness.
    """
    U = _rotation(inputs, rng)
    lam = rng.uniform(0.5, 2.0, rank) * rng.choice([-1.0, 1.0], rank)
    q = U[:, :rank] @ rng.standard_normal(rank) if in_range else rng.standard_normal(inputs)
    S = (U[:, :rank] * lam) @ U[:, :rank].T
    return Quadratic(float(rng.standard_normal()), q, (S + S.T) / 2)


def _rotation(inputs: int, rng: np.random.Generator) -> Array:
    rotation: Array = np.linalg.qr(rng.standard_normal((inputs, inputs)))[0]
    return rotation


def _compare(target: Quadratic, built: Construction, detail: str) -> Measured:
    """Measure |c(Theta) - c| against the bound that ``rounding_bound`` derives."""
    return Measured(error_of(built.theta, target), built.bound, detail)


def eigenvectors_are_exact(case: Case) -> Measured | None:
    """K >= D and S regular: tolerance from ``rounding_bound``."""
    if case.units < case.inputs:
        return None
    target = draw_target(case.inputs, case.inputs, True, case.rng)
    return _compare(target, construct_within(target, case.units, 1.0), f"rank S = D = {case.inputs}")


def repeated_eigenvalues_are_exact(case: Case) -> Measured | None:
    """K >= D and S a multiple of the identity, where every basis is one of eigenvectors: the same tolerance."""
    if case.units < case.inputs:
        return None
    target = Quadratic(1.0, case.rng.standard_normal(case.inputs), -2.0 * np.eye(case.inputs))
    return _compare(target, construct_within(target, case.units, 1.0), "S = −2 I")


def few_units_are_exact(case: Case) -> Measured:
    """Rank S = min(D, K) and q in the range of S: K units are enough, also below D."""
    rank = min(case.inputs, case.units)
    target = draw_target(case.inputs, rank, True, case.rng)
    return _compare(target, construct_exactly(target, case.units), f"rank S = {rank}, q in its range")


def pair_is_exact(case: Case) -> Measured | None:
    """Rank S = min(D - 1, K - 2) and any q: rank S + 2 units are exact, without any eps."""
    if case.units < 2:
        return None
    rank = min(case.inputs - 1, case.units - 2)
    target = draw_target(case.inputs, rank, False, case.rng)
    return _compare(target, construct_exactly(target, case.units), f"rank S = {rank}, q outside its range")


def eps_is_kept(case: Case) -> Measured | None:
    """K >= D, a zero eigenvalue under a part of q: for eps from 1 to 1e-6 the distance is below it. Tolerance eps."""
    if case.units < case.inputs:
        return None
    target = draw_target(case.inputs, case.inputs - 1, False, case.rng)
    tried = []
    for eps in (1.0, 1e-2, 1e-4, 1e-6):
        theta = construct_within(target, case.units, eps).theta
        tried.append((error_of(theta, target), eps))
    error, eps = max(tried, key=lambda pair: pair[0] / pair[1])
    return Measured(error, eps, f"ε = {eps:g}, |b| up to {np.max(np.abs(theta.b)):.1e} at the last")


def bounds_hold(case: Case) -> Measured | None:
    """K < D: the nearest network lies between the bounds, up to rounding (``Approximation.tolerance``)."""
    if case.units >= case.inputs:
        return None
    found = nearest(draw_target(case.inputs, case.inputs, True, case.rng), case.units, case.rng)
    error = max(found.lower - found.distance, found.distance - found.upper, 0.0)
    detail = f"{found.lower:.6g} ≤ {found.distance:.6g} ≤ {found.upper:.6g}"
    return Measured(error, found.tolerance, detail)


def nothing_is_nearer(case: Case) -> Measured | None:
    """K < D: random networks stay above the lower bound.

    Tolerance: gamma_{K+4} on the coefficients, and eigenvalues that err by 30 D u |S| each.
    """
    if case.units >= case.inputs:
        return None
    worst = Measured(-np.inf, 0.0)
    for _ in range(_RANDOM_NETWORKS):
        # Targets that a network of D units makes, of which all but K are then left out: near, and yet too few.
        full = Theta.draw(case.inputs, case.inputs, case.rng)
        target = Quadratic.of(full)
        part = Theta(full.W[: case.units], full.b[: case.units], full.v[: case.units], full.v0)
        lower, _ = distance_bounds(Spectrum.of(target), case.units)
        size = float(np.linalg.norm(majorant_coefficients(full)))
        tolerance = (gamma(case.inputs + 4) + eigen_error(case.inputs)) * np.sqrt(case.inputs) * size
        error = max(lower - Quadratic.of(part).minus(target).norm(), 0.0)
        if error - tolerance > worst.error - worst.tolerance:
            worst = Measured(error, float(tolerance), "D units made the target, K of them are kept")
    return worst


CHECKS = (
    Check("eigenvectors", "3.3", "K ≥ D, S regular: wₖ = uₖ, vₖ = −λₖ, bₖ = (1 + uₖ'q/λₖ)/2", eigenvectors_are_exact),
    Check("repeated-eigenvalues", "3.3", "K ≥ D, repeated λₖ: the same", repeated_eigenvalues_are_exact),
    Check("few-units", "3.3", "q in range S: K = rank S is exact", few_units_are_exact),
    Check("pair", "3.3", "q not in range S: K = rank S + 2 is exact, by w = n twice, v = ±½", pair_is_exact),
    Check("eps", "3.3", "K ≥ D, λₖ = 0 and uₖ'q ≠ 0: |c(Θ) − c| < ε with δ < ε/√(2m)", eps_is_kept),
    Check("bounds", "3.3", "K < D: Σ_{k>K} λₖ² ≤ dist² ≤ min(Σ_{k≥K} λₖ², Σ_{k>K} λₖ² + (uₖ'q)²)", bounds_hold),
    Check("lower-bound", "3.3", "K < D: no Θ is nearer than (Σ_{k>K} λₖ²)^½", nothing_is_nearer),
)
