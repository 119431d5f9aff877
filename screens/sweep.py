"""Sweep: define many configurations of one model, watch them train, and see which hyperparameters mattered."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import PurePath
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import DataTable, Static
from textual.worker import Worker, get_current_worker

from hw1_tui.markup import visible
from hw1_tui.mistake import MistakeError
from hw1_tui.runs.home import home_option
from hw1_tui.settings import NAMED_DATA
from hw1_tui.sweep.command import sweep_command
from hw1_tui.sweep.definition import Sweep
from hw1_tui.sweep.kept import find_sweep, find_sweeps, with_data_here
from screens import interval
from screens.dialogs.sweep_list_dialog import Opened, SweepListDialog
from screens.dialogs.sweep_plan_dialog import Planned, SweepPlanDialog
from screens.main_screen import Part
from screens.state.command import Command
from screens.state.history_watch import HistoryWatch
from screens.state.live_sweep import LiveSweep
from screens.state.messages import SweepRead, SweepsFound
from screens.state.sweep_reading import SweepReading, try_to_read, view_trials
from screens.trial_acting import OF_TRIAL, TrialActing
from screens.widgets.button import Button
from screens.widgets.chart.charted import Charted
from screens.widgets.key_words import key_words, plain_words
from screens.widgets.sweep.define_page import DefinePage
from screens.widgets.sweep.findings_page import VIEWS, FindingsPage
from screens.widgets.sweep.state_words import ALL_ENDED, NO_SWEEP, have_ended, nothing_words, state_line
from screens.widgets.sweep.trial_chart import TrialChart
from screens.widgets.sweep.trial_table import TrialTable
from screens.widgets.sweep.verdict_view import VerdictView

Page = Literal["define", "trials", "findings"]
PAGES: tuple[Page, ...] = ("define", "trials", "findings")

_SHARE, _MOST_SECONDS = 20, 5.0
"""Reading the history takes at most this part of the time, but comes again after so many seconds."""

_OF_DEFINITION = ("start", "reset", "to_trials")
_OF_TRAINING = ("pause", "stop_sweep", "stop_trial", "stop_poor")
_OF_TRIALS = ("go_on", "pause", "stop_sweep", "define", "add_points", "next_page", *OF_TRIAL)


class SweepScreen(Charted, TrialActing):
    """Three pages: the definition, the trials, and what they come to."""

    PARTS = tuple(Part(view.title, view) for view in VIEWS)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "start", "Start", id="sweep.start", priority=True,
                tooltip="Time an epoch, say what the sweep will take, and start it."),
        Binding("ctrl+t", "to_trials", "Trials", id="sweep.trials", tooltip="The trials of the sweep."),
        Binding("s", "go_on", "Go on", id="sweep.go-on", tooltip="Train what is missing of the sweep; nothing twice."),
        Binding("space", "pause", "Pause", id="sweep.pause", tooltip="Let all that trains wait, or go on."),
        Binding("x", "stop_trial", "Stop trial", id="sweep.stop-trial",
                tooltip="Stop the trial under the cursor for good; it keeps what it reached."),
        Binding("v", "next_page", "View", id="sweep.next-page", tooltip="The trials, or what they come to."),
        Binding("ctrl+o", "open", "Open", id="sweep.open",
                tooltip="A sweep of the history, or one that a TOML file defines."),
        Binding("X", "stop_sweep", "Stop sweep", id="sweep.stop-sweep", show=False,
                tooltip="Stop all that trains; s goes on with it, and so does hw1-tui sweep resume."),
        Binding("n", "define", "Define", id="sweep.define", show=False, tooltip="The form of a sweep."),
        Binding("a", "add_points", "Add points", id="sweep.add-points", show=False,
                tooltip="The form with this sweep's values, to add others; what is trained already is taken as it is."),
        Binding("ctrl+r", "reset", "Defaults", id="sweep.reset", show=False, tooltip="Forget what was typed here."),
        Binding("down", "app.focus_next", "Next field", id="sweep.next", show=False),
        Binding("up", "app.focus_previous", "Field before", id="sweep.previous", show=False),
    ]  # fmt: skip
    AUTO_FOCUS = "RangeField Input"

    def __init__(self) -> None:
        super().__init__()
        self._page: Page = "define"
        self._wants_start = False
        self._sweep: Sweep | None = None
        self._reading: SweepReading | None = None
        self._watch = HistoryWatch()
        self._is_reading = False
        self._read_from = 0.0
        self._changes = -1

    def compose_body(self) -> ComposeResult:
        """Draw the pages, how it stands, and the buttons."""
        with Horizontal(id="sweep-tabs"):
            for page in PAGES:
                yield Button(page.title(), id=f"to-{page}", action=f"screen.show_page('{page}')")
            yield Static(markup=False, id="sweep-name", classes="title")
        with Container(id="sweep-pages"):
            yield DefinePage(id="define-page")
            with Container(id="trials-page"):
                yield TrialTable(id="trials", classes="frame")
                with Vertical(id="trials-side"):
                    yield TrialChart(id="trials-chart")
                    yield VerdictView(id="trials-verdict")
            yield FindingsPage(id="findings-page")
            yield Static(markup=False, id="sweep-nothing")
        yield Static(markup=False, id="sweep-state", classes="line")
        with Horizontal(classes="buttons -of-define"):
            yield Button("Start", id="start", variant="primary", action="screen.start")
            yield Button("Open", id="open", action="screen.open")
            yield Button("Copy as command", id="copy", action="screen.copy_command")
            yield Button("Defaults", id="reset", action="screen.reset")
        with Horizontal(classes="buttons -of-trials"):
            yield Button("Go on", id="go-on", variant="primary", action="screen.go_on")
            yield Button("Pause", id="pause", action="screen.pause")
            yield Button("Stop sweep", id="stop-sweep", action="screen.stop_sweep")
            yield Button("Stop trial", id="stop-trial", action="screen.stop_trial")
            yield Button("Stop poor", id="stop-poor", action="screen.stop_poor")
            yield Button("Open", id="open-other", action="screen.open")

    async def on_mount(self) -> None:
        """Build the form; show what trains."""
        self.query_one("#trials").border_title = "Trials"
        self.workspace.library.changed.subscribe(self, lambda _source: self._check())
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.query_one(TrialTable).show_anew())
        self.workspace.queue.changed.subscribe(self, lambda _live: self.has_news.set())
        self.set_interval(interval.REPORT, self._look_again)
        await self.query_one(DefinePage).show()
        self._check()
        if self._live:
            self._show_sweep(self._live.sweep)
        else:
            self.action_show_page("define")
        self._take_asked()

    async def on_screen_resume(self) -> None:
        """Take what was typed in the form of a run, and look at what was trained meanwhile."""
        if self.is_mounted:
            await self.query_one(DefinePage).show()
            self._check()
            self.call_after_refresh(self._keep_focus)
            self._take_asked()
            self._look_again()

    def _keep_focus(self) -> None:
        if self._page == "define":  # another was opened meanwhile, where the frame came late
            self.query_one(DefinePage).keep_focus()

    def on_resize(self) -> None:
        """Draw what there is room for now."""
        self.call_after_refresh(self.draw)

    @property
    def _live(self) -> LiveSweep | None:
        """The sweep that this program trains, or trained last."""
        return self.workspace.live_sweep

    @property
    def live_shown(self) -> LiveSweep | None:
        """The live sweep, where it is the one that is shown."""
        live = self._live
        return live if live and self._sweep and live.sweep.identifier == self._sweep.identifier else None

    # Pages.

    def action_show_page(self, page: Page) -> None:
        """Show a page."""
        self._page = page
        self.update_classes({f"-{one}": one == page for one in PAGES})  # at once, or all is styled once for each
        for one in PAGES:
            self.query_one(f"#to-{one}", Button).variant = "primary" if one == page else "default"
        self._say(self._reading)
        self.refresh_bindings()
        if page == "trials":
            self.query_one(TrialTable).focus()
        elif page == "findings":
            self.query_one(FindingsPage).enter()
        self.call_after_refresh(self.draw)  # what is shown has its size by then

    def action_define(self) -> None:
        """Show the form."""
        self.action_show_page("define")
        self.query_one(DefinePage).show_first_wrong()

    async def action_add_points(self) -> None:
        """Fill the form with the sweep that is shown: with more values it is another, which has these trials too."""
        if self._sweep:
            self.workspace.sweep_draft.take(self._sweep)
            self.workspace.sweep_draft.type("name", "")  # the name stays the other's
            await self.query_one(DefinePage).show()
            self._check()
            self.action_define()
            self.notify("Add values to fields, or seeds. What is trained already is taken as it is.")

    def action_to_trials(self) -> None:
        """Show the trials."""
        self.action_show_page("trials")

    def action_next_page(self) -> None:
        """Show the trials, or what they come to."""
        self.action_show_page("findings" if self._page == "trials" else "trials")

    async def open_part(self, part: Part) -> Widget | None:
        """Show one of the findings."""
        self.action_show_page("findings")
        page = self.query_one(FindingsPage)
        await page.open(self.PARTS.index(part))
        return page.view

    # Defining.

    def _check(self) -> None:
        self.workspace.library.ask(*self.workspace.draft.wanted)
        self.query_one(DefinePage).check()

    @on(DefinePage.Defined)
    def _take_defined(self) -> None:
        wants_start, self._wants_start = self._wants_start, False
        if wants_start and self.is_current:  # who went elsewhere meanwhile starts nothing on coming back
            self.call_later(self.action_start)

    def action_start(self) -> None:
        """Say what the sweep will take, and start it; as soon as what was typed is looked at."""
        page = self.query_one(DefinePage)
        self._wants_start = page.is_checking
        if page.is_checking:
            self.app.hold_keys_for(page.until_checked())  # they are meant for the plan
            return
        if page.sweep is None:
            page.show_first_wrong()
            self.notify(page.why_not(), severity="warning")
        else:
            self._plan(page.sweep)

    def action_go_on(self) -> None:
        """Train what is missing of the sweep that is shown."""
        if self._sweep:
            here = with_data_here(self._sweep)
            opened = self.workspace.library.places_of(self._sweep.fingerprint)
            if opened and here.config.data not in (*opened, *NAMED_DATA):  # it may have been moved there
                here = with_data_here(self._sweep, opened[0])
            self._plan(here)

    def _plan(self, sweep: Sweep) -> None:
        if self._live and self._live.is_busy:
            self.notify(f"Sweep {self._live.sweep.name} trains: X under Trials stops it.", severity="warning")
            return
        draft = self.workspace.sweep_draft
        self.app.push_screen(SweepPlanDialog(sweep, draft.jobs(), draft.jobs("processes")), self._begin)

    def _begin(self, planned: Planned | None) -> None:
        if planned is None:
            return
        runner, plan = planned
        live = LiveSweep(self.app, self.workspace.queue, runner, self.workspace.store, plan)
        self.workspace.live_sweep = live
        live.start()
        self._show_sweep(runner.sweep)

    async def action_reset(self) -> None:
        """Forget what was typed here."""
        self.workspace.sweep_draft.reset()
        await self.query_one(DefinePage).show()
        self._check()

    # Which sweep is shown.

    def action_open(self) -> None:
        """Look for the sweeps of the history, and ask for one."""
        listing = self.run_worker(self._list, thread=True, exclusive=True, group="list", exit_on_error=False)
        self.app.hold_keys_for(listing.wait())

    def _list(self) -> None:
        found = find_sweeps(self.workspace.store)
        if not get_current_worker().is_cancelled:
            self.post_message(SweepsFound(found))

    @on(SweepsFound)
    def _ask_which(self, message: SweepsFound) -> None:
        if self.is_current:  # who went elsewhere meanwhile is asked nothing there
            self.app.push_screen(SweepListDialog(message.sweeps), self._open)

    async def _open(self, opened: Opened | None) -> None:
        if opened is None:
            return
        sweep, is_kept = opened
        self.workspace.sweep_draft.take(sweep)
        await self.query_one(DefinePage).show()
        self._check()
        if is_kept:
            self._show_sweep(sweep)
        else:
            self.action_define()

    def _take_asked(self) -> None:
        """Show the sweep that another screen asked for."""
        if name := self.workspace.sweep_asked:
            self.workspace.sweep_asked = ""
            try:
                self._show_sweep(find_sweep(self.workspace.store, name))
            except MistakeError as error:
                self.notify(str(error), severity="warning")

    def _show_sweep(self, sweep: Sweep) -> None:
        if self._sweep is None or self._sweep.identifier != sweep.identifier:
            self._reading, self.views, self.marked = None, [], set()
        self._sweep = sweep
        self.action_show_page("trials")
        if reading := self._read():
            self.app.hold_keys_for(reading.wait())

    # Reading the history, in a thread.

    def _look_again(self) -> None:
        """Follow what trains; read the history again when there is more of it, at most a part of the time."""
        if not self.is_current or self._page == "define" or self._sweep is None:
            return
        live = self.live_shown
        has_news = live is not None and live.changes != self._changes
        has_ended = live is not None and not live.is_busy
        may_read = time.monotonic() >= self._read_from or (has_news and has_ended)
        is_live = self._reading is not None and self._reading.is_live
        if (has_news or is_live or self._watch.is_outdated) and may_read and not self._is_reading:
            self._changes = live.changes if live else -1
            self._read()
        elif not self._is_reading:
            self._watch.look(self, self.workspace.store)
        if live and (live.is_busy or has_news):
            self.call_later(self.draw)

    def _read(self) -> Worker[None] | None:
        """Read how it stands, unless that is done already; return what does it."""
        if self._sweep and not self._is_reading:
            self._is_reading, self._watch.is_outdated = True, False
            lives = self.live_shown.lives.values() if self.live_shown else ()
            trained = [live.run_id for live in lives if live.run_id and not live.is_live]
            work = partial(self._read_in_thread, self._sweep, self._reading, trained)
            return self.run_worker(work, thread=True, group="sweep", exit_on_error=False)
        return None

    def _read_in_thread(self, sweep: Sweep, before: SweepReading | None, trained: Sequence[str]) -> None:
        began = time.perf_counter()
        self._watch.begin(self.workspace.store)
        reading, problem = try_to_read(sweep, self.workspace.store, before, trained)
        self._read_from = time.monotonic() + min(_MOST_SECONDS, _SHARE * (time.perf_counter() - began))
        self.post_message(SweepRead(sweep.identifier, reading, problem))

    @on(SweepRead)
    def _take_read(self, message: SweepRead) -> None:
        self._is_reading = False
        if self._sweep is None or message.name != self._sweep.identifier:
            self._read()
            return
        if message.problem:
            self.notify(message.problem, severity="warning")
        self._reading = message.reading or self._reading
        self.call_later(self.draw)

    # Showing.

    async def draw(self) -> None:
        """Show the sweep as it stands."""
        if not self.is_mounted:
            return
        live, reading = self.live_shown, self._reading
        if reading:
            self.views = view_trials(reading, *((live.lives, live.refused, live.given_up) if live else ({}, {})))
        self._say(reading)
        if self._page == "define" or reading is None:
            return
        table, chart = self.query_one(TrialTable), self.query_one(TrialChart)
        if self._page == "trials":
            table.show(reading.sweep, self.views, self.marked)
            if chart.display:
                chart.show(reading.sweep, self.views, table.number)
        beside = self.query_one("#trials-verdict", VerdictView)
        beside.visible = reading.conclusion is not None  # another program may have deleted what it was drawn from
        if reading.conclusion:
            await (self.query_one(FindingsPage) if self._page == "findings" else beside).show(reading.conclusion)
        self.refresh_bindings()

    def _say(self, reading: SweepReading | None) -> None:
        """Say how it stands, and why there is nothing where there is nothing."""
        sweep, live = self._sweep, self.live_shown
        name = f"{sweep.name}  {sweep.config.model} on {visible(PurePath(sweep.config.data).name)}" if sweep else ""
        self.query_one("#sweep-name", Static).update(name, layout=False)
        self.query_one("#sweep-state", Static).update(state_line(reading, live, self.views), layout=False)
        nothing = "" if self._page == "define" else nothing_words(sweep, reading, is_compared=self._page == "findings")
        self.set_class(bool(nothing), "-nothing")
        self.query_one("#sweep-nothing", Static).update(key_words(nothing))
        self.query_one("#pause", Button).label = "Resume" if live and live.is_paused else "Pause"
        self.grey_out()

    @on(DataTable.RowHighlighted, "#trials")
    def _point(self) -> None:
        chart = self.query_one(TrialChart)
        if self._reading and chart.display:
            chart.show(self._reading.sweep, self.views, self.query_one(TrialTable).number)
        self.grey_out()
        self.refresh_bindings()

    # Acting.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what belongs to another page."""
        is_define = self._page == "define"
        if (action in _OF_DEFINITION or action.startswith("app.focus")) and not is_define:
            return False
        if action in _OF_TRIALS and is_define:
            return False
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """Return why an action can do nothing now; empty where it can."""
        if action in _OF_TRIALS and action not in ("define", "next_page") and self._sweep is None:
            return plain_words(NO_SWEEP)
        is_busy = self.live_shown and self.live_shown.is_busy
        if action in _OF_TRAINING and self._sweep and not is_busy and have_ended(self._sweep, self.views):
            return ALL_ENDED
        return super().why_not(action)

    def action_pause(self) -> None:
        """Let all that trains wait, or go on."""
        if live := self.live_shown:
            (live.resume if live.is_paused else live.pause)()
            self.call_later(self.draw)

    def action_stop_sweep(self) -> None:
        """Stop all that trains; it can be gone on with."""
        if live := self.live_shown:
            live.stop()
            self.app.hold_keys_for(self.until(lambda: not live.is_busy))  # it can be gone on with then
            self.call_later(self.draw)

    def command(self) -> Command | None:
        """Return the command of the best configuration, or of the sweep that is being defined."""
        if self._page == "define":
            sweep = self.query_one(DefinePage).sweep or self.workspace.sweep_draft.definer()()
            line = sweep_command(sweep) + home_option(self.workspace.store.home)  # where its trials may be trained
            return Command(line, "It trains this sweep without the interface")
        if self._reading and self._reading.conclusion:
            line = self._reading.conclusion.command + home_option(self.workspace.store.home)
            return Command(line, "It trains the best configuration")
        return None
