"""Initial weights of a network, drawn so that other engines can start from the same."""

from __future__ import annotations

import math

import numpy as np
import torch

from engines.torch_engine.network import Network
from engines.weight import initial_weights


@torch.no_grad()
def initialise(network: Network, init: str, rng: np.random.Generator, generator: torch.Generator) -> None:
    """Give every layer its initial weights, layer by layer.

    Args:
        network: whose weights are overwritten.
        init: ``torch`` draws weights and biases as ``nn.Linear`` does, uniformly within 1 / sqrt(n_in);
            ``initial_weights`` draws the others, which every engine has alike, with biases zero.
        rng: where what all engines draw comes from.
        generator: where torch's own comes from, on the processor.
    """
    for layer in network.linears:
        if init == "torch":
            bound = 1 / math.sqrt(layer.in_features)
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)
            continue
        layer.bias.zero_()
        layer.weight.copy_(torch.from_numpy(initial_weights(init, layer.in_features, layer.out_features, rng)))
