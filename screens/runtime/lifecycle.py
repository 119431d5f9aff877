"""How the interface begins and ends: what is set up once, what is tidied on the way, what is said after it."""

from __future__ import annotations

import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

from rich.console import RenderableType
from textual.app import ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.messages import ExitApp
from textual.worker import WorkerFailed

from engines import registry
from hw1_tui.crash import keep_crash
from hw1_tui.files.notice import say_once
from hw1_tui.signals import SIGNALS
from screens.one_shot import call_after
from screens.runtime.cached_stylesheet import CachedStylesheet
from screens.runtime.departure import Departure
from screens.runtime.end_notifier import EndNotifier
from screens.runtime.layout_requests import count_all
from screens.runtime.odd_bytes import take_odd_bytes
from screens.runtime.present_widgets import click_on_present_alone
from screens.runtime.terminal_guard import come_back_whole, end_on_signals
from screens.runtime.terminal_progress import TerminalProgress, write_to
from screens.runtime.tidying import SECONDS_BETWEEN, forget_gone
from screens.runtime.whole_letters import keep_whole
from screens.state.workspace_app import WorkspaceApp
from screens.theme import take_own

if TYPE_CHECKING:
    from hw1_tui.settings.preference import Preferences
    from screens.runtime.graphics_layer import GraphicsLayer

_SECONDS_OF_A_TURN = 0.001
"""A thread that trains waits so long for its turn while the interface draws: with Python's 5 ms epochs take longer."""
_SECONDS_BETWEEN_PROGRESS = 1.0
_LEFT_BEHIND = "Runs that trained are kept up to their last checkpoint; the next start offers to go on with them."


