"""The Textual app: which main screens there are, which keys lead to them, and what all of them share.

Main screens are *modes* of the app, so each keeps its screen, and what was typed there, while another is shown. How a
screen is registered, gets its keys, its help and its palette commands is told in ``screens/__init__.py``.

The app owns one ``Workspace`` (``app.workspace``): the run being defined, the live runs, the data sets in memory, the
history. Threads never touch a widget: a live run tells the queue through a queue, and the queue tells the screens by
its ``changed`` signal, on the interface's own thread.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from hw1_tui.crash import keep_crash
from hw1_tui.settings import Given
from hw1_tui.signals import SIGNALS
from screens.main_screen import SCREENS, go_bindings, screen_of
from screens.runtime.contrast import ContrastFilter
from screens.runtime.departure import Departure
from screens.runtime.palette import ActionProvider, Palette
from screens.runtime.switchboard import Switchboard
from screens.runtime.terminal_guard import caught_output, end_on_signals, end_process, leave
from screens.runtime.tidying import SECONDS_BETWEEN
from screens.state.draft import Draft
from screens.state.library import Library
from screens.state.messages import LinePrinted
from screens.state.preference_store import PreferenceStore
from screens.state.run_queue import RunQueue
from screens.state.run_source import begun, look_for_interrupted
from screens.state.workspace import Size, Workspace

if TYPE_CHECKING:
    from hw1_tui.report.runs.request import Request
    from hw1_tui.runs import Store


_SECONDS_OF_A_TURN = 0.001
"""A thread that trains waits so long for its turn while the interface draws: with Python's 5 ms epochs take longer."""


_CRASHED = 1
"""The exit code of a program that failed."""


class Hw1App(Switchboard):
    """The interface.

    Args:
        start: the screen to open at: a command of the front door or a main screen's own name.
        given: values to fill into the form; already checked.
        derivation: D, K and the seed that the derivation begins with.
        home: folder of the history; the usual one by default.
        report: what the report is asked to do.
    """

    TITLE = "hw1-tui"
    CSS_PATH = "../screens/app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    COMMANDS = App.COMMANDS | {ActionProvider}
    MODES: ClassVar[Any] = {entry.name: entry.load for entry in SCREENS}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True, tooltip="Leave; asks while something trains."),
        Binding("ctrl+p", "command_palette", "More", id="app.palette", priority=True,
                tooltip="Every action by its name, those of other screens too."),
        Binding("q", "quit", "Quit", id="app.quit-short", show=False, tooltip="Leave; asks while something trains."),
        Binding("f1,question_mark", "help", "Help", id="app.help", tooltip="What this screen is for, and its keys."),
        Binding("escape", "back", "Back", id="app.back", show=False, tooltip="The screen you came from."),
        Binding("f12", "messages", "Messages", id="app.messages", show=False, tooltip="What was printed and noted."),
        *go_bindings(),
    ]  # fmt: skip

    def __init__(
        self,
        start: str = "train",
        given: Sequence[Given] = (),
        derivation: Size | None = None,
        home: Path | None = None,
        report: Request | None = None,
    ) -> None:
        # The mode that Textual opens with; otherwise it would make, style and lay out a blank screen before ours.
        self.DEFAULT_MODE = screen_of(start, bool(given))  # type: ignore[misc]
        super().__init__()
        self._visited: list[str] = []
        self._contrast = ContrastFilter()
        self.preferences = PreferenceStore(self)
        draft = Draft([*self.preferences.given(), *given])
        queue = RunQueue(self, begun(self._store), side_by_side=self.preferences.values.side_by_side)
        self.departure = Departure(self, queue)
        library = Library(self, lambda: {draft.data, *(live.config.data for live in [*queue.live, *queue.queued])})
        self.workspace = Workspace(draft, queue, library, home, derivation, report)

    def _store(self) -> Store:
        return self.workspace.store

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what lines go through before they are shown; colours that can be told apart come last."""
        return [*super().get_line_filters(), self._contrast]

    async def on_mount(self) -> None:
        """Open at the screen asked for; a terminal that goes away ends the program as one would wish."""
        sys.setswitchinterval(_SECONDS_OF_A_TURN)
        self.begin_capture_print(self)
        self.hear_failures()
        self.set_interval(SECONDS_BETWEEN, self.tidy)
        end_on_signals(self, self.departure.begin)
        if SIGNALS.number:  # came before there was a loop to hear it
            self.departure.begin(SIGNALS.number)
        self.preferences.follow()
        self.call_after_refresh(self._look_around)

    def _look_around(self) -> None:
        self.run_worker(partial(look_for_interrupted, self, self._store), thread=True, exit_on_error=False)

    def action_go(self, name: str) -> None:
        """Go to a main screen."""
        if name != self.current_mode and not self.screen.is_modal:
            self._visited.append(self.current_mode)
            self.switch_mode(name)

    async def action_back(self) -> None:
        """Go to the screen one came from."""
        if self._visited and not self.screen.is_modal:
            self.switch_mode(self._visited.pop())

    async def action_quit(self) -> None:
        """Leave; ask first while something trains, and take being asked twice for an answer."""
        from screens.dialogs.quit_dialog import QuitDialog

        if not (self.workspace.queue.live or self.workspace.queue.queued):
            leave(self)
        elif isinstance(self.screen, QuitDialog):
            self.screen.action_stop()
        else:
            self.push_screen(QuitDialog())

    def action_help(self) -> None:
        """Show the help of the screen one is at."""
        from screens.dialogs.help_dialog import HelpDialog

        self.push_screen(HelpDialog(self.screen))

    def action_command_palette(self) -> None:
        """Show every action by its name."""
        if not self.screen.is_modal:
            self.push_screen(Palette(id="--command-palette"))

    def action_messages(self) -> None:
        """Show what was printed."""
        from screens.dialogs.text_dialog import TextDialog

        self.push_screen(TextDialog("Messages", "\n".join(self.workspace.log) or "Nothing was printed so far."))


def run(command: str = "train", given: Sequence[Given] = (), **options: Any) -> NoReturn:
    """Open the interface; end the process with the program's exit code.

    Args:
        command: the screen to open at.
        given: values to fill in; already checked.
        options: others of ``Hw1App``.
    """
    gc.freeze()  # what was imported stays: looking through it for garbage would hold up the first frame, and later ones
    app = Hw1App(command, given, **options)
    crash: BaseException | None = None
    try:
        with SIGNALS.flagged(lambda: None), caught_output(lambda text: app.post_message(LinePrinted(text))):
            app.run()
    except Exception as error:
        crash = error
    if crash := app.crash or crash:
        _tell_crash(app, crash)
    for words in app.departure.words():
        print(words, file=sys.stderr)  # noqa: T201
    end_process(_CRASHED if crash else app.return_code or 0)


def _tell_crash(app: Hw1App, crash: BaseException) -> None:
    """Say on the terminal, which is whole again, what has ended the interface and what became of the runs."""
    from hw1_tui.runs.home import home_folder

    told = [keep_crash(crash, home_folder(app.workspace.home), app.workspace.log)]
    if app.workspace.queue.live or app.workspace.queue.queued:
        told.append("Runs that trained are kept up to their last checkpoint; the next start offers to go on with them.")
    sys.stderr.write("\n".join(told) + "\n")
