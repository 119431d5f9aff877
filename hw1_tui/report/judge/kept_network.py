"""A kept run's weights as a network that can be stepped and differentiated, for claims on how it descends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engines.contract import Array, Dataset
from engines.inspection import layers_of
from engines.numpy_engine.activation import ACTIVATIONS
from engines.numpy_engine.descent import Descent
from engines.numpy_engine.loss import CrossEntropy
from engines.numpy_engine.network import Network
from hw1_tui.report.judge.evidence import Evidence
from hw1_tui.runs import RunRecord, Store
from hw1_tui.training.kept_model import load_model

_SEED = 42


def kept_networks(run: str, evidence: Evidence) -> Iterator[Network]:
    """Yield the network of each seed of a run at its end, whichever engine trained it; float32, without dropout.

    Its settings of descent are the run's.

    Raises:
        MistakeError: the run's weights are gone, or its engine is not available.
        EngineError: the engine cannot take the checkpoint.
    """
    for result in evidence.results.runs[run]:
        yield _network(result.record, evidence.store)


def _network(record: RunRecord, store: Store) -> Network:
    parameters = layers_of(load_model(store, record.run).trainer)
    depth = sum(name.startswith("W") for name in parameters)
    layers = [
        np.concatenate([parameters[f"W{i}"], parameters[f"b{i}"][:, None]], axis=1).astype(np.float32)
        for i in range(1, depth + 1)
    ]
    config = record.config
    descent = Descent(**{name: config[name] for name in vars(Descent()) if config.get(name) is not None})
    loss = CrossEntropy(len(layers[-1]), np.dtype(np.float32))
    return Network(layers, ACTIVATIONS[config.get("activation", "relu")], loss, descent)


def batch_of(data: Dataset, rows: Array) -> tuple[Array, Array]:
    """Return training examples as a network takes them: inputs with their one, (n, n_features + 1), and classes."""
    x = data.features(data.train.x[rows], np.float32)
    return np.concatenate([x, np.ones((len(x), 1), np.float32)], axis=1), data.train.y[rows]


def batches(rows: Array, size: int, count: int) -> Iterator[Array]:
    """Yield batches of some rows, each pass over them in a new order, the same every time."""
    rng, left = np.random.default_rng(_SEED), np.empty(0, np.int64)
    size = min(size, len(rows))
    for _ in range(count):
        if len(left) < size:
            left = rng.permutation(rows)
        yield left[:size]
        left = left[size:]
