"""Training: watch a run learn, steer it, and see all runs of this session."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import DataTable

from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.runs.home import home_option
from hw1_tui.settings import seeds_of
from hw1_tui.settings.run_config import differ_in_seed
from hw1_tui.training.event import status_clause
from hw1_tui.training.job import Job
from screens import interval
from screens.main_screen import MainScreen, Part
from screens.state.command import Command
from screens.state.draft import in_short
from screens.state.live_run import LiveRun
from screens.state.run_source import submit_fixed
from screens.widgets.button import Button
from screens.widgets.chart import Chart
from screens.widgets.chart.charted import Charted
from screens.widgets.coach_line import CoachLine
from screens.widgets.epoch_table import EpochTable
from screens.widgets.navigation_bar import NavigationBar
from screens.widgets.run_card import RunCard
from screens.widgets.run_charts import RunCharts
from screens.widgets.run_list import RunList

_ON_RUN = {
    "pause": ("to pause", "it cannot be paused"),
    "one_epoch": ("to train for an epoch", "it cannot be trained for one epoch"),
    "steer": ("to steer", "it cannot be steered"),
    "stop": ("to stop", "it cannot be stopped"),
    "again": ("to train again", ""),
    "beside": ("to begin beside others", "only a run that waits can begin beside others"),
    "details": ("to tell more of", "there is no more to tell of it"),
    "heed": ("to advise on", "the coach has nothing to try"),
}
"""What can be done to the shown run: what there is no run for, and why it cannot be done to one."""


class TrainingScreen(Charted, MainScreen):
    """One run in the charts, all of them in the list."""

    PARTS = (Part("Chart", Chart),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Start", id="training.start", tooltip="Train what is filled in under Hyperparameters."),
        Binding("space", "pause", "Pause", id="training.pause", tooltip="Wait, or go on where it waited."),
        Binding("n", "one_epoch", "One epoch", id="training.one-epoch", show=False,
                tooltip="Train one epoch, then wait."),
        Binding("e", "steer", "Steer", id="training.steer",
                tooltip="Change the learning rate and others mid-run, or go on with a run that ended."),
        Binding("x", "stop", "Stop", id="training.stop", tooltip="Stop and keep what was reached."),
        Binding("r", "read", "Read", id="training.read", show=False,
                tooltip="Put a crosshair on the chart; arrows move it."),
        Binding("o", "again", "Again", id="training.again", show=False,
                tooltip="Train the same run from the start, as it began."),
        Binding("b", "beside", "Train beside", id="training.beside", show=False,
                tooltip="Let a run that waits train now, beside the others."),
        Binding("c", "next_chart", "Chart", id="training.next-chart", tooltip="Show the next chart."),
        Binding("u", "next_x", "x axis", id="training.next-x", show=False,
                tooltip="Draw the curves over epochs, updates of the weights, or seconds."),
        Binding("w", "with_others", "Others", id="training.with-others", show=False,
                tooltip="Draw the validation curves of all runs of this session beside, or this run alone."),
        Binding("v", "next_table", "Runs", id="training.next-table", show=False, tooltip="Epochs, or all runs."),
        Binding("i", "inspect", "Inside", id="training.inspect", show=False,
                tooltip="Look inside the run: what it learned so far, and where it fails."),
        Binding("p", "heed", "Heed", id="training.heed", show=False,
                tooltip="Train what the coach would try: a new run, or a branch of this one. This one stays as it is."),
        Binding("d", "details", "Details", id="training.details", show=False, tooltip="What is known of a failure."),
    ]  # fmt: skip
    AUTO_FOCUS = "#pause"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (120, "-beside"), (160, "-wide")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self._live: LiveRun | None = None
        self._states: list[object] = []
        self._newest = 0
        self._fallen_to: LiveRun | None = None
        self._with_others = False
        self._stale = True
        self._drawn_at = -math.inf
        self._timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        """Draw the card, the charts, the tables and the buttons."""
        yield RunCard(id="card")
        yield CoachLine(id="coach")
        with Container(id="middle"):
            yield RunCharts(id="charts")
            with Container(id="tables"):
                yield EpochTable(id="epochs", classes="frame -chosen")
                yield RunList(id="runs", classes="frame")
        with Horizontal(classes="buttons"):
            yield Button("Start", id="start", variant="primary", action="screen.start")
            yield Button("Pause", id="pause", action="screen.pause")
            yield Button("One epoch", id="one-epoch", action="screen.one_epoch")
            yield Button("Steer", id="steer", action="screen.steer")
            yield Button("Stop", id="stop", action="screen.stop")
            yield Button("Again", id="again", action="screen.again")

    def on_mount(self) -> None:
        """Listen to the queue; redraw on a timer, not once an event."""
        self.query_one("#epochs").border_title = "Epochs"
        self.query_one("#runs").border_title = "Runs of this session"
        self.workspace.queue.changed.subscribe(self, self._hear)
        self._timer = self.set_interval(interval.RUN, self._redraw, pause=not self.is_current)
        self._choose(self._newest_run())
        if self._live is None:
            self.query_one("#start").focus()

    def on_screen_resume(self) -> None:
        """Catch up, and look again as long as this is looked at."""
        self._stale = True
        if asked := self.workspace.run_asked:
            self.workspace.run_asked = None
            self._choose(asked)
        if self._timer:
            self._timer.resume()
            self._redraw()

    def on_screen_suspend(self) -> None:
        """Cost nothing while another screen is looked at."""
        if self._timer:
            self._timer.pause()

    def command(self) -> Command | None:
        """Return the command of the run that is shown, as it began."""
        live = self._live
        if live is None:
            return None
        line = live.first_config.command() + home_option(self.workspace.store.home)
        return Command(line, not_repeated=live.not_repeated)

    def _hear(self, live: LiveRun | None) -> None:
        """Take up a new run; where the shown one was taken off the list, the next that waits, as it did, or the last.

        One of many that a sweep trains does not take the place of one that trains as well. Anything else waits for the
        timer, but for what a person waits for.
        """
        self.has_news.set()
        runs, shown = self.workspace.queue.runs, self._live
        is_new = live is not None and bool(runs) and live is runs[-1] and live.number > self._newest
        if shown and shown not in runs:
            waiting = self.workspace.queue.queued
            after = [run for run in waiting if run.number > shown.number]
            self._choose(next(iter([*after, *reversed(waiting)]), None) or self._newest_run())
            self._fallen_to = self._live
        elif shown is None or (is_new and not (live and live.supplier and shown.is_live)):
            self._choose(self._newest_run())
        self._stale = True
        if self._states_now() != self._states:
            self._redraw()

    def _newest_run(self) -> LiveRun | None:
        """Return the run that was asked for last; of a report, or of one configuration's seeds, the first left."""
        runs = self.workspace.queue.runs
        if not runs:
            return None
        newest = runs[-1]
        group = newest.job.group
        pending = (run for run in runs if run.is_pending)
        together = (run for run in pending
                    if (group and run.job.group == group) or differ_in_seed(run.config, newest.config))  # fmt: skip
        return next(together, newest)

    def _choose(self, live: LiveRun | None) -> None:
        self._live, self._states, self._fallen_to = live, [], None
        self._newest = max((run.number for run in self.workspace.queue.runs), default=0)
        self._stale = True
        self._redraw()

    @property
    def is_drawn(self) -> bool:
        """Whether everything that is known of the runs has been drawn."""
        return not self._stale

    def _states_now(self) -> list[object]:
        """Return what a person waits to see: how every run is, and whether the shown one is told to wait."""
        states: list[object] = [(run.number, run.state) for run in self.workspace.queue.runs]
        return [self._live and self._live.control.paused, *states]

    def _redraw(self) -> None:
        if not self.is_current:
            return
        live, states = self._live, self._states_now()
        self.query_one(RunCard).show(live, "" if live else self._proposal())
        self.query_one(CoachLine).show(live.advice if live else None)
        if states != self._states or (self._stale and time.monotonic() > self._drawn_at + interval.CURVES):
            self._stale, self._drawn_at = False, time.monotonic()
            self.query_one(RunCharts).show(
                live, self._seeds_of(live) if live else (), self.workspace.queue.runs if self._with_others else ()
            )
            self.query_one(EpochTable).show(live)
            self.query_one(RunList).show(self.workspace.queue.runs, live)
        if live and live.ended and not live.is_seen:
            live.is_seen = True
            self.query_one(NavigationBar).show_state()
        if states != self._states:
            self._states = states
            self._label_buttons()
            self.refresh_bindings()

    def _seeds_of(self, live: LiveRun) -> list[list[EpochMetrics]]:
        """Return the epochs of a run and of all that differ from it in their seed alone, each seed once.

        What was steered or branched in another way came here by other values.
        """
        alike = [run for run in self.workspace.queue.runs
                 if differ_in_seed(run.config, live.config) and run.not_repeated == live.not_repeated]  # fmt: skip
        newest = {seeds_of(run.config.hyperparameters): run.epochs for run in alike if run.epochs}
        return [live.epochs, *newest.values()] if live.epochs and newest else []

    def _proposal(self) -> str:
        draft = self.workspace.draft
        mistakes = draft.mistakes()
        if mistakes:
            return f"{draft.model} on {draft.data} once {counted(len(mistakes), 'value')} under 2 is put right"
        return f"{draft.model} on {draft.data} with {draft.engine}, {counted(draft.config().epochs, 'epoch')}"

    @property
    def renamed_keys(self) -> Mapping[str, str]:
        """Of a run that waits pausing goes on; one that has ended is gone on with, as there is nothing to steer."""
        live = self._live
        is_paused, has_ended = bool(live and live.is_live and live.control.paused), bool(live and live.ended)
        return {"pause": "Resume"} if is_paused else {"steer": "Go on"} if has_ended else {}

    def _label_buttons(self) -> None:
        self.query_one("#pause", Button).label = self.renamed_keys.get("pause", "Pause")
        self.query_one("#steer", Button).label = self.renamed_keys.get("steer", "Steer")
        self.grey_out()

    def why_not(self, action: str) -> str:
        """Return why the shown run does not allow an action; empty where it does."""
        live = self._live
        if action not in _ON_RUN:
            return ""
        if live is None:
            return f"There is no run {_ON_RUN[action][0]} yet: s trains what is filled in under Hyperparameters."
        allowed = {
            "pause": live.state in ("opening", "training", "paused"),
            "one_epoch": live.state in ("opening", "training", "paused"),
            "steer": live.state in ("opening", "training", "paused") or bool(live.ended and live.run_id),
            "stop": live.state in ("queued", "opening", "training", "paused"),
            "again": True,
            "beside": live.state == "queued",
            "details": live.ended is not None or bool(live.remarks),
            "heed": bool(live.advice and live.advice.symptom.fix),
        }[action]
        is_so = f"Run {live.number} {status_clause(live.state)}"
        return "" if allowed else f"{is_so}: {_ON_RUN[action][1]}."

    def chosen_for(self, action: str) -> object:
        """Return the shown run, where an action is about it."""
        return self._live if action in (*_ON_RUN, "inspect", "copy_command") else None

    @on(DataTable.RowSelected, "#runs")
    def _show_other(self, event: DataTable.RowSelected) -> None:
        for live in self.workspace.queue.runs:
            if str(live.number) == event.row_key.value:
                self._choose(live)

    def action_start(self) -> None:
        """Train what is filled in."""
        try:
            self.workspace.submit_draft()
        except MistakeError as error:
            self.notify(in_short(error), title="Not started", severity="warning")

    def action_again(self) -> None:
        """Train the shown run from the start, as it began: as its command does, which ``ctrl+y`` copies."""
        if live := self._live:
            self.workspace.queue.submit(Job(live.first_config))
            if live.not_repeated:
                told = f"It begins as run {live.number} began. Not repeated: {'; '.join(live.not_repeated)}"
                self.notify(told, title="Again", markup=False)

    def action_pause(self) -> None:
        """Pause, or resume."""
        if live := self._live:
            if live.control.paused:
                live.control.resume()
            else:
                live.control.pause()
            self._redraw()

    def action_one_epoch(self) -> None:
        """Train to the end of one epoch and wait there."""
        if self._live:
            self._live.control.step()
            self._redraw()

    def action_stop(self) -> None:
        """Stop and keep; a run that is shown because another was taken off the list, when it is asked again."""
        live = self._live
        if live and live is self._fallen_to and live.is_live:
            self._fallen_to = None
            self.notify(f"This is run {live.number}, which trains: once more stops it.", severity="warning")
        elif live:
            self.workspace.queue.stop(live)
            queue = self.workspace.queue
            ended = self.until(lambda: not live.is_live or live not in queue.runs)
            self.app.hold_keys_for(ended)  # it can be gone on with then

    def action_beside(self) -> None:
        """Let the shown run train now."""
        if self._live and not self.workspace.queue.start_beside(self._live):
            self.notify(self.workspace.queue.waiting_words(self._live), severity="warning")

    def action_steer(self) -> None:
        """Change hyperparameters of the shown run."""
        from screens.dialogs.steer_dialog import SteerDialog

        if live := self._live:
            self.app.push_screen(SteerDialog(live))

    def action_heed(self) -> None:
        """Train what the coach would try."""
        live = self._live
        if live is None or live.advice is None:
            return
        try:
            best = live.best.epoch if live.best else None
            submit_fixed(self.workspace.queue, live.advice, live.config, live.run_id, live.epochs, best, live)
        except MistakeError as error:
            self.notify(in_short(error), title="Not tried", severity="warning")

    def action_with_others(self) -> None:
        """Draw the other runs of this session beside the shown one, or it alone."""
        self._with_others, self._stale, self._drawn_at = not self._with_others, True, -math.inf
        self._redraw()

    def action_inspect(self) -> None:
        """Look inside the run that is shown."""
        if self._live and self._live.run_id:
            self.workspace.inspected = (self._live.run_id,)
        self.app.action_go("inspection")

    def action_next_x(self) -> None:
        """Draw the curves over something else."""
        self.query_one(RunCharts).next_x()

    def action_next_chart(self) -> None:
        """Show the next chart."""
        self.query_one(RunCharts).next()

    def action_read(self) -> None:
        """Read values off the chart."""
        self.query_one(RunCharts).read()

    def action_next_table(self) -> None:
        """Show the epochs, or all runs, and let the arrows move in them."""
        for table in self.query_one("#tables").children:
            table.toggle_class("-chosen")
        self.query_one("#tables > .-chosen").focus()

    def action_details(self) -> None:
        """Show what the run had to say."""
        from screens.dialogs.text_dialog import TextDialog

        if live := self._live:
            ended = [live.ended.reason, live.ended.details] if live.ended else []
            text = "\n\n".join(part for part in [*live.remarks, *ended] if part)
            self.app.push_screen(TextDialog(f"Run {live.number}", text or "There is nothing more to say."))
