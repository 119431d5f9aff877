"""A network of fully connected layers, its gradient, and the plain step: the readable reference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.contract import Array
from engines.numpy_engine.activation import Activation
from engines.numpy_engine.descent import Descent
from engines.numpy_engine.loss import Loss


class Network:
    """Layers A_1 .. A_L with an activation g between them; without hidden layers it is a linear model.

    A layer holds its biases as its last column, A_l = [W_l | b_l], so that with its input h~ = [h; 1],

        z_l = A_l h~_{l-1},    h_0 = x,    h_l = g(z_l) for l < L,    scores = z_L.

    Attributes:
        layers: the A_l, shape (n_out, n_in + 1).
        momenta: the V_l of ``Descent``, same shapes.
        activation: g.
        loss: of the scores.
        descent: how a gradient becomes a step.
    """

    def __init__(self, layers: Sequence[Array], activation: Activation, loss: Loss, descent: Descent) -> None:
        self.layers = list(layers)
        self.momenta = [np.zeros(A.shape, A.dtype) for A in layers]  # takes no memory before it is written to
        self.activation = activation
        self.loss = loss
        self.descent = descent

    def scores(self, x: Array) -> Array:
        """Return the scores (n, n_out) of inputs with their one, (n, n_features + 1)."""
        h = x
        for A in self.layers[:-1]:
            h = self._activate(h @ A.T)
        return np.asarray(h @ self.layers[-1].T)

    def _activate(self, z: Array) -> Array:
        """Return h~ = [g(z); 1], (n, n_l + 1), of z (n, n_l)."""
        h = np.ones((len(z), z.shape[1] + 1), z.dtype)
        self.activation.value(z, h[:, :-1])
        return h

    def forward(self, x: Array) -> tuple[list[Array], list[Array]]:
        """Return every z_l (n, n_l) and every h~_{l-1} (n, n_{l-1} + 1) of inputs with their one."""
        zs, inputs = [], [x]
        for A in self.layers[:-1]:
            zs.append(inputs[-1] @ A.T)
            inputs.append(self._activate(zs[-1]))
        zs.append(inputs[-1] @ self.layers[-1].T)
        return zs, inputs

    def backward(self, zs: Sequence[Array], inputs: Sequence[Array], d: Array) -> tuple[list[Array], Array]:
        """Return the gradients of something by backpropagation, given those at the scores.

        With d_L = dloss/dz_L, and * entry by entry:

            d_l = (W_{l+1}' d_{l+1}) * g'(z_l),    dloss/dA_l = d_l h~_{l-1}'    (summed over the examples).

        Args:
            zs: every z_l, and
            inputs: every h~_{l-1}, as ``forward`` gave them.
            d: d_L, (n, n_out).

        Returns:
            For each layer an array of its shape, and d_1, (n, n_1).
        """
        gradients = [d.T @ inputs[-1]]
        for upper, z, h, below in zip(self.layers[:0:-1], zs[-2::-1], inputs[:0:-1], inputs[-2::-1], strict=True):
            d = (d @ upper[:, :-1]) * self.activation.slope(z, h[:, :-1], np.empty_like(z))
            gradients.insert(0, d.T @ below)
        return gradients, d

    def gradients(self, x: Array, y: Array) -> tuple[float, list[Array]]:
        """Return the loss of a batch and its gradients.

        Args:
            x: inputs with their one, (n, n_features + 1).
            y: classes or targets (n,).

        Returns:
            The loss, mean per example, and for each layer an array of its shape.
        """
        zs, inputs = self.forward(x)
        gradients, _ = self.backward(zs, inputs, self.loss.gradients(zs[-1], y) / len(y))
        return float(self.loss.values(zs[-1], y).mean()), gradients

    def step(self, x: Array, y: Array) -> float:
        """Take one step of descent on a batch and return its loss before the step, mean per example."""
        loss, gradients = self.gradients(x, y)
        for A, V, gradient in zip(self.layers, self.momenta, gradients, strict=True):
            self.descent.step(A, V, gradient)
        return loss
