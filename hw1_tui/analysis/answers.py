"""What a classifier answers of each example of a split, and how certain it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.capability import measure
from engines.contract import Array, EngineError, SplitName
from hw1_tui.analysis.confusion import fit_words
from hw1_tui.analysis.opened_run import OpenedRun
from hw1_tui.mistake import Mistake, MistakeError

_SOME = 1000
"""Training examples, equally far apart, that are measured where the run itself did not measure all."""


@dataclass(frozen=True, eq=False)
class Answers:
    """A classifier's answers, in the order of the split.

    Attributes:
        labels: the classes that the examples are said to be of, (n,) int64.
        predicted: the classes that it answers, (n,) int64.
        probabilities: of all classes, (n, n_classes); ``None`` of a model that tells none, such as a perceptron.
        losses: of each example, (n,).
        classes: their names.
    """

    labels: Array
    predicted: Array
    probabilities: Array | None
    losses: Array
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def correct(self) -> Array:
        """Whether each is right, (n,) bool."""
        return np.asarray(self.predicted == self.labels)

    @property
    def certainty(self) -> Array:
        """The probability of each answer, (n,); NaN where none is told."""
        if self.probabilities is None:
            return np.full(len(self), np.nan)
        return np.asarray(self.probabilities[np.arange(len(self)), self.predicted], np.float64)

    def certainty_of(self, example: int) -> float:
        """Return the probability of one answer; NaN where none is told."""
        p = self.probabilities
        return float("nan") if p is None else float(p[example, self.predicted[example]])


def answers_of(opened: OpenedRun, split: SplitName) -> Answers:
    """Return what a run's model answers.

    Raises:
        MistakeError: it predicts numbers.
        EngineError: its engine failed.
    """
    if opened.dataset.is_regression:
        raise MistakeError(Mistake(opened.record.run, "predicts numbers, and this view is of classes"))
    told = opened.measured(split)
    y = opened.dataset[split].y
    return Answers(y, told.predicted, told.probabilities, told.losses, opened.dataset.classes)


def fit_of(opened: OpenedRun, split: SplitName, accuracy: float) -> str:
    """Return in words how much of what it was trained on a model gets right, beside its accuracy on a split.

    That was measured at the run's end, or is now, on some of the training examples; nothing of a model that was trained
    on none, nor beside the training split.

    Raises:
        EngineError: the engine failed.
    """
    if split == "train" or opened.place == (0, 0):
        return ""
    results = opened.record.results
    known = results.get("train_accuracy") if opened.place == (results.get("epochs_done"), 0) else None
    if known is not None:
        return fit_words(accuracy, float(known), opened.is_linear, commonest=_commonest(opened.dataset.train.y))
    examples = opened.dataset.train
    some = np.unique(np.linspace(0, len(examples) - 1, min(_SOME, len(examples))).astype(int))
    with opened.asking():
        told = measure(
            opened.model.trainer, opened.model.config.spec, examples.x[some], examples.y[some], opened.dataset.n_classes
        )
    labels = examples.y[some]
    right = float((told.predicted == labels).mean())
    return fit_words(accuracy, right, opened.is_linear, len(some), _commonest(labels))


def _commonest(labels: Array) -> float:
    """Return the share of the most frequent class."""
    return float(np.bincount(labels).max()) / len(labels)


def probabilities_of(answers: Answers) -> Array:
    """Return the probabilities of all classes, (n, n_classes).

    Raises:
        EngineError: the model tells none, or some are no numbers.
    """
    if answers.probabilities is None:
        raise EngineError("This model tells scores and no probabilities, and this view rests on probabilities")
    if not np.isfinite(answers.probabilities).all():
        raise EngineError("Some of this model's probabilities are no numbers: it has diverged")
    return answers.probabilities
