"""Whether two settings differ by more than chance, over their seeds and on the same examples.

The error of a difference has two parts:

- *Examples*: others of the same kind would have given another difference. On the same examples it is the standard
  error of what each got from the first less what it got from the second (means over the seeds); on others the two
  settings' errors are joined as independent.
- *Seeds*: another seed would have come out elsewhere. The variance over seeds is that of the seeds that were run,
  joined with the one that is expected of any (``pooled_variance``), so that one seed can be told by as well: what is
  expected follows from how the metric moves from epoch to epoch, how far it still goes, and a floor by its kind
  (``FLOORS``).

A difference is clear where it is beyond Student's quantile of its error. Both parts hold a little of each other, so
that the rule errs towards "cannot be told"; how often it calls pairs clear that differ in nothing but the seed is
measured by ``python -m tests.calibration``.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.interval import LEVEL, Interval, normal_quantile, student_quantile
from hw1_tui.statistics.paired import paired_error
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.statistics.spread import pooled_variance

EPOCHS_SHARE, DRIFT_SHARE = 1.2, 0.35
"""How much of the movement from epoch to epoch, and of the way over the last epochs, is expected over seeds."""

FLOORS: Mapping[str, tuple[float, float]] = {
    "share": (0.004, 0.0),
    "loss": (0.0, 0.015),
    "norm": (0.0, 0.015),
    "gap": (0.0, 0.08),
    "jumps": (0.0, 0.15),
    "time": (0.0, 0.05),
    "number": (0.0, 0.05),
    "settling": (0.2, 0.0),
}
"""The standard deviation over seeds that is expected at the least, absolute and relative, by the kind of a metric."""

NETWORK_FLOORS: Mapping[str, tuple[float, float]] = {
    **FLOORS,
    "share": (0.015, 0.0),
    "loss": (0.0, 0.04),
    "norm": (0.0, 0.02),
    "gap": (0.0, 0.12),
    "jumps": (0.0, 0.2),
}
"""The same of a network with hidden layers: its seeds begin elsewhere and end in other minima."""

_FEWEST_DF = 2
"""Degrees of freedom from which on the seeds' own variance has a say beside what is expected."""


@dataclass(frozen=True)
class SettingComparison:
    """A setting beside another.

    Attributes:
        difference: the first less the second.
        examples_error: its standard error by the examples; 0 where that is not known.
        seeds_error: its standard error by the seeds.
        df: degrees of freedom of the two together.
        seeds: with how many seeds each was run.
        is_paired: whether both were measured on the same examples, one by one.
        level: share of cases in which chance is not called clear.
    """

    difference: float
    examples_error: float
    seeds_error: float
    df: float
    seeds: tuple[int, int]
    is_paired: bool
    level: float = LEVEL

    @property
    def error(self) -> float:
        """Standard error of the difference."""
        return math.hypot(self.examples_error, self.seeds_error)

    @property
    def reach(self) -> float:
        """How far the difference must be from none to be clear."""
        return student_quantile(self.level, self.df) * self.error

    @property
    def interval(self) -> Interval:
        """The difference with its interval."""
        return Interval(self.difference, self.difference - self.reach, self.difference + self.reach)

    @property
    def is_clear(self) -> bool:
        """Whether the settings differ by more than chance."""
        return abs(self.difference) > self.reach

    @property
    def verdict(self) -> str:
        """``clear``, or ``cannot be told``, with the reason where more seeds are what is wanting."""
        if self.is_clear:
            return "clear"
        is_one = min(self.seeds) == 1 and abs(self.difference) > normal_quantile(self.level) * self.examples_error
        return "cannot be told: one seed" if is_one else "cannot be told"


def compare_settings(
    first: Sequence[Repeat],
    second: Sequence[Repeat],
    kind: str,
    level: float = LEVEL,
    known: tuple[float, float] | None = None,
) -> SettingComparison:
    """Compare two settings.

    Args:
        first: the first setting, a repeat a seed; at least one.
        second: the second.
        kind: of the metric, out of ``FLOORS``.
        level: share of cases in which chance is not to be called clear.
        known: the variance over seeds with its degrees of freedom, where enough other settings tell it; ``None`` for
            what these two and an expectation say.
    """
    values = _example_means(first, second)
    if values is None:
        examples_error = math.hypot(sampling_error(first), sampling_error(second))
    else:
        examples_error = paired_error(*values)
    difference = mean_of(first) - mean_of(second)
    variances = [known] if known else _seeds_variances([first, second], kind)
    return _furthest(difference, examples_error, [first, second], variances, is_paired=values is not None, level=level)


