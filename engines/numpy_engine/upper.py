"""The steps inside a block: what is left to do for each example, in as few numpy calls as can be.

A call on a few hundred numbers costs about a microsecond whatever it computes, so the calls are what is counted here.
"""

from __future__ import annotations

import numpy as np

from engines.contract import Array
from engines.numpy_engine.network import Network


class _Layer:
    """A layer above the first with places for one example: its input h~ = [g(z_below); 1], its own z and d."""

    def __init__(self, A: Array, V: Array) -> None:
        self.A, self.V = A, V
        self.W = A[:, :-1]
        self.z_below, self.slope, self.d_below = (np.empty(A.shape[1] - 1, A.dtype) for _ in range(3))
        self.h_one = np.ones(A.shape[1], A.dtype)
        self.h = self.h_one[:-1]
        self.z, self.d = np.empty(len(A), A.dtype), np.empty(len(A), A.dtype)
        self.d_column, self.h_row = self.d[:, None], self.h_one[None]
        self.gradient = np.empty_like(A)


class UpperLayers:
    """Takes one step on everything above the first layer and finds the gradient that the first layer needs.

    Args:
        network: whose upper layers, at least one, are trained in place.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._layers = [_Layer(A, V) for A, V in zip(network.layers[1:], network.momenta[1:], strict=True)]
        for lower, upper in zip(self._layers, self._layers[1:], strict=False):
            lower.z, lower.d = upper.z_below, upper.d_below
            lower.d_column = lower.d[:, None]

    def step(self, z: Array, y: float, scores: Array, d: Array) -> None:
        """Step on one example.

        Args:
            z: its z_1, (n_1,).
            y: its class or target.
            scores: where the scores go, (n_out,).
            d: where the gradient at z_1 goes, (n_1,).
        """
        descent, layers = self._network.descent, self._layers
        value, slope = self._network.activation.value, self._network.activation.slope
        layers[0].z_below, layers[0].d_below, layers[-1].z = z, d, scores
        for layer in layers:
            value(layer.z_below, layer.h)
            layer.A.dot(layer.h_one, layer.z)
        self._network.loss.gradient(scores, y, layer.d)
        for layer in reversed(layers):
            layer.d.dot(layer.W, layer.d_below)
            layer.d_below *= slope(layer.z_below, layer.h, layer.slope)
            descent.step(layer.A, layer.V, layer.d_column.dot(layer.h_row, layer.gradient))
