"""How often a hyperparameter that does nothing is told to matter, and how often one that matters is found."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from hw1_tui.statistics.repeat import Repeat
from hw1_tui.sweep.importance import Importance, find_importance
from hw1_tui.sweep.observation import Observation
from tests.calibration.table import Count

Values = npt.NDArray[np.float64]
Design = Callable[[np.random.Generator], Values]


def _grid(*sizes: int, seeds: int = 1) -> Design:
    axes = [np.linspace(-1, 1, size) for size in sizes]
    rows = np.asarray([point for point in itertools.product(*axes) for _ in range(seeds)])
    return lambda rng: rows


def _drawn(points: int, axes: int) -> Design:
    return lambda rng: rng.uniform(-1, 1, (points, axes))


DESIGNS: Mapping[str, Design] = {
    "grid 4 x 3 x 2, one seed": _grid(4, 3, 2),
    "grid 4 x 2, three seeds": _grid(4, 2, seeds=3),
    "24 points drawn, 3 axes": _drawn(24, 3),
    "60 points drawn, 4 axes": _drawn(60, 4),
}
NOISES: Mapping[str, Callable[[np.random.Generator, int], Values]] = {
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "long tails": lambda rng, n: rng.standard_t(3, n),
    "disasters": lambda rng, n: rng.normal(0, 1, n) + 20.0 * (rng.random(n) < 0.1),
}


def explain(sweeps: int) -> dict[str, list[Count]]:
    """Return by design and noise how often what does nothing is told to matter, and how often what does is found.

    An axis and a pair where none matters; the one that explains a half; any other then, among the better half.

    Args:
        sweeps: of each kind.
    """
    rows: dict[str, list[Count]] = {}
    for (design, draw), (noise, chance) in itertools.product(DESIGNS.items(), NOISES.items()):
        rng, counts = np.random.default_rng([len(rows), sweeps]), [0, 0, 0, 0]
        for _ in range(sweeps):
            points = draw(rng)
            y = chance(rng, len(points))
            nothing = _importance(points, y)
            counts[0] += any(term.verdict == "clear" for term in nothing.axes)
            counts[1] += any(term.verdict == "clear" for term in nothing.pairs)
            # The first axis then explains a half of the variance, as normal noise would have it.
            y = y + points[:, 0] / np.std(points[:, 0])
            found, better = _importance(points, y), _importance(points, y, among_better=True)
            counts[2] += any(term.names == ("0",) and term.verdict == "clear" for term in found.axes)
            counts[3] += any(term.names != ("0",) and term.verdict == "clear" for term in better.axes)
        rows[f"{design}, {noise}"] = [Count(count, sweeps) for count in counts]
    return rows


def _importance(points: Values, values: Values, *, among_better: bool = False) -> Importance:
    observations = [
        Observation({str(axis): value for axis, value in enumerate(point)}, seed, Repeat(float(y)))
        for seed, (point, y) in enumerate(zip(points.tolist(), values, strict=True))
    ]
    found = find_importance(observations, "lowest", among_better=among_better)
    assert found
    return found
