"""Tells who looks elsewhere that a run has ended, or that the coach warns, as the settings say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hw1_tui.settings.end_command import split_command
from screens.state.messages import NoticeGiven
from screens.state.workspace_app import WorkspaceApp

if TYPE_CHECKING:
    from hw1_tui.training.notification import Notification


class EndNotifier:
    """Sends the terminal a sign, and runs the program. Its public methods belong to the interface's thread.

    Args:
        app: whose runs and settings they are.
        write: writes to the terminal.
    """

    def __init__(self, app: WorkspaceApp, write: Callable[[str], object]) -> None:
        self._app = app
        self._write = write

    def follow(self) -> None:
        """Listen to the runs from now on."""
        self._app.workspace.queue.notified.subscribe(self._app, self._tell)

    def _tell(self, notification: Notification) -> None:
        """Tell; of runs that finish one after the other the terminal is told of the last."""
        values = self._app.preferences.values
        is_awaited = notification.status != "finished" or not self._app.workspace.queue.pending
        if is_awaited and (sequence := notification.sequence(values.notify)):
            self._write(sequence)
        if words := split_command(values.on_end):
            # Not a worker: a program that never ends would take the place of one that reads the history.
            threading.Thread(target=self._run, args=(words, notification), name="on-end", daemon=True).start()

    def _run(self, words: Sequence[str], notification: Notification) -> None:
        from hw1_tui.training.notification import describe_trouble, start_command  # with the first run that ends

        outcome: int | OSError
        try:
            outcome = start_command(words, notification, self._app.workspace.store.home, silent=True).wait()
        except OSError as error:
            outcome = error
        if trouble := describe_trouble(words[0], outcome):
            self._app.post_message(NoticeGiven(f"On end: {trouble}"))
