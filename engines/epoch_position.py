"""Where a trainer stands in its epoch: the order of the examples, how many are done, and their losses."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.contract import Array, Progress


class EpochPosition:
    """A place in an epoch over n examples.

    Attributes:
        order: the examples of this epoch in their order, int64, (n,).
        position: how many of them are done; 0 between two epochs.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self.order: Array = np.empty(0, np.int64)
        self.position = 0
        self._steps = 0
        self._loss_sum = 0.0

    def begin(self, rng: np.random.Generator) -> None:
        """Draw a fresh order, unless an epoch was begun and is not done."""
        if not self.position:
            self.order = rng.permutation(self._n)
            self._steps, self._loss_sum = 0, 0.0

    def next(self, size: int) -> slice:
        """Return where in the order the next examples stand, at most ``size`` of them."""
        return slice(self.position, self.position + size)

    def count(self, examples: int, loss: float, steps: int = 1) -> None:
        """Note that some examples are done; after the last of them the place is between two epochs.

        Args:
            examples: how many.
            loss: the loss of the step on them, mean per example of its batch; of several steps the sum of theirs.
            steps: the number of steps that they took.
        """
        self.position = (self.position + examples) % self._n
        self._steps += steps
        self._loss_sum += loss

    @property
    def progress(self) -> Progress:
        """How far the epoch is; all examples where it has just ended."""
        return Progress(self.position or self._n, self._loss_sum / self._steps)

    def goes_on_like(self, other: EpochPosition) -> bool:
        """Return whether both are at the same place, with the same examples before them."""
        same_order = not self.position or np.array_equal(self.order, other.order)
        return self.position == other.position and same_order

    def state(self) -> dict[str, Array]:
        """Return copies of what the rest of the epoch depends on."""
        within = self.position > 0
        return {
            "order": self.order.copy() if within else np.empty(0, np.int64),
            "place": np.array([self.position, self._steps if within else 0]),
            "loss_sum": np.array(self._loss_sum if within else 0.0),
        }

    def load(self, state: Mapping[str, Array]) -> None:
        """Take over what ``state`` gave."""
        self.order = np.array(state["order"])
        self.position, self._steps = state["place"].tolist()
        self._loss_sum = float(state["loss_sum"])
