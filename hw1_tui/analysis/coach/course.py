"""A run so far, as the rules of the coach see it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from hw1_tui.diagnostics import Diagnostics, LayerDiagnostics
from hw1_tui.metric import EpochMetrics
from hw1_tui.settings import RunConfig

MEAN = 5
"""Validation losses in a row whose mean is compared: one epoch may be good by luck."""


@dataclass
class Column:
    """A metric after each trained epoch so far. What is asked of all of it is kept, as every epoch asks again.

    Attributes:
        values: by epoch; empty where one is missing.
        best: the place of the lowest, the first of equals.
        lowest_mean: the lowest mean of ``MEAN`` in a row; ``None`` where there are fewer.
        is_whole: whether none is missing.
    """

    values: list[float] = field(default_factory=list)
    best: int = 0
    lowest_mean: float | None = None
    is_whole: bool = True

    def add(self, value: float | None) -> None:
        """Take the value after the next epoch."""
        if value is None or not self.is_whole:
            self.is_whole, self.values = False, []
            return
        self.values.append(value)
        if value < self.values[self.best]:
            self.best = len(self.values) - 1
        if len(self.values) >= MEAN:
            mean = sum(self.values[-MEAN:]) / MEAN
            if self.lowest_mean is None or mean < self.lowest_mean:
                self.lowest_mean = mean


@dataclass
class Course:
    """What is known of a run up to an epoch; nothing of what came later, and nothing of the test split.

    Attributes:
        config: the run as steered so far.
        n_train: number of training examples.
        n_val: number of validation examples.
        n_classes: number of classes; 0 for a regression.
        epochs: what was measured, in order; the first is the untrained model unless the run was branched.
        inside: what was so inside the model, by epoch.
        status: how it ended; empty while it trains.
    """

    config: RunConfig
    n_train: int
    n_val: int
    n_classes: int
    epochs: list[EpochMetrics] = field(default_factory=list)
    inside: dict[int, Diagnostics] = field(default_factory=dict)
    status: str = ""
    _columns: dict[str, Column] = field(default_factory=dict)
    _taken: dict[str, int] = field(default_factory=dict)

    @property
    def epoch(self) -> int:
        """The newest epoch."""
        return self.epochs[-1].epoch

    @property
    def chance(self) -> float | None:
        """The loss ln K of who gives every class the same chance; ``None`` where the loss is no cross-entropy."""
        return math.log(self.n_classes) if self.n_classes > 1 and self.config.spec.loss == "cross-entropy" else None

    @property
    def now(self) -> Diagnostics | None:
        """What is so inside the model after the newest epoch."""
        return self.inside.get(self.epoch)

    @property
    def hidden(self) -> tuple[LayerDiagnostics, ...]:
        """The hidden layers after the newest epoch; empty where nobody looked."""
        return self.now.layers[:-1] if self.now else ()

    @property
    def start_loss(self) -> float | None:
        """The loss of the untrained model on the training split."""
        first = self.epochs[0]
        return None if first.epoch else first["train_eval_loss"]

    @property
    def train_loss(self) -> float | None:
        """The training loss in evaluation mode after the newest epoch; of a few examples where it was not measured.

        Where nobody looked inside either it is that of the epoch as it was trained; with dropout that says nothing.
        """
        return self._train_loss_after(self.epochs[-1])

    def has_fallen(self, epochs: int, share: float) -> bool:
        """Return whether that loss fell by a share or more in each of the last so many epochs."""
        losses = [self._train_loss_after(metrics) for metrics in self.epochs[-epochs - 1 :]]
        pairs = itertools.pairwise(math.nan if loss is None else loss for loss in losses)
        return len(losses) > epochs and all(after <= (1 - share) * before for before, after in pairs)

    def _train_loss_after(self, metrics: EpochMetrics) -> float | None:
        measured, inside = metrics["train_eval_loss"], self.inside.get(metrics.epoch)
        if measured is None and inside:
            return inside.loss
        return metrics["train_loss"] if measured is None and not self.setting("dropout") else measured

    def precede(self, epochs: Sequence[EpochMetrics]) -> None:
        """Take epochs that came before those that are known, as of a run that goes on."""
        self.epochs[:0] = epochs
        self._columns.clear()
        self._taken.clear()

    def column(self, name: str) -> Column:
        """Return a metric after each trained epoch of this run."""
        column = self._columns.setdefault(name, Column())
        for epoch in self.epochs[self._taken.get(name, 0) :]:
            if epoch.epoch:
                column.add(epoch[name])
        self._taken[name] = len(self.epochs)
        return column

    def values(self, name: str) -> list[float]:
        """Return a metric after each trained epoch of this run, to be read; empty where it is missing after one."""
        return self.column(name).values

    def setting(self, name: str) -> float:
        """Return a hyperparameter that is a number; 0 where the model takes none."""
        return float(self.config.hyperparameters.get(name) or 0.0)

    @property
    def updates(self) -> int:
        """Steps that all planned epochs take."""
        return self.config.epochs * math.ceil(self.n_train / int(self.config.hyperparameters.get("batch_size", 1)))
