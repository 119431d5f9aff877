"""The engine: which models there are, and how one is put together. Imports numpy only to start."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engines.capability import Stack
from engines.contract import Array, Config, Dataset, EngineError, ModelSpec, Refusal, Trainer, Value, find_model

if TYPE_CHECKING:
    import numpy as np

    from engines.numpy_engine.loss import Loss
    from engines.numpy_engine.network import Network

_DESCENT: dict[str, Value] = {"learning_rate": 0.001, "l2": 0.0, "batch_size": 1, "momentum": 0.0, "dtype": "float64"}
_STACKED = "logistic_regression"
"""The model whose runs are trained as one: of a network the layers above the first are walked through one by one."""

_ADJUSTABLE = frozenset({"learning_rate", "l2", "batch_size", "momentum"})

MODELS: dict[str, ModelSpec] = {
    "perceptron": ModelSpec("Perceptron", {"dtype": "float64"}, loss="perceptron criterion"),
    "logistic_regression": ModelSpec(
        "Logistic regression", {**_DESCENT, "l1": 0.0}, adjustable=_ADJUSTABLE | {"l1"}, loss="cross-entropy"
    ),
    "mlp": ModelSpec(
        "Multi-layer perceptron",
        {**_DESCENT, "epochs": 20, "hidden_sizes": (100,), "activation": "relu", "init": "course"},
        adjustable=_ADJUSTABLE,
        loss="cross-entropy",
    ),
    "quadratic_network": ModelSpec(
        "Quadratic network",
        {**_DESCENT, "hidden_sizes": (8,), "activation": "quadratic", "init": "xavier"},
        task="regression",
        adjustable=_ADJUSTABLE,
        loss="half squared error",
    ),
}

# Measured: larger blocks pass over the first layer less often, smaller ones have the smaller Gram matrix. Logistic
# regression has the smallest where small products are fast.
_DEEP_BLOCK, _BLOCK, _SMALL_BLOCK = 64, 32, 16


class NumpyEngine:
    """Trains with numpy alone; see ``engines.contract.Engine``."""

    name = "numpy"
    holds_interpreter = True

    def unavailable(self) -> str:
        """Return an empty string: numpy is always there."""
        return ""

    def models(self) -> Mapping[str, ModelSpec]:
        """Return the perceptron, logistic regression, the multi-layer perceptron and the quadratic network."""
        return MODELS

    def refusals(self, config: Config) -> Sequence[Refusal]:
        """Refuse PyTorch's initial weights, which only PyTorch draws; see ``engines.capability.Refusing``."""
        if config.hyperparameters.get("init") != "torch":
            return ()
        return [Refusal("init", "torch is drawn by the torch engine only", "course, he, xavier, zero")]

    def is_thread_independent(self, config: Config) -> bool:
        """Return whether the run is trained in blocks, whose work is shared without splitting a sum."""
        return config.model != "perceptron" and config.hyperparameters["batch_size"] == 1

    def stack_key(self, config: Config) -> Hashable | None:
        """Return the type of numbers, for logistic regression in blocks; see ``engines.capability.Stackable``."""
        settings = config.hyperparameters
        if config.model != _STACKED or settings["batch_size"] != 1 or settings["l1"]:
            return None
        return config.model, settings["dtype"]

    def stack(self, members: Sequence[Trainer]) -> Stack:
        """Return logistic regressions as one; see ``engines.capability.Stackable``.

        Raises:
            EngineError: they cannot be trained together.
        """
        from engines.numpy_engine.stacked import NumpyStack
        from engines.numpy_engine.trainer import NumpyTrainer

        if strangers := [type(member).__name__ for member in members if not isinstance(member, NumpyTrainer)]:
            raise EngineError(f"the numpy engine trains its own models together, and no {strangers[0]}")
        return NumpyStack([member for member in members if isinstance(member, NumpyTrainer)])

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> Trainer:
        """Return a trainer with fresh weights; see the contract.

        Raises:
            EngineError: no such model, not for such data, or too large for this machine.
        """
        import numpy as np

        from engines.numpy_engine.block import has_small_kernels
        from engines.numpy_engine.network_learner import NetworkLearner
        from engines.numpy_engine.perceptron import Perceptron
        from engines.numpy_engine.rows import scale_of
        from engines.numpy_engine.trainer import NumpyTrainer

        spec = find_model(self, config.model, data)
        hyperparameters = {**spec.defaults, **config.hyperparameters}
        dtype = np.dtype(hyperparameters["dtype"])
        if config.model == "perceptron":
            perceptron = Perceptron(data.n_classes, data.n_features, scale_of(data), dtype)
            return NumpyTrainer(perceptron, data, rng, spec.adjustable)
        network = build_network(config.model, hyperparameters, data, rng)
        linear_block = _SMALL_BLOCK if has_small_kernels() else _BLOCK
        block_size = _DEEP_BLOCK if len(network.layers) > 1 else linear_block
        learner = NetworkLearner(network, block_size, scale_of(data))
        return NumpyTrainer(learner, data, rng, spec.adjustable)


def build_network(model: str, hyperparameters: Mapping[str, Any], data: Dataset, rng: np.random.Generator) -> Network:
    """Return a network with fresh weights, drawn layer by layer; biases are zero.

    Args:
        model: name of a model that is a network.
        hyperparameters: all of its hyperparameters.
        data: what it is going to be trained on.
        rng: where the weights are drawn from; nothing is drawn for logistic regression, which starts at zero.
    """
    import numpy as np

    from engines.numpy_engine.activation import ACTIVATIONS
    from engines.numpy_engine.descent import Descent
    from engines.numpy_engine.loss import CrossEntropy, SquaredError
    from engines.numpy_engine.network import Network
    from engines.weight import check_size, initial_weights

    dtype = np.dtype(hyperparameters["dtype"])
    sizes = [data.n_features, *hyperparameters.get("hidden_sizes", ()), data.n_classes or 1]
    check_size(sizes, dtype.itemsize)
    layers: list[Array] = []
    for n_in, n_out in itertools.pairwise(sizes):
        A = np.zeros((n_out, n_in + 1), dtype)
        if model != "logistic_regression":
            A[:, :-1] = initial_weights(hyperparameters["init"], n_in, n_out, rng)
        layers.append(A)
    loss: Loss = SquaredError() if data.is_regression else CrossEntropy(data.n_classes, dtype)
    descent = Descent(**{name: hyperparameters[name] for name in vars(Descent()) if name in hyperparameters})
    return Network(layers, ACTIVATIONS[hyperparameters.get("activation", "relu")], loss, descent)
