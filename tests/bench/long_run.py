"""A run of 50,000 epochs in the history: how long its chart and its comparison take to open."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

from hw1_tui.app import Hw1App
from screens import interval
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.widgets.chart import Chart
from screens.widgets.chart.plot import Plot
from screens.widgets.run_table import RunTable
from tests.bench.material import own_home
from tests.bench.row import Row
from tests.bench.store import fill

_EPOCHS, _SIZE, _TIMES = 50_000, (200, 60), 5


def _opening() -> Iterator[Row]:
    """Yield how long the chart and the comparison of a long run take to open."""
    with own_home() as home, _at_once():
        fill(home, 2, epochs=_EPOCHS)
        times = [asyncio.run(_open()) for _ in range(_TIMES)]
    for name, taken in zip(("chart", "comparison"), zip(*times, strict=True), strict=True):
        details = {"epochs": _EPOCHS, "all": taken}
        yield Row(f"a run of {_EPOCHS:,} epochs: its {name} opens", statistics.median(taken), "s", 0.3, 0.15, details)


def _at_once() -> AbstractContextManager[object]:
    """Read the run under the cursor at once: that the cursor has to rest there first is not what is measured."""
    return patch.object(interval, "PREVIEW", 0.001)


async def _open() -> tuple[float, float]:
    """Return how long the chart and the comparison took, seconds; another run's are there already."""
    app = Hw1App("runs")
    async with app.run_test(size=_SIZE) as pilot:
        while not app.screen.query_one(RunTable).row_count:
            await pilot.pause()
        await _drawn(app)
        before = app.screen.query_one("#preview-loss Plot", Plot).series
        start = time.perf_counter()
        app.screen.query_one(RunTable).action_cursor_down()
        while app.screen.query_one("#preview-loss Plot", Plot).series is before:
            await asyncio.sleep(0.002)
        await _drawn(app)
        chart, start = time.perf_counter() - start, time.perf_counter()
        await app.screen.run_action("compare")
        while not isinstance(app.screen, ComparisonDialog):
            await asyncio.sleep(0.002)
        await _drawn(app)
        return chart, time.perf_counter() - start


async def _drawn(app: Hw1App) -> None:
    """Wait until the curves are on the screen."""
    while not (getattr(app.screen, "is_drawn", True) and _has_curves(app)):
        await asyncio.sleep(0.002)
    is_shown = asyncio.Event()
    app.screen.call_after_refresh(is_shown.set)
    await is_shown.wait()


def _has_curves(app: Hw1App) -> bool:
    charts = [chart for chart in app.screen.query(Chart) if chart.display]
    return bool(charts) and all(chart.is_drawn and len(chart.query_one(Plot).series) for chart in charts)


MEASUREMENTS = (_opening,)
