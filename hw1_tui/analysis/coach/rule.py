"""What a rule of the coach is: when it speaks, what it says, what it would change, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from engines.contract import Value
from hw1_tui.analysis.coach.course import Course

STRONG_L2, STRONG_DROPOUT = 0.1, 0.7
"""From here on they alone can keep a model from learning."""

Place = Literal["start", "best", "last"]
"""Where a run with a fix begins: anew, after the epoch with the lowest validation loss, or after the last."""


@dataclass(frozen=True)
class Fix:
    """What to change.

    Attributes:
        words: what is done, as it stands after "Try: ".
        changes: hyperparameters with other values.
        place: where the run with them begins.
    """

    words: str
    changes: Mapping[str, Value]
    place: Place = "start"


@dataclass(frozen=True)
class Symptom:
    """What a rule found after an epoch.

    Attributes:
        evidence: the numbers that it rests on, as a sentence.
        fix: what to change; ``None`` where no setting is to blame.
    """

    evidence: str
    fix: Fix | None = None


@dataclass(frozen=True)
class Rule:
    """A rule: one thing that can be wrong with a run.

    Attributes:
        name: short and unique.
        sentence: what it says.
        threshold: when, exactly.
        unseen: what it has not looked at, as a sentence.
        source: where it comes from.
        find: returns what is so after the newest epoch of a course; ``None`` where nothing is.
        hold: epochs in a row that it must be so before it is said.
        needs_inside: whether epochs after which nobody looked inside the model are passed over.
        is_remark: whether it is worth knowing and no illness.
        at_end: whether it is asked once, when the run has ended.
    """

    name: str
    sentence: str
    threshold: str
    unseen: str
    source: str
    find: Callable[[Course], Symptom | None]
    hold: int = 3
    needs_inside: bool = False
    is_remark: bool = False
    at_end: bool = False


def lighter(course: Course) -> Fix | None:
    """Return a usual dropout where it is so strong that it alone can keep a model from learning."""
    return Fix("a dropout of 0.3", {"dropout": 0.3}) if course.setting("dropout") >= STRONG_DROPOUT else None


def slower(course: Course) -> Fix | None:
    """Return a tenth of the learning rate, from the start; ``None`` for a model without."""
    return _with_rate(course, course.setting("learning_rate") / 10, "a tenth of the learning rate")


def faster(course: Course) -> Fix | None:
    """Return the rate whose step is a thousandth of the weights, at least three times the present one.

    Never more than a thirtieth of how far the gradient can be followed.
    """
    rate, inside = course.setting("learning_rate"), course.now
    wanted, words = 3 * rate, "three times the learning rate"
    if inside and inside.reach:
        weights, gradient = (
            math.hypot(*(getattr(layer, name) or 0.0 for layer in inside.layers))
            for name in ("weight_norm", "gradient_norm")
        )
        thousandth = 1e-3 * weights / gradient * (1 - course.setting("momentum")) if gradient else 0.0
        if thousandth > wanted:
            wanted, words = thousandth, "the rate whose step is a thousandth of the weights"
        wanted = max(3 * rate, min(wanted, rate * inside.reach / 30))
    return _with_rate(course, wanted, words)


def _with_rate(course: Course, rate: float, words: str) -> Fix | None:
    rate = float(f"{rate:.2g}")
    return Fix(f"{words}, {rate:g}", {"learning_rate": rate}) if "learning_rate" in course.config.adjustable else None
