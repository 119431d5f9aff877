"""The control of a run that trains in another thread: pause, step, stop, steer."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from engines.contract import Value


class Control:
    """What a front end holds of a run. Every method may be called from any thread and returns at once.

    The session asks it between steps; nothing here touches the model.
    """

    def __init__(self, *, paused: bool = False) -> None:
        self._changed = threading.Condition()
        self._paused = paused
        self._stopping = False
        self._steps = 0
        self._changes: dict[str, Value] = {}

    @property
    def stopping(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stopping

    @property
    def paused(self) -> bool:
        """Whether the run was asked to wait."""
        return self._paused

    @property
    def steps(self) -> int:
        """How many epochs it was asked to train before it waits."""
        return self._steps

    def pause(self) -> None:
        """Let the run wait, also in the middle of an epoch."""
        with self._changed:
            self._paused, self._steps = True, 0

    def resume(self) -> None:
        """Let the run go on."""
        with self._changed:
            self._paused, self._steps = False, 0
            self._changed.notify_all()

    def step(self) -> None:
        """Let the run train to the end of one epoch and wait there; asking again adds one."""
        with self._changed:
            self._paused = True
            self._steps += 1
            self._changed.notify_all()

    def ask_to_stop(self) -> None:
        """End the run as ``stop`` does, for a signal's handler: takes no lock, and wakes nobody who is paused."""
        self._stopping = True

    def stop(self) -> None:
        """End the run after the current step, what was reached being kept."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def steer(self, changes: Mapping[str, Value]) -> None:
        """Change hyperparameters from the next step on; the values have been checked against the table."""
        with self._changed:
            self._changes.update(changes)
            self._changed.notify_all()

    # The session's side.

    def take_changes(self) -> dict[str, Value]:
        """Return the changes asked for since the last call."""
        with self._changed:
            changes, self._changes = self._changes, {}
            return changes

    def must_wait(self) -> bool:
        """Whether the session has to wait before it goes on."""
        return self._paused and not self._steps and not self._stopping

    def wait(self) -> None:
        """Wait until the run may go on, must stop, or has changes to take."""
        with self._changed:
            self._changed.wait_for(lambda: not self.must_wait() or bool(self._changes))

    def epoch_ended(self) -> None:
        """Count down the epochs that were asked for one at a time."""
        with self._changed:
            self._steps = max(0, self._steps - 1)
