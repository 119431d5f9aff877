"""Where everything that happens outside of the screens arrives: what threads tell, what libraries print."""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from collections.abc import Awaitable, Sequence
from typing import Any

from textual import on
from textual.app import App
from textual.events import Event, Print
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.worker import Worker, WorkerState
from textual.worker_manager import WorkerManager

from hw1_tui.crash import in_a_line
from hw1_tui.files.notice import hear, stop_hearing
from hw1_tui.markup import visible
from hw1_tui.numeral import counted
from screens.runtime.input_order import InputOrder
from screens.runtime.lifecycle import Lifecycle
from screens.state.draft import in_short
from screens.state.messages import (
    BackgroundFailed,
    DatasetLoaded,
    DatasetRefused,
    InterruptedFound,
    LinePrinted,
    NoticeGiven,
    RunPassedOver,
    RunRefused,
    RunTold,
    SupplierTold,
)
from screens.widgets.contrast import ContrastFilter
from screens.widgets.filter_chain import FilterChain
from screens.widgets.plain import ControlCharacterFilter

_SECONDS_OF_A_NOTICE = 12.0
_MOST_NOTICES = 4


class _Notices(logging.Handler):
    """Hands on what is said of the whole session, from whichever thread."""

    def __init__(self, app: App[int]) -> None:
        super().__init__(logging.WARNING)
        self._app = app

    def emit(self, record: logging.LogRecord) -> None:
        self._app.post_message(NoticeGiven(record.getMessage()))


class _HeardWorkers(WorkerManager):
    """Workers whose failures reach the app, whichever screen or widget has started them.

    Textual tells the failure to the one that started it and to nobody else.
    """

    def _remove_worker(self, worker: Worker[Any]) -> None:
        super()._remove_worker(worker)
        if worker.state == WorkerState.ERROR and worker.error and not worker.exit_on_error:
            self._app.post_message(BackgroundFailed(worker.error))


class Switchboard(Lifecycle):
    """An app that hands on to its workspace what others tell it, on the interface's own thread."""

    def __init__(self) -> None:
        super().__init__()
        self._contrast = ContrastFilter()
        self._workers = _HeardWorkers(self)
        self._notices = _Notices(self)
        self._control_characters = ControlCharacterFilter()
        self._filter_chain = FilterChain(())
        self._input = InputOrder(self, super().on_event)

    async def on_event(self, event: Event) -> None:
        """Take what a person does one after the other; see ``screens.runtime.input_order``."""
        if InputOrder.is_input(event):
            await self._input.take(event)
        else:
            await super().on_event(event)

    def hold_keys_for(self, work: Awaitable[Any]) -> None:
        """Let the keys that come now wait for something that runs beside; see ``screens.runtime.input_order``."""
        self._input.hold_for(work)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what lines go through before they are shown; colours that can be told apart come last."""
        filters = (*super().get_line_filters(), self._control_characters, self._contrast)
        if filters != self._filter_chain.filters:
            self._filter_chain = FilterChain(filters)
        return [self._filter_chain]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002 - Textual's widgets ask for it by default, and messages name files and runs
    ) -> None:
        """Show a message as it is (nothing in it is markup), in place of an equal one that still stands."""
        text, heading = visible(message, keep_lines=True), visible(title)
        for standing in list(self._notifications):
            if (standing.message, standing.title, standing.severity) == (text, heading, severity):
                del self._notifications[standing]
        super().notify(text, title=heading, severity=severity, timeout=timeout, markup=False)

    def on_mount(self) -> None:
        """Let what is printed, and what fails in a thread or a task of its own, be told here."""
        self.begin_capture_print(self)
        asyncio.get_running_loop().set_exception_handler(self._take_task_failure)
        threading.excepthook = self._take_thread_failure

    def on_load(self) -> None:
        """Let what is said of the whole session be shown here, before any screen looks at the history."""
        hear(self._notices)

    def on_unmount(self) -> None:
        """Hear nothing any more."""
        self.workspace.queue.close()
        stop_hearing(self._notices)

    def _take_task_failure(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.post_message(BackgroundFailed(context.get("exception") or RuntimeError(context["message"])))

    def _take_thread_failure(self, raised: threading.ExceptHookArgs) -> None:
        if raised.exc_value and not isinstance(raised.exc_value, SystemExit):
            self.post_message(BackgroundFailed(raised.exc_value))

    def action_messages(self) -> None:
        """Show what was printed."""
        from screens.dialogs.text_dialog import TextDialog

        self.workspace.is_troubled = False
        self.push_screen(TextDialog("Messages", "\n".join(self.workspace.log) or "Nothing was printed so far."))

    @on(InterruptedFound)
    def _offer(self, message: InterruptedFound) -> None:
        """Ask which to go on with; who has begun to type something else is told, as ``enter`` would be an answer."""
        from screens.dialogs.interrupted_dialog import InterruptedDialog

        if self._input.has_begun:
            found = counted(len(message.records), "run")
            self.notify(f"{found} neither ended nor trains: status=interrupted in the filter under Runs finds such.")
        else:
            self.push_screen(InterruptedDialog(message.records))

    @on(RunTold)
    async def _hear(self, message: RunTold) -> None:
        self.workspace.queue.hear(message.live)
        await asyncio.sleep(0)  # the loop turns only where somebody waits, and runs may tell without end

    @on(SupplierTold)
    def _hear_supplier(self, message: SupplierTold) -> None:
        message.supplier.hear()

    @on(RunPassedOver)
    def _pass_over_run(self, message: RunPassedOver) -> None:
        self.workspace.queue.pass_over(message.live)
        if message.reason:
            self.workspace.note(message.reason)
            self.notify(message.reason, title="Not trained here", severity="warning", markup=False)

    @on(RunRefused)
    def _refuse_run(self, message: RunRefused) -> None:
        """Bring a run that cannot be trained back to the form that holds it."""
        live, workspace = message.live, self.workspace
        workspace.queue.drop(live)
        workspace.note(f"Not trained: {live.config.command()}\n{message.error}")
        workspace.draft.refuse(live.config, message.error)
        self.notify(in_short(message.error), title="Not trained", severity="error", markup=False)
        if self.current_mode == "training" and workspace.draft.refusals():
            self.action_go("hyperparameters")

    @on(DatasetLoaded)
    @on(DatasetRefused)
    def _keep_data(self, message: DatasetLoaded | DatasetRefused) -> None:
        self.workspace.library.keep(message.source, message.found, message.options)

    @on(BackgroundFailed)
    def _tell_failure(self, message: BackgroundFailed) -> None:
        self.workspace.is_troubled = True
        self.workspace.note("".join(traceback.format_exception(message.error)))
        text = f"Something failed in the background; f12 has the details. {in_a_line(message.error)}"
        self.notify(text, severity="error")

    @on(NoticeGiven)
    def _show_notice(self, message: NoticeGiven) -> None:
        self.workspace.note(message.text)
        if len(self._notifications) < _MOST_NOTICES:  # f12 has them all
            self.notify(message.text, severity="warning", markup=False, timeout=_SECONDS_OF_A_NOTICE)

    @on(Print)
    @on(LinePrinted)
    def _note(self, message: Print | LinePrinted) -> None:
        self.workspace.note(message.text)
