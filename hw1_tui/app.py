"""The Textual app: which main screens there are, which keys lead to them, and what all of them share.

Main screens are *modes* of the app, so each keeps its screen, and what was typed there, while another is shown. How a
screen joins the program is told in ``screens/__init__.py``; what works whichever is shown lies in ``screens.runtime``.

The app owns one ``Workspace`` (``app.workspace``): the run being defined, the live runs, the data sets in memory, the
history. Threads never touch a widget: a live run tells the queue through a queue, and the queue tells the screens by
its ``changed`` signal, on the interface's own thread.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from textual.binding import Binding, BindingType
from textual.screen import Screen

from hw1_tui.exit_code import FAILED
from hw1_tui.settings import Given
from hw1_tui.signals import SIGNALS
from screens.runtime.garbage import RareSearches
from screens.runtime.navigation import Navigation, action_provider
from screens.runtime.terminal_guard import caught_output, end_process, end_process_soon
from screens.state.draft import Draft
from screens.state.entry import Entry, go_bindings
from screens.state.library import Library
from screens.state.messages import LinePrinted
from screens.state.preference_store import PreferenceStore
from screens.state.run_queue import RunQueue
from screens.state.workspace import Size, Workspace

if TYPE_CHECKING:
    from hw1_tui.report.runs.request import Request
    from hw1_tui.training.remote.workers import Workers

SCREENS = (
    Entry("model", "Model", "screens.model:ModelScreen", "Train"),
    Entry("hyperparameters", "Hyperparameters", "screens.hyperparameter:HyperparameterScreen", "Train", "Hyper"),
    Entry("training", "Training", "screens.training:TrainingScreen", "Train"),
    Entry("sweep", "Sweep", "screens.sweep:SweepScreen", "Train"),
    Entry("runs", "Runs", "screens.runs:RunsScreen", "Runs"),
    Entry("inspection", "Inside", "screens.inspection:InspectionScreen", "Runs", command="inspect"),
    Entry("derivation", "Derivation", "screens.derivation:DerivationScreen", "Report", "Derive", command="derive"),
    Entry("report", "Report", "screens.report:ReportScreen", "Report"),
    Entry("data", "Data", "screens.data:DataScreen", "Data"),
    Entry("settings", "Settings", "screens.preference:PreferenceScreen", "Data"),
)
"""Every main screen in the order of the bar; the first has the keys ``1`` and ``f2``."""


class Hw1App(Navigation):
    """The interface.

    Args:
        start: the screen to open at: a command of the front door or a main screen's own name.
        given: values to fill into the form; already checked.
        derivation: D, K and the seed that the derivation begins with.
        home: folder of the history; the usual one by default.
        report: what the report is asked to do.
        seeds: with how many seeds the form's run is trained.
        inspected: the run to look inside, and one beside it; the newest by default.
        questions: the questions file whose runs and questions are shown, now and from now on; the last one by default.
        workers: who train the runs; threads of this process by default.
    """

    TITLE = "hw1-tui"
    CSS_PATH = "../screens/app.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    COMMANDS: ClassVar[Any] = {action_provider}  # which has Textual's own
    MAIN_SCREENS = SCREENS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True, tooltip="Leave; asks while something trains."),
        Binding("ctrl+p", "command_palette", "More", id="app.palette", priority=True,
                tooltip="Every action by its name, those of other screens too."),
        Binding("q", "quit", "Quit", id="app.quit-short", show=False, tooltip="Leave; asks while something trains."),
        Binding("f1,question_mark", "help", "Help", id="app.help", tooltip="What this screen is for, and its keys."),
        Binding("escape", "back", "Back", id="app.back", show=False, tooltip="The screen you came from."),
        Binding("ctrl+z", "suspend_process", "To the shell", id="app.suspend", show=False,
                tooltip="Back to the shell until its fg; what trains waits meanwhile."),
        Binding("f12", "messages", "Messages", id="app.messages", show=False, tooltip="What was printed and noted."),
        *go_bindings(SCREENS),
    ]  # fmt: skip

    def __init__(
        self,
        start: str = "train",
        given: Sequence[Given] = (),
        derivation: Size | None = None,
        home: Path | None = None,
        report: Request | None = None,
        seeds: int = 1,
        inspected: tuple[str, ...] = (),
        questions: str = "",
        workers: Workers | None = None,
    ) -> None:
        # The mode that Textual opens with; otherwise it would make, style and lay out a blank screen before ours.
        named = next((entry.name for entry in SCREENS if start in (entry.name, entry.command)), "")
        self.DEFAULT_MODE = named or ("hyperparameters" if given or seeds > 1 else "model")  # type: ignore[misc]
        self.MODES = {entry.name: entry.load for entry in SCREENS if entry.name != self.DEFAULT_MODE}  # type: ignore[misc]
        super().__init__()
        self.preferences = PreferenceStore(self, lambda before, now: self.workspace.follow(before, now))
        draft = Draft([*self.preferences.given(), *given], seeds)
        beside = self.preferences.values.side_by_side
        queue = RunQueue(self, lambda job, control: self.workspace.open_job(job, control), side_by_side=beside,
                         workers=workers)  # fmt: skip
        library = Library(self, lambda: self.workspace.data_in_use)
        self.workspace = Workspace(draft, queue, library, home, derivation, report, inspected=inspected)
        self.workspace.questions = questions or self.preferences.values.questions

    def get_default_screen(self) -> Screen[Any]:
        """Return the screen that the program opens at, which is a mode from then on.

        As Textual's default screen it is drawn as soon as it stands. As the first screen of a mode it would be styled
        once more before, and what is drawn while the app still starts would be thrown away.
        """
        opening = next(entry for entry in SCREENS if entry.name == self.DEFAULT_MODE)
        self.add_mode(opening.name, opening.load)
        screen = opening.load()
        self.stylesheet.read_all(screen.css_path)
        self.stylesheet.reparse()
        return screen


def run(command: str = "train", given: Sequence[Given] = (), **options: Any) -> NoReturn:
    """Open the interface; end the process with the program's exit code.

    Args:
        command: the screen to open at.
        given: values to fill in; already checked.
        options: others of ``Hw1App``.
    """
    RareSearches()
    app = Hw1App(command, given, **options)
    app.departure.last_resort = end_process_soon
    crash: BaseException | None = None
    try:
        with SIGNALS.flagged(lambda: None), caught_output(lambda text: app.post_message(LinePrinted(text))):
            app.run()
    except Exception as error:
        crash = error
    for words in app.last_words(crash := app.crash or crash):
        print(words, file=sys.stderr)  # noqa: T201
    end_process(FAILED if crash else app.return_code or 0)
