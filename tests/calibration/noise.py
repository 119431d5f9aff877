"""The rule for trends on noise that remembers, alone and with a rise on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.trend import find_trend
from tests.calibration.table import Count

LENGTHS = (20, 40, 100, 200)
MEMORIES = (0.0, 0.5, 0.8)


def remembering(rng: np.random.Generator, n: int, memory: float) -> npt.NDArray[np.float64]:
    """Return noise (n,) of variance 1 whose neighbours are correlated by ``memory``."""
    steps = rng.normal(0, np.sqrt(1 - memory**2), n)
    noise = np.empty(n)
    noise[0] = rng.normal()
    for i in range(1, n):
        noise[i] = memory * noise[i - 1] + steps[i]
    return noise


def trends(series: int, seeds: int = 1) -> dict[str, list[Count]]:
    """Return by memory and length how often noise is a trend, a rise flat, no rise flat, and a large rise found.

    Args:
        series: settings of each kind.
        seeds: series a setting.
    """
    rows = {}
    for memory in MEMORIES:
        for n in LENGTHS:
            rng = np.random.default_rng([n, int(100 * memory), seeds])
            counts = [0, 0, 0, 0]
            for _ in range(series):
                noise = [remembering(rng, n, memory) for _ in range(seeds)]
                still, rises, climbs = (
                    find_trend([(x + np.linspace(0, rise, n)).tolist() for x in noise]).direction
                    for rise in (0.0, 1.0, 4.0)
                )
                counts[0] += still in ("rises", "falls")
                counts[1] += rises == "flat"
                counts[2] += still == "flat"
                counts[3] += climbs == "rises"
            rows[f"memory {memory:g}, {n} epochs"] = [Count(count, series) for count in counts]
    return rows
