"""The models of Question 2 as plain modules: logistic regression is a network without hidden layers."""

from __future__ import annotations

from collections.abc import Sequence

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
        mask = self.mask(h) if self.training else None
        return h if mask is None else h * mask

    def mask(self, h: Tensor) -> Tensor | None:
        """Draw what ``h`` is multiplied with: 0 or 1 / (1 - p) for each entry; ``None`` where p is 0."""
        if not self.p:
            return None
        # Twice as fast as bernoulli_; float32 also where h is bfloat16, which has too few digits for a probability.
        drawn = torch.rand(h.shape, generator=self.generator, dtype=torch.float32, device=h.device)
        return drawn.ge_(self.p).div_(1.0 - self.p).to(h.dtype)


class Linear(nn.Linear):
    """W h + b, whose weights are whatever the memory held: nothing is drawn from torch's global generator for them."""

    def reset_parameters(self) -> None:
        """Leave the weights as they are; ``initialise`` draws them."""


class HiddenLayer(nn.Module):
    """h = dropout(g(W h_below + b)); ``dropout`` is ``None`` where it has no place."""

    def __init__(self, linear: Linear, activation: str, dropout: Dropout | None) -> None:
        super().__init__()
        self.linear = linear
        self.activation = ACTIVATIONS[activation]()
        self.dropout = dropout

    def forward(self, h_below: Tensor) -> Tensor:
        """Return h (n, n_out) of h_below (n, n_in)."""
        h: Tensor = self.activation(self.linear(h_below))
        return h if self.dropout is None else self.dropout(h)


class Network(nn.Module):
    """Hidden layers and a linear output; without them it is logistic regression. Its weights are not drawn yet.

    Args:
        linears: the layer below each hidden layer, and that of the output.
        activation: name of the function after each hidden layer.
        dropout: share of hidden units left out.
        dropout_place: ``every`` hidden layer, or the ``last`` only.
        generator: where the dropped units are drawn from.
    """

    def __init__(
        self, linears: Sequence[Linear], activation: str, dropout: float, dropout_place: str, generator: torch.Generator
    ) -> None:
        super().__init__()
        *below, output = linears
        self.hidden = nn.ModuleList()
        for number, linear in enumerate(below, start=1):
            has_dropout = dropout_place == "every" or number == len(below)
            self.hidden.append(HiddenLayer(linear, activation, Dropout(dropout, generator) if has_dropout else None))
        self.output = output  # after the others, as the order of the parameters is that of what is assigned

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores (n, n_out) of features (n, n_features)."""
        h = x
        for layer in self.hidden:
            h = layer(h)
        scores: Tensor = self.output(h)
        return scores

    @property
    def hidden_layers(self) -> list[HiddenLayer]:
        """The hidden layers, first to last."""
        return [layer for layer in self.hidden if isinstance(layer, HiddenLayer)]

    @property
    def linears(self) -> list[nn.Linear]:
        """The linear layers, first to last."""
        return [*(layer.linear for layer in self.hidden_layers), self.output]

    def set_dropout(self, p: float) -> None:
        """Change the share of units left out, wherever dropout has its place."""
        for layer in self.hidden_layers:
            if layer.dropout is not None:
                layer.dropout.p = p


def cross_entropy(scores: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """Return -log softmax(scores)_y, the mean or the sum over the examples."""
    return nn.functional.cross_entropy(scores, y, reduction=reduction)


def squared_error(scores: Tensor, y: Tensor, reduction: str = "mean") -> Tensor:
    """Return (yhat - y)^2 / 2, the mean or the sum over the examples."""
    return nn.functional.mse_loss(scores[:, 0], y, reduction=reduction) / 2
