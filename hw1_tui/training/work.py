"""How long a run may take beside others."""

from __future__ import annotations

import itertools

from hw1_tui.settings import RunConfig

_SECONDS_PER_UPDATE, _SECONDS_PER_WEIGHT, _SECONDS_PER_PRODUCT = 5e-5, 4e-10, 4e-11


def estimate_work(config: RunConfig, n_examples: int, n_features: int) -> float:
    """Return how long a run may take, seconds on some machine: only ratios between runs mean anything.

    Args:
        config: of the run.
        n_examples: it trains on.
        n_features: of one example.
    """
    batch = min(int(config.hyperparameters.get("batch_size", 1)), n_examples)
    sizes = [n_features, *config.hyperparameters.get("hidden_sizes", ()), 6]
    weights = sum(a * b for a, b in itertools.pairwise(sizes))
    update: float = _SECONDS_PER_UPDATE + weights * (_SECONDS_PER_WEIGHT + batch * _SECONDS_PER_PRODUCT)
    return config.epochs * -(-n_examples // batch) * update
