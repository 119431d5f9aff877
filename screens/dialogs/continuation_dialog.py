"""Go on with a run of the history, or begin another at one of its epochs, with other values."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engines.contract import Value
from hw1_tui.markup import shorten, visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.numeral import read_place
from hw1_tui.runs import RunRecord
from hw1_tui.settings import RunConfig
from hw1_tui.training.continuation import describe_beginning, not_counted, nothing_left, nothing_to_branch
from screens.dialogs.dialog import Dialog
from screens.state.field_words import in_field_words
from screens.widgets.button import Button
from screens.widgets.change_form import ChangeForm
from screens.widgets.form import Form
from screens.widgets.input import Input
from screens.widgets.plain import plain

if TYPE_CHECKING:
    from hw1_tui.report import Preset

_LARGEST, _WIDEST = 10**10, 20
"""Above each epoch that can be meant; cells of what is repeated of a field."""
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
        epochs: the epochs that were kept, to branch from one; none to go on with the run itself.

    Raises:
        MistakeError: its configuration cannot be read any more.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "apply", "Go on", id="continuation.apply", priority=True, tooltip="Train with these values."),
        Binding("down", "app.focus_next", "Next field", id="continuation.next", show=False),
        Binding("up", "app.focus_previous", "Previous field", id="continuation.previous", show=False),
    ]

    def __init__(self, record: RunRecord, epochs: Sequence[int] = ()) -> None:
        super().__init__()
        self._record, self._epochs = record, epochs
        self._config = self._config_after(epochs[-1] if epochs else None)

    def _config_after(self, epoch: int | None) -> RunConfig:
        """The values that hold now, or that held at the end of an epoch."""
        record = self._record
        return RunConfig.from_dict(record.config_now if epoch is None else record.config_after(epoch), record.run)

    def compose(self) -> ComposeResult:
        """Draw the epochs and a field for each value that may change."""
        with Vertical(classes="box") as box:
            box.border_title = plain(f"{'Branch from' if self._epochs else 'Go on with'} {self._record.title}")
            box.border_subtitle = "ctrl+s trains, escape changes nothing"
            with Form(classes="scroll"):
                yield Static(self._what, classes="text", id="what", markup=False)
                if self._epochs:
                    yield from self._compose_epoch()
                yield ChangeForm(self._config, "before")
            with Horizontal(classes="buttons"):
                yield Button("Train", id="apply", variant="primary", action="screen.apply")
                yield Button("Cancel", id="cancel", action="screen.dismiss_dialog")

    @property
    def _what(self) -> str:
        if self._epochs:
            return _WHAT_BRANCH
        from hw1_tui.report.runs.plan import wanted_by  # when it is first asked for: it would hold up the first frame

        presets: tuple[Preset, ...] = ()
        with contextlib.suppress(MistakeError):  # a questions file that is wrong by now is told where it is chosen
            presets = self.workspace.presets()
        who = visible(wanted_by(self._record, presets))
        what = describe_beginning(self._record.status)
        return f"{what} {not_counted(who)}" if who else what

    def _compose_epoch(self) -> ComposeResult:
        kept = Static(f"kept: {_ranges(self._epochs)}", markup=False, id="epoch-kept")
        kept.tooltip = Text(_ranges(self._epochs))
        with Horizontal(id="epoch-row"):
            yield Static("after epoch", id="epoch-label")
            yield Input(str(self._epochs[-1]), id="epoch")
            yield kept
        yield Static(markup=False, id="epoch-problem", classes="wrong")

    def on_mount(self) -> None:
        """Begin where one most often has something to say."""
        if self._epochs:
            self.query_one("#epoch").focus()
        else:
            self.query_one(ChangeForm).go_to("epochs")

    def action_apply(self) -> None:
        """Give back what was chosen, unless some of it is wrong."""
        form = self.query_one(ChangeForm)
        if form.go_to_wrong():
            return
        self._look_what_is_kept()
        epoch = self._epoch
        if self._epochs and epoch is None:
            self.query_one("#epoch").focus()
        elif form.suits(self._config, self._mistake):
            self.dismiss(Continuation(epoch, form.changes))

    def _look_what_is_kept(self) -> None:
        """See which epochs are kept by now: a run that trains takes older ones away, while one reads and types."""
        if not self._epochs:
            return
        with contextlib.suppress(MistakeError):  # it was deleted, which whoever trains says
            kept = self.workspace.store.find(self._record.run).checkpoint_store.checkpoints()
            self._epochs = [one.epoch for one in kept if not one.examples] or self._epochs
        self.query_one("#epoch-kept", Static).update(f"kept: {_ranges(self._epochs)}")
        self._say_whether_kept()

    def _mistake(self, config: RunConfig) -> Mistake | None:
        """Return why a run would end at once with these values; ``None`` where there is something to train."""
        results = self._record.results
        if self._epoch is not None:
            return nothing_to_branch(config, self._epoch)
        has_finished = self._record.status == "finished"
        done = int(results.get("epochs_done") or 0)
        return nothing_left(config, done, results.get("best_epoch"), has_finished=has_finished)

    @property
    def _epoch(self) -> int | None:
        """The epoch to branch from, as typed; ``None`` where there is none, or where none of the kept ones is named."""
        epoch = self._typed if self._epochs else None
        return epoch if epoch in self._epochs else None

    @property
    def _typed(self) -> int | None:
        """The number that stands in the field of the epoch; ``None`` for no number, or none that can be meant."""
        return read_place(self.query_one("#epoch", Input).value.strip(), _LARGEST)

    @on(Input.Changed, "#epoch")
    def _check_epoch(self, event: Input.Changed) -> None:
        event.stop()
        self._say_whether_kept()

    def _say_whether_kept(self) -> None:
        """Say whether the epoch that was typed is kept, and fill in the values that held after it."""
        text, typed = shorten(self.query_one("#epoch", Input).value.strip(), _WIDEST) or "nothing", self._typed
        nearest = self._epochs[-1] if typed is None else min(self._epochs, key=lambda epoch: abs(epoch - typed))
        problem = "" if self._epoch is not None else f"{text} is no epoch that is kept; near it: {nearest}"
        if self._epoch is not None:
            try:
                self._config = self._config_after(self._epoch)
            except MistakeError as error:  # what a stranger wrote into the log
                problem = in_field_words(str(error))
            else:
                self.query_one(ChangeForm).begin_with(self._config)
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