def compare_with_bound(repeats: Sequence[Repeat], bound: float, kind: str) -> SettingComparison:
    """Compare a setting with a number that has no error of its own.

    Args:
        repeats: the setting, a repeat a seed; at least one.
        bound: the number.
        kind: of the metric, out of ``FLOORS``.
    """
    variances = _seeds_variances([repeats], kind)
    return _furthest(mean_of(repeats) - bound, sampling_error(repeats), [repeats], variances, is_paired=False)


def _furthest(
    difference: float,
    examples_error: float,
    settings: Sequence[Sequence[Repeat]],
    variances: Iterable[tuple[float, float]],
    *,
    is_paired: bool,
    level: float = LEVEL,
) -> SettingComparison:
    """Return the comparison by that estimate of the variance over seeds which reaches furthest."""
    share = sum(1 / len(repeats) for repeats in settings)
    seeds = (len(settings[0]), len(settings[-1]))
    errors = [(math.sqrt(variance * share), df) for variance, df in variances]
    found = [
        SettingComparison(
            difference, examples_error, error, _joined_df(examples_error, error, df), seeds, is_paired, level
        )
        for error, df in errors
    ]
    return max(found, key=lambda comparison: comparison.reach)


def _joined_df(examples_error: float, seeds_error: float, df: float) -> float:
    """Return the degrees of freedom of two errors together, of which only the second is an estimate (Satterthwaite)."""
    return df * ((examples_error / seeds_error) ** 2 + 1) ** 2 if seeds_error else math.inf


def mean_of(repeats: Sequence[Repeat]) -> float:
    """Return the mean of a setting over its seeds."""
    return statistics.fmean(repeat.value for repeat in repeats)


def sampling_error(repeats: Sequence[Repeat]) -> float:
    """Return the standard error of a setting by its examples, which are the same for all seeds."""
    return statistics.fmean(repeat.sampling_error for repeat in repeats)


def _seeds_variances(settings: Sequence[Sequence[Repeat]], kind: str) -> Iterator[tuple[float, float]]:
    """Yield the estimates of the variance over seeds: with what is expected, and of enough seeds their own.

    A difference must be clear by both: seeds that lie further apart than expected are not to be talked down.
    """
    yield seeds_variance(settings, kind)
    values = [[repeat.value for repeat in repeats] for repeats in settings]
    own, df = pooled_variance(0.0, values, prior=0)
    if df >= _FEWEST_DF:
        yield own, df


def seeds_variance(settings: Sequence[Sequence[Repeat]], kind: str) -> tuple[float, float]:
    """Return the variance of a metric over seeds with its degrees of freedom.

    Args:
        settings: the settings that are compared; their variance is taken for one.
        kind: of the metric, out of ``FLOORS``.
    """
    every = [repeat for repeats in settings for repeat in repeats]
    absolute, relative = (NETWORK_FLOORS if any(repeat.is_network for repeat in every) else FLOORS)[kind]
    scale = statistics.fmean(abs(repeat.value) for repeat in every)
    moves = statistics.fmean(
        (EPOCHS_SHARE * repeat.epoch_std) ** 2 + (DRIFT_SHARE * repeat.drift) ** 2 for repeat in every
    )
    expected = moves + absolute**2 + (relative * scale) ** 2
    return pooled_variance(expected, [[repeat.value for repeat in repeats] for repeats in settings])


def _example_means(
    first: Sequence[Repeat], second: Sequence[Repeat]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Return what each example got from both settings, means over the seeds; ``None`` where they are not the same."""
    found = [[repeat.examples for repeat in repeats] for repeats in (first, second)]
    keys = {None if examples is None else examples.key for part in found for examples in part}
    if None in keys or len(keys) > 1:
        return None
    means = [np.mean([examples.values for examples in part if examples], axis=0) for part in found]
    return means[0], means[1]
