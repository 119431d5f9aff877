"""What mattered in a sweep in which halving stopped a part, held against the whole curves, and against known truths."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

from hw1_tui.statistics.repeat import Repeat
from hw1_tui.sweep.continuation import continued
from hw1_tui.sweep.importance import Importance, TermImportance, find_importance
from hw1_tui.sweep.observation import Observation
from tests.calibration.halved import Curve, play
from tests.calibration.table import Count

EPOCHS, _LANES = 16, 2

Point = Mapping[str, float]


@dataclass(frozen=True)
class Truth:
    """What the hyperparameters of drawn sweeps do.

    Attributes:
        first: how much each step of the first adds to the loss.
        second: the same of the second.
        speed: by how much the third slows training down, its end being the same.
    """

    first: float = 0.0
    second: float = 0.0
    speed: float = 0.0

    def curve(self, point: Point, rng: np.random.Generator) -> list[float]:
        """Return a curve of validation losses, with chance in its end and, less, in each epoch."""
        end = 1 + self.first * point["first"] + self.second * point["second"] + rng.normal(0, 0.05)
        slowness = 2.5 * (1 + self.speed * point["third"])
        return [end + 1.3 * math.exp(-epoch / slowness) + rng.normal(0, 0.01) for epoch in range(1, EPOCHS + 1)]


TRUTHS: Mapping[str, Truth] = {
    "nothing matters": Truth(),
    "the first matters": Truth(first=0.12),
    "the first and the second add up": Truth(first=0.12, second=0.1),
    "the third slows down": Truth(first=0.12, speed=0.5),
}


def tell_stopped(sweeps: int) -> dict[str, list[Count]]:
    """Return by truth how often nothing is told to matter, alone and in pairs, and how often what matters is found.

    Each twice: of whole curves, and of those that halving left. That the third is told where it slows down is no error
    of the second kind: it is what cannot be known.

    Args:
        sweeps: of each truth.
    """
    points = [
        dict(zip(("first", "second", "third"), values, strict=True))
        for values in itertools.product(range(4), range(3), range(2))
    ]
    rows: dict[str, list[Count]] = {}
    for name, truth in TRUTHS.items():
        rng, counts = np.random.default_rng([len(rows), sweeps]), np.zeros(6, int)
        matters = {axis for axis in ("first", "second") if getattr(truth, axis)}
        for _ in range(sweeps):
            curves = [truth.curve(point, rng) for point in points]
            for place, found in enumerate((_whole(points, curves), _halved(points, curves, rng))):
                told = {term.names[0] for term in _clear(found.axes)}
                pairs = bool(_clear(found.pairs))
                counts[3 * place : 3 * place + 3] += [bool(told - matters), pairs, bool(matters) and told >= matters]
        rows[name] = [Count(int(count), sweeps) for count in counts]
    return rows


def compare_recorded(curves: Sequence[Curve], orders: int) -> Table:
    """Return what explains the losses of the recorded configurations, and what halving leaves of it, over orders."""
    rng = np.random.default_rng(4)
    points, losses = [curve.point for curve in curves], [curve.losses for curve in curves]
    whole = _whole(points, losses)
    halved = [_halved(points, losses, rng) for _ in range(orders)]
    shown = Table("", "share", "verdict", "share, halved", "clear, halved", title="What mattered on the photographs")
    for terms, others in ((whole.axes, [each.axes for each in halved]), (whole.pairs, [each.pairs for each in halved])):
        for term in terms:
            same = [one for each in others for one in each if set(one.names) == set(term.names)]
            share, clear = statistics.fmean(one.share for one in same), len(_clear(same)) / len(same)
            shown.add_row(" and ".join(term.names), f"{term.share:.1%}", term.verdict, f"{share:.1%}", f"{clear:.0%}")
    return shown


def _clear(terms: Sequence[TermImportance]) -> list[TermImportance]:
    return [term for term in terms if term.verdict == "clear"]


def _whole(points: Sequence[Point], curves: Sequence[Sequence[float]]) -> Importance:
    return _importance(points, [curve[-1] for curve in curves])


def _halved(points: Sequence[Point], curves: Sequence[Sequence[float]], rng: np.random.Generator) -> Importance:
    """Return what mattered by the trials of a sweep with halving, in an order that is drawn."""
    order = rng.permutation(len(curves)).tolist()
    progress = play([curves[place] for place in order], _LANES, rng)
    left = {place: dict(enumerate(curves[place][: progress[i].epochs], 1)) for i, place in enumerate(order)}
    finished = {place: curve for place, curve in left.items() if len(curve) == EPOCHS}
    lost = {place for place, curve in left.items() if not math.isfinite(curve[max(curve)])}
    stopped = {place: curve for place, curve in left.items() if place not in finished and place not in lost}
    ends = {place: curve[EPOCHS] for place, curve in finished.items()} | continued(finished, stopped)
    return _importance(points, [ends.get(place, math.nan) for place in range(len(curves))])


def _importance(points: Sequence[Point], values: Sequence[float]) -> Importance:
    observations = [
        Observation(point, 1, Repeat(value) if math.isfinite(value) else None)
        for point, value in zip(points, values, strict=True)
    ]
    found = find_importance(observations, "lowest")
    assert found
    return found
