"""Looks inside a model after each epoch, on a few training examples that are always the same.

It asks the trainer for one ``Inspection`` and draws from no generator of the run, so no bit of the training changes.
One pass over n/100 examples costs about a hundredth of an epoch. Of short epochs, beside which a fixed millisecond
counts, few are looked at. How many examples and which epochs follows from the data and the epochs alone: a fast machine
keeps what a slow one keeps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.contract import Array, Dataset, EngineError, Trainer, engine_errors
from engines.inspection import Inspectable, Inspection
from hw1_tui.diagnostics import QUANTILES, Diagnostics, LayerDiagnostics, rounded
from hw1_tui.settings import RunConfig
from hw1_tui.training.loss_line import LossOnLine, find_reach
from hw1_tui.training.numbers import quietly

FEWEST, MOST = 32, 256
"""Examples that it looks at, and between them a hundredth of the training split."""

EACH_OF_FIRST, FEW_EXAMPLES = 5, 10_000
"""Each of the first five epochs is looked at and the last; between them one for so many examples trained on."""

_SEED = 2026
_SAMPLED = 2048
"""Entries of which quantiles are taken: their error, about a hundredth of a rank, is below what a picture shows."""
_SATURATED = 0.99
_COMPARED_WEIGHTS = 64


def probed_rows(n: int) -> Array:
    """Return which of n training examples are looked at, in order: the same of all runs on the same data."""
    count = min(n, MOST, max(FEWEST, n // 100))
    return np.sort(np.random.default_rng(_SEED).choice(n, count, replace=False)) if n else np.zeros(0, np.int64)


def is_due(epoch: int, epochs: int, n: int) -> bool:
    """Return whether a model is looked into after an epoch.

    Args:
        epoch: counted from 1; 0 is the untrained model.
        epochs: how many are planned.
        n: number of training examples.
    """
    return epoch <= EACH_OF_FIRST or epoch == epochs or epoch % -(-FEW_EXAMPLES // n) == 0


class Probe:
    """Looks into one trainer after its epochs; does nothing where that is off or the trainer cannot be looked into.

    Args:
        trainer: the model.
        data: what it is trained on.
        config: the run as it begins.
    """

    def __init__(self, trainer: Trainer, data: Dataset, config: RunConfig) -> None:
        is_wanted = config.hyperparameters["diagnostics"] and isinstance(trainer, Inspectable)
        self._trainer = trainer if is_wanted and isinstance(trainer, Inspectable) else None
        self._data = data
        rows = probed_rows(len(data.train) if is_wanted else 0)
        self._x, self._y = data.train.x[rows], data.train.y[rows]
        self._before: dict[str, Array] | None = None

    def begin(self, epoch: int, config: RunConfig) -> None:
        """Remember the weights that an epoch begins with, if it is looked at."""
        if self._trainer and is_due(epoch, config.epochs, len(self._data.train)):
            self._before = _copied(self._trainer.parameters(), self._before)
        else:
            self._before = None

    def end(self, epoch: int, config: RunConfig, learning_rate: float | None) -> Diagnostics | str | None:
        """Return what is so inside after an epoch; ``None`` where it is not looked at, or why it cannot be, once.

        Args:
            epoch: the epoch.
            config: the run as steered so far.
            learning_rate: the rate that the epoch ended with; ``None`` for a model without.
        """
        if not self._trainer or not is_due(epoch, config.epochs, len(self._data.train)):
            return None
        trainer = self._trainer
        try:
            with engine_errors(config.engine):
                return quietly(lambda: self._look(trainer, config, learning_rate))
        except EngineError as error:  # a run is worth more than what is seen of it
            self._trainer = None
            return f"This run cannot be looked into: {error}"

    def _look(self, trainer: Inspectable, config: RunConfig, learning_rate: float | None) -> Diagnostics:
        inspection = trainer.inspect(self._x, self._y)
        parameters = trainer.parameters()
        updates = self._updates(parameters)
        activation = config.hyperparameters.get("activation", "")
        numbers = range(1, len(inspection.z) + 1)
        layers = tuple(_layer(number, inspection, parameters, updates, activation) for number in numbers)
        features = self._data.features(self._x, inspection.z[0].dtype)
        reach = reach_of(inspection, parameters, features, self._y, config, learning_rate)
        return Diagnostics(len(self._y), rounded(_mean(inspection.losses)), reach, layers)

    def _updates(self, parameters: Mapping[str, Array]) -> dict[str, tuple[float, float]]:
        """Return the squared norm of the epoch's update of each array and that of the array before it."""
        found = {}
        for name, before in (self._before or {}).items():
            size = _square(before)
            found[name] = (_square(np.subtract(parameters[name], before, out=before)), size)
        return found


