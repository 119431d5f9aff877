"""Which share of the variance of some values is explained by each factor and by each pair of factors.

Each factor becomes columns: of few values, or of ones that are no numbers, one for each value but the last, less the
last's; of many numbers the Legendre polynomials of degree 1 and 2 of their ranks, which a rise or fall and a valley are
made of, whatever the scale. A pair has the products of its columns. A share is what the sum of squares that is left
grows by when a term's columns are taken from a linear model of all, over the sum of squares around the mean. On a grid
with as many values everywhere this is the functional analysis of variance (Hoeffding, 1948; Hutter et al., 2014, An
efficient approach for assessing hyperparameter importance, ICML), and shares add up to one with what is left; elsewhere
it is what a term alone explains, and what several explain alike is in none of them.

Some of the variance is explained by anything. So each term is tested by permutation (Freedman and Lane, 1983, A
nonstochastic interpretation of reported significance levels, Journal of Business and Economic Statistics 1:292-298):
what a model without the term leaves over is shuffled among the rows, and its F statistic is held against those of the
shuffled. p-values are corrected for the number of terms of a kind (Holm, 1979), and so is the share that chance
reaches: a term is clear where its share is above that, which is where its p-value is at most one in twenty. Few rows
have few orders: where none explains more than the rows as they are, and that is not rare among so few, it cannot be
told. The pairs are in the model where enough rows are left; else each is put in alone, and the others count as chance.

What it cannot do: a wave within a factor of many numbers and what three factors do together are chance to it; a few
disastrous values carry all variance; and where chance is far larger in some places than in others p-values are rough.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.interval import LEVEL

FEWEST_DF = 4
"""Degrees of freedom of what is left from which on a term is tested."""

_FEWEST_DF_BESIDE_PAIRS = 12
"""The same from which on pairs are in the model of rows that are no grid: they cost what finds the factors."""

FEW_VALUES = 4
"""A factor of no more values is taken value by value; one of more numbers by polynomials, unless all are on a grid."""

_PERMUTATIONS = 999
_TINY = 1e-12

Matrix = npt.NDArray[np.float64]
Terms = dict[tuple[int, ...], Matrix]
"""The columns of each factor and of each pair, by the places of its factors."""

Told = Literal["clear", "no more than chance", "cannot be told"]


@dataclass(frozen=True)
class Share:
    """What one term explains.

    Attributes:
        factors: the place of its factor, or of its two.
        share: of the variance, between 0 and 1.
        by_chance: the share that chance reaches in any of the terms of its kind one time in twenty: it is clear where
            its own is above that; not a number where it cannot be told.
        p: how likely chance alone explains as much, corrected for the number of terms of its kind; not a number where
            the rows, or their orders, are too few to tell.
    """

    factors: tuple[int, ...]
    share: float
    by_chance: float = math.nan
    p: float = math.nan

    @property
    def verdict(self) -> Told:
        """Whether it is more than chance."""
        if math.isnan(self.p):
            return "cannot be told"
        return "clear" if self.p <= 1 - LEVEL else "no more than chance"


@dataclass(frozen=True)
class VarianceShares:
    """What explains the variance of some values.

    Attributes:
        factors: a share a factor, in their order.
        pairs: a share a pair of factors.
        rest: the share that no term of the model explains; where pairs are put in one by one, theirs is in it.
        variance: the variance of what is left, of one value, with its degrees of freedom; ``None`` where too few rows
            are left to tell it by.
    """

    factors: tuple[Share, ...]
    pairs: tuple[Share, ...]
    rest: float
    variance: tuple[float, float] | None = None


def find_shares(
    factors: Sequence[Sequence[Any]], values: Sequence[float], *, is_grid: bool, seed: int = 0
) -> VarianceShares:
    """Return what explains the variance of some values.

    Args:
        factors: of each factor its value in each row; numbers, texts, switches, tuples.
        values: the value of each row, finite.
        is_grid: whether the rows are a grid of the factors' values, so that each is taken value by value.
        seed: of the shuffles.
    """
    y = np.asarray(values, np.float64)
    y = y - y.mean()
    columns: Terms = {(i,): _columns(factor, is_grid=is_grid) for i, factor in enumerate(factors)}
    pairs: Terms = {
        (i, j): _products(columns[i,], columns[j,]) for i, j in itertools.combinations(range(len(factors)), 2)
    }
    if float(y @ y) <= _TINY * float(np.square(values).sum()):
        return VarianceShares(
            tuple(Share(term, 0.0) for term in columns), tuple(Share(pair, 0.0) for pair in pairs), 0.0
        )
    rng = np.random.default_rng(seed)
    enough = FEWEST_DF if is_grid else _FEWEST_DF_BESIDE_PAIRS
    has_pairs = len(y) - _basis({**columns, **pairs}, len(y)).shape[1] >= enough
    model = {**columns, **pairs} if has_pairs else columns
    basis = _basis(model, len(y))
    left, df = y - _projected(basis, y), len(y) - basis.shape[1]
    return VarianceShares(
        _told([_test(term, model, y, rng) for term in columns]),
        _told([_test(pair, {**model, pair: pairs[pair]}, y, rng) for pair in pairs]),
        float(left @ left) / float(y @ y),
        (float(left @ left) / df, float(df)) if df >= FEWEST_DF else None,
    )


def _columns(factor: Sequence[Any], *, is_grid: bool) -> Matrix:
    """Return the columns (n, k) of a factor, each with mean 0 where its values come equally often."""
    levels = list(dict.fromkeys(factor))
    is_number = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in levels)
    if is_grid or not is_number or len(levels) <= FEW_VALUES:
        indicators: Matrix = np.asarray([[float(value == level) for level in levels] for value in factor])
        contrasts: Matrix = indicators[:, :-1] - indicators[:, -1:]
        return contrasts
    numbers = np.asarray(factor, np.float64)
    below = (numbers[:, None] > numbers).mean(axis=1) + (numbers[:, None] == numbers).mean(axis=1) / 2
    x = 2 * below - 1
    return np.stack([x, (3 * x**2 - 1) / 2], axis=1)


def _products(first: Matrix, second: Matrix) -> Matrix:
    products: Matrix = (first[:, :, None] * second[:, None, :]).reshape(len(first), -1)
    return products


def _basis(terms: Terms, n: int) -> Matrix:
    """Return orthonormal columns (n, rank) that span the constant and some terms."""
    u, sizes, _ = np.linalg.svd(np.concatenate([np.ones((n, 1)), *terms.values()], axis=1), full_matrices=False)
    basis: Matrix = u[:, sizes > 1e-9 * sizes[0]]
    return basis


def _projected(basis: Matrix, y: Matrix) -> Matrix:
    projected: Matrix = basis @ (basis.T @ y)
    return projected


@dataclass(frozen=True)
class _Tested:
    """A term held against what shuffling does.

    Attributes:
        term: the places of its factors.
        share: of the variance.
        open_share: of the variance, what the other terms of the model leave.
        odds: what it explains over what is left of all, of the rows as they are, or as close as rounding tells.
        by_shuffling: the same of the shuffled rows, the largest first; empty where too few rows are left.
        is_most: whether no order of the rows explains more.
    """

    term: tuple[int, ...]
    share: float
    open_share: float = math.nan
    odds: float = math.nan
    by_shuffling: Matrix = field(default_factory=lambda: np.empty(0))
    is_most: bool = False

    @property
    def reached(self) -> int:
        """How many orders of the rows, that in which they are among them, reach as much."""
        return 1 + int(np.count_nonzero(self.by_shuffling >= self.odds))

    def share_reached(self, tests: int) -> float:
        """Return the share that it must be above so that, of so many tests, it is clear."""
        clear = math.floor((1 - LEVEL) / tests * (_PERMUTATIONS + 1) * (1 + _TINY))  # orders that may reach as much
        if not clear:  # too many tests for so few shuffles
            return self.open_share
        odds = float(self.by_shuffling[clear - 1])
        return self.open_share * odds / (1 + odds)


def _test(term: tuple[int, ...], model: Terms, y: Matrix, rng: np.random.Generator) -> _Tested:
    """Return the share of a term of a model, and what shuffling what the others leave comes to."""
    n, total = len(y), float(y @ y)
    whole = _basis(model, n)
    others = _basis({name: columns for name, columns in model.items() if name != term}, n)
    df, df_left = whole.shape[1] - others.shape[1], n - whole.shape[1]
    left = y - _projected(others, y)
    shuffled = np.stack([left, *(rng.permutation(left) for _ in range(_PERMUTATIONS))], axis=1)
    squares = np.square(shuffled).sum(axis=0)
    by_others, by_all = (squares - np.square(basis.T @ shuffled).sum(axis=0) for basis in (others, whole))
    explained = np.maximum(0.0, by_others - by_all)
    share = float(explained[0]) / total
    if df == 0 or df_left < FEWEST_DF:
        return _Tested(term, share)
    # Of the same degrees of freedom throughout, so that the ratio orders as F does.
    odds = explained / np.maximum(by_all, _TINY * total)
    by_shuffling = np.sort(odds[1:])[::-1]
    is_most = bool(explained.max() <= explained[0] * (1 + 1e-9))
    return _Tested(term, share, float(by_others[0]) / total, float(odds[0]) * (1 - 1e-9), by_shuffling, is_most)


def _told(terms: Sequence[_Tested]) -> tuple[Share, ...]:
    """Return terms with p-values, and shares by chance, that are corrected for their number, step by step (Holm).

    The first that is not clear ends the steps: the others are held against chance as it is.
    """
    tested = sorted((one for one in terms if len(one.by_shuffling)), key=lambda one: one.reached)
    found: dict[tuple[int, ...], Share] = {}
    p, tests = 0.0, len(tested)
    for place, one in enumerate(tested):
        if p <= 1 - LEVEL:
            tests = len(tested) - place
        p = max(p, min(1.0, (len(tested) - place) * one.reached / (_PERMUTATIONS + 1)))
        if p <= 1 - LEVEL or not one.is_most:  # else no share, however large, would be clear
            found[one.term] = Share(one.term, one.share, one.share_reached(tests), p)
    return tuple(found.get(one.term, Share(one.term, one.share)) for one in terms)
