"""Two models on the same examples: what each example got is compared, and the examples' own difficulty drops out.

Of n examples b are right by the first model alone and c by the second alone. The difference of the accuracies is
(b - c) / n, and only these b + c examples tell the models apart:

- McNemar's test (1947), exact: under equal models b is binomial with b + c trials and probability 1/2.
- Bonett and Price's interval (2012, Adjusted Wald confidence interval for a difference of binomial proportions based on
  paired data, Journal of Educational and Behavioral Statistics 37:479-488): with p = (b + 1) / (n + 2) and
  q = (c + 1) / (n + 2), p - q +- z sqrt((p + q - (p - q)^2) / (n + 2)).

A loss is compared by the mean of the differences, example by example, and its standard error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.interval import LEVEL, Interval, normal_quantile, student_quantile

Values = npt.NDArray[np.floating] | npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PairedShares:
    """How many examples two models got right.

    Attributes:
        n: examples.
        first_only: right by the first alone.
        second_only: right by the second alone.
    """

    n: int
    first_only: int
    second_only: int

    @classmethod
    def of(cls, first: Values, second: Values) -> PairedShares:
        """Return it of two arrays (n,) that say of each example whether it was right.

        Raises:
            ValueError: they are not of as many examples, or of none.
        """
        _check(first, second)
        a, b = np.asarray(first, bool), np.asarray(second, bool)
        return cls(len(a), int(np.sum(a & ~b)), int(np.sum(b & ~a)))

    def difference(self, level: float = LEVEL) -> Interval:
        """Return the accuracy of the first less that of the second, with Bonett and Price's interval."""
        p, q = (self.first_only + 1) / (self.n + 2), (self.second_only + 1) / (self.n + 2)
        reach = normal_quantile(level) * math.sqrt((p + q - (p - q) ** 2) / (self.n + 2))
        return Interval(
            (self.first_only - self.second_only) / self.n, max(-1.0, p - q - reach), min(1.0, p - q + reach)
        )

    def mcnemar(self) -> float:
        """Return the p-value of McNemar's exact test: how likely equal models are so far apart or further."""
        from scipy.special import bdtr  # what no comparison is asked of need not load it

        trials = self.first_only + self.second_only
        return min(1.0, 2 * float(bdtr(min(self.first_only, self.second_only), trials, 0.5))) if trials else 1.0


def paired_means(first: Values, second: Values, level: float = LEVEL) -> Interval:
    """Return the mean of the first less that of the second, with Student's interval over the examples.

    Args:
        first: one value an example, such as its loss, (n,).
        second: the same examples' values, (n,).
        level: share of cases in which the interval is to hold the truth.

    Raises:
        ValueError: they are not of as many examples, or of none.
    """
    d, error = mean_and_error(_differences(first, second))
    reach = student_quantile(level, len(first) - 1) * error if len(first) > 1 else math.inf
    return Interval(d, d - reach, d + reach)


def paired_error(first: Values, second: Values) -> float:
    """Return the standard error of the mean difference of two values an example, over the examples.

    Raises:
        ValueError: they are not of as many examples, or of none.
    """
    return mean_and_error(_differences(first, second))[1]


def mean_and_error(values: npt.NDArray[np.floating]) -> tuple[float, float]:
    """Return the mean of values (n,) and its standard error, std / sqrt(n); infinite for one value."""
    mean = float(np.mean(values))
    return mean, float(np.std(values, ddof=1) / math.sqrt(len(values))) if len(values) > 1 else math.inf


def _differences(first: Values, second: Values) -> npt.NDArray[np.floating]:
    _check(first, second)
    return np.asarray(first, np.float64) - np.asarray(second, np.float64)


def _check(first: Values, second: Values) -> None:
    if np.shape(first) != np.shape(second) or np.ndim(first) != 1 or not len(first):
        raise ValueError(f"{np.shape(first)} and {np.shape(second)} are not of the same examples")
