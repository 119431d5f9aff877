"""Before a long run: whether data, model and settings can come to anything, each as a sentence with what would help.

The checks are those of Karpathy's *A Recipe for Training Neural Networks*, each on a few examples, and take seconds.
The run itself is not touched: each check starts trainers of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engines import registry, threads
from engines.capability import measure
from engines.contract import Array, Dataset, EngineError, Split, Trainer, Value, engine_errors
from engines.inspection import Inspectable, Settable
from hw1_tui.analysis.central_difference import STEP, WRONG, central_difference
from hw1_tui.data.duplicate import find_duplicates
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import counted, percent
from hw1_tui.settings import RunConfig
from hw1_tui.training.numbers import quietly
from hw1_tui.training.opening import check_fit
from hw1_tui.training.probe import reach_of
from hw1_tui.training.standardizing import as_configured
from hw1_tui.training.starting import start

_SEED = 2026
_MEMORISED, _SAMPLE, _LEARNED_ON, _VALIDATED, _CHECKED, _MEASURED = 20, 1000, 1000, 500, 8, 64
_USUAL = (4, 64)
"""Steps that the gradient can be followed for at a usual rate."""
_ENDS, _SEARCHES = (0.13, 1000), 6
_EPOCHS, _LONGEST = 6, 60
"""Epochs of the two checks that train."""
_TIMES = 3.0
_LEFT = 0.1


@dataclass(frozen=True)
class Finding:
    """What one check came to.

    Attributes:
        name: the check.
        holds: whether it holds; ``None`` where it cannot be told, or does not apply.
        sentence: what was found, with its numbers.
        fix: what would help, as a sentence; empty where nothing is needed.
        changes: the settings of the run that would help, where settings do.
    """

    name: str
    holds: bool | None
    sentence: str
    fix: str = ""
    changes: Mapping[str, Value] = field(default_factory=dict)


class _StoppedError(Exception):
    """Nobody waits for the checks any more."""


@dataclass(frozen=True)
class _Flight:
    """What is checked."""

    config: RunConfig
    data: Dataset
    is_stopped: Callable[[], bool]

    @property
    def chance(self) -> float | None:
        """The loss ln K of who gives every class the same chance; ``None`` where the loss is no cross-entropy."""
        return math.log(self.data.n_classes) if self.config.spec.loss == "cross-entropy" else None

    def trainer(self, data: Dataset, **changes: Any) -> Trainer:
        """Return a fresh model; of changes, those that it takes."""
        known = {name: value for name, value in changes.items() if name in self.config.hyperparameters}
        return start(self.config.changed(**known), registry.get(self.config.engine), data)

    def starts_too_large(self, loss: float) -> bool:
        """Return whether a model begins with too large a loss."""
        return self.chance is not None and loss > _TIMES * self.chance

    @property
    def smaller_start(self) -> dict[str, Value]:
        """The setting that makes the loss before training smaller; none where the run has it, or takes no such one."""
        return {"init": "he"} if self.config.hyperparameters.get("init", "he") != "he" else {}

    def train_epoch(self, trainer: Trainer) -> float:
        """Train an epoch; return the training loss after it, infinite where it is no number.

        Raises:
            _StoppedError: nobody waits for it any more.
        """
        for _ in trainer.epoch():
            if self.is_stopped():
                raise _StoppedError
        loss = trainer.evaluate("train").loss
        return loss if math.isfinite(loss) else math.inf

    def choose_rate(self, trainer: Trainer, data: Dataset, is_bold: bool = False) -> None:
        """Give a trainer a rate that suits its examples, so that a check tells of model and data, whatever the rate.

        It keeps its own where that is usual for them; else it gets a part of how far their gradient can be followed, a
        smaller one for single examples, whose gradients point apart, unless it is to be bold. Rules other than gradient
        descent keep theirs.
        """
        rate = self.config.hyperparameters.get("learning_rate")
        if not rate or not isinstance(trainer, Inspectable) or "learning_rate" not in self.config.spec.adjustable:
            return
        x, y = data.train.x[:_MEASURED], data.train.y[:_MEASURED]
        inspection, parameters = trainer.inspect(x, y), trainer.parameters()
        features, own = data.features(x, inspection.z[0].dtype), rate
        for _ in range(_SEARCHES):
            reach = reach_of(inspection, parameters, features, y, self.config, rate)
            if reach is None or _ENDS[0] < reach < _ENDS[1]:
                break
            rate *= reach  # the search ended before it: again from there
        if reach and (is_bold or not (rate == own and _USUAL[0] <= reach <= _USUAL[1])):
            part = 64 if self.config.hyperparameters.get("batch_size") == 1 and not is_bold else 8
            trainer.adjust(learning_rate=min(1e3, rate * reach / part))

    def rows(self, y: Array, count: int) -> Array:
        """Return as many examples, the same every time, of each class about as many."""
        order = np.random.default_rng(_SEED).permutation(len(y))
        if self.data.is_regression:
            return np.sort(order[:count])
        rank = np.empty(len(y), np.int64)
        for label in range(self.data.n_classes):
            of_class = order[y[order] == label]
            rank[of_class] = np.arange(len(of_class))
        return np.sort(order[np.argsort(rank[order], kind="stable")][:count])


def preflight(config: RunConfig, dataset: Dataset, is_stopped: Callable[[], bool] = lambda: False) -> Iterator[Finding]:
    """Yield what each check comes to, the quick ones first.

    Args:
        config: the run.
        dataset: its data.
        is_stopped: asked between steps; ends the checks where it is true.

    Raises:
        MistakeError: the run cannot be trained at all.
    """
    check_fit(config, dataset)
    flight = _Flight(config, as_configured(dataset, config), is_stopped)
    try:
        with engine_errors(config.engine, MistakeError):
            trainer = flight.trainer(flight.data)
    except EngineError as error:
        raise MistakeError(Mistake("engine", str(error))) from None
    with threads.allocate(trainer):  # one: products of a few rows only wait for a second
        for name, check in CHECKS.items():
            if is_stopped():
                return
            try:
                with engine_errors(config.engine, MistakeError, _StoppedError), np.errstate(all="ignore"):
                    found = check(flight)
            except _StoppedError:
                return
            except EngineError as error:
                found = Finding(name, False, f"It could not be made: {error}.", "Another engine, or another data set.")
            yield found


def sum_up(found: Sequence[Finding]) -> str:
    """Return what all checks came to, as a sentence.

    They train at rates that suit the few examples, so they tell nothing of the run's own.
    """
    failed = [one.name for one in found if one.holds is False]
    good = "Nothing speaks against data and model; the learning rate is not checked."
    return f"To be looked at: {', '.join(failed)}." if failed else good


def _scale(flight: _Flight) -> Finding:
    x = flight.data.train.x[flight.rows(flight.data.train.y, _SAMPLE)]
    features = flight.data.features(x)
    largest, spread = float(np.abs(features).max()), float(features.std())
    sentence = f"As the model sees them they reach {largest:.3g} in size, with a standard deviation of {spread:.3g}."
    if not math.isfinite(largest):
        return Finding("scale of the inputs", False, "Some are no finite numbers.", "Take those examples out.")
    if largest > 100 or spread > 10 or spread < 1e-3:
        changes: dict[str, Value] = {} if flight.config.hyperparameters.get("standardize") else {"standardize": True}
        return Finding("scale of the inputs", False, sentence, "Standardise the features (--standardize).", changes)
    return Finding("scale of the inputs", True, sentence)


def _balance(flight: _Flight) -> Finding:
    data, name = flight.data, "balance of the classes"
    if data.is_regression:
        return Finding(name, None, "The targets are numbers.")
    counts = np.bincount(data.train.y, minlength=data.n_classes)
    few, many = int(counts.argmin()), int(counts.argmax())
    sentence = f"'{data.classes[few]}' has {counted(int(counts[few]), 'training example')}, "
    sentence += f"'{data.classes[many]}' {counts[many]:,}."
    if counts[few] == counts[many]:
        sentence = f"Each class has {counted(int(counts[few]), 'training example')}."
    if counts[few] * _TIMES < counts[many]:
        share = f"{percent(counts[many] / counts.sum())}, which always saying '{data.classes[many]}' gets"
        return Finding(name, False, sentence, f"Compare accuracies with {share}, and look at recall by class.")
    return Finding(name, True, sentence)


def _duplicates(flight: _Flight) -> Finding:
    found = find_duplicates(flight.data)
    name = "duplicates"
    if not found:
        return Finding(name, True, "No example stands in the data twice.")
    between = sum(bool(one.within("train")) and bool(one.within("val") or one.within("test")) for one in found)
    conflicting = sum(one.is_conflicting for one in found)
    sentence = (
        f"{counted(len(found), 'example')} {'stand' if len(found) > 1 else 'stands'} in the data more than once, "
        f"{between} of them in training and another split"
        + ("." if flight.data.is_regression else f", {conflicting} with different classes.")
    )
    if between or conflicting:
        return Finding(name, False, sentence, "hw1-tui data check names them; what was trained on tells nothing new.")
    return Finding(name, True, sentence)


def _start_loss(flight: _Flight) -> Finding:
    name = "loss before training"
    trainer, x, y = flight.trainer(flight.data), *_taken(flight, flight.data.train, _SAMPLE)
    loss = float(quietly(lambda: measure(trainer, flight.config.spec, x, y, flight.data.n_classes)).losses.mean())
    if flight.chance is None:
        return Finding(name, None, f"It is {loss:.3g}; for this loss there is no value that guessing has.")
    sentence = f"It is {loss:.4g}, and guessing has ln K = {flight.chance:.4g}."
    if flight.starts_too_large(loss):
        changes = flight.smaller_start
        weights = "He's initial weights (init he)" if changes else "Smaller initial weights"
        return Finding(name, False, sentence, f"{weights}, or smaller inputs.", changes)
    return Finding(name, True, sentence)


def _memorises(flight: _Flight) -> Finding:
    name = f"{_MEMORISED} examples learned by heart"
    x, y = _taken(flight, flight.data.train, _MEMORISED)
    few = replace(flight.data, train=Split(x, y), val=Split(x, y), test=Split(x, y))
    wanted = _LEFT * (flight.chance or _spread(flight.data, y))
    plain = {"dropout": 0.0, "l2": 0.0, "l1": 0.0}
    # Of rules that there are Adam does it soonest, whatever the scale; beside it single examples at a rate that suits.
    adam = {"optimizer": "adam", "momentum": 0.0, "nesterov": False, "batch_size": len(y)}
    has_adam = "optimizer" in flight.config.hyperparameters
    # The rate of many examples is short for so few: they get a second try, as with Adam, before the model is blamed.
    ways: list[dict[str, Any]] = (
        [{**adam, "learning_rate": rate} for rate in (1e-3, 1e-2)] if has_adam else 2 * [{"batch_size": 1}]
    )
    losses: list[float] = []
    for i, way in enumerate(ways):
        trainer = flight.trainer(few, **plain, **way)
        first = trainer.evaluate("train").loss
        for epoch in range(_LONGEST):
            if epoch % 5 == 0 and not has_adam:
                flight.choose_rate(trainer, few, is_bold=i > 0)
            losses.append(flight.train_epoch(trainer))
            if losses[-1] <= wanted:
                return Finding(name, True, f"Their loss came to {losses[-1]:.2g} in {counted(epoch + 1, 'epoch')}.")
    fix = "A larger model, if it should; else look for what is wrong with inputs, labels or gradients."
    sentence = f"In {counted(_LONGEST, 'epoch')} their loss came to no less than {min(losses):.3g}."
    return _not_learned(flight, Finding(name, False, sentence, fix), first)


def _not_learned(flight: _Flight, finding: Finding, first: float) -> Finding:
    """Return what a check that trains came to; a loss before training that is too large has to be put right first."""
    if not flight.starts_too_large(first):
        return finding
    return replace(finding, fix="Put the loss before training right first.", changes=flight.smaller_start)


def _beats_baseline(flight: _Flight) -> Finding:
    name, data = "inputs are of use", flight.data
    if not len(data.val):
        return Finding(name, None, "There are no validation examples.")
    if flight.chance is None and not data.is_regression:
        return Finding(name, None, "Its loss cannot be set beside that of who sees no inputs.")
    (x, y), (x_val, y_val) = _taken(flight, data.train, _LEARNED_ON), _taken(flight, data.val, _VALIDATED)
    part = replace(data, train=Split(x, y), val=Split(x_val, y_val))
    baseline = _blind(data, y, y_val)
    first, losses = _validated(flight, part, 0.95 * baseline)
    if not math.isfinite(min(losses)):  # of a rate that was chosen here: the run's own may do
        first, losses = _validated(flight, part, 0.95 * baseline, chooses=False)
    if not math.isfinite(min(losses)):
        return Finding(name, None, "On a part of the data its steps are too long: the loss left the range of numbers.")
    epochs = counted(len(losses) - 1, "epoch")
    sentence = f"After {epochs} on {len(y):,} examples the validation loss is {min(losses):.4g}; who sees no inputs"
    sentence = f"{sentence} comes to {baseline:.4g}."
    if min(losses) < baseline:  # by less than a twentieth chance does it too
        return Finding(name, True if min(losses) < 0.95 * baseline else None, sentence)
    fix = "See whether the labels belong to their inputs, and whether those are scaled."
    return _not_learned(flight, Finding(name, False, sentence, fix), first)


def _validated(flight: _Flight, part: Dataset, wanted: float, *, chooses: bool = True) -> tuple[float, list[float]]:
    """Return the loss before training, and the validation losses after the epochs that it takes to one as wanted."""
    trainer = flight.trainer(part, dropout=0.0)
    first, losses = trainer.evaluate("train").loss, [math.inf]
    while len(losses) <= _EPOCHS and min(losses) > wanted:
        if chooses:
            flight.choose_rate(trainer, part)
        flight.train_epoch(trainer)
        losses.append(trainer.evaluate("val").loss)
    return first, losses


def _blind(data: Dataset, y: Array, y_val: Array) -> float:
    """Return the validation loss of the best that can be said of the training targets without inputs."""
    if data.is_regression:
        return float(np.square(y_val - y.mean()).mean() / 2)
    shares = (np.bincount(y, minlength=data.n_classes) + 1) / (len(y) + data.n_classes)
    return float(-np.log(shares)[y_val].mean())


def _gradient(flight: _Flight) -> Finding:
    name = "gradients"
    changes = {"dtype": "float64", "precision": "full", "device": "cpu"}
    x, y = _taken(flight, flight.data.train, _CHECKED)
    trainer = flight.trainer(replace(flight.data, train=Split(x, y)), **changes)
    if flight.config.spec.loss == "perceptron criterion":
        return Finding(name, None, "The perceptron has steps and no gradient.")
    if not isinstance(trainer, Inspectable) or not isinstance(trainer, Settable):
        return Finding(name, None, f"The {flight.config.engine} engine does not show them.")
    told, worst, count = trainer.inspect(x, y), 0.0, 0
    for weights, gradient in told.gradients.items():
        # The two largest: of small ones a difference tells rounding alone.
        largest = np.argpartition(-np.abs(gradient), min(1, gradient.size - 1), axis=None)[:2]
        for place in (np.unravel_index(int(flat), gradient.shape) for flat in largest):
            size = abs(float(gradient[place]))
            step = STEP * max(1.0, abs(float(trainer.parameters()[weights][place])))
            difference = central_difference(trainer, x, y, weights, place, step)
            if difference.rounding < WRONG * size and not difference.is_switched:
                count += 1
                worst = max(worst, abs(difference.value - gradient[place]) / size)
    if not count:
        switched = "Between all places that were tried a unit is switched on or off"
        return Finding(
            name, None, f"{switched}, or all are 0, or the losses are too large to tell so small a difference."
        )
    sentence = f"{count} of them differ from central differences by {worst:.1e} of their size at most."
    fix = f"A mistake in the {flight.config.engine} engine: tell its author."
    return Finding(name, bool(worst < WRONG), sentence, "" if worst < WRONG else fix)


def _spread(data: Dataset, y: Array) -> float:
    return float(np.var(y)) / 2 if data.is_regression else 1.0


def _taken(flight: _Flight, split: Split, count: int) -> tuple[Array, Array]:
    rows = flight.rows(split.y, count)
    return split.x[rows], split.y[rows]


CHECKS: dict[str, Callable[[_Flight], Finding]] = {
    "scale of the inputs": _scale,
    "balance of the classes": _balance,
    "duplicates": _duplicates,
    "loss before training": _start_loss,
    "gradients": _gradient,
    f"{_MEMORISED} examples learned by heart": _memorises,
    "inputs are of use": _beats_baseline,
}
"""Every check by its name, in the order in which they are made."""
