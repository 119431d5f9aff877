"""Question 3.3: Theta of c for a given c, exactly where that can be, within eps where not.

The network has S = -W' diag(v) W and q = W' diag(v) (1 - 2b). With S = U diag(lam) U', unit k takes w_k = u_k,
v_k = -lam_k and b_k = (1 + u_k'q / lam_k) / 2; v0 takes up what is left of the constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.coefficients import Quadratic, majorant_coefficients
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.rounding import eigen_error, gamma


@dataclass(frozen=True)
class Spectrum:
    """S = U diag(lam) U' of a target, with |lam| sorted downwards.

    Attributes:
        lam: eigenvalues, shape (D,).
        U: eigenvectors as columns, shape (D, D).
        p: u_k'q, shape (D,).
        rank: number of eigenvalues above 30 D u |lam_1|, which is all that their rounding can make of a zero.
        outside: the part of q outside the range of S, shape (D,); exact zeros where rounding explains it.
    """

    lam: Array
    U: Array
    p: Array
    rank: int
    outside: Array

    @classmethod
    def of(cls, target: Quadratic) -> Self:
        """Return the eigen-decomposition of a target."""
        lam, U = np.linalg.eigh(target.S)
        order = np.argsort(-np.abs(lam), kind="stable")
        lam, U = lam[order], U[:, order]
        U = with_signs(U)
        rank = int(np.sum(np.abs(lam) > eigen_error(len(lam)) * np.abs(lam[:1])))
        basis = U[:, :rank]
        outside = target.q - basis @ (basis.T @ target.q)
        if np.linalg.norm(outside) <= range_error(lam[:rank], len(lam)) * np.linalg.norm(target.q):
            outside = np.zeros_like(outside)
        return cls(lam, U, U.T @ target.q, rank, outside)

    @property
    def in_range(self) -> bool:
        """Whether q lies in the range of S."""
        return not self.outside.any()

    @property
    def smallest_exact(self) -> int:
        """The smallest K that reaches the target exactly: rank S if q is in its range, else rank S + 2.

        With rank S + 1 units either rank S of them have v_k != 0 and span no more than the range of S, or all rows of W
        do: q stays inside. It is at most D + 1, so K >= D + 1 always suffices.
        """
        return self.rank if self.in_range else self.rank + 2


def with_signs(U: Array) -> Array:
    """Return eigenvectors (D, r) with their largest entries positive.

    Either sign is an eigenvector; which one comes differs between linear algebra libraries.
    """
    signed: Array = U * np.where(U[np.argmax(np.abs(U), axis=0), np.arange(U.shape[1])] < 0, -1.0, 1.0)
    return signed


def range_error(lam: Array, inputs: int) -> float:
    """Return by how much rounding can turn the range of S: 30 D u (1 + |lam_1| / |lam_rank|) (Davis and Kahan).

    Args:
        lam: the eigenvalues that are not zero, sorted downwards by their size.
        inputs: D.
    """
    return eigen_error(inputs) * (1 + float(abs(lam[0] / lam[-1])) if len(lam) else 2)


@dataclass(frozen=True)
class Construction:
    """A network built for a target.

    Attributes:
        theta: its parameters.
        delta: what stood in for the zero eigenvalues; 0 where none had to be replaced.
        bound: what |c(Theta) - c| cannot exceed, with ``delta`` and rounding counted.
    """

    theta: Theta
    delta: float
    bound: float


def construct_exactly(target: Quadratic, units: int) -> Construction:
    """Return a network that equals the target, with ``smallest_exact`` active units.

    The part n of q outside the range of S is made by two units with w = n, v = 1/2 and -1/2, b = 0 and 1: their
    squares cancel and n'x stays, so no eps is needed.

    Raises:
        ValueError: ``units`` is below the smallest K that can.
    """
    spectrum = Spectrum.of(target)
    if units < spectrum.smallest_exact:
        raise ValueError(f"{units} units cannot be exact, {spectrum.smallest_exact} can")
    rank = spectrum.rank
    W, b, v = eigen_units(spectrum.lam[:rank], spectrum.U[:, :rank], spectrum.p[:rank])
    if not spectrum.in_range:
        W = np.vstack([W, spectrum.outside, spectrum.outside])
        b, v = np.append(b, [0.0, 1.0]), np.append(v, [0.5, -0.5])
    theta = padded(target.c0, W, b, v, units)
    return Construction(theta, 0.0, rounding_bound(theta, target, spectrum))


def construct_within(target: Quadratic, units: int, eps: float) -> Construction:
    """Return a network within eps of the target by the eigenvectors alone, for K >= D.

    lam_k = 0 with u_k'q != 0, for m such k: delta in place of 0 moves c by at most sqrt(2 m) delta, so half of
    eps / sqrt(2 m) leaves room. |b| and |v0| grow as 1/delta, and rounding with them: below eps of about 1e-8 |q|
    float64 gets no nearer, which ``bound`` tells.

    Raises:
        ValueError: ``units`` is below D, or ``eps`` is not positive.
    """
    if units < target.inputs:
        raise ValueError(f"{units} units are fewer than {target.inputs} inputs")
    if not eps > 0:
        raise ValueError("eps must be positive")
    spectrum = Spectrum.of(target)
    lam = np.where(np.arange(target.inputs) < spectrum.rank, spectrum.lam, 0.0)
    replaced = np.zeros(target.inputs, bool)
    delta = 0.0
    if not spectrum.in_range:
        replaced[spectrum.rank :] = True
        delta = eps / (2 * np.sqrt(2 * np.sum(replaced)))
        lam[replaced] = delta
    used = lam != 0
    theta = padded(target.c0, *eigen_units(lam[used], spectrum.U[:, used], spectrum.p[used]), units)
    moved = delta * float(np.sqrt(2 * np.sum(replaced)))
    return Construction(theta, delta, moved + rounding_bound(theta, target, spectrum))


def eigen_units(lam: Array, U: Array, p: Array) -> tuple[Array, Array, Array]:
    """Return W (r, D), b (r,) and v (r,) of one unit for each eigenpair: eigenvalues lam (r,), vectors U (D, r)."""
    return U.T, (1 + p / lam) / 2, -lam


def padded(c0: float, W: Array, b: Array, v: Array, units: int) -> Theta:
    """Return a network of ``units`` units: the active ones, then v_k = 0, and v0 takes up what is left of c0."""
    spare = units - len(b)
    W = np.vstack([W, np.zeros((spare, W.shape[1]))])
    b, v = np.append(b, np.zeros(spare)), np.append(v, np.zeros(spare))
    return Theta(W, b, v, c0 - float(v @ (b - b * b)))


def rounding_bound(theta: Theta, target: Quadratic, spectrum: Spectrum) -> float:
    """Return what rounding can make of |c(Theta) - c| for a Theta built from the target's spectrum.

    Three parts: computing c(Theta) and, through v0 and b, undoing it again (gamma of the operations on the absolute
    values); the eigen-decomposition, 30 D u relative to S and, as U U' != I, to q, times sqrt 2 from |S|_F to |c|; and
    what was taken for zero: D eigenvalues of at most 30 D u |lam_1|, and the part of q outside the range.
    """
    D = target.inputs
    operations = 2 * (theta.units + D) + 12
    evaluation = gamma(operations) * float(np.linalg.norm(majorant_coefficients(theta)))
    size_S, size_q = float(np.linalg.norm(target.S)), float(np.linalg.norm(target.q))
    dropped = range_error(spectrum.lam[: spectrum.rank], D) * size_q if spectrum.in_range else 0.0
    decomposition = eigen_error(D) * np.sqrt(2) * ((1 + np.sqrt(D)) * size_S + np.sqrt(D) * size_q)
    return float(evaluation + decomposition + dropped)
