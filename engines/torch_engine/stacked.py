"""Several networks trained as one, for sweeps: the same steps as each alone, in fewer and larger products.

Networks of a sweep see the same examples in the same order. So a batch is gathered once for all, the first layers,
which all read it, are one product, and each other layer is a batch of products, one a member. Learning rate, l2,
momentum, dropout and initial weights may differ; sizes, activation, batch size and order are shared.

The members are ordinary trainers, and stay so: during a stacked epoch their weights are views into the stack.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence

import torch
from torch import Tensor, nn

from engines.contract import EngineError, Evaluation, Progress, SplitName
from engines.torch_engine.descent import STACK_SHARES, is_plain_descent
from engines.torch_engine.in_place import SLOPES
from engines.torch_engine.network import HiddenLayer
from engines.torch_engine.trainer import EVALUATED_AT_ONCE, SECONDS_BETWEEN_YIELDS, TorchTrainer


class TorchStack:
    """Trainers that are trained together; see ``engines.capability.Stack``.

    Args:
        members: what is trained, on the same data and with the same order of examples before them.

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
            reasons = [name for name in STACK_SHARES if member.hyperparameters[name] != first.hyperparameters[name]]
            if not is_plain_descent(member.hyperparameters):
                reasons.append("optimizer, nesterov or precision")
            if not member.goes_on_like(first):
                reasons.append("they see the examples in different orders")
            if reasons:
                raise EngineError(f"these runs cannot be trained together: {', '.join(reasons)}")

    def use_threads(self, count: int) -> None:
        """Use so many threads for the products of the thread that asks; see ``engines.capability.Stack``."""
        torch.set_num_threads(count)

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
        self._bring_together()
        for layer in self._layers:
            layer.take_settings(self.members)

    def _bring_together(self) -> None:
        linears = zip(*(member.network.linears for member in self.members), strict=True)
        before: Sequence[_StackedLayer | None] = self._layers or [None] * len(self.members[0].network.linears)
        self._layers = [_StackedLayer(layers, last) for layers, last in zip(linears, before, strict=True)]

    @torch.no_grad()
    def evaluate(self, split: SplitName) -> list[Evaluation]:
        """Measure every member on a split; see ``engines.capability.Stack``."""
        self._bring_together()
        first, n = self.members[0], len(self.members[0].data[split])
        losses, correct = [0.0] * len(self.members), [0] * len(self.members)
        for start in range(0, n, EVALUATED_AT_ONCE):
            x, y = first.examples.part(split, slice(start, start + EVALUATED_AT_ONCE))
            scores = self._scores(x)
            told = self._losses(scores, y).tolist()
            right = (scores.argmax(dim=2) == y).sum(dim=1).tolist()
            for number in range(len(self.members)):
                losses[number] += told[number] * len(y)
                correct[number] += right[number]
        accuracies = [count / n if first.is_classifier else None for count in correct]
        return [Evaluation(loss / n, accuracy) for loss, accuracy in zip(losses, accuracies, strict=True)]

    def _scores(self, x: Tensor) -> Tensor:
        """Return the scores of every member in evaluation mode, (n_members, n, n_out)."""
        h = x
        for stacked, layer in zip(self._layers, self.members[0].network.hidden_layers, strict=False):
            h = layer.activation(stacked.forward(h))
        return self._layers[-1].forward(h)

    def _losses(self, scores: Tensor, y: Tensor) -> Tensor:
        """Return the mean loss of each member, (n_members,)."""
        if not self.members[0].is_classifier:
            return (scores - y[:, None]).square().mean(dim=(1, 2)) / 2
        return -scores.log_softmax(dim=2)[:, torch.arange(len(y), device=y.device), y].mean(dim=1)

    @torch.no_grad()
    def _step(self, x: Tensor, y: Tensor) -> Tensor:
        """Take one step of every member on a batch; return the losses before it, (n_members,)."""
        inputs, slopes = [x], []
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
        before: the same layer in the last epoch; where the members still share its memory it is taken over.
    """

    def __init__(self, layers: Sequence[nn.Linear], before: _StackedLayer | None) -> None:
        self._parameters = [[getattr(layer, name) for layer in layers] for name in ("weight", "bias")]
        weights, biases = self._parameters
        self.W: Tensor = before.W if before and _are_views(weights, before.W) else _gather(weights)
        self.b: Tensor = before.b if before and _are_views(biases, before.b) else _gather(biases)
        self.momenta: list[Tensor | None] = before.momenta if before else [None, None]

    def take_settings(self, members: Sequence[TorchTrainer]) -> None:
        """Take the settings and the momenta of the members as they are now."""
        (groups,) = zip(*(member.optimizer.param_groups for member in members), strict=True)
        self._rate, self._l2, self._momentum = (
            torch.tensor([group[name] for group in groups], dtype=self.b.dtype, device=self.b.device)
            for name in ("lr", "weight_decay", "momentum")
        )
        self._has_l2, self._has_momentum = bool(self._l2.any()), bool(self._momentum.any())
        if self._has_momentum:
            pairs = zip(self._parameters, self.momenta, strict=True)
            self.momenta = [_gather_momenta(parameters, members, before) for parameters, before in pairs]

    def forward(self, h: Tensor) -> Tensor:
        """Return z (n_members, n, n_out) of inputs that all share, (n, n_in), or their own, (n_members, n, n_in)."""
        if h.dim() == 3:
            return torch.baddbmm(self.b[:, None], h, self.W.transpose(1, 2))
        z = torch.addmm(self.b.flatten(), h, self.W.flatten(0, 1).t())
        return z.view(len(h), *self.b.shape).transpose(0, 1)

    def update(self, d: Tensor, h: Tensor) -> None:
        """Step with d = dloss/dz (n_members, n, n_out) and the layer's input."""
        rate = self._rate[:, None]
        V, v = self.momenta
        if not self._has_momentum or V is None or v is None:
            if self._has_l2:
                decay = 1.0 - rate * self._l2[:, None]
                self.W.mul_(decay[..., None])
                self.b.mul_(decay)
            d = d * -rate[..., None]
            _add_product(self.W, d, h)
            self.b.add_(d.sum(dim=1))
            return
        V.mul_(self._momentum[:, None, None])
        _add_product(V, d, h)
        v.mul_(self._momentum[:, None]).add_(d.sum(dim=1))
        if self._has_l2:
            V.addcmul_(self.W, self._l2[:, None, None])
            v.addcmul_(self.b, self._l2[:, None])
        self.W.addcmul_(V, -rate[..., None])
        self.b.addcmul_(v, -rate)


