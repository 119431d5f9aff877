"""The models of Question 2 as plain modules: logistic regression is a network without hidden layers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn


class Quadratic(nn.Module):
    """The activation g(z) = z (1 - z) of Question 3."""

    def forward(self, z: Tensor) -> Tensor:
        """Return z (1 - z), entry by entry."""
        return z * (1.0 - z)


ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh, "quadratic": Quadratic}


class Dropout(nn.Module):
    """Sets each unit to zero with probability p while training, and scales the others by 1 / (1 - p).

    As ``nn.Dropout``, but drawn from a generator of its own, whose state is part of the run's: two runs in one
    process do not disturb each other, and a run that goes on draws what it would have drawn.
    """

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p = p
        self.generator = generator

    def forward(self, h: Tensor) -> Tensor:
        """Return ``h`` with some units left out, or as it is in evaluation mode."""
        if not self.training or not self.p:
            return h
        mask = torch.empty_like(h).bernoulli_(1.0 - self.p, generator=self.generator)
        return h * mask.div_(1.0 - self.p)


class Network(nn.Module):
    """x -> [linear, activation, dropout] for each hidden layer -> linear.

    Built without memory (on torch's meta device), so that no initial weights are drawn from torch's global generator:
    ``engines.torch_engine.weight.initialise`` gives it weights and draws them from the run's own.

    Args:
        sizes: n_features, the size of each hidden layer, and n_out.
        activation: name of the function after each hidden layer.
        dropout: share of hidden units left out.
        dropout_place: ``every`` hidden layer, or the ``last`` only.
        generator: where the dropped units are drawn from.
    """

    def __init__(
        self, sizes: Sequence[int], activation: str, dropout: float, dropout_place: str, generator: torch.Generator
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        hidden = len(sizes) - 2
        for number, (n_in, n_out) in enumerate(pairwise(sizes), start=1):
            layers.append(nn.Linear(n_in, n_out, device="meta"))
            if number <= hidden:
                layers.append(ACTIVATIONS[activation]())
                if dropout_place == "every" or number == hidden:
                    layers.append(Dropout(dropout, generator))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores (n, n_out) of features (n, n_features)."""
        scores: Tensor = self.layers(x)
        return scores

    @property
    def linears(self) -> list[nn.Linear]:
        """The linear layers, first to last."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    @property
    def dropouts(self) -> list[Dropout]:
        """The dropout layers, first to last."""
        return [layer for layer in self.layers if isinstance(layer, Dropout)]


def cross_entropy(scores: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """Return -log softmax(scores)_y, the mean or the sum over the examples."""
    return nn.functional.cross_entropy(scores, y, reduction=reduction)


def squared_error(scores: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """Return (yhat - y)^2 / 2, the mean or the sum over the examples."""
    return nn.functional.mse_loss(scores[:, 0], y, reduction=reduction) / 2
