"""How long a run may take beside others."""

from __future__ import annotations

import itertools

from hw1_tui.settings import RunConfig

_OUTPUTS = 6  # of the report's data
_SECONDS_PER_UPDATE, _SECONDS_PER_WEIGHT, _SECONDS_PER_PRODUCT = 5e-5, 4e-10, 4e-11


def count_weights(config: RunConfig, n_features: int, n_outputs: int) -> int:
    """Return how many weights a model has between its layers, biases aside.

    Args:
        config: of the run.
        n_features: of one example.
        n_outputs: of the model.
    """
    sizes = [n_features, *config.hyperparameters.get("hidden_sizes", ()), n_outputs]
    return sum(a * b for a, b in itertools.pairwise(sizes))


def estimate_work(config: RunConfig, n_examples: int, n_features: int) -> float:
    """Return how long a run may take, seconds on some machine: only ratios between runs mean anything.

    Args:
        config: of the run.
        n_examples: it trains on.
        n_features: of one example.
    """
    batch = min(int(config.hyperparameters.get("batch_size", 1)), n_examples)
    weights = count_weights(config, n_features, _OUTPUTS)
    update: float = _SECONDS_PER_UPDATE + weights * (_SECONDS_PER_WEIGHT + batch * _SECONDS_PER_PRODUCT)
    return config.epochs * -(-n_examples // batch) * update
