"""Go on with a run of the history, or begin another at one of its epochs, with other values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from engines.contract import Value
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord
from hw1_tui.settings import TABLE, RunConfig
from hw1_tui.training.continuation import nothing_left, nothing_to_branch
from screens.dialogs.dialog import Dialog
from screens.widgets.field import Field
from screens.widgets.form import Form
from screens.widgets.plain import plain

_WHAT = "It goes on where it ended, to the same bits unless a value changes. A run that finished needs more epochs."
_LONGEST = 10
"""Figures of an epoch that can be meant."""
_WHAT_BRANCH = "A new run begins where this one was after an epoch; this one stays as it is."


class Continuation(NamedTuple):
    """What was chosen.

    Attributes:
        epoch: the epoch to begin after; ``None`` to go on with the run itself.
        changes: hyperparameters with other values from there on.
    """

    epoch: int | None
    changes: dict[str, Value]


class ContinuationDialog(Dialog[Continuation]):
    """A form of what can change between two epochs.

    Args:
        record: the run.
        config: its configuration.
        epochs: the epochs that were kept, to branch from one; none to go on with the run itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "apply", "Go on", id="continuation.apply", priority=True, tooltip="Train with these values."),
        Binding("down", "app.focus_next", "Next field", id="continuation.next", show=False),
        Binding("up", "app.focus_previous", "Previous field", id="continuation.previous", show=False),
    ]

    def __init__(self, record: RunRecord, config: RunConfig, epochs: Sequence[int] = ()) -> None:
        super().__init__()
        self._record, self._config, self._epochs = record, config, epochs
        self._changes: dict[str, Value] = {}
        self._wrong: set[str] = set()

    def compose(self) -> ComposeResult:
        """Draw the epochs and a field for each value that may change."""
        with Vertical(classes="box") as box:
            box.border_title = plain(f"{'Branch from' if self._epochs else 'Go on with'} {self._record.title}")
            box.border_subtitle = "ctrl+s trains, escape changes nothing"
            yield Static(_WHAT_BRANCH if self._epochs else _WHAT, classes="text")
            if self._epochs:
                with Horizontal(id="epoch-row"):
                    yield Static("after epoch", id="epoch-label")
                    yield Input(str(self._epochs[-1]), compact=True, id="epoch")
                    yield Static(f"kept: {_ranges(self._epochs)}", markup=False, id="epoch-kept")
                yield Static(markup=False, id="epoch-problem", classes="wrong")
            with Form(classes="scroll"):
                for name, value in self._config.hyperparameters.items():
                    if name in self._config.adjustable:
                        text = TABLE[name].format(value)
                        yield Field(TABLE[name], text, text, "before")
            with Horizontal(classes="buttons"):
                yield Button("Train", id="apply", compact=True, variant="primary")
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Begin where one most often has something to say."""
        self.query_one("#epoch" if self._epochs else "#field-epochs .control").focus()

    def on_field_changed(self, event: Field.Changed) -> None:
        """Check what was typed."""
        name = event.field.about.name
        self._changes.pop(name, None)
        self._wrong.discard(name)
        try:
            value = event.field.about.read(event.text)
            event.field.explain("")
        except ValueError as error:
            self._wrong.add(name)
            event.field.explain(f"{error}; allowed: {event.field.about.allowed}")
        else:
            if value != self._config.hyperparameters[name]:
                self._changes[name] = value

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Train, or go back."""
        if event.button.id == "apply":
            self.action_apply()
        else:
            self.action_dismiss_dialog()

    def action_apply(self) -> None:
        """Give back what was chosen, unless some of it is wrong."""
        if self._wrong:
            self.query_one(f"#field-{min(self._wrong).replace('_', '-')} .control").focus()
            return
        if self._epochs and self._epoch is None:
            self.query_one("#epoch").focus()
            return
        epoch = self._epoch
        if mistake := self._mistake(epoch):
            self.query_one(Form).explain(mistake)
        else:
            self.dismiss(Continuation(epoch, self._changes))

    def _mistake(self, epoch: int | None) -> Mistake | None:
        """Return why it cannot train like this, or would end at once; ``None`` where there is something to train."""
        try:
            config, results = self._config.changed(**self._changes), self._record.results
        except MistakeError as error:
            return error.mistakes[0]
        if epoch is not None:
            return nothing_to_branch(config, epoch)
        if self._record.status != "finished":
            return None
        return nothing_left(config, int(results.get("epochs_done") or 0), results.get("best_epoch"))

    @property
    def _epoch(self) -> int | None:
        """The epoch to branch from, as typed; ``None`` where there is none, or where none of the kept ones is named."""
        text = self.query_one("#epoch", Input).value.strip() if self._epochs else ""
        epoch = int(text) if text.isdecimal() and len(text) < _LONGEST else None
        return epoch if epoch in self._epochs else None

    @on(Input.Changed, "#epoch")
    def _check_epoch(self, event: Input.Changed) -> None:
        event.stop()
        text, nearest = event.value.strip(), self._epochs[-1]
        if text.isdecimal() and len(text) < _LONGEST:
            nearest = min(self._epochs, key=lambda epoch: abs(epoch - int(text)))
        problem = "" if self._epoch is not None else f"{text or 'nothing'} is no epoch that is kept; near it: {nearest}"
        self.query_one("#epoch-problem", Static).update(problem)

    @on(Input.Submitted, "#epoch")
    def _leave_epoch(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()


def _ranges(epochs: Sequence[int]) -> str:
    """Return kept epochs in short: 0 to 12, 15, 20."""
    runs: list[list[int]] = []
    for epoch in sorted(epochs):
        if runs and epoch == runs[-1][1] + 1:
            runs[-1][1] = epoch
        else:
            runs.append([epoch, epoch])
    return ", ".join(str(low) if low == high else f"{low} to {high}" for low, high in runs)
