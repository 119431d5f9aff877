"""The rules that turn gradients into steps, and their state as arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from engines.contract import Array, EngineError


def _uncompiled(optimizer: type[torch.optim.Optimizer]) -> Callable[..., torch.optim.Optimizer]:
    """Return an optimizer that never meets torch's compiler: to import that takes longer than many a run.

    What torch keeps its compiler away from asks that compiler to stay away; here it is called as it was written.
    """
    plain = {name: inspect.unwrap(getattr(optimizer, name)) for name in ("add_param_group", "zero_grad", "step")}
    return type(optimizer.__name__, (optimizer,), {**plain, "step": torch.no_grad()(plain["step"])})


_SGD, _ADAM, _ADAMW = map(_uncompiled, (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW))


def build_optimizer(parameters: Iterable[nn.Parameter], hyperparameters: Mapping[str, Any]) -> torch.optim.Optimizer:
    """Return the optimizer that the hyperparameters ask for; ``l2`` decays every parameter, biases too."""
    # Fused: one pass over weights, gradients and what is remembered; Adam's step is five times as fast.
    common = {"lr": hyperparameters["learning_rate"], "weight_decay": hyperparameters["l2"], "fused": True}
    if hyperparameters["optimizer"] == "adam":
        return _ADAM(parameters, **common)
    if hyperparameters["optimizer"] == "adamw":
        return _ADAMW(parameters, **common)
    momentum = hyperparameters["momentum"]
    # Without momentum Nesterov's step is the plain one, and torch refuses the combination.
    return _SGD(parameters, momentum=momentum, nesterov=hyperparameters["nesterov"] and momentum > 0, **common)


def adjust_optimizer(optimizer: torch.optim.Optimizer, hyperparameters: Mapping[str, Any]) -> None:
    """Give the optimizer new hyperparameters; momentum starts from rest when it is taken up again.

    Raises:
        EngineError: momentum for a rule without.
    """
    (group,) = optimizer.param_groups
    group["lr"], group["weight_decay"] = hyperparameters["learning_rate"], hyperparameters["l2"]
    momentum = hyperparameters["momentum"]
    if isinstance(optimizer, torch.optim.SGD):
        group["momentum"], group["nesterov"] = momentum, hyperparameters["nesterov"] and momentum > 0
        if not momentum:
            optimizer.state.clear()
    elif momentum:
        raise EngineError(f"momentum belongs to sgd; {hyperparameters['optimizer']} averages gradients by its own rule")


def optimizer_state(optimizer: torch.optim.Optimizer) -> dict[str, Array]:
    """Return copies of what the optimizer remembers, as ``optimizer.<parameter's number>.<name>``."""
    named = {}
    (group,) = optimizer.param_groups
    for number, parameter in enumerate(group["params"]):
        for name, tensor in optimizer.state.get(parameter, {}).items():
            if tensor is not None:
                named[f"optimizer.{number}.{name}"] = tensor.detach().cpu().numpy().copy()
    return named


def load_optimizer(optimizer: torch.optim.Optimizer, state: Mapping[str, Array]) -> None:
    """Overwrite what the optimizer remembers with what ``optimizer_state`` gave."""
    (group,) = optimizer.param_groups
    optimizer.state.clear()
    for key, array in state.items():
        if key.startswith("optimizer."):
            _, number, name = key.split(".")
            parameter = group["params"][int(number)]
            optimizer.state[parameter][name] = torch.from_numpy(np.array(array)).to(parameter.device)
