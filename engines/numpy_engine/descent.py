"""The rule that turns a gradient into a step: gradient descent with decay, momentum and soft threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Array


@dataclass
class Descent:
    """Settings of gradient descent, which may change between two steps.

    With the gradient g of the loss at the weights W, one step is

        V <- momentum V + g + l2 W
        W <- W - learning_rate V
        W <- sign(W) max(|W| - learning_rate l1, 0)        (not the biases)

    Without momentum the first two lines are W <- (1 - learning_rate l2) W - learning_rate g. The last is the
    proximal step of l1, which gives exact zeros.

    Attributes:
        learning_rate: length of a step.
        l2: weight decay, of biases as well, as in the report.
        l1: weight of the sum of absolute weights; the biases are left out of it.
        momentum: share of the last step carried into the next; 0 keeps no V.
        batch_size: examples averaged in one step.
    """

    learning_rate: float = 0.001
    l2: float = 0.0
    l1: float = 0.0
    momentum: float = 0.0
    batch_size: int = 1

    def step(self, A: Array, V: Array, gradient: Array) -> None:
        """Take one step in place.

        Args:
            A: weights and, as its last column, biases of a layer, shape (n_out, n_in + 1).
            V: its momentum, same shape; untouched without momentum.
            gradient: of the loss at ``A``, same shape; overwritten.
        """
        if self.momentum:
            V *= self.momentum
            V += gradient
            if self.l2:
                V += self.l2 * A
            A -= np.multiply(V, self.learning_rate, gradient)
        else:
            if self.l2:
                A *= 1.0 - self.learning_rate * self.l2
            gradient *= self.learning_rate
            A -= gradient
        if self.l1:
            W = A[:, :-1]
            threshold = self.learning_rate * self.l1
            W -= np.clip(W, -threshold, threshold, gradient[:, :-1])
