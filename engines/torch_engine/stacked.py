"""Several networks trained as one, for sweeps: the same steps as each alone, in fewer and larger products.

Networks of a sweep see the same examples in the same order. So a batch is gathered once for all, and each layer is a
batch of products, one a member: torch gives every core members of its own, which share nothing and wait for nobody,
where a single product is split among the cores. Learning rate, l2, momentum, dropout and initial weights may differ;
sizes, activation, batch size and order are shared.

The members are ordinary trainers, and stay so: during a stacked epoch their weights are views into the stack.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence

import torch
from torch import Tensor, nn

from engines.contract import EngineError, Progress
from engines.torch_engine.in_place import SLOPES, applies
from engines.torch_engine.network import HiddenLayer
from engines.torch_engine.trainer import SECONDS_BETWEEN_YIELDS, TorchTrainer

_SHARED = ("hidden_sizes", "activation", "dropout_place", "batch_size", "dtype", "device")


class TorchStack:
    """Trainers that are trained together; see ``engines.capability.Stack``.

    Args:
        members: what is trained, each started from a generator of the same seed, on the same data.

    Raises:
        EngineError: they cannot be trained together; each alone they can.
    """

    def __init__(self, members: Sequence[TorchTrainer]) -> None:
        self.members = list(members)
        self._layers: list[_StackedLayer] = []
        self._check()

    def _check(self) -> None:
        first = self.members[0]
        for member in self.members:
            reasons = [name for name in _SHARED if member.hyperparameters[name] != first.hyperparameters[name]]
            if not applies(member.hyperparameters):
                reasons.append("optimizer, nesterov or precision")
            if not member.goes_on_like(first):
                reasons.append("they see the examples in different orders")
            if reasons:
                raise EngineError(f"these runs cannot be trained together: {', '.join(reasons)}")

    def epoch(self) -> Generator[list[Progress], None, None]:
        """Train one epoch of all members, or what is left of one; yields as ``Trainer.epoch``, one for each member.

        Raises:
            EngineError: since the last epoch a member was changed so that it no longer goes with the others.
        """
        self._begin()
        last, first = time.perf_counter(), self.members[0]
        while True:
            indices = first.next_batch()
            losses = self._step(*first.examples.take("train", indices)).tolist()
            for member, loss in zip(self.members, losses, strict=True):
                member.position.count(len(indices), loss)
            if not first.position.position:
                break
            if time.perf_counter() - last > SECONDS_BETWEEN_YIELDS:
                yield [member.position.progress for member in self.members]
                last = time.perf_counter()
        yield [member.position.progress for member in self.members]

    def _begin(self) -> None:
        """Bring the members together as they are now."""
        self._check()
        for member in self.members:
            member.begin_epoch()
        linears = zip(*(member.network.linears for member in self.members), strict=True)
        before: Sequence[_StackedLayer | None] = self._layers or [None] * len(self.members[0].network.linears)
        self._layers = [_StackedLayer(layers, self.members, last) for layers, last in zip(linears, before, strict=True)]

    @torch.no_grad()
    def _step(self, x: Tensor, y: Tensor) -> Tensor:
        """Take one step of every member on a batch; return the losses before it, (n_members,)."""
        inputs, slopes = [x.expand(len(self.members), *x.shape)], []
        hidden = zip(*(member.network.hidden_layers for member in self.members), strict=True)
        for stacked, layers in zip(self._layers, hidden, strict=False):
            h, slope = _activate(stacked.forward(inputs[-1]), layers)
            inputs.append(h)
            slopes.append(slope)
        losses, d = self._losses_and_gradient(self._layers[-1].forward(inputs[-1]), y)
        for stacked, h, slope in zip(self._layers[:0:-1], inputs[:0:-1], slopes[::-1], strict=True):
            d_below = torch.bmm(d, stacked.W).mul_(slope)
            stacked.update(d, h)
            d = d_below
        self._layers[0].update(d, inputs[0])
        return losses

    def _losses_and_gradient(self, scores: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss of each member and its gradient at the scores, (n_members, n, n_out)."""
        if not self.members[0].is_classifier:
            residual = scores - y[:, None]
            return residual.square().mean(dim=(1, 2)) / 2, residual / len(y)
        log_p = scores.log_softmax(dim=2)
        rows = torch.arange(len(y), device=y.device)
        d = log_p.exp()
        d[:, rows, y] -= 1.0
        return -log_p[:, rows, y].mean(dim=1), d.div_(len(y))