class Lifecycle(WorkspaceApp):
    """An app that begins in order and ends in order: by a person, by a signal or by a crash."""

    def __init__(self) -> None:
        super().__init__()
        self.departure = Departure(self)
        take_own(self)
        count_all()
        keep_whole()
        take_odd_bytes()
        click_on_present_alone()
        self.stylesheet = CachedStylesheet(variables=self.get_css_variables())
        self._progress = TerminalProgress(write_to(self))
        self._end_notifier = EndNotifier(self, write_to(self))
        self._graphics: GraphicsLayer | None = None

    def on_mount(self) -> None:
        """Set up what lasts as long as the interface; after the first frame, look for what there is to say."""
        sys.setswitchinterval(_SECONDS_OF_A_TURN)
        self.set_interval(SECONDS_BETWEEN, self.tidy)
        end_on_signals(self, self.departure.begin)
        if self._driver:
            come_back_whole(self, self._driver)
        if SIGNALS.number:  # came before there was a loop to hear it
            self.departure.begin(SIGNALS.number)
        self.preferences.follow()
        self._end_notifier.follow()
        self.preferences.changed.subscribe(self, self._follow_pictures)
        self._follow_pictures(self.preferences.values)
        self._progress.begin()
        self.set_interval(_SECONDS_BETWEEN_PROGRESS, self._show_progress)
        self._show_progress()
        self.call_after_refresh(self._look_around)
        if self.workspace.questions != self.preferences.values.questions:  # named on the command line: kept from now on
            self.preferences.change(questions=self.workspace.questions)

    def on_exit_app(self, event: ExitApp) -> None:
        """Leave as when a terminal goes away where a browser's tab did, of which Textual tells as if we had said so."""
        if not self._exit:
            event.prevent_default()
            self.departure.begin(signal.SIGHUP)

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Style a node again; one that is still being made is styled when it is mounted."""
        if node.parent is not None or node is self:
            super().update_styles(node, animate=animate)

    def _show_progress(self) -> None:
        self._progress.show(self.workspace.queue.runs)

    def _follow_pictures(self, values: Preferences) -> None:
        """Draw pictures as the settings say; what draws them in pixels is not there before it is asked for."""
        if values.pictures == (self._graphics.protocol if self._graphics else "blocks"):
            return
        if self._graphics is None:
            from screens.runtime.graphics_layer import GraphicsLayer, cell_size

            self._graphics = layer = GraphicsLayer(write_to(self), cell_size)
            self.app_resume_signal.subscribe(self, lambda _app: layer.forget())
        self._graphics.clear()
        self._graphics.protocol = values.pictures
        if why := self._graphics.why_not(self.size):
            self.notify(why, severity="warning")
        self.screen.refresh()  # its cells are what pixels lie over, or what takes their place

    def post_display_hook(self) -> None:
        """Draw pictures in pixels over the frame that was just drawn."""
        if self._graphics and self.is_running and self.screen_stack and self._graphics.draw(self.screen):
            call_after(self, 0.01, self.post_display_hook)

    def on_unmount(self) -> None:
        """Leave the terminal as it was."""
        if self._graphics:
            self._graphics.clear()
        self._progress.end()

    def _look_around(self) -> None:
        for passed_over in registry.passed_over():
            say_once(passed_over)
        from screens.state.run_source import look_for_interrupted

        look = partial(look_for_interrupted, self, lambda: self.workspace.store)
        self.run_worker(look, thread=True, exit_on_error=False)

    def tidy(self) -> None:
        """Forget the widgets that are gone, now and from time to time."""
        forget_gone(self, [self.workspace.queue, self.workspace.library, self.preferences])

    async def action_quit(self) -> None:
        """Leave; ask first while something trains, and take being asked twice for an answer."""
        from screens.dialogs.quit_dialog import QuitDialog

        if self.workspace.queue.is_idle:
            self.leave()
        elif isinstance(self.screen, QuitDialog):
            self.screen.action_stop()
        else:
            self.push_screen(QuitDialog())

    def action_help_quit(self) -> None:
        """Say which key leaves, to who pressed the one that ends other programs; Textual would say it in markup."""
        key = next((key for key, one in self.active_bindings.items() if one.binding.action.endswith("quit")), "")
        self.notify(f"{key} leaves the program; ctrl+c copies what is selected.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the way back to the shell only where there is one: none leads there from a browser."""
        if action == "suspend_process" and not (self._driver and self._driver.can_suspend):
            return False
        return super().check_action(action, parameters)

    def leave(self) -> None:
        """End because a person wants to, without waiting for Textual's reader of keys.

        The reader looks every tenth of a second whether it is to end, and then for another tenth whether keys are left,
        which are thrown away: two tenths in which the shell is not back yet. The process ends without it.
        """
        if driver := self._driver:
            driver._key_thread = None  # type: ignore[attr-defined]  # noqa: SLF001
        self.exit(0)

    def _handle_exception(self, error: Exception) -> None:
        """Let what a screen that is taken down misses end in silence: leaving is no crash.

        From then on Textual mounts nothing more, yet tells screens and widgets what was sent to them before.
        """
        leaving = self._exit or not self._running
        if not leaving or not isinstance(error, (NoMatches, NoScreen, ScreenStackError)):
            super()._handle_exception(error)

    def panic(self, *renderables: RenderableType) -> None:
        """End because Textual's reader of keys failed, which is told as any crash; a terminal that has gone is none."""
        from rich.traceback import Traceback  # whose imports would hold up the first frame

        stacks = [stack for one in renderables if isinstance(one, Traceback) for stack in one.trace.stacks]
        if stacks and not any(stack.exc_type == OSError.__name__ for stack in stacks):
            why = "; ".join(f"{stack.exc_type}: {stack.exc_value}" for stack in stacks)
            self._exception = self._exception or RuntimeError(f"the keys cannot be read: {why}")
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """End; what is to be said of it is said on the terminal once that is whole again."""
        self._close_messages_no_wait()

    @property
    def crash(self) -> BaseException | None:
        """What ended the interface that nobody expected; ``None`` where nothing did."""
        error = self._exception
        return error.error if isinstance(error, WorkerFailed) else error

    def last_words(self, crash: BaseException | None) -> list[str]:
        """Return what is to be said on the terminal, which is whole again, once the interface has ended.

        Args:
            crash: what ended it that nobody expected.
        """
        told = []
        if crash:
            from hw1_tui.runs.home import home_folder

            told = [keep_crash(crash, partial(home_folder, self.workspace.home), self.workspace.log)]
            if self.workspace.queue.pending:
                told.append(_LEFT_BEHIND)
        return [*told, *self.departure.words()]