def reach_of(
    inspection: Inspection,
    parameters: Mapping[str, Array],
    features: Array,
    y: Array,
    config: RunConfig,
    learning_rate: float | None,
) -> float | None:
    """Return how far the gradient of some examples can be followed, see ``Diagnostics.reach``.

    Args:
        inspection: of the examples.
        parameters: of the model.
        features: of the examples, (n, n_features), in the float type of the inspection.
        y: their classes or targets (n,).
        config: the run as steered so far.
        learning_rate: the rate in effect; ``None`` for a model without.

    Returns:
        It, between 1/8 and 1,024; ``None`` for other rules than gradient descent, and where it cannot be told.
    """
    if learning_rate is None or config.hyperparameters.get("optimizer", "sgd") != "sgd":
        return None
    settings = (config.hyperparameters.get("activation", ""), config.spec.loss)
    try:
        line = LossOnLine(parameters, inspection.gradients, inspection.z[0], features, y, *settings)
    except KeyError:  # a plug-in may have another loss, or activation
        return None
    # Of a plug-in whose model is another than its settings say, nothing can be told along a line.
    if not math.isclose(line(0.0), _mean(inspection.losses), rel_tol=0.01):
        return None
    step = learning_rate / (1 - config.hyperparameters.get("momentum", 0.0))
    return rounded(find_reach(lambda t: line(-t), step))


def _copied(arrays: Mapping[str, Array], into: dict[str, Array] | None) -> dict[str, Array]:
    """Return copies of arrays, in the memory of others of their names and shapes where there are any."""
    if into is None:
        return {name: array.copy() for name, array in arrays.items()}
    for name, array in arrays.items():
        into[name][:] = array
    return into


def _layer(
    number: int,
    inspection: Inspection,
    parameters: Mapping[str, Array],
    updates: Mapping[str, tuple[float, float]],
    activation: str,
) -> LayerDiagnostics:
    names = (f"W{number}", f"b{number}")
    is_hidden = number <= len(inspection.h)
    out = inspection.h[number - 1] if is_hidden else inspection.z[-1]
    moved, size = (sum(updates[name][i] for name in names) if updates else math.nan for i in (0, 1))
    return LayerDiagnostics(
        weight_norm=rounded(math.sqrt(sum(_square(parameters[name]) for name in names))),
        gradient_norm=rounded(math.sqrt(sum(_square(inspection.gradients[name]) for name in names))),
        update_ratio=rounded(math.sqrt(moved / size)) if size else None,
        dead=rounded(float((~out.any(axis=0)).mean())) if is_hidden else None,
        saturated=rounded(float((np.abs(out) > _SATURATED).mean())) if is_hidden and activation == "tanh" else None,
        distinct=rounded(_distinct(parameters[names[0]], parameters[names[1]])),
        activations=_quantiles(out),
        gradients=_quantiles(inspection.gradients[names[0]]),
    )


def _mean(losses: Array) -> float:
    return float(losses.mean(dtype=np.float64))


def _square(array: Array) -> float:
    """Return the sum of the squares: each row in its own precision, without a copy, and the rows in float64."""
    rows = np.atleast_2d(array)
    return float(np.einsum("ij,ij->i", rows, rows).sum(dtype=np.float64))


def _distinct(W: Array, b: Array) -> float:
    """Return the share of rows of [W | b] that no other is equal to, in some of their weights."""
    chosen = np.column_stack([W[:, :: -(-W.shape[1] // _COMPARED_WEIGHTS)], b]) + 0.0  # -0 is 0
    rows = chosen.view(np.dtype((np.void, chosen.itemsize * chosen.shape[1])))
    counts = np.unique(rows, return_counts=True)[1]
    return float((counts == 1).sum() / len(W))


def _quantiles(values: Array) -> tuple[float | None, ...]:
    """Return ``QUANTILES`` by nearest rank, of entries that lie evenly where there are many."""
    step = -(-values.size // _SAMPLED)
    while math.gcd(step, values.shape[-1]) > 1:  # else some columns would never be met
        step += 1
    places = np.arange(0, values.size, step)
    found: Any = np.sort(values[places // values.shape[-1], places % values.shape[-1]])
    return tuple(rounded(float(found[round(q * (len(found) - 1))])) for q in QUANTILES)
