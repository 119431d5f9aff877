"""One example's answer and what in its picture that hangs on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.capability import measure
from engines.contract import Array
from engines.inspection import Inspectable
from hw1_tui.analysis.opened_run import Subject
from hw1_tui.analysis.saliency import Occlusion, input_times_gradient, mean_row, occlude
from hw1_tui.analysis.weight_picture import as_pictures
from hw1_tui.data.picture import picture_size
from hw1_tui.mistake import Mistake, MistakeError

_SQUARE = 6
"""The side of a picture over the side of the square that covers it: 8 pixels of 48."""


@dataclass(frozen=True, eq=False)
class ExplainedAnswer:
    """What in a picture an answer hangs on.

    Attributes:
        example: its number in the split.
        label: its class.
        target: the class whose score and probability are explained.
        probabilities: what the model gives each class, (n_classes,).
        classes: names of the classes.
        parts: of each pixel, input times gradient of the target's score, all channels together, (H, W); ``None`` where
            the engine shows no gradients.
        bias: what is left of the target's score when the parts are taken off; NaN without parts.
        occlusion: what becomes of the answer when squares are covered.
        has_probabilities: whether the model means them so; those of others are the softmax of their scores.
    """

    example: int
    label: int
    target: int
    probabilities: Array
    classes: Sequence[str]
    parts: Array | None
    bias: float
    occlusion: Occlusion
    has_probabilities: bool = True

    @property
    def answer(self) -> int:
        """The class that the model answers."""
        return int(self.probabilities.argmax())

    @property
    def words(self) -> list[str]:
        """What there is to say, a sentence a line."""
        found = self.occlusion
        squares = f"of {len(found.answers)} squares of {found.side} x {found.side} pixels"
        if not found.flips.any():
            below = math.floor(100 * found.probabilities.min()) if self.has_probabilities else 0
            least = f" (at least {below}%)" if self.has_probabilities else ""
            told = f"Covering any one {squares} leaves the answer '{self.classes[self.answer]}'{least}."
        else:
            to = Counter(self.classes[int(other)] for other in found.answers[found.flips])
            told_of = ", ".join(f"'{name}' with {count}" for name, count in to.most_common(3))
            n = int(found.flips.sum())
            told = f"Covered one at a time, {n} {squares} change{'s' * (n == 1)} the answer: {told_of}."
        lines = [told]
        if not self.has_probabilities:
            lines.append("It tells no probabilities: drops are of its scores' softmax.")
        if self.parts is not None:
            lines.append(
                f"The score of '{self.classes[self.target]}': {self.parts[self.parts > 0].sum():+.3g} from what is for"
                f" it, {self.parts[self.parts < 0].sum():+.3g} from what is against it, {self.bias:+.3g} beside."
            )
        return lines

    @property
    def title(self) -> str:
        """The example's class and the answer."""
        sign = "✓" if self.answer == self.label else "✗"
        said = f" ({self.probabilities[self.answer]:.0%})" if self.has_probabilities else ""
        return f"'{self.classes[self.label]}', taken for '{self.classes[self.answer]}'{said} {sign}"


def explain_answer(subject: Subject, example: int, target: int | None = None) -> ExplainedAnswer:
    """Return what in a picture a model's answer hangs on.

    Args:
        subject: the run and the split.
        example: the number of the picture in the split.
        target: the class whose score is explained; the answer by default.

    Raises:
        MistakeError: there is no such example or class, the examples are no pictures or have no classes, or the model
            gives no numbers.
        EngineError: the engine failed.
    """
    opened, dataset = subject.opened, subject.opened.dataset
    examples = dataset[subject.split]
    _check(subject, example, target)
    row = examples.x[example]
    parts, bias = None, float("nan")
    with opened.asking():
        trainer = opened.model.trainer
        square = max(1, round(min(picture_size(dataset.image_shape)) / _SQUARE))
        found = occlude(
            trainer.predict, row, dataset.image_shape, mean_row(dataset.train.x), square, max(1, square // 2)
        )
        probabilities = found.whole
        spec, y = opened.model.config.spec, examples.y[example : example + 1]
        told = measure(trainer, spec, row[None], y, opened.dataset.n_classes)
        if not np.isfinite(probabilities).all():
            raise MistakeError(Mistake("saliency", f"what it says after {opened.model.place} is no number"))
        chosen = int(probabilities.argmax()) if target is None else target
        if isinstance(trainer, Inspectable):
            features = dataset.features(row[None])[0]
            flat = input_times_gradient(trainer, row, features, chosen)
            parts = as_pictures(flat[None], dataset.image_shape)[0].sum(axis=2)
            score = trainer.inspect(row[None], examples.y[example : example + 1]).scores[0, chosen]
            bias = float(score - parts.sum())
    return ExplainedAnswer(
        example,
        int(examples.y[example]),
        chosen,
        probabilities,
        dataset.classes,
        parts,
        bias,
        found,
        has_probabilities=told.probabilities is not None,
    )


def _check(subject: Subject, example: int, target: int | None) -> None:
    """See that there is such a picture, and such a class."""
    dataset, n = subject.opened.dataset, len(subject.opened.dataset[subject.split])
    if dataset.is_regression:
        raise MistakeError(Mistake("saliency", f"{dataset.name} has numbers to predict, and no class to explain"))
    if not dataset.image_shape:
        raise MistakeError(Mistake("saliency", f"the examples of {dataset.name} are no pictures"))
    if not 0 <= example < n:
        raise MistakeError(Mistake("example", f"{subject.split} has no example {example}", f"0 to {n - 1}"))
    if target is not None and not 0 <= target < dataset.n_classes:
        raise MistakeError(Mistake("class", f"there is no class {target}", f"0 to {dataset.n_classes - 1}"))
