"""Rules on how a run began: initial weights, units that cannot learn, too few steps."""

from __future__ import annotations

from hw1_tui.analysis.coach.course import Course
from hw1_tui.analysis.coach.rule import Fix, Rule, Symptom, lighter, slower
from hw1_tui.diagnostics import LayerDiagnostics
from hw1_tui.numeral import percent

_LARGE, _DEAD, _DISTINCT, _FEW, _ENOUGH = 3.0, 0.9, 0.5, 500, 2000


def _he(course: Course) -> Fix | None:
    can = course.config.hyperparameters.get("init", "he") != "he"
    return Fix("He's initial weights, which scale with the layer", {"init": "he"}) if can else None


def _start_too_large(course: Course) -> Symptom | None:
    if course.chance is None or course.start_loss is None or course.start_loss <= _LARGE * course.chance:
        return None
    if (course.train_loss or 0.0) > course.start_loss:  # training undoes nothing: its steps are what is wrong
        return None
    times = course.start_loss / course.chance
    evidence = f"Untrained, its loss was {course.start_loss:.3g}, {times:.1f} times that of guessing, ln K = "
    return Symptom(f"{evidence}{course.chance:.3g}.", _he(course))


START_TOO_LARGE = Rule(
    "start too large",
    "The initial weights are too large: training first undoes them.",
    f"the untrained model's training loss is above {_LARGE:g} ln K, and the trained one's not above that",
    "Whether the inputs are scaled: large inputs look the same.",
    "He et al. 2015; Karpathy, A Recipe for Training Neural Networks (verify loss at init)",
    _start_too_large,
)


def _equal_units(course: Course) -> Symptom | None:
    for number, layer in enumerate(course.hidden, start=1):
        if layer.distinct is not None and layer.distinct < _DISTINCT:
            share = f"{percent(layer.distinct)} of the units of hidden layer {number} have weights of their own"
            return Symptom(f"{share}; equal units get equal gradients and stay equal.", _he(course))
    return None


EQUAL_UNITS = Rule(
    "equal units",
    "Units of a hidden layer are copies of each other.",
    f"under {_DISTINCT:.0%} of a hidden layer's units have incoming weights that no other has",
    "Units that are nearly equal.",
    "Goodfellow, Bengio, Courville 2016, section 8.4 (breaking symmetry)",
    _equal_units,
    needs_inside=True,
)


def _stuck(layer: LayerDiagnostics) -> float:
    return max(layer.dead or 0.0, layer.saturated or 0.0)


def _dead_units(course: Course) -> Symptom | None:
    for number, layer in enumerate(course.hidden, start=1):
        if _stuck(layer) < _DEAD:
            continue
        dead, saturated = layer.dead or 0.0, layer.saturated or 0.0
        what = (
            f"{percent(dead)} of the units are 0"
            if dead >= saturated
            else f"{percent(saturated)} of the values are at +1 or -1"
        )
        first = course.inside.get(0)
        was_so = first is None or _stuck(first.layers[number - 1]) >= _DEAD
        fix = lighter(course) or (_he(course) if was_so else None) or slower(course)
        examples = course.now.examples if course.now else 0
        return Symptom(f"In hidden layer {number} {what} on all of {examples} training examples.", fix)
    return None


DEAD_UNITS = Rule(
    "dead units",
    "A hidden layer is dead or saturated: no gradient passes it.",
    f"{_DEAD:.0%} of a hidden layer's units are 0 on every example looked at, or of its tanh values beyond 0.99",
    "All other examples: a unit may live on one of them. Half of a layer dead is no illness.",
    "Lu et al. 2019 (dying ReLU); Glorot and Bengio 2010",
    _dead_units,
    needs_inside=True,
)


def _few_updates(course: Course) -> Symptom | None:
    loss = course.train_loss
    if course.chance is None or loss is None or course.updates >= _FEW or loss < 0.8 * course.chance:
        return None
    batch = int(course.setting("batch_size"))
    smaller = max(1, batch * course.updates // _ENOUGH)
    evidence = f"All {course.config.epochs} epochs together take {course.updates} steps, and the loss is {loss:.3g}."
    if smaller < batch:
        return Symptom(evidence, Fix(f"batches of {smaller}", {"batch_size": smaller}))
    epochs = -(-course.config.epochs * _ENOUGH // max(1, course.updates))
    return Symptom(evidence, Fix(f"{epochs} epochs", {"epochs": epochs}))


FEW_UPDATES = Rule(
    "few updates",
    "There are too few steps to learn in.",
    f"fewer than {_FEW} updates are planned in all, and the training loss is above 0.8 ln K",
    "Whether a higher rate would do with as many.",
    "Goyal et al. 2017 (the rate grows with the batch)",
    _few_updates,
)
