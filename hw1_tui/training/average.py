"""Stochastic weight averaging: the model is the mean of the weights at ends of epochs; training goes on from the last.

    mean <- mean + (W - mean) / (n + 1)    after an epoch, n of which are in the mean

(Izmailov et al. 2018, algorithm 1). The networks here have no batch normalization, so nothing has to be measured anew
for the mean. While an epoch is trained the trainer has the weights that are trained, and between epochs the mean, so
that whoever measures, keeps or looks into the model then finds the mean where any model is found. The other of the two
lies aside meanwhile, and in a checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.contract import Array, EngineError, Trainer
from engines.inspection import Settable
from hw1_tui.settings import RunConfig
from hw1_tui.training.session_state import read_session_state

_PREFIX = "aside."
"""Begins the names of the weights aside among the arrays of a session's state."""


class WeightAverage:
    """The mean of a trainer's weights, empty at first.

    Args:
        trainer: whose weights.

    Attributes:
        count: how many epochs are in the mean.
        is_shown: whether the trainer has the mean, and the weights that are trained lie aside.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._aside: dict[str, Array] = {}
        self.count = 0
        self.is_shown = False

    def check(self, config: RunConfig) -> None:
        """See that the weights can be set, where an average is asked for.

        Raises:
            EngineError: the engine lets nobody set them.
        """
        if config.hyperparameters["average_from"] and not isinstance(self._trainer, Settable):
            sentence = f"{config.model} of the {config.engine} engine lets nobody set its weights: none can be averaged"
            raise EngineError(sentence, "average_from")

    def epoch_ended(self, epoch: int, config: RunConfig) -> None:
        """Take the weights that an epoch ended with into the mean and show it, or forget the mean, as it is set."""
        if 0 < config.hyperparameters["average_from"] <= epoch:
            self._add()
        else:
            self._aside, self.count = {}, 0

    def _add(self) -> None:
        trained = _copied(self._trainer)
        mean = self._aside or trained
        self.count += 1
        self._aside = {name: mean[name] + (W - mean[name]) / W.dtype.type(self.count) for name, W in trained.items()}
        self._swap()

    def show(self) -> None:
        """Let the trainer have the mean, where there is one."""
        if self._aside and not self.is_shown:
            self._swap()

    def hide(self) -> None:
        """Let the trainer have the weights that are trained."""
        if self.is_shown:
            self._swap()

    def _swap(self) -> None:
        aside, self._aside = self._aside, _copied(self._trainer)
        assert isinstance(self._trainer, Settable)  # noqa: S101 - there is a mean, so it was checked
        self._trainer.set_parameters(aside)
        self.is_shown = not self.is_shown

    def state(self) -> dict[str, Array]:
        """Return what lies aside, as arrays of a session's state."""
        return {f"{_PREFIX}{name}": array.copy() for name, array in self._aside.items()}

    def load(self, state: Mapping[str, Array], count: int, is_shown: bool) -> None:
        """Take over what another left; the trainer has taken over its own part already.

        Args:
            state: a session's state.
            count: that one's ``count``.
            is_shown: that one's ``is_shown``.

        Raises:
            EngineError: the weights aside are not those of such a model.
        """
        self._aside = {name.removeprefix(_PREFIX): W for name, W in state.items() if name.startswith(_PREFIX)}
        live = self._trainer.parameters()
        if {name: W.shape for name, W in self._aside.items()} != {name: W.shape for name, W in live.items() if count}:
            raise EngineError("the weights that lie beside those of the model have other names or shapes")
        self.count, self.is_shown = count, is_shown and count > 0


def show_average(trainer: Trainer, state: Mapping[str, Array]) -> int:
    """Let a trainer that has taken over its part of a session's state have the average, if that lies aside there.

    It does inside an epoch.

    Returns:
        How many epochs are in the average; 0 where there is none.

    Raises:
        EngineError: the weights aside are not those of such a model.
    """
    own, average = read_session_state(state), WeightAverage(trainer)
    average.load(state, own.get("averaged", 0), own.get("is_average", False))
    average.show()
    return average.count


def _copied(trainer: Trainer) -> dict[str, Array]:
    return {name: np.array(array) for name, array in trainer.parameters().items()}
