"""Steer: change what may change while a run trains."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.widgets import Button, Static

from engines.contract import Value
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.settings import TABLE
from hw1_tui.training.continuation import nothing_left
from hw1_tui.training.job import Job
from screens.dialogs.dialog import Dialog
from screens.state.live_run import LiveRun
from screens.widgets.field import Field
from screens.widgets.form import Form

_STEERABLE = ("opening", "training", "paused")
_WHAT = "Changes hold from the next step on and are kept with the run."
_WHAT_ENDED = "It goes on where it ended, with these values. A run that finished needs more epochs."


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
        self._values: dict[str, Value] = {}
        self._wrong: set[str] = set()

    def compose(self) -> ComposeResult:
        """Draw a field for each value that may change."""
        live = self._live
        with Vertical(classes="box") as box:
            box.border_title = f"{'Steer' if live.is_live else 'Go on with'} run {live.number}"
            box.border_subtitle = f"ctrl+s {'applies' if live.is_live else 'goes on'}, escape changes nothing"
            yield Static(_WHAT if live.is_live else _WHAT_ENDED, classes="text", id="what", markup=False)
            with Form(classes="scroll"):
                for name, value in live.config.hyperparameters.items():
                    if name in live.config.adjustable:
                        text = TABLE[name].format(value)
                        yield Field(TABLE[name], text, text, "now")
            yield Static(markup=False, id="field-help", classes="text")
            with Horizontal(classes="buttons"):
                yield Button("Apply" if live.is_live else "Go on", id="apply", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Begin with the learning rate, which is what one most often comes for."""
        names = [field.about.name for field in self.query(Field)]
        wanted = "learning_rate" if self._live.is_live else "epochs"
        first = names.index(wanted) if wanted in names else 0
        self.query(".control").nodes[first].focus()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Explain the focused field."""
        field = next((node for node in event.widget.ancestors if isinstance(node, Field)), None)
        if field:
            self.query_one("#field-help", Static).update(f"{field.about.help}. Allowed: {field.about.allowed}")

    def on_field_changed(self, event: Field.Changed) -> None:
        """Check what was typed."""
        name = event.field.about.name
        self._values.pop(name, None)
        self._wrong.discard(name)
        try:
            self._values[name] = event.field.about.read(event.text)
            event.field.explain("")
        except ValueError as error:
            self._wrong.add(name)
            event.field.explain(f"{error}; allowed: {event.field.about.allowed}")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Apply or go back."""
        if event.button.id == "apply":
            self.action_apply()
        else:
            self.action_dismiss_dialog()

    def action_apply(self) -> None:
        """Hand the changes to the run, unless one of them is wrong."""
        if self._wrong:
            self.query_one(f"#field-{min(self._wrong).replace('_', '-')} .control").focus()
            return
        if self._steers and self._live.state not in _STEERABLE:
            self._tell_end()
        elif mistake := self._mistake():
            self.query_one(Form).explain(mistake)
        else:
            if self._steers:
                self._live.control.steer(self._values)
            else:
                job = Job(self._live.config, run=self._live.run_id, changes=self._values)
                self.workspace.queue.go_on(self._live, job)
            self.dismiss(None)

    def _tell_end(self) -> None:
        """Say that there is nothing to steer any more; what was typed stays, to go on with."""
        live = self._live
        text = f"Run {live.number} is {live.state} at epoch {live.epochs_done}: nothing was changed. "
        if live.ended and live.run_id:
            self._steers = False
            self.query_one("#apply", Button).label = "Go on"
            self.query_one(".box").border_subtitle = "ctrl+s goes on, escape changes nothing"
            text += _WHAT_ENDED
        self.query_one("#what", Static).update(text)
        self.query_one("#what").add_class("wrong")

    def _mistake(self) -> Mistake | None:
        """Return why the run cannot take the values, or would end at once; ``None`` where it can go on with them."""
        live = self._live
        try:
            config = live.config.changed(**self._values)
        except MistakeError as error:
            return error.mistakes[0]
        best = live.ended.best_epoch if live.ended else None
        return nothing_left(config, live.epochs_done, best) if live.state == "finished" else None
