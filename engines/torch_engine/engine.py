"""The engine: which models there are, and whether torch is there to train them. Imports torch only to start."""

from __future__ import annotations

import importlib.util
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from engines.capability import Stack
from engines.contract import Config, Dataset, EngineError, ModelSpec, Refusal, Trainer, Value, find_model
from engines.torch_engine.descent import STACK_SHARES, is_plain_descent

if TYPE_CHECKING:
    import numpy as np

INSTALL = (
    "python -m pip install torch --index-url https://download.pytorch.org/whl/cpu (the small build, for the processor; "
    "without --index-url pip may take the one for CUDA, of 5 GB)"
)

_DESCENT: dict[str, Value] = {
    "learning_rate": 0.001,
    "l2": 0.0,
    "batch_size": 32,
    "init": "torch",
    "optimizer": "sgd",
    "momentum": 0.0,
    "nesterov": False,
    "dtype": "float32",
    "precision": "full",
    "device": "auto",
}
_ADJUSTABLE = frozenset({"learning_rate", "l2", "momentum", "batch_size"})

MODELS: dict[str, ModelSpec] = {
    "logistic_regression": ModelSpec(
        "Logistic regression", {**_DESCENT, "l2": 0.01}, adjustable=_ADJUSTABLE, loss="cross-entropy"
    ),
    "mlp": ModelSpec(
        "Multi-layer perceptron",
        {
            **_DESCENT,
            "epochs": 200,
            "learning_rate": 0.002,
            "batch_size": 64,
            "hidden_sizes": (200, 200),
            "activation": "relu",
            "dropout": 0.3,
            "dropout_place": "every",
        },
        adjustable=_ADJUSTABLE | {"dropout"},
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


class TorchEngine:
    """Trains with PyTorch; see ``engines.contract.Engine``."""

    name = "torch"

    def __init__(self) -> None:
        self._failure = ""

    def unavailable(self) -> str:
        """Return why torch cannot be used and the command that helps; empty where it seems to be there.

        A torch that is there but broken shows when it is first imported, by ``start``, and is told from then on.
        """
        if not self._failure and importlib.util.find_spec("torch") is None:
            return f"PyTorch is not installed; install it with: {INSTALL}"
        return self._failure

    def models(self) -> Mapping[str, ModelSpec]:
        """Return logistic regression, the multi-layer perceptron and the quadratic network."""
        return MODELS

    def refusals(self, config: Config) -> Sequence[Refusal]:
        """Refuse values that are each right and do not go together; see ``engines.capability.Refusing``."""
        return list(_refusals({**MODELS[config.model].defaults, **config.hyperparameters}))

    def start(self, config: Config, data: Dataset, rng: np.random.Generator) -> Trainer:
        """Return a trainer with fresh weights; see the contract.

        Raises:
            EngineError: no such model, not for such data, or torch or the device cannot be used.
        """
        spec = find_model(self, config.model, data)
        hyperparameters = {**spec.defaults, **config.hyperparameters}
        for refusal in self.refusals(config):
            raise EngineError(f"{refusal.name}: {refusal.problem}", refusal.name)
        if reason := self.unavailable():
            raise EngineError(reason)
        try:
            from engines.torch_engine.trainer import TorchTrainer
        except (ImportError, OSError) as error:
            self._failure = f"PyTorch is installed but does not load ({error}); reinstall it with: {INSTALL}"
            raise EngineError(self._failure) from error
        return TorchTrainer(hyperparameters, data, rng, spec.adjustable)

    def stack_key(self, config: Config) -> Hashable | None:
        """Return model, sizes and what else a stack shares; see ``engines.capability.Stackable``."""
        hyperparameters = {**MODELS[config.model].defaults, **config.hyperparameters}
        if not is_plain_descent(hyperparameters):
            return None
        return config.model, *(hyperparameters.get(name) for name in STACK_SHARES)

    def stack(self, members: Sequence[Trainer]) -> Stack:
        """Return trainers of this engine as one; see ``engines.capability.Stackable``.

        Raises:
            EngineError: they cannot be trained together.
        """
        from engines.torch_engine.stacked import TorchStack
        from engines.torch_engine.trainer import TorchTrainer

        if strangers := [type(member).__name__ for member in members if not isinstance(member, TorchTrainer)]:
            raise EngineError(f"the torch engine trains its own models together, and no {strangers[0]}")
        return TorchStack([member for member in members if isinstance(member, TorchTrainer)])


def _refusals(hyperparameters: Mapping[str, Value]) -> Iterator[Refusal]:
    if hyperparameters["optimizer"] != "sgd":
        problem = f"belongs to sgd; {hyperparameters['optimizer']} averages gradients by its own rule"
        for name, none in (("momentum", "0"), ("nesterov", "false")):
            if hyperparameters[name]:
                yield Refusal(name, problem, f"{none} with {hyperparameters['optimizer']}")
    if hyperparameters["precision"] == "bfloat16" and hyperparameters["dtype"] != "float32":
        yield Refusal("precision", "bfloat16 goes with float32 weights", f"full with dtype {hyperparameters['dtype']}")
    if hyperparameters["device"] == "mps" and hyperparameters["dtype"] == "float64":
        yield Refusal("device", "mps has no float64", "cpu, or mps with dtype float32")
