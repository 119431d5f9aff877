"""Question 3.3 for K < D: how near K units can come to a target, and a network that comes that near.

With K units the closure of what can be reached is every (c0, q, S) whose S and q live on a subspace of dimension K
(with rank S <= K - 1 also any q, which is no nearer: see ``nearest``). Distances are in ``Quadratic.norm``.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.coefficients import Quadratic
from hw1_tui.derivation.construction import (
    Construction,
    Spectrum,
    construct_exactly,
    construct_within,
    eigen_units,
    padded,
    rounding_bound,
)
from hw1_tui.derivation.network import Theta

_LARGEST_SWEEPS = 1000
_RANDOM_STARTS = 3


@dataclass(frozen=True)
class Approximation:
    """The nearest network that was found for a target.

    Attributes:
        theta: its parameters.
        distance: its distance from the target, weighted norm, computed from ``theta`` itself.
        lower: no network of K units is nearer.
        upper: some network of K units is as near, or comes as near as one likes.
        tolerance: what rounding, and a delta in place of zeros, can add to ``distance``.
    """

    theta: Theta
    distance: float
    lower: float
    upper: float
    tolerance: float


def distance_bounds(spectrum: Spectrum, units: int) -> tuple[float, float]:
    """Return the bounds on the distance of K < D units from a target, weighted norm.

    sum_{k>K} lam_k^2 <= distance^2 <= min(sum_{k>=K} lam_k^2, sum_{k>K} (lam_k^2 + (u_k'q)^2)). Below by Eckart and
    Young, as rank S <= K; above by K - 1 units for S and one, in the limit, for q, or by the K leading eigenvectors.
    """
    squares = spectrum.lam**2
    lower = np.sum(squares[units:])
    upper = min(np.sum(squares[units - 1 :]), lower + np.sum(spectrum.p[units:] ** 2))
    return float(np.sqrt(lower)), float(np.sqrt(upper))


def attainment(target: Quadratic, units: int) -> Literal["attained", "approached", "out of reach"]:
    """Return whether K units make a target: exactly, as nearly as one likes with |b| growing without end, or not.

    Approached is K = rank S + 1 with q outside the range of S: one unit's square vanishes as its bias grows.
    """
    spectrum = Spectrum.of(target)
    if units >= spectrum.smallest_exact:
        return "attained"
    return "approached" if units > spectrum.rank else "out of reach"


def nearest(target: Quadratic, units: int, rng: np.random.Generator) -> Approximation:
    """Return the nearest network of K < D units over several starts; inside the bounds by construction.

    On a subspace with orthonormal basis V the nearest is (c0, VV'q, VV'S VV'), so what is to be found is the V with the
    largest |V'S V|_F^2 + |V'q|^2. From V = (u_1..u_K) and from V = (u_1..u_{K-1}, part of q outside) that only rises,
    and these two starts already reach the two upper bounds.

    Raises:
        ValueError: K is not in 1..D-1.
    """
    if not 1 <= units < target.inputs:
        raise ValueError(f"K must be between 1 and {target.inputs - 1}, not {units}")
    spectrum = Spectrum.of(target)
    found = [_network_on(target, _ascend(target, V), units) for V in _starts(target, spectrum.U[:, :units], rng)]
    # Compared by what they are, as a distance of 1e-8 no longer shows in squared norms.
    distance, theta, moved = min(
        ((Quadratic.of(theta).minus(target).norm(), theta, moved) for theta, moved in found), key=itemgetter(0)
    )
    lower, upper = distance_bounds(spectrum, units)
    return Approximation(theta, distance, lower, upper, moved + rounding_bound(theta, target, spectrum))


def reach(target: Quadratic, units: int, eps: float, rng: np.random.Generator) -> Construction:
    """Return the best network of K units: exact where K allows it, within eps for K >= D, else the nearest."""
    if units >= Spectrum.of(target).smallest_exact:
        return construct_exactly(target, units)
    if units >= target.inputs:
        return construct_within(target, units, eps)
    found = nearest(target, units, rng)
    return Construction(found.theta, 0.0, np.sqrt(2) * found.distance + found.tolerance)


def _starts(target: Quadratic, leading: Array, rng: np.random.Generator) -> list[Array]:
    """Return the subspaces (D, K) to climb from."""
    drawn = [np.linalg.qr(rng.standard_normal(leading.shape))[0] for _ in range(_RANDOM_STARTS)]
    return [leading, _with_q(leading[:, :-1], target.q), *drawn]


def _with_q(basis: Array, q: Array) -> Array:
    """Return the basis and, orthonormal to it, the direction of what q has outside of it."""
    outside = q - basis @ (basis.T @ q)
    full: Array = np.linalg.qr(np.column_stack([basis, outside]))[0]
    return full


def _kept(target: Quadratic, V: Array) -> float:
    """Return |V'S V|_F^2 + |V'q|^2: what the subspace keeps of the target's squared norm, c0 aside."""
    return float(np.sum((V.T @ target.S @ V) ** 2) + np.sum((V.T @ target.q) ** 2))


def _ascend(target: Quadratic, V: Array) -> Array:
    """Return a V where ``_kept`` no longer rises.

    With P = VV' it is tr(S P S P) + q'P q; adding s tr(P^2) = s K, with s = -lam_min lam_max where that is positive,
    makes it convex in P. It lies above its tangent at P then, so the P that is best for the tangent, the K leading
    eigenvectors of 2 (S P S + s P) + q q', is no worse than P: the value rises without any step size. A smaller s goes
    further, where the value rises at all: so s is halved after a step with which it does, and else whole again.
    """
    S, q = target.S, target.q
    ends = np.linalg.eigvalsh(S)[[0, -1]]
    whole = shift = max(0.0, -float(ends[0] * ends[1]))
    before = _kept(target, V)
    for _ in range(_LARGEST_SWEEPS):
        P = V @ V.T
        slope = 2 * (S @ P @ S + shift * P) + np.outer(q, q)
        following = np.linalg.eigh(slope)[1][:, -V.shape[1] :]
        after = _kept(target, following)
        if after > before * (1 + 4 * np.finfo(np.float64).eps):
            V, before, shift = following, after, shift / 2
        elif shift == whole:
            break
        else:
            shift = whole
    return V


def _network_on(target: Quadratic, V: Array, units: int) -> tuple[Theta, float]:
    """Return the network for the target's projection on V, and how far delta moved it from there.

    A zero eigenvalue under a part of q gets delta = sqrt(u) |(S, q)|: half of the digits, the best float64 can do.
    """
    inner = Quadratic(target.c0, V.T @ target.q, V.T @ target.S @ V)
    spectrum = Spectrum.of(inner)
    if units >= spectrum.smallest_exact:
        small, moved = construct_exactly(inner, units).theta, 0.0
    else:
        delta = float(np.sqrt(np.finfo(np.float64).eps)) * inner.norm()
        lam = np.where(np.arange(units) < spectrum.rank, spectrum.lam, delta)
        small = padded(target.c0, *eigen_units(lam, spectrum.U, spectrum.p), units)
        moved = delta  # one eigenvalue is zero: with two of them K units would be exact
    return Theta(small.W @ V.T, small.b, small.v, small.v0), moved
