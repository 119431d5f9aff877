"""The three charts of a run: loss, accuracy, weight norm."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from screens.live_run import LiveRun

NAMES = ("loss", "accuracy", "norm")


class RunCharts(Container):
    """Charts of one run; in a narrow terminal one at a time."""

    chosen: ClassVar[str] = "loss"

    def compose(self) -> ComposeResult:
        """Draw the charts."""
        for name in NAMES:
            yield Static(name, id=f"chart-{name}", classes="chart", markup=False)

    def on_mount(self) -> None:
        """Begin with the loss."""
        self._chosen = 0
        self._mark()

    def next(self) -> None:
        """Choose the next chart."""
        self._chosen = (self._chosen + 1) % len(NAMES)
        self._mark()

    def show(self, live: LiveRun | None) -> None:
        """Draw a run."""
        self.query_one("#chart-loss", Static).update(str([e.train_loss for e in live.epochs][-20:]) if live else "-")

    def _mark(self) -> None:
        for position, name in enumerate(NAMES):
            self.query_one(f"#chart-{name}").set_class(position == self._chosen, "-chosen")
