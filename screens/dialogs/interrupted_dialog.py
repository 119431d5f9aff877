"""Runs that a crash, a kill or a power cut broke off, offered at the start."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from hw1_tui.mistake import MistakeError
from hw1_tui.numeral import counted
from hw1_tui.runs import RunRecord
from screens.dialogs.dialog import Dialog
from screens.state.live_run import LiveRun
from screens.state.run_source import submit_resumed
from screens.widgets.button import Button
from screens.widgets.choice_list import ChoiceList

_SWEEP = "sweep "
"""Begins the id of a line that is a sweep's: no run's does."""


class InterruptedDialog(Dialog[None]):
    """A list of what was broken off; each can be gone on with, none has to.

    It opens unasked, so no key answers it before it is drawn: that was typed for what lies below.

    Args:
        records: the runs.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "all", "Go on with all", id="interrupted.all", tooltip="They train as there is room for them."),
    ]

    AUTO_FOCUS = ""

    def __init__(self, records: Sequence[RunRecord]) -> None:
        super().__init__()
        self._records = {record.run: record for record in records if not record.sweep}
        self._sweeps = Counter(record.sweep for record in records if record.sweep)

    def compose(self) -> ComposeResult:
        """Draw the list and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = "Interrupted runs"
            box.border_subtitle = "enter goes on, a with all, escape later"
            yield Static(
                "These neither ended nor train now. Each can go on from its newest checkpoint.", classes="text"
            )
            yield ChoiceList(
                *(Option(_sweep_line(name, n), id=f"{_SWEEP}{name}") for name, n in self._sweeps.items()),
                *(Option(_line(record), id=run) for run, record in self._records.items()),
                compact=True,
                markup=False,
            )
            with Horizontal(classes="buttons"):
                yield Button("Go on", id="one", variant="primary", action="screen.one")
                yield Button("Go on with all", id="all", action="screen.all")
                yield Button("Later", id="later", action="screen.dismiss_dialog")

    def on_mount(self) -> None:
        """Take keys once it is seen."""
        self.call_after_refresh(self.query_one(ChoiceList).focus)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be done while nothing of it has the focus."""
        if action == "all" and self.focused is None:
            return None
        return super().check_action(action, parameters)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self._go_on([event.option.id or ""])

    def action_one(self) -> None:
        """Go on with the one that is highlighted."""
        if chosen := self.query_one(ChoiceList).highlighted_option:
            self._go_on([chosen.id or ""])

    def action_all(self) -> None:
        """Go on with every one of them."""
        self._go_on([*self._records, *(f"{_SWEEP}{name}" for name in self._sweeps)])

    def _go_on(self, runs: list[str]) -> None:
        sweeps = [run.removeprefix(_SWEEP) for run in runs if run.startswith(_SWEEP)]
        lives: list[LiveRun] = []
        for run in (run for run in runs if not run.startswith(_SWEEP)):
            try:
                lives.append(submit_resumed(self.workspace.queue, self.workspace.store, self._records[run]))
            except MistakeError as error:
                self.notify(str(error), severity="error")
        self.workspace.run_asked = lives[0] if lives else None  # the others wait for it
        self.dismiss(None)
        self.workspace.sweep_asked = sweeps[0] if sweeps else ""  # which has runs to come that it alone knows of
        self.app.action_go("sweep" if sweeps else "training")


def _sweep_line(name: str, n: int) -> str:
    return f"sweep {name}  {counted(n, 'run')} broken off; s on its screen goes on with it"


def _line(record: RunRecord) -> str:
    done = record.results.get("epochs_done") or 0
    return f"{record.title}  {record.config['model']}, epoch {done} of {record.config['epochs']}"
