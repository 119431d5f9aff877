"""Rules on what was learned: nothing, too much by heart, against wrong labels, or not to the end."""

from __future__ import annotations

import math

from hw1_tui.analysis.coach.course import MEAN, Course
from hw1_tui.analysis.coach.rule import STRONG_L2, Fix, Rule, Symptom, faster, lighter, slower

_NEAR = (0.99, 1.05)
_SHRINKS, _NOISY, _WORSE, _LAST, _LEARNED = 0.05, 1.08, 1.05, 4, 0.95
_SLOPE, _STEPS, _STILL = 0.1, 300, 0.995


def _nothing_learned(course: Course) -> Symptom | None:
    loss, chance = course.train_loss, course.chance
    if loss is None or chance is None or not course.epoch or not _NEAR[0] * chance <= loss <= _NEAR[1] * chance:
        return None
    # A small step an epoch is slow, and still learns: as many epochs as 300 steps take must have brought nothing.
    span = max(4, -(-_STEPS * course.config.epochs // max(1, course.updates)))
    earlier, now = (course.epochs[-1 - span]["val_loss"] if course.epoch > span < len(course.epochs) else None,
                    course.epochs[-1]["val_loss"])  # fmt: skip
    if earlier is None or now is None or now < _STILL * earlier:
        return None
    evidence = f"After {course.epoch} epochs the training loss is {loss:.4g}, as of guessing, ln K = {chance:.4g}."
    return Symptom(evidence, _wake(course))


def _wake(course: Course) -> Fix | None:
    """Return what holds a model back, the likeliest first."""
    l2 = course.setting("l2")
    if fix := lighter(course):
        return fix
    if l2 >= STRONG_L2:
        return Fix(f"a hundredth of the weight decay, {l2 / 100:g}", {"l2": l2 / 100})
    reach = course.now.reach if course.now else None
    return slower(course) if reach is not None and reach < 10 else faster(course)


NOTHING_LEARNED = Rule(
    "nothing learned",
    "It has learned nothing so far.",
    f"the training loss is within {_NEAR[0]:g} and {_NEAR[1]:g} ln K, and over four epochs, or as many as {_STEPS}"
    f" steps take, the validation loss has not fallen by {1 - _STILL:.1%}",
    "Whether there is anything to learn: labels may have nothing to do with the inputs.",
    "Karpathy, A Recipe for Training Neural Networks",
    _nothing_learned,
)


def _shrinks(course: Course) -> Symptom | None:
    norms = [epoch["weight_norm"] for epoch in course.epochs[-2:]]
    l2 = course.setting("l2")
    if len(norms) < 2 or not norms[0] or norms[1] is None or not l2 or norms[1] > (1 - _SHRINKS) * norms[0]:
        return None
    evidence = f"In the last epoch their norm fell from {norms[0]:.3g} to {norms[1]:.3g}."
    return Symptom(evidence, Fix(f"a tenth of the weight decay, {l2 / 10:g}", {"l2": l2 / 10}))


SHRINKS = Rule(
    "weights shrink",
    "Weight decay takes the weights away faster than they learn.",
    f"with l2 their norm falls by {_SHRINKS:.0%} or more in an epoch, three times in a row",
    "Whether they began too large and are better off smaller.",
    "Krogh and Hertz 1992",
    _shrinks,
)


def _label_noise(course: Course) -> Symptom | None:
    train, val = course.epochs[-1]["train_eval_loss"], course.epochs[-1]["val_loss"]
    if train is None or val is None or not course.epoch or course.n_val < 100 or course.chance is None:
        return None
    # The mean of n losses is known to about one in the root of n, their spread being about their mean.
    if val < 0.05 or train <= max(_NOISY, 1 + 3 / math.sqrt(course.n_val)) * val:
        return None
    evidence = f"Both evaluated, the training loss is {train:.3g} and the validation loss {val:.3g}."
    return Symptom(evidence)


LABEL_NOISE = Rule(
    "training harder than validation",
    "The training examples are harder than the validation ones: look at their labels.",
    f"the training loss, evaluated, is above {_NOISY:g} of the validation loss, and by more than three times what so"
    " many validation examples leave open",
    "The examples themselves: augmented or harder training examples look the same.",
    "Northcutt et al. 2021 (confident learning)",
    _label_noise,
)


def _overfits(course: Course) -> Symptom | None:
    column, train = course.column("val_loss"), course.values("train_loss")
    losses, best, lowest = column.values, column.best, column.lowest_mean
    if lowest is None or len(losses) < 2 * MEAN or not train or course.config.spec.loss == "perceptron criterion":
        return None
    # Each of the last epochs and not their mean: where the validation loss jumps, one bad epoch lifts that.
    if min(losses[-_LAST:]) <= _WORSE * lowest or train[-1] >= _LEARNED * train[best]:
        return None
    first = course.epoch - len(losses) + 1
    evidence = (
        f"Since epoch {first + best} the validation loss rose from {losses[best]:.3g} to {min(losses[-_LAST:]):.3g} or"
        f" more in each of {_LAST} epochs, while the training loss fell from {train[best]:.3g} to {train[-1]:.3g}."
    )
    return Symptom(evidence, _regularise(course))


def _regularise(course: Course) -> Fix:
    if "dropout" in course.config.adjustable:
        dropout = min(0.7, round(course.setting("dropout") + 0.2, 2))
        return Fix(f"a dropout of {dropout:g} from the best epoch on", {"dropout": dropout}, "best")
    l2 = 10 * course.setting("l2") or 1e-3
    return Fix(f"a weight decay of {l2:g} from the best epoch on", {"l2": l2}, "best")


OVERFITS = Rule(
    "overfitting",
    "It learns the training examples by heart.",
    f"the validation loss of each of {_LAST} epochs is {_WORSE - 1:.0%} above its lowest mean of {MEAN}, and the"
    f" training loss {1 - _LEARNED:.0%} below what it was at the best epoch",
    "The validation accuracy, which may still rise while the loss does.",
    "Prechelt 1998 (early stopping)",
    _overfits,
)


def _more_epochs(course: Course) -> Symptom | None:
    losses = course.values("val_loss")
    part = max(3, len(losses) // 5)
    if course.status != "finished" or len(losses) < 2 * part or "learning_rate" not in course.config.adjustable:
        return None
    first, last = (losses[0] - losses[part - 1]) / (part - 1), (losses[-part] - losses[-1]) / (part - 1)
    is_decayed = course.config.hyperparameters.get("schedule") != "constant"
    # What falls after a jump, as where the rate was steered too high, only comes back to where it was before.
    if min(losses[-part:]) > min(losses):
        return None
    if first <= 0 or last < _SLOPE * first or last <= 0 or is_decayed:
        return None
    epochs = 2 * course.config.epochs
    # Of a run that went on, what came before was not heard: its own first epochs are not the first.
    heard_from = next(metrics.epoch for metrics in course.epochs if metrics.epoch)
    begin = "at first" if heard_from == 1 else f"from epoch {heard_from} on"
    evidence = f"It fell by {first:.2g} an epoch {begin} and by {last:.2g} at the end."
    return Symptom(evidence, Fix(f"{epochs} epochs in all", {"epochs": epochs}, "last"))


MORE_EPOCHS = Rule(
    "more epochs",
    "The validation loss still falls.",
    f"over its last fifth it falls at {_SLOPE:g} or more of the pace of its first fifth, to its lowest",
    "Whether it would rise later.",
    "Prechelt 1998",
    _more_epochs,
    hold=1,
    is_remark=True,
    at_end=True,
)


def _dropout_loss(course: Course) -> Symptom | None:
    newest = course.epochs[-1]
    trained, evaluated, val = newest["train_loss"], newest["train_eval_loss"], newest["val_loss"]
    if not course.setting("dropout") or not course.epoch or trained is None or evaluated is None or val is None:
        return None
    if not evaluated < val < trained:
        return None
    return Symptom(
        f"With units left out it is {trained:.3g}, evaluated {evaluated:.3g}; the validation loss is {val:.3g}."
    )


DROPOUT_LOSS = Rule(
    "training loss with dropout",
    "The training loss lies above the validation loss as dropout is on while it is measured: compare it evaluated.",
    "with dropout, the training loss is above the validation loss, and evaluated it is below",
    "Nothing else.",
    "Srivastava et al. 2014",
    _dropout_loss,
    is_remark=True,
)
