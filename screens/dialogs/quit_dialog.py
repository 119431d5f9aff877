"""The question before leaving while something trains."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from hw1_tui.numeral import counted
from screens.dialogs.dialog import Dialog
from screens.widgets.button import Button


class QuitDialog(Dialog[None]):
    """Stop and save, keep training, or kill. Stays open until every run has stopped."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,q", "stop", "Stop and save", id="quit.stop",
                tooltip="Stop every run, keep what it reached, leave; so does being asked to quit twice."),
        Binding("k", "dismiss_dialog", "Keep training", id="quit.keep", tooltip="Go back; nothing is stopped."),
        Binding("ctrl+k", "kill", "Kill", id="quit.kill", tooltip="Leave at once, without waiting for any run."),
        Binding("left,up", "app.focus_previous", "Previous", id="quit.previous", show=False),
        Binding("right,down", "app.focus_next", "Next", id="quit.next", show=False),
    ]  # fmt: skip

    def compose(self) -> ComposeResult:
        """Draw the question and its three answers."""
        with Vertical(classes="box") as box:
            box.border_title = "Quit"
            box.border_subtitle = "s or q stops, k keeps training, ctrl+k kills"
            yield Static(markup=False, id="question", classes="text")
            with Horizontal(classes="buttons"):
                yield Button("Stop and save", id="stop", variant="primary", action="screen.stop")
                yield Button("Keep training", id="keep", action="screen.dismiss_dialog")
                yield Button("Kill", id="kill", variant="error", action="screen.kill")

    def on_mount(self) -> None:
        """Say what trains, and listen for its end."""
        self.workspace.queue.changed.subscribe(self, lambda _run: self._look())
        self._stopping = False
        self._look()

    def action_stop(self) -> None:
        """Stop every run and leave when the last has ended."""
        self._stopping = True
        self.query_one("#stop", Button).disabled = True
        self.workspace.queue.stop_all()
        self._look()

    def action_kill(self) -> None:
        """Leave without waiting."""
        self.app.leave()

    def _look(self) -> None:
        """Leave when nothing trains any more, or say what still does."""
        live, queued = self.workspace.queue.live, self.workspace.queue.queued
        if self._stopping and self.workspace.queue.is_idle:
            self.app.leave()
            return
        what = f"{counted(len(live), 'run')} {'train' if len(live) != 1 else 'trains'}"
        if not live:
            to_come = [one.title for one in self.workspace.queue.suppliers if one.is_busy]
            what = f"The {to_come[0]} has runs to come" if to_come else "Nothing trains any more"
        wait = f"{len(queued)} that {'wait' if len(queued) != 1 else 'waits'}"
        waiting = f"; {wait} would be given up" if queued else ""
        text = "Stopping after the current step..." if self._stopping else f"{what}{waiting}. Leave?"
        self.query_one("#question", Static).update(text)