def _add_product(A: Tensor, d: Tensor, h: Tensor) -> None:
    """Add d' h of every member to A (n_members, n_out, n_in); inputs that all share make it one product."""
    if h.dim() == 3:
        A.baddbmm_(d.transpose(1, 2), h)
    else:
        A.flatten(0, 1).addmm_(d.transpose(1, 2).flatten(0, 1), h)


def _gather(parameters: Sequence[Tensor]) -> Tensor:
    """Return the parameters as one array (n_members, ...), and make them views of it."""
    stacked = torch.stack([parameter.detach() for parameter in parameters])
    for parameter, view in zip(parameters, stacked, strict=True):
        parameter.data = view
    return stacked


def _are_views(parameters: Sequence[Tensor], stacked: Tensor) -> bool:
    """Return whether parameters are views of their parts of an array, as ``_gather`` left them."""
    return all(p.data_ptr() == view.data_ptr() for p, view in zip(parameters, stacked, strict=True))


def _gather_momenta(parameters: Sequence[Tensor], members: Sequence[TorchTrainer], before: Tensor | None) -> Tensor:
    """Return the momenta of parameters as one array; those of members with momentum become views of it.

    Args:
        parameters: of one layer, a member each.
        members: whose optimizers hold the momenta.
        before: what this gave for them in the last epoch; it is taken over where it is still theirs.
    """
    states = [member.optimizer.state[p] for member, p in zip(members, parameters, strict=True)]
    has_momentum = [bool(member.hyperparameters["momentum"]) for member in members]
    if before is not None and all(
        (buffer := state.get("momentum_buffer")) is not None and buffer.data_ptr() == view.data_ptr()
        for state, view, wanted in zip(states, before, has_momentum, strict=True)
        if wanted
    ):
        return before
    stacked = torch.stack(
        [
            torch.zeros_like(p) if (buffer := state.get("momentum_buffer")) is None else buffer
            for p, state in zip(parameters, states, strict=True)
        ]
    )
    for state, view, wanted in zip(states, stacked, has_momentum, strict=True):
        if wanted:
            state["momentum_buffer"] = view
    return stacked
