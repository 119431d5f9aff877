"""The question before the trials of a sweep that come out poorly are stopped for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from hw1_tui.metric import Metric
from hw1_tui.numeral import counted
from screens.dialogs.dialog import Dialog
from screens.state.sweep_reading import TrialView
from screens.widgets.button import Button

_RULE = (
    "Of the trials that got as far as each of these, it is in the worst quarter, and its point's mean over the seeds "
    "is not the best. Stopped trials keep what they reached and train no further."
)


class StopPoorDialog(Dialog[bool]):
    """Names the trials and the rule; ``escape`` leaves them be.

    Args:
        poor: the trials.
        metric: what they are ranked by.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", "Previous", id="stop-poor.previous", show=False),
        Binding("right,down", "app.focus_next", "Next", id="stop-poor.next", show=False),
    ]
    AUTO_FOCUS = "#stop"

    def __init__(self, poor: Sequence[TrialView], metric: Metric) -> None:
        super().__init__()
        self._poor, self._metric = poor, metric

    def compose(self) -> ComposeResult:
        """Draw the trials, the rule and the answers."""
        with Vertical(classes="box") as box:
            box.border_title = f"Stop {counted(len(self._poor), 'poor trial')}?"
            box.border_subtitle = "enter stops them, escape goes back"
            with VerticalScroll(classes="scroll"):
                yield Static(_RULE, markup=False, classes="text")
                yield Static("\n".join(map(self._line, self._poor)), markup=False, id="poor")
            with Horizontal(classes="buttons"):
                yield Button("Stop", id="stop", variant="primary", action="screen.stop")
                yield Button("Cancel", id="back", action="screen.dismiss_dialog")

    def _line(self, view: TrialView) -> str:
        value = "-" if view.value is None else self._metric.format(view.value)
        return f"{view.trial.label}  {self._metric.title} {value} after {counted(view.epochs_done, 'epoch')}"

    def action_stop(self) -> None:
        """Stop them."""
        self.dismiss(True)
