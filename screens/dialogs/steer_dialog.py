"""Steer: change what may change while a run trains."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.widgets import Static

from hw1_tui.mistake import Mistake
from hw1_tui.settings import RunConfig
from hw1_tui.training.continuation import describe_beginning, not_counted, nothing_left
from hw1_tui.training.event import status_clause
from hw1_tui.training.job import Job
from screens.dialogs.dialog import Dialog
from screens.state.live_run import LiveRun
from screens.widgets.button import Button
from screens.widgets.change_form import ChangeForm
from screens.widgets.field import Field
from screens.widgets.form import Form

_STEERABLE = ("opening", "training", "paused")
_WHAT = "Changes hold from the next step on and are kept with the run."


class SteerDialog(Dialog[None]):
    """A form of the hyperparameters that the run can take from the next step on.

    Args:
        live: the run.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+s", "apply", "Apply", id="steer.apply", priority=True, tooltip="Change it from the next step on."
        ),
        Binding("down", "app.focus_next", "Next field", id="steer.next", show=False),
        Binding("up", "app.focus_previous", "Previous field", id="steer.previous", show=False),
    ]

    def __init__(self, live: LiveRun) -> None:
        super().__init__()
        self._live = live
        self._steers = live.is_live

    def compose(self) -> ComposeResult:
        """Draw a field for each value that may change."""
        live = self._live
        with Vertical(classes="box") as box:
            box.border_title = f"{'Steer' if live.is_live else 'Go on with'} run {live.number}"
            box.border_subtitle = f"ctrl+s {'applies' if live.is_live else 'goes on'}, escape changes nothing"
            what = _WHAT if live.is_live else describe_beginning(live.state)
            if live.wanted_by and live.is_live:
                what += f" The {live.wanted_by} does not count it then: gone on with, it trains another in its place."
            elif live.wanted_by:
                what += f" {not_counted(live.wanted_by)}"
            with Form(classes="scroll"):
                yield Static(what, classes="text", id="what", markup=False)
                yield ChangeForm(live.config, "now")
                yield Static(markup=False, id="field-help", classes="remark")
            with Horizontal(classes="buttons"):
                what = "Apply" if live.is_live else "Go on"
                yield Button(what, id="apply", variant="primary", action="screen.apply")
                yield Button("Cancel", id="cancel", action="screen.dismiss_dialog")

    def on_mount(self) -> None:
        """Begin with the learning rate, which is what one most often comes for."""
        self.query_one(ChangeForm).go_to("learning_rate" if self._live.is_live else "epochs")

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Explain the focused field."""
        field = next((node for node in event.widget.ancestors if isinstance(node, Field)), None)
        if field:
            self.query_one("#field-help", Static).update(f"{field.about.help}. Allowed: {field.about.allowed}")

    def action_apply(self) -> None:
        """Hand the changes to the run, unless one of them is wrong."""
        form, live = self.query_one(ChangeForm), self._live
        if form.go_to_wrong():
            return
        if self._steers and live.state not in _STEERABLE:
            self._tell_end()
        elif form.suits(live.config, self._mistake):
            if self._steers:
                live.control.steer(form.typed)  # all of it: a change that was asked for before may still be on its way
            else:
                self.workspace.queue.go_on(live, Job(live.config, run=live.run_id, changes=form.changes))
            self.dismiss(None)

    def _tell_end(self) -> None:
        """Say that there is nothing to steer any more; what was typed stays, to go on with."""
        live = self._live
        text = f"Run {live.number} {status_clause(live.state)} at epoch {live.epochs_done}: nothing was changed. "
        if live.ended and live.run_id:
            self._steers = False
            self.query_one("#apply", Button).label = "Go on"
            self.query_one(".box").border_subtitle = "ctrl+s goes on, escape changes nothing"
            text += describe_beginning(live.state)
        self.query_one("#what", Static).update(text)
        self.query_one("#what").add_class("wrong")

    def _mistake(self, config: RunConfig) -> Mistake | None:
        """Return why the run would end at once with these values; ``None`` where it can go on with them."""
        live = self._live
        best = live.ended.best_epoch if live.ended else None
        return nothing_left(config, live.epochs_done, best, has_finished=live.state == "finished")
