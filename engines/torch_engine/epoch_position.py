"""Where a trainer stands in its epoch: the order of the examples, how many are done, and their losses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from engines.contract import Array, Progress


class EpochPosition:
    """A place in an epoch over n examples.

    Attributes:
        order: the examples of this epoch in their order, int64, (n,).
        position: how many of them are done; 0 between two epochs.
    """

    def __init__(self, n: int, device: torch.device) -> None:
        self._n = n
        self._device = device
        self.order = torch.empty(0, dtype=torch.int64, device=device)
        self.position = 0
        self._steps = 0
        self._loss_sum = 0.0

    def begin(self, rng: np.random.Generator) -> None:
        """Draw a fresh order, unless an epoch was begun and is not done."""
        if not self.position:
            self.order = torch.from_numpy(rng.permutation(self._n)).to(self._device)
            self._steps, self._loss_sum = 0, 0.0

    def batch(self, size: int) -> Tensor:
        """Return the next examples, at most ``size`` of them."""
        return self.order[self.position : self.position + size]

    def count(self, examples: int, loss: float) -> None:
        """Note a step on so many examples; after the last of them the place is between two epochs."""
        self.position = (self.position + examples) % self._n
        self._steps += 1
        self._loss_sum += loss

    @property
    def progress(self) -> Progress:
        """How far the epoch is; all examples where it has just ended."""
        return Progress(self.position or self._n, self._loss_sum / self._steps)

    def state(self) -> dict[str, Array]:
        """Return copies of what the rest of the epoch depends on."""
        within = self.position > 0
        return {
            "order": self.order.cpu().numpy().copy() if within else np.empty(0, np.int64),
            "place": np.array([self.position, self._steps if within else 0]),
            "loss_sum": np.array(self._loss_sum if within else 0.0),
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what ``state`` gave."""
        self.order = torch.from_numpy(np.array(state["order"])).to(self._device)
        self.position, self._steps = state["place"].tolist()
        self._loss_sum = float(state["loss_sum"])
