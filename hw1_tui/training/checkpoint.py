"""When a run's state is written, and which of its checkpoints stay.

**When.** A resumed run comes to the same bits again, so an epoch whose line stands in the log is never lost, however
old the checkpoint is; a newer one only saves training twice. So checkpoints may cost a twentieth of a run's time and
come twice a second at most: after an epoch when one is due, and inside an epoch of more than half a minute. A disk that
hung once does not put the next one off for hours: after ten minutes one is due whatever the last cost. Whatever
cannot be trained again is written at once: the end, a pause, a stop, a steered value, the state that a resumed or
branched run begins with, every Nth epoch on request, and the first state after the number of processor threads has
changed, which changes the last bits of all that follows.

**What can be lost.** Nothing that was said, if the process dies: it has been handed to the system. The log is brought
to the disk with each checkpoint, so the death of the machine costs what came after the last.

**Best.** The state of the epoch with the lowest validation loss waits in memory until the next checkpoint is written,
and is written before it: on disk the best of all epochs up to the last checkpoint is always there, or follows again
from the last.

**Which stay.** The last, the one before it to fall back on, the best, every Nth; over the budget the oldest of all runs
go, never a last or best one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.numeral import counted
from hw1_tui.runs import Checkpoint, CheckpointStore, DamagedError, Store
from hw1_tui.runs.log import Log
from hw1_tui.training.session import Session
from hw1_tui.training.session_state import read_session_state

_BEGINS_AGAIN = "The run begins again."

BUDGET = 10 << 30
"""Bytes that the checkpoints of all runs may take together."""

SHARE = 20
SECONDS_BETWEEN = 0.5
SECONDS_WITHIN = 30.0
_MOST_SECONDS_BETWEEN = 600.0
_SECONDS_BETWEEN_THINNING = 60.0  # it looks at the files of every run
_LOG_KEY = "log_size"


@dataclass(frozen=True)
class CheckpointOptions:
    """Which checkpoints are kept.

    Attributes:
        every: that of every Nth epoch, 0 for the last and the best; ``None`` for as before, of a new run as for 0.
        budget: bytes that those of all runs may take together.
    """

    every: int | None = None
    budget: int = BUDGET


DEFAULT_CHECKPOINTS = CheckpointOptions()


class Checkpointer:
    """Writes the checkpoints of one run.

    Args:
        session: whose state is kept.
        checkpoint_store: where.
        store: whose checkpoints share the budget.
        every: keep every Nth epoch; 0 keeps none beside last and best.
        budget: bytes that the checkpoints of all runs may take together; ``None`` where somebody else sees to it.
    """

    def __init__(
        self,
        session: Session,
        checkpoint_store: CheckpointStore,
        store: Store,
        every: int = 0,
        budget: int | None = BUDGET,
    ) -> None:
        self._session = session
        self._checkpoints = checkpoint_store
        self._store = store
        self._every = every
        self._budget = budget
        self._thinned = -float("inf")
        self._cost = 0.0
        self._threads = 0
        self._written = -float("inf")
        self._best: tuple[int, dict[str, Array]] | None = None

    def epoch_ended(self, epoch: int, log: Log) -> bool:
        """Write a checkpoint of the end of an epoch if one is due; return whether it was.

        Args:
            epoch: the epoch.
            log: the run's log up to here.

        Raises:
            EngineError: the trainer does not tell its state.
            OSError: the disk does not take it.
        """
        if self._session.best_epoch == epoch:
            self._best = epoch, self._state(log)
        is_asked_for = self._every and epoch % self._every == 0
        if is_asked_for or self._session.threads != self._threads or self._is_due(SECONDS_BETWEEN):
            return self.write(log)
        return False

    def progressed(self, log: Log) -> bool:
        """Write a checkpoint inside an epoch if one is due; return whether it was.

        Raises:
            EngineError: the trainer does not tell its state.
            OSError: the disk does not take it.
        """
        if self._session.threads != self._threads or self._is_due(SECONDS_WITHIN):
            return self.write(log)
        return False

    def _is_due(self, seconds: float) -> bool:
        return time.perf_counter() - self._written >= max(seconds, min(SHARE * self._cost, _MOST_SECONDS_BETWEEN))

    def write(self, log: Log) -> bool:
        """Bring the log to the disk and write the state as it is now, the best before it if that waits.

        Returns:
            ``True``: it was written.

        Raises:
            EngineError: the trainer does not tell its state.
            OSError: the disk does not take it.
        """
        start = time.perf_counter()
        try:
            log.sync()
            state = self._state(log)
            own = read_session_state(state)
            if self._best and (own["examples"] or self._best[0] != own["epoch"]):
                self._checkpoints.write(self._best[0], 0, self._best[1])
            self._checkpoints.write(own["epoch"], own["examples"], state)
            self._best = None
            self._threads = own["threads"]
            self._clear(own["best_epoch"])
        finally:  # a disk that is full is not asked more often either
            self._written = time.perf_counter()
            self._cost = self._written - start
        return True

    def _state(self, log: Log) -> dict[str, Array]:
        return {**self._session.state(), _LOG_KEY: np.array(log.size)}

    def _clear(self, best_epoch: int | None) -> None:
        """Remove what no longer has to stay."""
        for checkpoint in self._checkpoints.checkpoints()[:-2]:
            at_end = not checkpoint.examples
            stays = checkpoint.epoch == best_epoch or (self._every and checkpoint.epoch % self._every == 0)
            if not (at_end and stays):
                checkpoint.path.unlink(missing_ok=True)
        self._checkpoints.sweep()
        if time.perf_counter() - self._thinned >= _SECONDS_BETWEEN_THINNING:
            self.thin()

    def thin(self) -> None:
        """Bring the checkpoints of all runs under the budget."""
        if self._budget is not None:
            self._store.thin(self._budget)
        self._thinned = time.perf_counter()


def read_state(checkpoint: Checkpoint) -> dict[str, Array]:
    """Return the arrays of a checkpoint, which are a session's state.

    Raises:
        DamagedError: it cannot be read, or is sound and holds something else.
    """
    state = checkpoint.read()
    try:
        own = read_session_state(state)
        log_size(state)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise DamagedError(f"it does not hold the state of a run: {error}") from error
    if (own["epoch"], own["examples"]) != (checkpoint.epoch, checkpoint.examples):
        raise DamagedError(f"it is of epoch {own['epoch']}, as its name does not say")
    return state


def log_size(state: Mapping[str, Array]) -> int:
    """Return how long the log was when a state was kept.

    Raises:
        KeyError: the state does not say.
        ValueError: it says nonsense.
    """
    size = int(state[_LOG_KEY])
    if size < 0:
        raise ValueError(f"the log had {size} bytes")
    return size


def describe_every(every: int, epochs: int) -> str:
    """Return a sentence where checkpoints so many epochs apart are none beside the last; empty where they are some."""
    if not epochs or every < epochs:
        return ""
    return f"checkpoint-every has no effect: the run has {counted(epochs, 'epoch')}, and the last is kept anyway."


def describe_damage(damaged: list[Checkpoint], used: Checkpoint | None, epochs_done: int = 0) -> str:
    """Return what is said of checkpoints that could not be read or are gone; empty where nothing is missing.

    Args:
        damaged: those that cannot be read.
        used: the newest that can.
        epochs_done: of the run, as its log tells.
    """
    if not damaged:
        is_gone = used is None and epochs_done
        return f"No checkpoint of this run is left. {_BEGINS_AGAIN}" if is_gone else ""
    places = " and ".join(checkpoint.place for checkpoint in damaged)
    continuation = f"The run goes on from the one of {used.place}." if used else _BEGINS_AGAIN
    return f"The checkpoint of {places} is damaged. {continuation}"
