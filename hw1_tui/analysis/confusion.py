"""Which class a model takes for which: the confusion matrix, and what follows from its counts.

With C the matrix, a row a true class and a column a predicted one, of a class k

    precision_k = C_kk / sum_i C_ik,    recall_k = C_kk / sum_j C_kj,    F1_k = 2 C_kk / (sum_i C_ik + sum_j C_kj),

and its support is sum_j C_kj. The macro average is the plain mean over the classes that occur, as a label or as a
prediction, the weighted one the mean by support; a number that is 0 / 0 counts as 0 in both, as scikit-learn's
``classification_report`` has it, and is shown as none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.numeral import counted, percent

TOP = (3, 5)
"""It is told how often the true class is among so many of the likeliest."""

_MANY = 10
"""Classes from which on that is said in words."""

_GOOD = 0.9
"""A model that gets less right of what it was trained on fails to learn it."""

_GAP = 0.05
"""By so much more is right of what was trained on where a model has learned some of it by heart."""

_ROUNDING = 1e-6
"""Shares of examples that differ by less are equal."""


@dataclass(frozen=True)
class Scores:
    """How well a class is told from the others, or a mean over classes; NaN where there is nothing to divide by.

    Attributes:
        precision: share of what is called the class that is of it.
        recall: share of the class that is called so.
        f1: harmonic mean of the two.
        support: examples of the class, or of all.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class MixedUp:
    """Two classes that are taken for each other.

    Attributes:
        first: one of them, which is more often taken for the other than the other for it.
        second: the other.
        there: examples of the first that are called the second.
        back: examples of the second that are called the first.
    """

    first: int
    second: int
    there: int
    back: int

    @property
    def mistakes(self) -> int:
        """Both ways together."""
        return self.there + self.back


@dataclass(frozen=True, eq=False)
class Confusion:
    """How many examples of each class are called what.

    Attributes:
        counts: (n_classes, n_classes) int64, a row a true class, a column a predicted one.
        classes: their names.
    """

    counts: Array
    classes: tuple[str, ...]

    @classmethod
    def of(cls, labels: Array, predicted: Array, classes: tuple[str, ...]) -> Confusion:
        """Count.

        Args:
            labels: the true classes, (n,) int64.
            predicted: what a model calls the examples, (n,) int64.
            classes: names of all classes.
        """
        k = len(classes)
        return cls(np.bincount(labels * k + predicted, minlength=k * k).reshape(k, k), classes)

    @property
    def n(self) -> int:
        """How many examples there are."""
        return int(self.counts.sum())

    @property
    def mistakes(self) -> int:
        """How many of them are called what they are not."""
        return self.n - int(np.trace(self.counts))

    @property
    def accuracy(self) -> float:
        """Share of examples that are called what they are; NaN of none."""
        return float(np.trace(self.counts)) / self.n if self.n else math.nan

    @property
    def rates(self) -> Array:
        """Share of each class that is called what, (n_classes, n_classes); NaN of a class without examples."""
        return _share(self.counts, self.counts.sum(axis=1, keepdims=True))

    def by_class(self) -> list[Scores]:
        """Return the scores of each class, in the order of the classes."""
        precision, recall, f1 = (list(map(float, of)) for of in self._scores())
        support = map(int, self.counts.sum(axis=1))
        return [Scores(*row) for row in zip(precision, recall, f1, support, strict=True)]

    def macro(self) -> Scores:
        """Return the plain mean over the classes that occur."""
        occurs = (self.counts.sum(axis=0) + self.counts.sum(axis=1)) > 0
        return self._mean(occurs.astype(np.float64))

    def weighted(self) -> Scores:
        """Return the mean over the classes by their support."""
        return self._mean(self.counts.sum(axis=1).astype(np.float64))

    def mixed_up(self) -> list[MixedUp]:
        """Return the pairs of classes that are taken for each other at all, the one with the most mistakes first."""
        both = np.triu(self.counts + self.counts.T, 1)
        firsts, seconds = np.nonzero(both)
        order = np.argsort(-both[firsts, seconds], kind="stable")
        return [self._pair(int(i), int(j)) for i, j in zip(firsts[order], seconds[order], strict=True)]

    def words(self) -> str:
        """Return how many are right, and which two classes are taken for each other most, in a sentence each."""
        said = f"{self.n - self.mistakes:,} of {self.n:,} are right ({percent(self.accuracy, 1)})."
        pairs = self.mixed_up()
        if not pairs:
            return said
        worst = pairs[0]
        first, second = (f"'{self.classes[k]}'" for k in (worst.first, worst.second))
        back = f"{second} for {first} {_how_often(worst.back)}"
        if not self.counts[worst.second].any():
            back = f"of {second} there is no example"
        both = f"{first} is taken for {second} {_how_often(worst.there)}, {back}"
        of_all = percent(worst.mistakes / self.mistakes)
        as_many = sum(pair.mistakes == worst.mistakes for pair in pairs[1:])
        beside = "the most of any two classes"
        if as_many:
            beside = f"as many as {'another pair' if as_many == 1 else f'{as_many} other pairs'} of classes"
        return f"{said} {both}: {of_all} of all mistakes, {beside}."

    def _pair(self, i: int, j: int) -> MixedUp:
        if self.counts[i, j] < self.counts[j, i]:
            i, j = j, i
        return MixedUp(i, j, int(self.counts[i, j]), int(self.counts[j, i]))

    def _scores(self) -> tuple[Array, Array, Array]:
        hits, called, there = np.diag(self.counts), self.counts.sum(axis=0), self.counts.sum(axis=1)
        return _share(hits, called), _share(hits, there), _share(2 * hits, called + there)

    def _mean(self, weights: Array) -> Scores:
        total = float(weights.sum())
        precision, recall, f1 = (
            float(np.nan_to_num(of) @ weights) / total if total else math.nan for of in self._scores()
        )
        return Scores(precision, recall, f1, self.n)


