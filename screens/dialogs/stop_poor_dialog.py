"""The question before the trials of a sweep that come out poorly are stopped for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hw1_tui.metric import Metric
from hw1_tui.numeral import counted
from screens.dialogs.dialog import Dialog
from screens.state.sweep_reading import TrialView
from screens.theme import REMARK
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
                yield Static(self._table(), markup=False, id="poor")
            with Horizontal(classes="buttons"):
                yield Button("Stop", id="stop", variant="primary", action="screen.stop")
                yield Button("Cancel", id="back", action="screen.dismiss_dialog")

    def _table(self) -> Content:
        """Return a line a trial: what it reached, after how many epochs, and which it is."""
        headings = (self._metric.short, "epochs")
        numbers = [
            ("-" if view.value is None else self._metric.format(view.value), f"{view.epochs_done}")
            for view in self._poor
        ]
        widths = [max(map(len, column)) for column in zip(headings, *numbers, strict=True)]
        lines = [
            "  ".join([*(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)), name])
            for cells, name in zip([headings, *numbers], ["trial", *(v.trial.label for v in self._poor)], strict=True)
        ]
        return Content.assemble((lines[0], REMARK), *(f"\n{line}" for line in lines[1:]))

    def action_stop(self) -> None:
        """Stop them."""
        self.dismiss(True)
