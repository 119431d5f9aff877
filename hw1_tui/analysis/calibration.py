"""Whether a model's probabilities can be believed: of what it calls 80% likely, 80% should be right.

The confidence of an example is the probability of the class that is predicted. With the examples in bins of equal width
by their confidence (Guo et al., 2017, On Calibration of Modern Neural Networks, ICML), n_b of n in bin b,

    ECE = sum_b n_b / n |accuracy_b - confidence_b|,

the expected calibration error. It is never negative, so chance alone makes it positive: the *floor* is its mean for a
model whose confidences are all true, with as many examples in as many bins, and an error within the 95% of such models
is no finding (Broecker and Smith, 2007, Increasing the Reliability of Reliability Diagrams, Weather and Forecasting
22:651-661).

For the same reason the percentiles of a plain bootstrap lie too high: of a well calibrated model they never hold the
truth. The interval here is the set of errors that a parametric bootstrap does not reject: the gaps of the bins are
scaled by a factor c, and c is in it where the error that was measured lies between the 2.5% and the 97.5% quantile of
the errors of data that was drawn with these gaps. Where all that is certain is right there may be no gap to scale, and
few examples do not show that there is none: so the upper end is also that of confidences which are all too high by as
much. What it holds is the error in these bins, not in finer ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.contract import Array, SplitName
from hw1_tui.analysis.answers import answers_of, probabilities_of
from hw1_tui.analysis.opened_run import OpenedRun
from hw1_tui.numeral import percent
from hw1_tui.statistics.interval import LEVEL, Interval, wilson

BINS = 15
DRAWS = 400
_FACTORS = np.linspace(0.0, 2.0, 21)
_SHIFTS = np.linspace(0.0, 1.0, 21) ** 2


@dataclass(frozen=True)
class Bin:
    """The examples whose confidence lies in one interval.

    Attributes:
        low: from there, exclusive.
        high: to there, inclusive.
        n: how many there are.
        confidence: their mean confidence; NaN of none.
        accuracy: the share that is right, with Wilson's interval; ``None`` of none.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: Interval | None


@dataclass(frozen=True)
class Calibration:
    """How far a model's confidences are from the shares that are right.

    Attributes:
        bins: by confidence, the lowest first.
        n: examples.
        confidence: mean over all.
        accuracy: share that is right.
        error: the expected calibration error, with its interval.
        floor: its mean were all confidences true.
        floor_top: what it exceeds in 5% of such cases.
    """

    bins: tuple[Bin, ...]
    n: int
    confidence: float
    accuracy: float
    error: Interval
    floor: float
    floor_top: float

    @property
    def is_off(self) -> bool:
        """Whether the error is more than chance makes of true confidences."""
        return self.error.value > self.floor_top

    def sizes(self) -> str:
        """Return the error beside its floor and its interval, in a sentence."""
        error = self.error
        return (
            f"Expected calibration error: measured {error.value:.4f}, the true one {error.low:.4f} to {error.high:.4f} "
            f"(95%); were all of them true, chance would make it {self.floor:.4f}, seldom over {self.floor_top:.4f}."
        )

    def words(self) -> str:
        """Return what the error says, in a sentence."""
        said = f"On average it is {self.confidence:.1%} certain and {percent(self.accuracy, 1)} right"
        if not self.is_off:
            return f"{said}. An error of this size also comes by chance where every probability is true."
        gap, low = self.confidence - self.accuracy, self.error.low
        if abs(gap) < low / 2:
            return (
                f"{said}, but too certain at some confidences and too little at others: read the curve, not the mean."
            )
        return f"{said}: it is {'too certain' if gap > 0 else 'less certain than it could be'}."


def calibration(confidence: Array, correct: Array, bins: int = BINS, draws: int = DRAWS) -> Calibration:
    """Return how far confidences can be believed.

    Args:
        confidence: probability of the predicted class, (n,), from 0 to 1.
        correct: whether it is right, (n,) bool.
        bins: of equal width from 0 to 1.
        draws: data sets that are drawn for the floor and for each point of the interval, from one seed.

    Raises:
        ValueError: there are no examples, or the model tells no probabilities.
    """
    confidence = np.asarray(confidence, np.float64)
    n = len(confidence)
    if not n or np.isnan(confidence).any():
        raise ValueError("without probabilities there is nothing to hold against what is right")
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    counts, hits = np.bincount(place, minlength=bins), np.bincount(place, correct, minlength=bins)
    means = np.bincount(place, confidence, minlength=bins) / np.maximum(counts, 1)
    error, (drawn, truths) = _error(counts, hits, means), _drawn(counts, hits, means, draws)
    return Calibration(
        tuple(_bin(b, bins, int(counts[b]), float(means[b]), int(hits[b])) for b in range(bins)), n,
        float(confidence.mean()), float(np.mean(correct)), _interval(float(error), drawn, truths),
        float(drawn[0].mean()), float(np.quantile(drawn[0], LEVEL)),
    )  # fmt: skip


def calibration_of(opened: OpenedRun, split: SplitName) -> Calibration:
    """Return how far the confidences of a run's model can be believed on a split.

    Raises:
        MistakeError: the model predicts numbers.
        EngineError: it tells no probabilities.
    """
    answers = answers_of(opened, split)
    probabilities_of(answers)
    return calibration(answers.certainty, answers.correct)


def _bin(number: int, bins: int, n: int, mean: float, hits: int) -> Bin:
    low, high = number / bins, (number + 1) / bins
    return Bin(low, high, n, mean if n else math.nan, wilson(hits, n) if n else None)


def _error(counts: Array, hits: Array, means: Array) -> Array:
    """Return the expected calibration error of counts, hits (..., bins) and mean confidences (bins,)."""
    return np.asarray(np.abs(hits - counts * means).sum(axis=-1) / counts.sum(axis=-1))


def _drawn(counts: Array, hits: Array, means: Array, draws: int) -> tuple[Array, Array]:
    """Return errors of drawn data, (m, draws), and the true error that each row stands for, (m,).

    The rows are those of the factors by which the gaps are scaled, then those of the shifts of all confidences.
    """
    n, rng = counts.sum(), np.random.default_rng(0)
    gaps = hits / np.maximum(counts, 1) - means * (counts > 0)
    shares = np.clip(np.concatenate([means + _FACTORS[:, None] * gaps, means - _SHIFTS[:, None]]), 0, 1)
    truths = (counts / n * np.abs(shares - means)).sum(axis=1)
    resampled = rng.multinomial(n, counts / n, size=draws)
    drawn = rng.binomial(resampled[None], shares[:, None, :])
    return _error(resampled, drawn, means), truths


def _interval(error: float, drawn: Array, truths: Array) -> Interval:
    """Return the error with the true errors between which it is not unlikely."""
    lowest, highest = (np.quantile(drawn, level, axis=1) for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    n = len(_FACTORS)
    # The first row that reaches so high, the last that reaches so low: of few examples many have the same quantile.
    first = np.interp(-error, -np.maximum.accumulate(highest[:n])[::-1], np.arange(n)[::-1])
    low = np.interp(first, np.arange(n), truths[:n])
    tops = [_last(error, lowest[part], truths[part]) for part in (slice(n), slice(n, None))]
    return Interval(error, float(low), max(error, *tops))


def _last(error: float, lowest: Array, truths: Array) -> float:
    """Return the largest true error of which as small a one may be drawn."""
    place = np.interp(error, np.maximum.accumulate(lowest), np.arange(len(lowest)))
    return float(np.interp(place, np.arange(len(truths)), truths))
