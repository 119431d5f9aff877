"""A metric over repetitions: mean, standard deviation, lowest and highest; and a variance that few of them tell."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A metric over repetitions.

    Attributes:
        n: number of repetitions.
        mean: their mean.
        std: sample standard deviation, with n - 1; 0 for one repetition.
        low: the smallest.
        high: the largest.
    """

    n: int
    mean: float
    std: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread | None:
    """Return mean and spread; ``None`` of nothing."""
    if not values:
        return None
    std = statistics.stdev(values) if len(values) > 1 else 0.0
    return Spread(len(values), statistics.fmean(values), std, min(values), max(values))


PRIOR_SEEDS = 6
"""How many degrees of freedom an expectation of the spread over seeds counts for beside the seeds that were run."""


def pooled_variance(
    expected: float, groups: Sequence[Sequence[float]], prior: int = PRIOR_SEEDS
) -> tuple[float, float]:
    """Return the variance over seeds with its degrees of freedom, of few seeds and what is expected of any.

    Two or three seeds tell a variance badly, one not at all. What is expected of it counts as ``PRIOR_SEEDS`` degrees
    of freedom beside those of the seeds themselves (Smyth, 2004, Linear models and empirical Bayes methods,
    Statistical Applications in Genetics and Molecular Biology 3:3).

    Args:
        expected: the variance over seeds that is expected.
        groups: a value a seed, settings apart; their means may differ and their variance is taken for one.
        prior: degrees of freedom that the expectation counts for.
    """
    df = sum(len(group) - 1 for group in groups if group)
    squares = sum((len(group) - 1) * statistics.variance(group) for group in groups if len(group) > 1)
    if not prior + df:
        return 0.0, 0.0
    return (prior * expected + squares) / (prior + df), float(prior + df)
