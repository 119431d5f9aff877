"""Question 3.4: the c that minimises 1/(2N) |X c - y|^2, three ways, with what conditioning does to each.

Rows of X (N, P) are phi(x_n). The minimiser is unique iff rank X = P, which equation 21 of the report leaves out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.rounding import UNIT_ROUNDOFF, gamma


@dataclass(frozen=True)
class Solution:
    """What one way of solving gave.

    Attributes:
        method: ``normal equations``, ``QR`` or ``SVD``.
        c: coefficients, shape (P,); NaN where the method failed.
        loss: 1/(2N) |X c - y|^2, mean per example.
        failure: why there is no solution; empty where there is.
    """

    method: str
    c: Array
    loss: float
    failure: str = ""


@dataclass(frozen=True)
class Conditioning:
    """What X allows.

    Attributes:
        rank: singular values above max(N, P) eps sigma_1.
        columns: P.
        condition: sigma_1 / sigma_P of X; that of X'X is its square. Infinite where the rank is below P.
        largest: sigma_1.
    """

    rank: int
    columns: int
    condition: float
    largest: float

    @property
    def unique(self) -> bool:
        """Whether the minimiser is the only one: rank X = P."""
        return self.rank == self.columns


def conditioning(X: Array) -> Conditioning:
    """Return rank and condition number of X (N, P)."""
    sigma = np.linalg.svd(X, compute_uv=False)
    rank = int(np.sum(sigma > rank_threshold(X, sigma[0])))
    columns = X.shape[1]
    condition = float(sigma[0] / sigma[-1]) if rank == columns else float("inf")
    return Conditioning(rank, columns, condition, float(sigma[0]))


def rank_threshold(X: Array, largest: float) -> float:
    """Return max(N, P) eps sigma_1, below which a singular value is rounding."""
    return float(max(X.shape) * 2 * UNIT_ROUNDOFF * largest)


def half_mean_square(X: Array, c: Array, y: Array) -> float:
    """Return 1/(2N) |X c - y|^2: the report's equation 19 as a mean per example."""
    residual = X @ c - y
    return float(residual @ residual) / (2 * len(y))


def solve_normal(X: Array, y: Array) -> Solution:
    """Solve X'X c = X'y (equation 21) by Cholesky: fastest, and cond(X)^2 stands before its error."""
    try:
        L = np.linalg.cholesky(X.T @ X)
    except np.linalg.LinAlgError:
        return _failed("normal equations", X, "X'X is not positive definite in float64")
    # Turned by 180 degrees a lower triangle is an upper one, for which see solve_qr.
    forward = np.linalg.solve(L[::-1, ::-1], (X.T @ y)[::-1])[::-1]
    return _solution("normal equations", X, y, np.linalg.solve(L.T, forward))


def solve_qr(X: Array, y: Array) -> Solution:
    """Solve R c = Q'y with X = QR: cond(X) stands before its error, its square only where the residual is large."""
    if X.shape[0] < X.shape[1]:
        return _failed("QR", X, "fewer examples than features")
    Q, R = np.linalg.qr(X)
    diagonal = np.abs(np.diag(R))
    if np.min(diagonal) <= rank_threshold(X, float(np.max(diagonal))):
        return _failed("QR", X, "R has a zero on its diagonal: rank X < P")
    # LU of a triangle with row pivoting changes nothing, so this is back substitution.
    return _solution("QR", X, y, np.linalg.solve(R, Q.T @ y))


def solve_svd(X: Array, y: Array) -> Solution:
    """Return the pseudo-inverse's solution: of all minimisers the one with the smallest |c|, at any rank."""
    U, sigma, Vt = np.linalg.svd(X, full_matrices=False)
    kept = sigma > rank_threshold(X, sigma[0])
    return _solution("SVD", X, y, Vt[kept].T @ ((U[:, kept].T @ y) / sigma[kept]))


SOLVERS: tuple[Callable[[Array, Array], Solution], ...] = (solve_normal, solve_qr, solve_svd)


def null_space(X: Array) -> Array:
    """Return an orthonormal basis (P, P - rank) of the c with X c = 0."""
    _, sigma, Vt = np.linalg.svd(X, full_matrices=X.shape[0] < X.shape[1])
    rank = int(np.sum(sigma > rank_threshold(X, sigma[0])))
    basis: Array = Vt[rank:].T
    return basis


def orthogonal_error_bound(X: Array, c: Array, residual: float, found: Conditioning) -> float:
    """Return what rounding can make of |c| by QR or SVD.

    Both are backward stable: they solve a problem within N P u of X and y (Higham, theorem 20.3; 20.1 turns that into
    the error). With r = |X c - y|: N P u cond (2 |c| + cond r / |X| + |y| / |X|), and |y| <= |X| |c| + r.

    Args:
        X: features (N, P).
        c: the solution (P,).
        residual: r = |X c - y|.
        found: of X.
    """
    condition, size = found.condition, found.largest
    backward = gamma(X.shape[0] * X.shape[1])
    return float(backward * condition * (3 * np.linalg.norm(c) + (condition + 1) * residual / size))


def without_rounding(X: Array, y: Array, c: Array) -> Array:
    """Return a unique solution c (P,) with zeros for entries that rounding alone can have made."""
    residual = float(np.linalg.norm(X @ c - y))
    noise = orthogonal_error_bound(X, c, residual, conditioning(X))
    return np.where(np.abs(c) <= noise, 0.0, c)


def _solution(method: str, X: Array, y: Array, c: Array) -> Solution:
    return Solution(method, c, half_mean_square(X, c, y))


def _failed(method: str, X: Array, why: str) -> Solution:
    return Solution(method, np.full(X.shape[1], np.nan), float("nan"), why)
