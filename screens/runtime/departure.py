"""Leaving because a signal says so: what trains is stopped and kept first, as when a person leaves."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from hw1_tui.exit_code import of_signal
from hw1_tui.signals import SECONDS_OF_ONE_REQUEST
from screens.one_shot import call_after
from screens.state.workspace_app import WorkspaceApp

if TYPE_CHECKING:
    from screens.state.live_run import LiveRun

_SECONDS = 8.0
"""So long a run may take to end: docker and systemd kill what is still there after ten or more."""


class Departure:
    """The way out of the interface that a signal takes. Every method belongs to the interface's thread.

    Args:
        app: what is left; its runs are stopped.

    Attributes:
        last_resort: called with the exit code when the app is told to end, for the case that it does not.
    """

    def __init__(self, app: WorkspaceApp) -> None:
        self._app = app
        self.last_resort: Callable[[int], object] = lambda _code: None
        self._number, self._asked = 0, 0.0
        self._stopped: list[LiveRun] = []

    def begin(self, number: int) -> None:
        """Stop every run, and end the app when the last has ended; at once when asked again.

        Args:
            number: of the signal.
        """
        if self._number:
            # A terminal that has gone is told of by its kernel, by its shell and by every look for it.
            is_again = number != signal.SIGHUP and time.monotonic() - self._asked >= SECONDS_OF_ONE_REQUEST
            if is_again:
                self._number = number
                self._exit()
            return
        self._number, self._asked = number, time.monotonic()
        queue = self._app.workspace.queue
        self._stopped = queue.live
        queue.changed.subscribe(self._app, lambda _run: self._look())
        call_after(self._app, _SECONDS, self._exit)
        queue.stop_all()
        self._look()

    def words(self) -> list[str]:
        """Return what is to be said on the terminal of the runs that were stopped."""
        ended = [live for live in self._stopped if live.ended and live.ended.status == "stopped" and live.run_id]
        from hw1_tui.runs.home import home_option  # not for the first frame

        home = home_option(self._app.workspace.store.home) if ended else ""
        return [f"hw1-tui runs resume {live.run_id}{home} goes on with what was stopped." for live in ended]

    def _look(self) -> None:
        if self._app.workspace.queue.is_idle:
            self._exit()

    def _exit(self) -> None:
        code = of_signal(self._number)
        self.last_resort(code)
        self._app.exit(return_code=code)
