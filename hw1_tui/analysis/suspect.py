"""Examples whose label is likely wrong, by confident learning.

Northcutt, Jiang and Chuang (2021, Confident Learning: Estimating Uncertainty in Dataset Labels, Journal of Artificial
Intelligence Research 70:1373-1411). With p_i(k) the probability that a model, which was not trained on example i, gives
to class k, the threshold of a class is the mean probability that it gets on the examples that carry its label,

    t_k = mean of p_i(k) over the examples i labelled k,

and example i is confidently of class k where p_i(k) >= t_k. Of several such classes the one that the model finds most
likely counts. The confident joint C_jk counts the examples labelled j that are confidently of class k. A suspect is one
that is confidently of another class than its label, and is not predicted as labelled.

The numbers are those of cleanlab: ``compute_confident_joint``, ``find_label_issues(filter_by="confident_learning")``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from engines.contract import Array, SplitName
from hw1_tui.analysis.answers import Answers, answers_of, probabilities_of
from hw1_tui.analysis.opened_run import OpenedRun
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import percent

_ROUNDING = 1e-6
"""A probability that lies so little below its threshold has reached it."""

_GOOD = 0.8
"""A model that is right less often has more mistakes of its own than there are wrong labels in most data."""


@dataclass(frozen=True, eq=False)
class Suspects:
    """What confident learning says of the labels of a split.

    Attributes:
        labels: as they are, (n,) int64.
        thresholds: of each class, (n_classes,); infinite of one that no example is labelled as.
        joint: the confident joint, (n_classes, n_classes) int64, a row a label, a column the class that it should be.
        indices: of the suspects, the likeliest to be wrong first, (m,).
        suggested: the class that each of them should have, (m,).
        margins: probability of its label less that of the likeliest other class, (m,), from -1 to 0.
    """

    labels: Array
    thresholds: Array
    joint: Array
    indices: Array
    suggested: Array
    margins: Array

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def noise(self) -> float:
        """The estimated share of labels that are wrong: the joint, each row scaled to the examples of its label."""
        counts = np.bincount(self.labels, minlength=len(self.joint)).astype(np.float64)
        rows = np.maximum(self.joint.sum(axis=1), 1)
        scaled = self.joint * (counts / rows)[:, None]
        return float(1 - np.trace(scaled) / scaled.sum()) if len(self.labels) else 0.0

    def words(self, accuracy: float) -> str:
        """Return how many there are and how far that goes, in a sentence.

        Args:
            accuracy: of the model whose word it is.
        """
        n = len(self.labels)
        if not len(self):
            return f"None of {n:,} labels is a suspect."
        said = f"{len(self):,} of {n:,} labels are suspects, the likeliest to be wrong first"
        if accuracy < _GOOD:
            right = percent(accuracy, 1)
            return f"{said}. The model is right on only {right}, so most are its own mistakes: look from the top."
        noise = percent(self.noise, 1)
        return f"{said}; by the estimate {noise} of all labels are wrong. A suspect is no verdict: look at it."


def find_suspects(labels: Array, probabilities: Array) -> Suspects:
    """Return the examples whose labels are likely wrong.

    Args:
        labels: the classes that the examples are said to be of, (n,) int64.
        probabilities: what a model that was not trained on them says, (n, n_classes).
    """
    n, k = probabilities.shape
    p = np.asarray(probabilities, np.float64)
    counts = np.bincount(labels, minlength=k)
    own = p[np.arange(n), labels]
    sums = np.bincount(labels, own, minlength=k)
    thresholds = np.where(counts > 0, np.maximum(sums / np.maximum(counts, 1), 2 * _ROUNDING), np.inf)
    is_confident = p >= thresholds - _ROUNDING
    how_many, likeliest = is_confident.sum(axis=1), p.argmax(axis=1)
    guess = np.where(how_many > 1, likeliest, is_confident.argmax(axis=1))
    known = how_many > 0
    joint = np.bincount(labels[known] * k + guess[known], minlength=k * k).reshape(k, k)
    np.fill_diagonal(joint, np.maximum(np.diag(joint), 1))
    is_as_labelled = own >= p.max(axis=1, initial=-np.inf) - _ROUNDING
    indices = np.flatnonzero(known & (guess != labels) & ~is_as_labelled)
    margins = _margins(p[indices], labels[indices])
    order = np.argsort(margins, kind="stable")
    return Suspects(labels, thresholds, joint, indices[order], guess[indices][order], margins[order])


def suspects_of(opened: OpenedRun, split: SplitName) -> tuple[Answers, Suspects]:
    """Return what a run's model answers on a split, and which of its labels are likely wrong.

    Raises:
        MistakeError: the split was trained on, or the model predicts numbers.
        EngineError: the model tells no probabilities.
    """
    if split == "train":
        others = [name for name in opened.splits if name != split]
        problem = "train was trained on" if others else f"{opened.dataset.name} has no examples but those trained on"
        repeats = "a model repeats the labels that it learned, also wrong ones"
        raise MistakeError(Mistake("split", f"{problem}: {repeats}", " or ".join(others)))
    answers = answers_of(opened, split)
    return answers, find_suspects(answers.labels, probabilities_of(answers))


@dataclass(frozen=True)
class SuspectRow:
    """A suspect as a list of them has it.

    Attributes:
        split: the split.
        example: its number there.
        file: the file of the picture, where the data is a folder.
        label: its class as it is.
        suggested: the class that it should have.
        p_label: probability of the label.
        p_suggested: probability of the suggested class.
    """

    split: str
    example: int
    file: str
    label: str
    suggested: str
    p_label: float
    p_suggested: float

    @classmethod
    def columns(cls) -> list[str]:
        """Return the names of the columns."""
        return [entry.name for entry in fields(cls)]

    def values(self) -> tuple[str | int | float, ...]:
        """Return what stands in them."""
        return tuple(getattr(self, name) for name in self.columns())


def suspect_rows(opened: OpenedRun, split: SplitName, answers: Answers, found: Suspects) -> list[SuspectRow]:
    """Return the suspects in words, in their order."""
    p, files = probabilities_of(answers), opened.dataset.files.get(split, ())
    return [
        SuspectRow(
            split, int(i), files[i] if files else "", answers.classes[answers.labels[i]], answers.classes[k],
            round(float(p[i, answers.labels[i]]), 4), round(float(p[i, k]), 4),
        )
        for i, k in zip(found.indices, found.suggested, strict=True)
    ]  # fmt: skip


def _margins(p: Array, labels: Array) -> Array:
    """Return the probability of each label less that of the likeliest other class."""
    rows = np.arange(len(labels))
    others = p.copy()
    others[rows, labels] = -np.inf
    return np.asarray(p[rows, labels] - others.max(axis=1, initial=-np.inf))
