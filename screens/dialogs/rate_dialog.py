"""The range test: the loss while the learning rate rises over an epoch, and the rate that it suggests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engines.contract import Dataset, Value
from hw1_tui.analysis.rate_finder import RATES, RatePoint, rise, suggest, suggestion_words
from hw1_tui.export.inspection.writer import SUFFIXES, shown_mistake, write_shown
from hw1_tui.export.rate_test import show_rate_test
from hw1_tui.markup import visible
from hw1_tui.runs.loss_name import loss_title
from hw1_tui.settings import RunConfig
from screens.dialogs.file_export import ask_for_file
from screens.dialogs.trial_dialog import TrialDialog
from screens.widgets.button import Button
from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.chart.charted import Charted

_RISING = "The learning rate rises over one epoch"


class RateDialog(Charted, TrialDialog):
    """Draws the loss as it comes; a key puts the rate that is suggested into the form.

    Args:
        config: the run.
    """

    CSS_PATH: ClassVar[list[str]] = ["dialog.tcss", "rate_dialog.tcss"]  # type: ignore[assignment]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "export", "Export", id="rate.export", tooltip="Write it as a picture, a table or JSON lines."),
    ]
    AUTO_FOCUS = "#close"
    no_changes = "No rate is suggested, so there is nothing to apply."

    def __init__(self, config: RunConfig) -> None:
        super().__init__(config)
        self._points: list[RatePoint] = []
        self._suggested: float | None = None

    def compose(self) -> ComposeResult:
        """Draw the sentence, the chart and the buttons."""
        about = {"engine": self.config.engine, "model": self.config.model}
        with Vertical(classes="box -large") as box:
            box.border_title = "Find a learning rate"
            box.border_subtitle = "ctrl+s applies it, x exports, escape closes"
            yield Static(f"{_RISING}...", id="rate-state", markup=False)
            yield Chart(
                loss_title([about]), x_label="learning rate", empty="Nothing was trained yet.", log_x=True, id="rates"
            )
            with Horizontal(classes="buttons"):
                yield Button("Close", id="close", variant="primary", action="screen.dismiss_dialog")
                yield Button("Apply", id="apply", disabled=True, action="screen.apply")
                yield Button("Export", id="export", disabled=True, action="screen.export")

    def try_out(self, dataset: Dataset, is_stopped: Callable[[], bool]) -> Iterator[RatePoint]:
        """Yield the losses at rising rates."""
        return rise(self.config, dataset, is_stopped)

    @property
    def changes(self) -> Mapping[str, Value]:
        """The rate that is suggested."""
        return {} if self._suggested is None else {"learning_rate": self._suggested}

    def show_part(self, part: RatePoint) -> None:
        """Draw what was trained so far."""
        self._points.append(part)
        places = [math.log10(point.rate) for point in self._points]
        curves = {"loss": [p.loss for p in self._points], "smoothed": [p.smoothed for p in self._points]}
        self.query_one(Chart).set_series([Series(name, places, losses) for name, losses in curves.items()])
        self.query_one("#rate-state", Static).update(
            f"{_RISING}: {part.rate:.2g}, part {len(self._points)} of {RATES}..."
        )
        self.query_one("#export", Button).disabled = False

    def show_end(self, problem: str) -> None:
        """Say what is suggested, or why nothing is, and mark it."""
        self._suggested = None if problem else suggest(self._points)
        words = visible(problem)
        if not problem:
            words = suggestion_words(self._points, float(self.config.hyperparameters["learning_rate"]))
        if self._suggested is not None:
            words += " ctrl+s puts it into the form."
            self.query_one(Chart).set_marks([Mark(math.log10(self._suggested), f"suggested {self._suggested:g}")])
            self.query_one("#apply", Button).disabled = False
        state = self.query_one("#rate-state", Static)
        state.update(words)
        state.set_class(bool(problem), "wrong")

    def action_export(self) -> None:
        """Ask where what was trained so far is to be written, and write it."""
        if not self._points:
            self.notify("Nothing was trained yet.", severity="warning")
            return
        write = partial(write_shown, show_rate_test(list(self._points), self.config))
        ask_for_file(self.app, "Export the range test", SUFFIXES, shown_mistake, write)
