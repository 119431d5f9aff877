"""Where everything that happens outside of the screens arrives: what threads tell, what libraries print."""

from __future__ import annotations

import traceback

from textual import on
from textual.app import App
from textual.events import Print
from textual.worker import Worker, WorkerState

from screens.desk import Desk
from screens.messages import DatasetLoaded, DatasetRefused, InterruptedFound, LineStrayed, RunTold


class Switchboard(App[int]):
    """An app that hands on to its desk what others tell it, on the interface's own thread.

    Attributes:
        desk: what all screens share.
    """

    desk: Desk

    @on(InterruptedFound)
    def _offer(self, message: InterruptedFound) -> None:
        from screens.interrupted_dialog import InterruptedDialog

        self.push_screen(InterruptedDialog(message.records))

    @on(RunTold)
    def _hear(self, message: RunTold) -> None:
        self.desk.bench.hear(message.live)

    @on(DatasetLoaded)
    @on(DatasetRefused)
    def _keep_data(self, message: DatasetLoaded | DatasetRefused) -> None:
        self.desk.library.keep(message.source, message.found)

    @on(Worker.StateChanged)
    def _notice_failure(self, event: Worker.StateChanged) -> None:
        if event.state == WorkerState.ERROR:
            self.desk.note("".join(traceback.format_exception(event.worker.error)))
            self.notify("Something failed in the background; f12 has the details.", severity="error")

    @on(Print)
    @on(LineStrayed)
    def _note(self, message: Print | LineStrayed) -> None:
        self.desk.note(message.text)
