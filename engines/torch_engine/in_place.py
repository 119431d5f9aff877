"""The same steps of gradient descent, faster: gradients written out by hand, weights updated in place.

Automatic differentiation makes an array of gradients for every array of weights, and the optimizer reads it once:
for a first layer of 200 x 6,912 that moves more memory than the products themselves. Here the product that would
give the gradient adds it to the weights. ``TorchTrainer`` takes this path where ``descent.is_plain_descent`` says that
it can; it gives the steps of the plain one up to rounding.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from engines.torch_engine.network import HiddenLayer, Network, Quadratic

SLOPES: dict[type[nn.Module], Callable[[Tensor, Tensor], Tensor]] = {
    nn.ReLU: lambda _z, h: (h > 0).to(h.dtype),
    nn.Tanh: lambda _z, h: 1.0 - h * h,
    Quadratic: lambda z, _h: 1.0 - 2.0 * z,
}
"""g'(z) by activation, given z and h = g(z)."""


class InPlaceDescent:
    """Takes steps on a network; shares its weights, and its momenta with the optimizer.

    With d_l = dloss/dz_l, and * entry by entry:

        d_l = (d_{l+1} W_{l+1}) * mask_l * g'(z_l),    W_l <- (1 - learning_rate l2) W_l - learning_rate d_l' h_{l-1}

    Args:
        network: what is trained.
        optimizer: holds the settings and the momenta.
        is_regression: whether the loss is the squared error and not the cross-entropy.
    """

    def __init__(self, network: Network, optimizer: torch.optim.Optimizer, is_regression: bool) -> None:
        self._network = network
        self._optimizer = optimizer
        self._is_regression = is_regression

    @torch.no_grad()
    def step(self, x: Tensor, y: Tensor) -> Tensor:
        """Take one step on a batch.

        Args:
            x: features (n, n_features).
            y: classes or targets (n,).

        Returns:
            The loss before the step, mean per example.
        """
        inputs, slopes = [x], []
        for layer in self._network.hidden_layers:
            h, slope = _forward(layer, inputs[-1])
            inputs.append(h)
            slopes.append(slope)
        loss, d = self._loss_and_gradient(self._network.output(inputs[-1]), y)
        first, *others = self._network.linears
        for linear, h, slope in zip(others[::-1], inputs[:0:-1], slopes[::-1], strict=True):
            d_below = (d @ linear.weight).mul_(slope)
            self._update(linear, d, h)
            d = d_below
        self._update(first, d, x)
        return loss

    def _loss_and_gradient(self, scores: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss, mean per example, and its gradient at the scores (n, n_out)."""
        if self._is_regression:
            residual = scores - y[:, None]
            return residual.square().mean() / 2, residual / len(y)
        log_p = scores.log_softmax(dim=1)
        d = log_p.exp()
        d[torch.arange(len(y), device=y.device), y] -= 1.0
        return nn.functional.nll_loss(log_p, y), d.div_(len(y))

    def _update(self, layer: nn.Linear, d: Tensor, h: Tensor) -> None:
        """Step on a layer with d = dloss/dz (n, n_out) and its input h (n, n_in)."""
        (group,) = self._optimizer.param_groups
        rate, l2, momentum = group["lr"], group["weight_decay"], group["momentum"]
        W, b = layer.weight, layer.bias
        if not momentum:
            W.addmm_(d.T, h, beta=1.0 - rate * l2, alpha=-rate)
            b.mul_(1.0 - rate * l2).sub_(d.sum(dim=0), alpha=rate)
            return
        V, v = (self._momentum(parameter) for parameter in (W, b))
        V.addmm_(d.T, h, beta=momentum)
        v.mul_(momentum).add_(d.sum(dim=0))
        for parameter, buffer in ((W, V), (b, v)):
            if l2:
                buffer.add_(parameter, alpha=l2)
            parameter.sub_(buffer, alpha=rate)

    def _momentum(self, parameter: Tensor) -> Tensor:
        state = self._optimizer.state[parameter]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        buffer: Tensor = state["momentum_buffer"]
        return buffer


def _forward(layer: HiddenLayer, h_below: Tensor) -> tuple[Tensor, Tensor]:
    """Return the output h of a hidden layer and its slope dh/dz, both (n, n_out)."""
    z: Tensor = layer.linear(h_below)
    h: Tensor = layer.activation(z)
    slope = SLOPES[type(layer.activation)](z, h)
    mask = None if layer.dropout is None else layer.dropout.mask(h)
    return (h, slope) if mask is None else (h * mask, slope.mul_(mask))
