"""What can be done with the trials of a sweep: compared, looked into, trained on, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import DataTable

from hw1_tui.metric import METRICS
from hw1_tui.runs import RunRecord
from screens.dialogs.stop_poor_dialog import StopPoorDialog
from screens.run_acting import RunActing
from screens.state.live_sweep import LiveSweep
from screens.state.sweep_reading import TrialView, poor_trials
from screens.widgets.sweep.state_words import why_not_words
from screens.widgets.sweep.trial_table import TrialTable

OF_TRIAL = ("mark", "compare", "inspect", "promote", "take", "stop_trial", "stop_poor")


class TrialActing(RunActing):
    """A part of the screen of sweeps.

    Attributes:
        views: the trials as they stand, the best first.
        marked: the numbers of those that were chosen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mark", "Mark", id="sweep.mark", show=False, tooltip="Choose the trial for comparing."),
        Binding("c", "compare", "Compare", id="sweep.compare", show=False,
                tooltip="The marked trials side by side, or the one under the cursor."),
        Binding("i", "inspect", "Inside", id="sweep.inspect", show=False,
                tooltip="Look inside the trial's model; two marked ones beside each other."),
        Binding("p", "promote", "Promote", id="sweep.promote", show=False,
                tooltip="Train the trial on for more epochs, as a run of its own; the sweep stays as it is."),
        Binding("f", "take", "Use values", id="sweep.take", show=False,
                tooltip="Fill the form of a run with the trial's values."),
        Binding("P", "stop_poor", "Stop poor", id="sweep.stop-poor", show=False,
                tooltip="Stop all trials that come out in the worst quarter; they are named first."),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.views: list[TrialView] = []
        self.marked: set[int] = set()

    @property
    def live_shown(self) -> LiveSweep | None:
        """The sweep that is shown, where this program trains it or has trained it."""
        raise NotImplementedError

    async def draw(self) -> None:
        """Show the trials as they stand."""
        raise NotImplementedError

    @property
    def current(self) -> TrialView | None:
        """The trial under the cursor."""
        number = self.query_one(TrialTable).number
        return next((view for view in self.views if view.trial.number == number), None)

    @property
    def _chosen(self) -> list[RunRecord]:
        """The runs of the marked trials, or of the one under the cursor."""
        marked = [view for view in self.views if view.trial.number in self.marked]
        return self._runs_of(marked or [self.current])

    def _runs_of(self, views: Sequence[TrialView | None]) -> list[RunRecord]:
        return [self.workspace.store.get(view.run) for view in views if view and view.run]

    def why_not(self, action: str) -> str:
        """Return why an action can do nothing now; empty where it can."""
        return why_not_words(action, self.live_shown, self.current, has_marked=bool(self.marked))

    def chosen_for(self, action: str) -> object:
        """Return the marked trials and the one under the cursor, where an action is about them."""
        is_about = action in OF_TRIAL and action != "stop_poor"  # that names its trials first
        return (*sorted(self.marked), self.query_one(TrialTable).number) if is_about else None

    @on(DataTable.RowSelected, "#trials")
    def action_compare(self) -> None:
        """Show the marked trials side by side."""
        self.attempt(lambda: self.compare(self._chosen))

    def action_mark(self) -> None:
        """Choose the trial under the cursor, or no longer; the cursor goes on to the next."""
        if view := self.current:
            self.marked ^= {view.trial.number}
            self.query_one(TrialTable).action_cursor_down()
            self.call_later(self.draw)

    def action_inspect(self) -> None:
        """Look inside the trial under the cursor, or two that are marked."""
        self.attempt(lambda: self.inspect(self._chosen if len(self.marked) > 1 else self._runs_of([self.current])))

    def action_promote(self) -> None:
        """Ask for how many more epochs, and train the trial on as a run of its own."""
        if (view := self.current) and view.run:
            self.attempt(lambda: self.ask_where_to_branch(self.workspace.store.get(view.run)))

    def action_take(self) -> None:
        """Fill the form with the values of the trial under the cursor."""
        if view := self.current:
            self.workspace.draft.take(view.trial.config)
            self.app.action_go("hyperparameters")

    def action_stop_trial(self) -> None:
        """Stop the trial under the cursor for good."""
        if (live := self.live_shown) and (view := self.current):
            live.give_up(view.trial.number)
            if not view.run:
                self.notify(f"Trial {view.trial.number} had not begun and is left out now: going on later trains it.")
            self.call_later(self.draw)

    def action_stop_poor(self) -> None:
        """Name the trials that come out poorly, and stop them when that is confirmed."""
        if live := self.live_shown:
            if poor := poor_trials(live.sweep, self.views):
                dialog = StopPoorDialog(poor, METRICS[live.sweep.metric])
                self.app.push_screen(dialog, partial(self._stop_poor, live, poor))
            else:
                self.notify("No trial that trains is poor: of four or more, the worst quarter at its epochs is.")

    def _stop_poor(self, live: LiveSweep, poor: list[TrialView], confirmed: bool | None) -> None:
        for view in poor if confirmed else ():
            live.give_up(view.trial.number)
        self.call_later(self.draw)
