"""An engine for hw1-tui in one file, complete: softmax regression by gradient descent on batches.

With the features x of one example, p = softmax(W x + b) and the class y as a unit vector, a step on a batch is

    W <- (1 - learning_rate l2) W - learning_rate mean((p - y) x'),    b <- b - learning_rate mean(p - y)
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from engines.contract import (
    Array,
    Config,
    Dataset,
    EngineError,
    Evaluation,
    ModelSpec,
    Progress,
    Refusal,
    SplitName,
    Trainer,
    Value,
    find_model,
)
from engines.epoch_position import EpochPosition
from engines.state import pack_generator, pack_settings, unpack_generator, unpack_settings

_SECONDS_BETWEEN_YIELDS = 0.05
_SETTINGS: dict[str, Value] = {"learning_rate": 0.1, "l2": 0.0, "batch_size": 16}

MODELS = {
    "softmax": ModelSpec("Softmax regression", _SETTINGS, adjustable=frozenset(_SETTINGS), loss="cross-entropy"),
}


class ExampleEngine:
    """What the entry point names; see ``engines.contract.Engine``."""

    name = "example"
    holds_interpreter = True  # beyond the contract, as is ``refusals``: see ``engines.capability``

    def unavailable(self) -> str:
        """Return an empty string: numpy is always there."""
        return ""

    def models(self) -> Mapping[str, ModelSpec]:
        """Return softmax regression."""
        return MODELS

    def refusals(self, config: Config) -> Sequence[Refusal]:
        """Refuse a decay that would turn the weights round in every step."""
        rate, l2 = config.hyperparameters["learning_rate"], config.hyperparameters["l2"]
        if rate * l2 < 1:
            return ()
        return [Refusal("l2", "takes more than the whole weights away in each step", f"less than {1 / rate:g}")]

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> Trainer:
        """Return a trainer whose weights are zero.

        Raises:
            EngineError: there is no such model here, or it is not for such data.
        """
        find_model(self, config.model, data)
        return ExampleTrainer({name: config.hyperparameters[name] for name in _SETTINGS}, data, rng)


class ExampleTrainer:
    """A model being trained; see ``engines.contract.Trainer``."""

    def __init__(self, settings: dict[str, Any], data: Dataset, rng: np.random.Generator) -> None:
        self._settings, self._data, self._rng = settings, data, rng
        self._position = EpochPosition(len(data.train))
        self._W, self._b = np.zeros((data.n_classes, data.n_features)), np.zeros(data.n_classes)

    def epoch(self) -> Iterator[Progress]:
        """Train one epoch, or what is left of one that was begun."""
        last = time.perf_counter()
        self._position.begin(self._rng)
        while True:
            batch = self._position.order[self._position.next(int(self._settings["batch_size"]))]
            loss = self._step(self._data.features(self._data.train.x[batch]), self._data.train.y[batch])
            self._position.count(len(batch), loss)
            if not self._position.position:
                break
            if time.perf_counter() - last > _SECONDS_BETWEEN_YIELDS:
                yield self._position.progress
                last = time.perf_counter()
        yield self._position.progress

    def _step(self, x: Array, y: Array) -> float:
        """Take one step on features (n, n_features) and classes (n,); return the mean loss before it."""
        log_p, rate = self._log_probabilities(x), self._settings["learning_rate"]
        rows = np.arange(len(y))
        d = np.exp(log_p)
        d[rows, y] -= 1.0
        self._W *= 1.0 - rate * self._settings["l2"]
        self._W -= rate * (d.T @ x) / len(y)
        self._b -= rate * d.mean(axis=0)
        return float(-log_p[rows, y].mean())

    def _log_probabilities(self, x: Array) -> Array:
        scores = x @ self._W.T + self._b
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))

    def evaluate(self, split: SplitName) -> Evaluation:
        """Measure the model on a split.

        Raises:
            EngineError: the split is empty.
        """
        y = self._data[split].y
        if not len(y):
            raise EngineError(f"the {split} split has no examples to measure on")
        log_p = self._log_probabilities(self._data.features(self._data[split].x))
        loss = float(-log_p[np.arange(len(y)), y].mean())
        return Evaluation(loss, float((log_p.argmax(axis=1) == y).mean()))

    def predict(self, x: Array) -> Array:
        """Return class probabilities (n, n_classes)."""
        return np.asarray(np.exp(self._log_probabilities(self._data.features(x))))

    def adjust(self, **changes: Value) -> None:
        """Change settings from the next step on.

        Raises:
            EngineError: there is no such setting.
        """
        if unknown := sorted(changes.keys() - self._settings.keys()):
            raise EngineError(f"{', '.join(unknown)} cannot change during a run")
        self._settings.update(changes)

    def parameters(self) -> dict[str, Array]:
        """Return the live weights."""
        return {"W1": self._W, "b1": self._b}

    def state(self) -> dict[str, Array]:
        """Return copies of everything that the future depends on."""
        weights = {name: array.copy() for name, array in self.parameters().items()}
        generator = {"generator": pack_generator(self._rng)}
        return {**weights, **generator, **pack_settings(self._settings), **self._position.state()}

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over a state.

        Raises:
            EngineError: it is not one of such a run.
        """
        try:
            self._W[:], self._b[:] = state["W1"], state["b1"]
            self.adjust(**unpack_settings(state))
            unpack_generator(self._rng, state["generator"])
            self._position.load(state)
        except (KeyError, ValueError, TypeError) as error:
            raise EngineError(f"this is not a state of such a run: {error}") from error