def _how_often(n: int) -> str:
    return {0: "never", 1: "once"}.get(n, counted(n, "time"))


def _share(part: Array, whole: Array) -> Array:
    """Return part / whole, NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def fit_words(
    accuracy: float, trained_on: float, is_linear: bool = False, sample: int = 0, commonest: float = 0.0
) -> str:
    """Return in a sentence or two whether a model fails on what it has not seen, or on what it was trained on as well.

    Args:
        accuracy: on examples that it has not seen.
        trained_on: on those that it was trained on.
        is_linear: whether it is a linear model, which says why it cannot do better.
        sample: on how many of those it was measured; 0 for all of them.
        commonest: share of those that are of their most frequent class; 0 where that is not asked.
    """
    said = f"Of {f'{sample:,} examples' if sample else 'what'} it was trained on it gets {percent(trained_on, 1)} right"
    is_by_heart, is_stuck = trained_on - accuracy > _GAP, trained_on < _GOOD
    if trained_on < commonest + _ROUNDING:  # whatever it gets here, it knows none of that by heart
        return f"{said}, no more than who always names the most frequent class there."
    if accuracy - trained_on > _GAP:
        return f"{said}, less than here: what it was asked here is easier, or too little to tell."
    if not is_stuck:
        return f"{said}: some of that it knows by heart." if is_by_heart else f"{said}: little of that by heart."
    more = "hardly more" if trained_on > accuracy else "no more"
    said += ": some of that it knows by heart, the rest" if is_by_heart else f", {more}: these"
    why = " It is linear, a sum over single values: what only several show together it cannot learn."
    return f"{said} it does not tell apart even where it was told.{why * is_linear}"


def ranks_of_truth(probabilities: Array, labels: Array, predicted: Array) -> Array:
    """Return at which place a model has the true class of each example, 0 for the one that it predicts, (n,) int64.

    Of equal probabilities the first class stands first.

    Args:
        probabilities: (n, n_classes).
        labels: the true classes, (n,).
        predicted: the classes with the highest scores, (n,), which equal probabilities may hide.
    """
    of_truth = probabilities[np.arange(len(labels)), labels][:, None]
    before = np.arange(probabilities.shape[1]) < labels[:, None]
    ranks = ((probabilities > of_truth) | ((probabilities == of_truth) & before)).sum(axis=1)
    return np.where(predicted == labels, 0, np.maximum(ranks, 1))


def top_k(ranks: Array, k: int) -> float:
    """Return the share of examples whose true class is among the k that a model finds most likely; NaN of none."""
    return float((ranks < k).mean()) if len(ranks) else math.nan


def top_words(probabilities: Array | None, labels: Array, predicted: Array) -> str:
    """Return how often the true class is among the likeliest; empty where there are few classes.

    Args:
        probabilities: (n, n_classes); ``None`` of a model that tells none, of which nothing is said.
        labels: the true classes, (n,).
        predicted: the classes with the highest scores, (n,).
    """
    if probabilities is None or probabilities.shape[1] < _MANY:
        return ""
    ranks = ranks_of_truth(probabilities, labels, predicted)
    first, second = (percent(top_k(ranks, k), 1) for k in TOP)
    return f"{first} have their class among the {TOP[0]} likeliest, {second} among the {TOP[1]} likeliest."


def cell_words(classes: Sequence[str], true: int, said: int) -> str:
    """Return which examples are in a cell of the matrix."""
    return f"'{classes[true]}' called so" if true == said else f"'{classes[true]}' taken for '{classes[said]}'"


def examples_in(labels: Array, predicted: Array, certainty: Array, true: int | None, said: int | None) -> Array:
    """Return the examples in a cell of the matrix, those that the model is most certain of first, (m,) indices.

    Args:
        labels: the true classes, (n,).
        predicted: what the model calls them, (n,).
        certainty: how certain it is of what it says, (n,); where it does not say, NaN, in which case their order stays.
        true: the row; ``None`` for all rows.
        said: the column; ``None`` for all columns.
    """
    found = np.flatnonzero((true is None or labels == true) & (said is None or predicted == said))
    if true is None and said is None:
        found = np.arange(len(labels))
    return found[np.argsort(-np.nan_to_num(certainty[found], nan=-np.inf), kind="stable")]
