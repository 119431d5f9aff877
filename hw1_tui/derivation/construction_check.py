"""The checks of 3.3: which c can be reached, by which Theta, and how near one comes otherwise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.approximation import attainment, distance_bounds, nearest, reach
from hw1_tui.derivation.check import Case, Check, Discrepancy
from hw1_tui.derivation.coefficients import Quadratic, error_of, majorant_coefficients
from hw1_tui.derivation.construction import Construction, Spectrum, construct_exactly, construct_within
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.rounding import FACTORIZATION, largest, rounding_of, worst

_RANDOM_NETWORKS = 20
_RANDOM_TARGETS = 4
_WIDEST = 6
"""Largest D where the nearest network is searched for: the search takes D^3 operations hundreds of times."""


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


def _compare(
    target: Quadratic, built: Construction, units: int, detail: str, operations: int = FACTORIZATION
) -> Discrepancy:
    """Measure |c(Theta) - c| of a network of K units against ``rounding_of`` of its coefficients' size.

    It is also held to ``Construction.bound``, which is for the worst that rounding can do.
    """
    error = error_of(built.theta, target)
    as_asked = built.theta.units == units and built.delta == 0 and error <= built.bound
    size = float(np.linalg.norm(majorant_coefficients(built.theta)))
    return Discrepancy(error if as_asked else np.inf, rounding_of(operations) * size, detail)


def eigenvectors_are_exact(case: Case) -> Discrepancy | None:
    """K >= D, S regular or q in its range."""
    if case.units < case.inputs:
        return None
    target = draw_target(case.inputs, case.inputs, True, case.rng)
    regular = _compare(target, construct_within(target, case.units, 1.0), case.units, "")
    target = draw_target(case.inputs, case.inputs // 2, True, case.rng)
    singular = _compare(target, construct_within(target, case.units, 1.0), case.units, "")
    error, tolerance = worst(
        np.array([regular.error, singular.error]), np.array([regular.tolerance, singular.tolerance])
    )
    return Discrepancy(
        error, tolerance, f"rank S = D = {case.inputs}, and rank S = {case.inputs // 2} with q in its range"
    )


def repeated_eigenvalues_are_exact(case: Case) -> Discrepancy | None:
    """K >= D and S a multiple of the identity, where every basis is one of eigenvectors: LAPACK rounds nothing."""
    if case.units < case.inputs:
        return None
    target = Quadratic(1.0, case.rng.standard_normal(case.inputs), -2.0 * np.eye(case.inputs))
    return _compare(target, construct_within(target, case.units, 1.0), case.units, "S = −2 I", 1)


def few_units_are_exact(case: Case) -> Discrepancy:
    """Rank S = min(D, K) and q in the range of S: K units are enough, also below D."""
    rank = min(case.inputs, case.units)
    target = draw_target(case.inputs, rank, True, case.rng)
    return _compare(target, construct_exactly(target, case.units), case.units, f"rank S = {rank}, q in its range")


def pair_is_exact(case: Case) -> Discrepancy | None:
    """Rank S = min(D - 1, K - 2) and any q: rank S + 2 units are exact, without any eps."""
    if case.units < 2:
        return None
    rank = min(case.inputs - 1, case.units - 2)
    target = draw_target(case.inputs, rank, False, case.rng)
    return _compare(target, construct_exactly(target, case.units), case.units, f"rank S = {rank}, q outside its range")


def smallest_units(case: Case) -> Discrepancy:
    """Count wrong answers about S of rank 2 whose range is known, at three scales. Tolerance 0.

    Asked are the smallest exact K, whether that K is built and one unit less is refused, and what K = 1 to 4 reach.
    """
    del case
    wrong, turn = 0, np.eye(5)
    turn[:4, :4] = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
    out, near, exact = "out of reach", "approached", "attained"
    for q, smallest, reached in (
        ((0, 0, 0, 0, 0), 2, (out, exact, exact, exact)),
        ((3, 1, 0, 0, 0), 2, (out, exact, exact, exact)),
        ((3, 1, 4, 0, 0), 4, (out, out, near, exact)),
        ((0, 0, 4, 2, 8), 4, (out, out, near, exact)),
    ):
        for scale in (2.0**-60, 1.0, 2.0**60):
            S = scale * (turn @ np.diag([1.0, -4.0, 0.0, 0.0, 0.0]) @ turn.T)
            target = Quadratic(scale, scale * (turn @ np.array(q, float)), S)
            wrong += Spectrum.of(target).smallest_exact != smallest
            wrong += tuple(attainment(target, units) for units in (1, 2, 3, 4)) != reached
            wrong += not _refuses(construct_exactly, target, smallest - 1)
            built = construct_exactly(target, smallest)
            wrong += not error_of(built.theta, target) <= built.bound
    return Discrepancy(wrong, 0.0, "λ = −4, 1, 0, 0, 0: uₖ'q = 1, 3, 0, 0, 0 takes K = 2, 1, 3, 4, 0, 0 takes K = 4")


def _refuses(function: Callable[..., object], *arguments: object) -> bool:
    try:
        function(*arguments)
    except ValueError:
        return True
    return False


def one_unit_less_is_near(case: Case) -> Discrepancy:
    """K = rank S + 1 and q outside: nearer than float64's 1e-7 of |c|, but not exact; K = rank S stays away.

    Error and tolerance are those of the nearest network that was found, ``Approximation.tolerance``, or the error is
    infinite where it is 0. At two scales.
    """
    wide = min(max(case.inputs, 3), _WIDEST)
    drawn, errors, tolerances, details = draw_target(wide, wide - 2, False, case.rng), [], [], []
    for scale in (2.0**30, 1.0):
        target = Quadratic(scale * drawn.c0, scale * drawn.q, scale * drawn.S)
        found, fewer = (nearest(target, units, case.rng) for units in (wide - 1, wide - 2))
        told = 0 < found.distance < fewer.distance / 1000 and found.tolerance < 1e-6 * target.norm()
        errors.append(found.distance / scale if told else np.inf)
        tolerances.append(found.tolerance / scale)
        details = [f"K = {units}: {near.distance:.1e}" for units, near in ((wide - 2, fewer), (wide - 1, found))]
    detail = f"{', '.join(details)} at |b| = {largest(found.theta.b):.0e}"
    return Discrepancy(*worst(np.array(errors), np.array(tolerances)), detail)


def eps_is_kept(case: Case) -> Discrepancy | None:
    """K >= D, m zero eigenvalues under a part of q: delta = eps / sqrt(8 m) in their place costs sqrt(m) delta.

    That is eps / sqrt(8) in ``Quadratic.norm``, which is compared. Rounding grows as 1 / delta, so relative to eps as
    1 / eps^2: from 1e-14 at eps = 1 to 1e-8 at 1e-3. Down to 1e-6 the distance is below eps.
    """
    if case.units < case.inputs:
        return None
    rank = max(case.inputs - 2, 0)
    target = draw_target(case.inputs, rank, False, case.rng)
    errors = []
    kept = error_of(construct_within(target, case.units, 1e-6).theta, target) < 1e-6
    kept &= _refuses(construct_within, target, case.units, 0.0)
    for eps in (1.0, 1e-1, 1e-2):
        built = construct_within(target, case.units, eps)
        distance = Quadratic.of(built.theta).minus(target).norm()
        errors += [abs(distance * np.sqrt(8) / eps - 1), abs(2 * built.bound / eps - 1)]
    detail = f"m = {case.inputs - rank}, |b| up to {largest(built.theta.b):.0e} at ε = {eps:g}; relative error of ε/√8"
    return Discrepancy(max(errors) if kept else np.inf, 1e-5, detail)


def _fewer_units(case: Case) -> tuple[int, list[int]]:
    """Return D, at most 6, and the K < D to look at: K itself, or 1, a middle one and D - 1 where K is not below D."""
    wide = min(max(case.inputs, 2), _WIDEST)
    return wide, [case.units] if case.units < wide else sorted({1, wide // 2, wide - 1})


def bounds_hold(case: Case) -> Discrepancy:
    """K < D: the nearest network lies between the bounds, up to rounding (``Approximation.tolerance``)."""
    wide, fewer = _fewer_units(case)
    errors, tolerances, details = [], [], []
    for units in fewer:
        target = draw_target(wide, wide, True, case.rng)
        found = nearest(target, units, case.rng)
        sure = found.tolerance < 1e-6 * target.norm() and _refuses(nearest, target, 0, case.rng)
        errors.append(max(found.lower - found.distance, found.distance - found.upper, 0.0) if sure else np.inf)
        tolerances.append(found.tolerance)
        details.append(f"K = {units}: {found.lower:.3g} ≤ {found.distance:.3g} ≤ {found.upper:.3g}")
    return Discrepancy(*worst(np.array(errors), np.array(tolerances)), ", ".join(details))


def bounds_meet(case: Case) -> Discrepancy:
    """K < D and q = 0: both bounds are (sum_{k>K} lam_k^2)^(1/2), and so is the distance; the same tolerance.

    The eigenvalues are 1 to D, so the sum is one of squares of whole numbers.
    """
    wide, fewer = _fewer_units(case)
    U, lam = _rotation(wide, case.rng), np.arange(1.0, wide + 1) * (-1.0) ** np.arange(wide)
    target = Quadratic(1.0, np.zeros(wide), (U * lam) @ U.T)
    errors, tolerances = [], []
    for units in fewer:
        found, expected = nearest(target, units, case.rng), np.sqrt(np.sum(lam[: wide - units] ** 2))
        sure = found.tolerance < 1e-10 * target.norm()
        errors.append(largest(np.array([found.lower, found.distance, found.upper]) - expected) if sure else np.inf)
        tolerances.append(found.tolerance)
    detail = f"λ = ±1 to ±{wide}, K = {units}: 1² leaves a distance of 1" if units == wide - 1 else f"λ = ±1 to ±{wide}"
    return Discrepancy(*worst(np.array(errors), np.array(tolerances)), detail)


def no_angle_is_nearer(case: Case) -> Discrepancy:
    """D = 2, K = 1: of 720 directions w none is nearer than ``nearest``, which is as near as the best of them.

    A network on w keeps (w'S w)^2 + (w'q)^2. Between two directions the best is missed by half the curvature, at most
    8 (|S|^2 + |q|^2), times the square of a quarter degree. That is allowed both ways: where the
    slope is flat, the search ends a little before the top.
    """
    angle = np.arange(720) * np.pi / 720
    w = np.column_stack([np.cos(angle), np.sin(angle)])
    errors, tolerances = [], []
    for _ in range(_RANDOM_TARGETS):
        target = draw_target(2, 2, True, case.rng)
        kept = np.sum((w @ target.S) * w, axis=1) ** 2 + (w @ target.q) ** 2
        size = float(np.sum(target.S**2) + target.q @ target.q)
        missing = size - float(np.max(kept)) - nearest(target, 1, case.rng).distance ** 2
        errors.append(missing)
        tolerances.append(8 * size * (np.pi / 720) ** 2)
    return Discrepancy(*worst(np.array(errors), np.array(tolerances)), "dist² = |S|² + |q|² − max (w'Sw)² + (w'q)²")


def nothing_is_nearer(case: Case) -> Discrepancy:
    """K < D: random networks stay above the lower bound.

    Tolerance: gamma_{K+4} on the coefficients, and eigenvalues that err by 30 D u |S| each.
    """
    wide, fewer = _fewer_units(case)
    errors, tolerances = [], []
    for units in fewer * _RANDOM_NETWORKS:
        # Targets that a network of D units makes, of which all but K are then left out: near, and yet too few.
        full = Theta.draw(wide, wide, case.rng)
        target = Quadratic.of(full)
        part = Theta(full.W[:units], full.b[:units], full.v[:units], full.v0)
        lower, _ = distance_bounds(Spectrum.of(target), units)
        errors.append(max(lower - Quadratic.of(part).minus(target).norm(), 0.0))
        tolerances.append(rounding_of(wide + 4) * float(np.linalg.norm(majorant_coefficients(full))))
    return Discrepancy(*worst(np.array(errors), np.array(tolerances)), "D units made the target, K of them are kept")


def reach_is_best(case: Case) -> Discrepancy:
    """Any K, D at most 6: what ``reach`` returns is exact, within eps or the nearest, as ``Construction.bound`` says.

    The bound on |c(Theta) - c| of the nearest is sqrt 2 times its distance in ``Quadratic.norm``.
    """
    inputs, errors, bounds = min(case.inputs, _WIDEST), [], []
    for rank, in_range in ((inputs, True), (inputs - 1, False), (inputs // 2, True)):
        target = draw_target(inputs, rank, in_range, case.rng)
        for units in range(1, inputs + 2):
            built, reached = reach(target, units, 1e-3, case.rng), attainment(target, units)
            distance = Quadratic.of(built.theta).minus(target).norm()
            sure = built.theta.units == units and (built.delta == 0 or (reached == "approached" and units == inputs))
            if reached == "attained":
                sure = sure and built.bound < 1e-9 * target.norm()
            elif units < inputs:
                sure = sure and abs(built.bound - np.sqrt(2) * distance) < 1e-6 * target.norm()
            errors.append(error_of(built.theta, target) if sure else np.inf)
            bounds.append(built.bound)
    return Discrepancy(*worst(np.array(errors), np.array(bounds)), f"D = {inputs}, K = 1 to {inputs + 1}")


CHECKS = (
    Check(
        "eigenvectors", "3.3", "K ≥ D, q in range S: wₖ = uₖ, vₖ = −λₖ, bₖ = (1 + uₖ'q/λₖ)/2", eigenvectors_are_exact
    ),
    Check("repeated-eigenvalues", "3.3", "K ≥ D, repeated λₖ: the same", repeated_eigenvalues_are_exact),
    Check("few-units", "3.3", "q in range S: K = rank S is exact", few_units_are_exact),
    Check("pair", "3.3", "q not in range S: K = rank S + 2 is exact, by w = n twice, v = ±½", pair_is_exact),
    Check("smallest-units", "3.3", "smallest exact K: rank S if q is in range S, else rank S + 2", smallest_units),
    Check(
        "one-unit-less",
        "3.3",
        "q not in range S: K = rank S + 1 comes near as |b| → ∞, K = rank S does not",
        one_unit_less_is_near,
    ),
    Check(
        "eps",
        "3.3",
        "K ≥ D, λₖ = 0 and uₖ'q ≠ 0, δ = ε/√(8m) in place of 0: distance ε/√8, |c(Θ) − c| < ε",
        eps_is_kept,
    ),
    Check("bounds", "3.3", "K < D: Σ_{k>K} λₖ² ≤ dist² ≤ min(Σ_{k≥K} λₖ², Σ_{k>K} λₖ² + (uₖ'q)²)", bounds_hold),
    Check("bounds-meet", "3.3", "K < D, q = 0: dist² = Σ_{k>K} λₖ²", bounds_meet),
    Check("every-direction", "3.3", "D = 2, K = 1: no direction w is nearer", no_angle_is_nearer),
    Check("reach", "3.3", "any K: exact, within ε or nearest", reach_is_best),
    Check("lower-bound", "3.3", "K < D: no Θ is nearer than (Σ_{k>K} λₖ²)^½", nothing_is_nearer),
)
