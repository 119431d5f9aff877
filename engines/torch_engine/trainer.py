"""A network in training: the order of examples, the place in the epoch, and a state that continues bit for bit."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engines.capability import Measured
from engines.contract import (
    Array,
    Dataset,
    EngineError,
    Evaluation,
    Progress,
    SplitName,
    Value,
)
from engines.epoch_position import EpochPosition
from engines.inspection import Inspection, checked_parameters
from engines.state import pack_generator, pack_settings, unpack_generator, unpack_settings
from engines.torch_engine.descent import is_plain_descent
from engines.torch_engine.device import choose_device
from engines.torch_engine.example import Examples
from engines.torch_engine.in_place import InPlaceDescent
from engines.torch_engine.network import Linear, Network, cross_entropy, squared_error
from engines.torch_engine.optimizer import adjust_optimizer, build_optimizer, load_optimizer, optimizer_state
from engines.torch_engine.weight import initialise
from engines.weight import check_size

SECONDS_BETWEEN_YIELDS = 0.05
EVALUATED_AT_ONCE = 512
_SETTINGS = ("learning_rate", "l2", "momentum", "dropout", "batch_size")


class TorchTrainer:
    """Trains a network on a data set; see ``engines.contract.Trainer``.

    Args:
        hyperparameters: every hyperparameter of the model.
        data: what it is trained on.
        rng: draws the weights, then one fresh permutation at the start of each epoch. What torch draws itself
            (its own initial weights, dropout) comes from a generator seeded by a child of ``rng``.
        adjustable: the names that ``adjust`` takes.

    Attributes:
        hyperparameters: the hyperparameters as adjusted so far.
        data: what it is trained on.
        network: what is trained.
        optimizer: the rule of its steps, with its momenta.
        examples: the data on the device.
        position: where it stands in the epoch.
    """

    def __init__(
        self, hyperparameters: Mapping[str, Any], data: Dataset, rng: np.random.Generator, adjustable: frozenset[str]
    ) -> None:
        self.hyperparameters = {
            "hidden_sizes": (),
            "activation": "relu",
            "dropout": 0.0,
            "dropout_place": "every",
            **hyperparameters,
        }
        self.data, self._rng, self._adjustable = data, rng, adjustable
        dtype: torch.dtype = getattr(torch, hyperparameters["dtype"])
        self._device = choose_device(hyperparameters["device"], dtype)
        self._build(dtype)
        self.examples = Examples(data, dtype, self._device)
        self._loss = squared_error if data.is_regression else cross_entropy
        self.position = EpochPosition(len(data.train))
        self._place_order()

    def _build(self, dtype: torch.dtype) -> None:
        hyperparameters, data = self.hyperparameters, self.data
        # A child of rng, so that the draws that all engines share stay the same with and without it.
        (child,) = self._rng.spawn(1)
        on_cpu = torch.Generator().manual_seed(int(child.integers(2**63)))
        self._generator = torch.Generator(self._device).manual_seed(int(child.integers(2**63)))
        sizes = [data.n_features, *hyperparameters["hidden_sizes"], data.n_classes or 1]
        check_size(sizes, dtype.itemsize)
        network = Network(
            [Linear(n_in, n_out, dtype=dtype) for n_in, n_out in itertools.pairwise(sizes)],
            hyperparameters["activation"],
            hyperparameters["dropout"],
            hyperparameters["dropout_place"],
            self._generator,
        )
        initialise(network, hyperparameters["init"], self._rng, on_cpu)
        self.network = network.to(self._device)
        self.optimizer = build_optimizer(self.network.parameters(), hyperparameters)
        self._step = self.plain_step
        if is_plain_descent(hyperparameters):
            self._step = InPlaceDescent(self.network, self.optimizer, data.is_regression).step

    @property
    def device(self) -> str:
        """The device that trains: cpu, cuda or mps."""
        return self._device.type

    @property
    def is_classifier(self) -> bool:
        """Whether classes are learned, and not targets."""
        return not self.data.is_regression

    def use_threads(self, count: int) -> None:
        """Use so many threads for products, in this process; see ``engines.capability.Threaded``."""
        torch.set_num_threads(count)

    def epoch(self) -> Iterator[Progress]:
        """Train one epoch, or what is left of one that was begun; see the contract."""
        last = time.perf_counter()
        self.begin_epoch()
        while True:
            indices = self.next_batch()
            loss = self._step(*self.examples.take("train", indices))
            self.position.count(len(indices), loss.item())
            if not self.position.position:
                break
            if time.perf_counter() - last > SECONDS_BETWEEN_YIELDS:
                yield self.position.progress
                last = time.perf_counter()
        yield self.position.progress

    def begin_epoch(self) -> None:
        """Draw the order of the next epoch, unless one was begun."""
        self.position.begin(self._rng)
        self._place_order()

    def next_batch(self) -> Tensor:
        """Return the numbers of the examples of the next batch, (n,), on the device."""
        return self._order[self.position.next(self.hyperparameters["batch_size"])]

    def _place_order(self) -> None:
        self._order = torch.from_numpy(self.position.order).to(self._device)

    def goes_on_like(self, other: TorchTrainer) -> bool:
        """Return whether both are at the same place and will see the examples in the same order."""
        same_draws = self._rng.bit_generator.state == other._rng.bit_generator.state
        return same_draws and self.position.goes_on_like(other.position)

    def plain_step(self, x: Tensor, y: Tensor) -> Tensor:
        """Take one step on a batch by automatic differentiation: the reference for every faster path.

        Args:
            x: features (n, n_features).
            y: classes or targets (n,).

        Returns:
            The loss before the step, mean per example.
        """
        self.network.train()
        with self._autocast():
            loss: Tensor = self._loss(self.network(x), y)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        self.optimizer.step()
        return loss.detach()

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self._device.type, torch.bfloat16, enabled=self.hyperparameters["precision"] == "bfloat16"
        )

    @torch.no_grad()
    def evaluate(self, split: SplitName) -> Evaluation:
        """Measure the model on a split, some rows at a time.

        Raises:
            EngineError: the split is empty.
        """
        n = len(self.data[split])
        if not n:
            raise EngineError(f"the {split} split has no examples to measure on")
        loss, correct = 0.0, 0
        for start in range(0, n, EVALUATED_AT_ONCE):
            x, y = self.examples.part(split, slice(start, start + EVALUATED_AT_ONCE))
            scores = self._scores(x)
            loss += self._loss(scores, y, "sum").item()
            correct += int((scores.argmax(dim=1) == y).sum())
        return Evaluation(loss / n, None if self.data.is_regression else correct / n)

    @torch.no_grad()
    def measure(self, x: Array, y: Array) -> Measured:
        """Measure the model on examples, one by one; see ``engines.capability.Measuring``."""
        parts: list[tuple[Tensor, Tensor]] = []
        for start in range(0, max(len(y), 1), EVALUATED_AT_ONCE):
            rows = slice(start, start + EVALUATED_AT_ONCE)
            scores = self._scores(self.examples.features(x[rows]))
            known = torch.as_tensor(np.array(y[rows]), device=self._device)
            parts.append((scores, self._loss(scores, known if self.is_classifier else known.to(scores.dtype), "none")))
        scores, losses = map(torch.cat, zip(*parts, strict=True))
        predicted = scores.argmax(dim=1) if self.is_classifier else scores[:, 0]
        probabilities = scores.softmax(dim=1).cpu().numpy() if self.is_classifier else None
        return Measured(predicted.cpu().numpy(), losses.cpu().numpy(), probabilities)

    @torch.no_grad()
    def predict(self, x: Array) -> Array:
        """Return class probabilities (n, n_classes), or targets (n,) for a regression; see the contract."""
        starts = range(0, max(len(x), 1), EVALUATED_AT_ONCE)
        rows = [self._scores(self.examples.features(x[start : start + EVALUATED_AT_ONCE])) for start in starts]
        scores = torch.cat(rows)
        result: Array = (scores[:, 0] if self.data.is_regression else scores.softmax(dim=1)).cpu().numpy()
        return result

    def _scores(self, x: Tensor) -> Tensor:
        self.network.eval()
        with self._autocast():
            scores: Tensor = self.network(x)
        return scores.to(x.dtype)

    def inspect(self, x: Array, y: Array) -> Inspection:
        """Return what the model does with some examples; see ``engines.inspection.Inspectable``."""
        z, h = self._forward(self.examples.features(x))
        known = torch.as_tensor(np.array(y), device=self._device)
        losses = self._loss(z[-1], known if self.is_classifier else known.to(z[-1].dtype), "none")
        gradients = torch.autograd.grad(losses.mean(), list(self.network.parameters()))
        names = itertools.chain.from_iterable((f"W{n}", f"b{n}") for n in range(1, len(z) + 1))
        by_name = dict(zip(names, map(_array, gradients), strict=True))
        return Inspection(tuple(map(_array, z)), tuple(map(_array, h)), _array(losses), by_name)

    def score_gradients(self, x: Array, classes: Array) -> Array:
        """Return the gradient of one score of each example; see ``engines.inspection.Inspectable``."""
        features = self.examples.features(x).clone().requires_grad_()
        z, _ = self._forward(features)
        chosen = torch.as_tensor(np.array(classes), device=self._device)[:, None]
        (gradient,) = torch.autograd.grad(z[-1].gather(1, chosen).sum(), features)
        return _array(gradient)

    def _forward(self, features: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Return every z_l and every hidden h_l of features, in evaluation mode, each in the dtype of the features."""
        z, h, below = [], [], features
        with self._autocast():  # dropout passes everything in evaluation mode, and is left out
            for layer in self.network.hidden_layers:
                z.append(layer.linear(below).to(features.dtype))
                below = layer.activation(z[-1])
                h.append(below)
            z.append(self.network.output(below).to(features.dtype))
        return z, h

    def set_parameters(self, parameters: Mapping[str, Array]) -> None:
        """Overwrite parameters; see ``engines.inspection.Settable``.

        Raises:
            EngineError: there is no such parameter, or it has another shape.
        """
        live = {f"W{n}": layer.weight for n, layer in enumerate(self.network.linears, start=1)}
        live |= {f"b{n}": layer.bias for n, layer in enumerate(self.network.linears, start=1)}
        wanted = list(checked_parameters(parameters, self.parameters()))
        with torch.no_grad():
            for name, _ in wanted:
                live[name].copy_(torch.from_numpy(np.array(parameters[name])))

    def adjust(self, **changes: Value) -> None:
        """Change hyperparameters from the next step on.

        Raises:
            EngineError: one of them cannot change while the model trains.
        """
        if unknown := sorted(changes.keys() - self._adjustable):
            raise EngineError(
                f"{', '.join(unknown)} cannot change during a run; what can: {', '.join(sorted(self._adjustable))}"
            )
        adjust_optimizer(self.optimizer, {**self.hyperparameters, **changes})
        self.hyperparameters.update(changes)
        self.network.set_dropout(self.hyperparameters["dropout"])

    def parameters(self) -> dict[str, Array]:
        """Return the weights, live on the processor and copies elsewhere: ``W1`` (n_out, n_in), ``b1`` (n_out,), ..."""
        named: dict[str, Array] = {}
        for number, layer in enumerate(self.network.linears, start=1):
            named[f"W{number}"] = layer.weight.detach().cpu().numpy()
            named[f"b{number}"] = layer.bias.detach().cpu().numpy()
        return named

    def state(self) -> dict[str, Array]:
        """Return copies of everything that the future depends on; see the contract."""
        return {
            **{name: array.copy() for name, array in self.parameters().items()},
            **optimizer_state(self.optimizer),
            **pack_settings({name: self.hyperparameters[name] for name in _SETTINGS}),
            "generator": pack_generator(self._rng),
            "torch_generator": self._generator.get_state().numpy().copy(),
            **self.position.state(),
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over a state of a trainer with the same configuration and data.

        Raises:
            EngineError: it is not such a state.
        """
        try:
            self._load(state)
        except (KeyError, ValueError, TypeError, RuntimeError, IndexError) as error:
            raise EngineError(f"this is not a state of such a run: {error}") from error

    @torch.no_grad()
    def _load(self, state: Mapping[str, Array]) -> None:
        settings = unpack_settings(state, "settings", ("learning_rate", "l2", "momentum", "dropout", "batch_size"))
        settings = {**self.hyperparameters, **settings}
        settings["batch_size"] = int(settings["batch_size"])
        self.adjust(**{name: settings[name] for name in self._adjustable})
        for number, layer in enumerate(self.network.linears, start=1):
            layer.weight.copy_(torch.from_numpy(np.array(state[f"W{number}"])))
            layer.bias.copy_(torch.from_numpy(np.array(state[f"b{number}"])))
        load_optimizer(self.optimizer, state)
        unpack_generator(self._rng, state["generator"])
        self._generator.set_state(torch.from_numpy(np.array(state["torch_generator"])))
        self.position.load(state)
        self._place_order()


def _array(tensor: Tensor) -> Array:
    """Return a copy of a tensor of any device as an array."""
    array: Array = tensor.detach().cpu().numpy().copy()
    return array