def _activate(z: Tensor, layers: Sequence[HiddenLayer]) -> tuple[Tensor, Tensor]:
    """Return the outputs of one hidden layer of every member and their slopes, (n_members, n, n_units)."""
    activation = layers[0].activation
    h: Tensor = activation(z)
    slope = SLOPES[type(activation)](z, h)
    for layer, h_k, slope_k in zip(layers, h, slope, strict=True):
        mask = None if layer.dropout is None else layer.dropout.mask(h_k)
        if mask is not None:
            h_k.mul_(mask)
            slope_k.mul_(mask)
    return h, slope


class _StackedLayer:
    """One layer of every member: W (n_members, n_out, n_in), b (n_members, n_out), and their momenta.

    Args:
        layers: the members' own; their weights become views of the stack.
        members: whose settings and momenta are used.
        before: the same layer in the last epoch; where the members still share its memory it is taken over.
    """

    def __init__(
        self, layers: Sequence[nn.Linear], members: Sequence[TorchTrainer], before: _StackedLayer | None
    ) -> None:
        weights, biases = ([getattr(layer, name) for layer in layers] for name in ("weight", "bias"))
        self.W: Tensor = before.W if before and _are_views(weights, before.W) else _gather(weights)
        self.b: Tensor = before.b if before and _are_views(biases, before.b) else _gather(biases)
        (groups,) = zip(*(member.optimizer.param_groups for member in members), strict=True)
        self._rate, self._l2, self._momentum = (
            torch.tensor([group[name] for group in groups], dtype=self.b.dtype, device=self.b.device)
            for name in ("lr", "weight_decay", "momentum")
        )
        self._has_l2, self._has_momentum = bool(self._l2.any()), bool(self._momentum.any())
        if self._has_momentum:
            self._V, self._v = (
                _gather_momenta([getattr(layer, name) for layer in layers], members) for name in ("weight", "bias")
            )

    def forward(self, h: Tensor) -> Tensor:
        """Return z (n_members, n, n_out) of the input (n_members, n, n_in)."""
        return torch.baddbmm(self.b[:, None], h, self.W.transpose(1, 2))

    def update(self, d: Tensor, h: Tensor) -> None:
        """Step with d = dloss/dz (n_members, n, n_out) and the layer's input."""
        rate = self._rate[:, None]
        if not self._has_momentum:
            if self._has_l2:
                decay = 1.0 - rate * self._l2[:, None]
                self.W.mul_(decay[..., None])
                self.b.mul_(decay)
            d = d * -rate[..., None]
            self.W.baddbmm_(d.transpose(1, 2), h)
            self.b.add_(d.sum(dim=1))
            return
        self._V.mul_(self._momentum[:, None, None])
        self._V.baddbmm_(d.transpose(1, 2), h)
        self._v.mul_(self._momentum[:, None]).add_(d.sum(dim=1))
        if self._has_l2:
            self._V.addcmul_(self.W, self._l2[:, None, None])
            self._v.addcmul_(self.b, self._l2[:, None])
        self.W.addcmul_(self._V, -rate[..., None])
        self.b.addcmul_(self._v, -rate)


def _gather(parameters: Sequence[Tensor]) -> Tensor:
    """Return the parameters as one array (n_members, ...), and make them views of it."""
    stacked = torch.stack([parameter.detach() for parameter in parameters])
    for parameter, view in zip(parameters, stacked, strict=True):
        parameter.data = view
    return stacked


def _are_views(parameters: Sequence[Tensor], stacked: Tensor) -> bool:
    """Return whether parameters are views of their parts of an array, as ``_gather`` left them."""
    return all(p.data_ptr() == view.data_ptr() for p, view in zip(parameters, stacked, strict=True))


def _gather_momenta(parameters: Sequence[Tensor], members: Sequence[TorchTrainer]) -> Tensor:
    """Return the momenta of parameters as one array; those of members with momentum become views of it."""
    states = [member.optimizer.state for member in members]
    momenta = [
        state[p].get("momentum_buffer", torch.zeros_like(p)) for p, state in zip(parameters, states, strict=True)
    ]
    stacked = torch.stack(momenta)
    for member, parameter, view in zip(members, parameters, stacked, strict=True):
        if member.hyperparameters["momentum"]:
            member.optimizer.state[parameter]["momentum_buffer"] = view
    return stacked
