"""Who takes the steps of a session: its own thread, unless whoever runs it has set another for that thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar

from engines.contract import Engine, Evaluation, Progress, SplitName, Trainer
from hw1_tui.training.control import Control


class Stepper:
    """Takes the steps of one session and measures its model, in the thread that asks.

    Attributes:
        engine: what made the trainer.
        trainer: the model.
    """

    engine: Engine
    trainer: Trainer

    def join(self, engine: Engine, trainer: Trainer) -> None:
        """Begin with a trainer of an engine; everything else is asked afterwards."""
        self.engine, self.trainer = engine, trainer

    def epoch(self) -> Iterator[Progress]:
        """Train an epoch; see ``Trainer.epoch``."""
        return self.trainer.epoch()

    def evaluate(self, split: SplitName) -> Evaluation:
        """Measure the model; see ``Trainer.evaluate``."""
        return self.trainer.evaluate(split)

    def changed(self) -> None:
        """Hear that the trainer was adjusted, which may be in the middle of an epoch."""

    def away(self, control: Control) -> AbstractContextManager[None]:
        """Return a context in which the session waits, and asks for nothing, while its control says so."""
        del control  # nobody is kept waiting
        return nullcontext()

    def leave(self) -> None:
        """Hear that the session is over and asks for nothing any more."""

    def clock(self) -> float:
        """Return a time in seconds that passes as the session's share of the processor does."""
        return time.perf_counter()


STEPPER: ContextVar[Stepper | None] = ContextVar("STEPPER", default=None)
"""Who takes the steps of the sessions that are made in this context. An executor sets it in the thread in which it
opens a job, so that those who open jobs need not know of it."""
