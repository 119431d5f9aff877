"""An app with one chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.chart.series import Floor
from tests.support.scripted_engine import until


def curves(n: int = 60) -> list[Series]:
    """Return two noisy curves that come down."""
    rng = np.random.default_rng(1)
    x = np.arange(n, dtype=float)
    return [
        Series("train", x, 2 * np.exp(-x / 15) + 0.3 + rng.normal(0, 0.02, n), "lowest"),
        Series("val", x, 1.6 * np.exp(-x / 12) + 0.7 + rng.normal(0, 0.05, n), "lowest"),
    ]


class Host(App[object]):
    """An app with one chart."""

    def __init__(
        self,
        series: Sequence[Series] = (),
        marks: Sequence[Mark] = (),
        floors: Sequence[Floor] = (),
        theme: str = "textual-dark",
    ) -> None:
        super().__init__()
        self.chart = Chart("loss (mean per example)", empty="No epochs yet: press s to start.")
        self._shown = series, marks, floors
        self._wanted = theme

    def compose(self) -> ComposeResult:
        yield self.chart

    def on_mount(self) -> None:
        self.theme = self._wanted
        series, marks, floors = self._shown
        self.chart.set_series(series)
        self.chart.set_marks(marks)
        self.chart.set_floors(floors)
        self.chart.focus()


async def all_drawn(pilot: Pilot[object]) -> None:
    """Wait until the app's chart has drawn what it was given."""
    await pilot.pause()
    await until(pilot, lambda: pilot.app.query_one(Chart).is_drawn)


def legend(app: App[object]) -> str:
    """Return what the legend says."""
    return str(app.query_one(".chart-legend", Static).content)
