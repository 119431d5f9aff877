"""The chart: one redraw of two noisy series of ten thousand points at 200 x 60."""

import statistics
import time
from collections.abc import Iterator

import numpy as np
from textual.app import App, ComposeResult

from screens.widgets.chart import Chart, Series
from screens.widgets.chart.plot import Plot
from tests.bench.row import Row

_POINTS, _SIZE, _REDRAWS = 10_000, (200, 60), 30


class _Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Chart("loss")


def _redraw() -> Iterator[Row]:
    """Yield how long a redraw takes, from the series to the text that Textual shows."""
    import asyncio

    yield asyncio.run(_measure())


async def _measure() -> Row:
    rng = np.random.default_rng(0)
    x = np.arange(_POINTS, dtype=np.float64)
    series = [Series(name, x, np.exp(-x / 3000) + rng.normal(0, 0.05, _POINTS)) for name in ("train", "val")]
    app = _Host()
    async with app.run_test(size=_SIZE) as pilot:
        app.query_one(Chart).set_series(series)
        await pilot.pause(0.5)
        plot = app.query_one(Plot)
        plot.render()
        times = []
        for _ in range(_REDRAWS):
            start = time.perf_counter()
            plot.render()
            times.append(1000 * (time.perf_counter() - start))
    details = {"points": _POINTS, "series": len(series), "size": _SIZE, "slowest_ms": max(times)}
    return Row(
        "chart redraw, two noisy series of 10,000 points at 200x60", statistics.median(times), "ms", 25, 12, details
    )


MEASUREMENTS = (_redraw,)
