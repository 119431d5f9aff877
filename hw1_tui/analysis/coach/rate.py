"""Rules on the learning rate."""

from __future__ import annotations

import itertools

from hw1_tui.analysis.coach.course import Course
from hw1_tui.analysis.coach.rule import STRONG_DROPOUT, STRONG_L2, Fix, Rule, Symptom, faster, slower
from hw1_tui.training.numbers import is_sound

_WORSE, _SHORT, _LONG, _SANE = 1.2, 2.0, 500.0, 1.2
_FALLS, _FALL = 3, 0.05  # where it falls so in each of so many epochs, longer steps than the gradient bears do good
_SWING, _SWINGS, _WINDOW = 0.03, 0.2, 20
_AVERAGED = 10  # epochs in an average at least: of two or three it is as much luck as the last


def _diverged(course: Course) -> Symptom | None:
    if course.status != "diverged":
        return None
    rate = course.setting("learning_rate")
    epoch = course.epoch + is_sound(course.epochs[-1])  # one that was broken off has not been measured
    what = f"With the rate {rate:g} the" if rate else "The"
    return Symptom(f"{what} numbers left their range in epoch {epoch}.", slower(course))


DIVERGED = Rule(
    "diverged",
    "It diverged: the steps are too long.",
    "the run ended as diverged",
    "Whether the inputs are scaled.",
    "Goodfellow, Bengio, Courville 2016, section 11.4.1",
    _diverged,
    hold=1,
    at_end=True,
)


def _rate_too_high(course: Course) -> Symptom | None:
    loss, chance = course.train_loss, course.chance
    reach = course.now.reach if course.now else None
    if reach is not None and reach < _SHORT and not course.has_fallen(_FALLS, _FALL):
        evidence = f"A step along the gradient {reach:.2g} times as long as those it takes already raises the loss."
        return Symptom(evidence, slower(course))
    start = course.start_loss
    if loss is None or chance is None or start is None:
        return None
    is_sane = start <= _SANE * chance
    if loss <= _WORSE * (chance if is_sane else start):
        return None
    where = f"guessing, ln K = {chance:.3g}, where it began" if is_sane else f"untrained, {start:.3g}"
    return Symptom(f"Its training loss is {loss:.3g}, worse than {where}.", slower(course))


RATE_TOO_HIGH = Rule(
    "rate too high",
    "The learning rate is too high.",
    f"the training loss is above {_WORSE:g} ln K and was not at the start, or above {_WORSE:g} of what it was then;"
    f" or the gradient of a few examples can be followed for less than {_SHORT:g} steps, and the training loss did not"
    f" fall by {_FALL:.0%} or more in each of the last {_FALLS} epochs",
    "Single steps: a rate may be too high for some examples only. Adam's steps have no such length.",
    "Goodfellow, Bengio, Courville 2016, section 8.2; LeCun et al. 1998 (2 / curvature)",
    _rate_too_high,
)


def _rate_too_small(course: Course) -> Symptom | None:
    inside, loss = course.now, course.train_loss
    if course.epoch < 3 or inside is None or inside.reach is None or inside.reach <= _LONG or loss is None:
        return None
    if course.chance is None or loss < 0.8 * course.chance or any((layer.dead or 0) >= 0.9 for layer in course.hidden):
        return None
    if course.setting("l2") >= STRONG_L2 or course.setting("dropout") >= STRONG_DROPOUT:
        return None
    evidence = (
        f"A step {inside.reach:,.0f} times as long as those it takes would still lower the loss, which is {loss:.3g} "
        f"after {course.epoch} epochs."
    )
    return Symptom(evidence, faster(course))


RATE_TOO_SMALL = Rule(
    "rate too small",
    "The learning rate is too small.",
    f"from epoch 3 on the gradient of a few examples can be followed for more than {_LONG:g} steps, and the training"
    f" loss is above 0.8 ln K; with alive layers, l2 below {STRONG_L2:g} and dropout below {STRONG_DROPOUT:g}",
    "Whether more epochs would do as well. Adam's steps have no such length.",
    "LeCun et al. 1998; Smith 2017 (range test)",
    _rate_too_small,
    needs_inside=True,
)


def _oscillates(course: Course) -> Symptom | None:
    accuracies = course.values("val_accuracy")[-_WINDOW:]
    if len(accuracies) < _WINDOW // 2:
        return None
    steps = [after - before for before, after in itertools.pairwise(accuracies)]
    turns = [a * b < 0 and min(abs(a), abs(b)) >= _SWING for a, b in itertools.pairwise(steps)]
    if sum(turns) < _SWINGS * len(accuracies):
        return None
    evidence = f"In {sum(turns)} of the last {len(accuracies)} epochs it went up and down by {_SWING:g} or more."
    return Symptom(evidence, _steady(course))


def _steady(course: Course) -> Fix | None:
    """Return the average of the weights; of a run that is one already, a rate that comes down."""
    if 0 < course.setting("average_from") <= course.epoch:
        is_constant = course.config.hyperparameters.get("schedule") == "constant"
        if not is_constant or "learning_rate" not in course.config.adjustable:
            return None
        return Fix("a rate that comes down to 0 along a cosine, from the best epoch on", {"schedule": "cosine"}, "best")
    column = course.column("val_loss")
    best = course.epoch - len(column.values) + 1 + column.best
    epochs = max(course.config.epochs, best + _AVERAGED)
    words = "the mean of the weights at the ends of the epochs from the best one on"
    return Fix(words, {"average_from": best + 1, "epochs": epochs}, "best")


OSCILLATES = Rule(
    "validation accuracy oscillates",
    "The validation accuracy goes up and down: which epoch is the last is luck.",
    f"it turns by {_SWING:g} or more in {_SWINGS:.0%} of the last {_WINDOW} epochs, of which there are ten at least",
    "How few the validation examples are: of forty, two that change sides are 0.05.",
    "Zhang et al. 2021 (AUTOTRAINER); Izmailov et al. 2018 (averaged weights)",
    _oscillates,
    is_remark=True,
)
