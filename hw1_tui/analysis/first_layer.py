"""The first layer of a run's model: its units as pictures, with what each answers to, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array, EngineError
from engines.inspection import Inspectable
from hw1_tui.analysis.inspected_split import inspect_all
from hw1_tui.analysis.opened_run import Subject
from hw1_tui.analysis.unit_activity import Order, UnitActivity, measure_activity
from hw1_tui.analysis.weight_picture import Shown, WeightPictures, weight_pictures
from hw1_tui.mistake import Mistake, MistakeError

_MOST = 4000
"""Examples that units are asked about: of a larger split, so many lying evenly."""


@dataclass(frozen=True, eq=False)
class FirstLayer:
    """What is shown of a first layer.

    Attributes:
        pictures: its weights.
        activity: what its units answer to; ``None`` where the engine does not show it.
        examples: the numbers in the split of the examples that they were asked about, (n,).
        classes: names of the classes; empty for a regression.
        is_linear: whether the units are the classes themselves.
        why_not: why there is no activity, or no start to compare with; empty for nothing.
    """

    pictures: WeightPictures
    activity: UnitActivity | None
    examples: Array
    classes: Sequence[str]
    is_linear: bool
    why_not: str = ""

    @property
    def natural_order(self) -> Order:
        """The order that says most: of a linear model the classes', of a network the farthest first."""
        return "number" if self.is_linear or np.isnan(self.pictures.moved).any() else "movement"

    @property
    def titles(self) -> list[str]:
        """What each unit is called."""
        if self.is_linear and self.classes:
            return list(self.classes)
        return [f"unit {number}" for number in range(len(self.pictures.values))]

    @property
    def captions(self) -> list[str]:
        """What stands below the picture of each unit: of a class its name, else the unit's number."""
        return self.titles if self.is_linear else [str(number) for number in range(len(self.pictures.values))]

    @property
    def remark(self) -> str:
        """What has to be said beside the pictures; empty for nothing."""
        return " ".join(part for part in (self.pictures.remark, self.why_not) if part)

    def facts(self, order: Order) -> list[str]:
        """Return what stands after the name of each unit: what it is sorted by, else how far it moved."""
        activity = self.activity
        if activity is not None and order == "activity":
            return [f"{mean:.3g}" for mean in activity.mean]
        if activity is not None and order == "class" and self.classes and not self.is_linear:
            return [self.classes[label] if label >= 0 else "-" for label in activity.classes]
        return ["" if np.isnan(moved) else f"{moved:.2g}" for moved in self.pictures.moved]

    def words(self, unit: int) -> str:
        """Return what there is to say of a unit."""
        moved = self.pictures.moved[unit]
        parts = [] if np.isnan(moved) else [f"moved by {moved:.3g}"]
        if self.activity is not None:
            parts.append(self._answers(self.activity, unit))
        return f"{self.titles[unit]}: {'; '.join(parts)}" if parts else self.titles[unit]

    def pixel_words(self, unit: int, row: int, column: int) -> str:
        """Return the weights of a unit at a pixel, by its row and column."""
        values = self.pictures.values[unit, row, column]
        names = ("R", "G", "B") if len(values) == 3 else ("",) * len(values)
        told = " ".join(f"{name} {value:+.2g}".strip() for name, value in zip(names, values, strict=True))
        return f"pixel {row}, {column}: {told}"

    def _answers(self, activity: UnitActivity, unit: int) -> str:
        if activity.silent[unit]:
            return f"dead: 0 on all {len(self.examples):,} pictures"
        label = int(activity.classes[unit])
        mean = f"mean {'score' if self.is_linear else 'activation'} {activity.mean[unit]:.3g}"
        if label < 0:
            return mean
        return f"{mean}, on '{self.classes[label]}' {activity.by_class[unit, label]:.3g}"


def look_at_first_layer(subject: Subject, shown: Shown | None = None) -> FirstLayer:
    """Return what is shown of the first layer of a run's model.

    Args:
        subject: the run, and the split whose examples its units are asked about.
        shown: its weights or their movement; by default what can be read.

    Raises:
        MistakeError: the examples are no pictures, or the weights no numbers.
        EngineError: the engine failed.
    """
    opened = subject.opened
    if not opened.dataset.image_shape:
        problem = f"the examples of {opened.dataset.name} are no pictures, so weights are none either"
        raise MistakeError(Mistake("weights", problem, "the view of distributions"))
    parameters = opened.parameters()
    if not np.isfinite(parameters["W1"]).all():
        raise MistakeError(Mistake("weights", f"not all weights after {opened.model.place} are numbers"))
    is_linear = opened.is_linear
    initial, activity, why_not = None, None, ""
    try:
        initial = opened.initial_parameters()["W1"]
    except EngineError as error:
        why_not = f"How far they moved is not known: {error}."
    pictures = weight_pictures(parameters["W1"], opened.dataset.image_shape, initial, shown)
    examples = opened.dataset[subject.split]
    chosen = np.unique(np.linspace(0, len(examples) - 1, min(_MOST, len(examples))).astype(int))
    with opened.asking():
        if isinstance(opened.model.trainer, Inspectable):
            inside = inspect_all(opened.model.trainer, examples.x[chosen], examples.y[chosen])
            answers = inside.h[0] if inside.h else inside.scores
            activity = measure_activity(answers, examples.y[chosen], opened.dataset.n_classes)
        else:
            why_not += f" What units answer to is not known: the {opened.model.config.engine} engine does not show it."
    return FirstLayer(pictures, activity, chosen, opened.dataset.classes, is_linear, why_not.strip())
