"""Gradient descent from several starts at once, in a thread: it only appends, whoever draws only reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from engines.contract import Array
from hw1_tui.derivation.coefficients import coefficients_of
from hw1_tui.derivation.descent import DescentState, descend
from hw1_tui.derivation.network import Theta

STARTS = 4
_SLICE = 25
_MOST_STEPS = 200_000
_GROWTH = 1.04


@dataclass(frozen=True)
class Point:
    """A start's descent at one step.

    Attributes:
        number: steps taken.
        loss: 1/(2N) sum of squared errors.
        distance: |c(Theta) - c-hat|.
        largest: largest |b|.
    """

    number: int
    loss: float
    distance: float
    largest: float


@dataclass
class Trace:
    """What is kept of one start: ever fewer points as the steps go on, and the newest."""

    points: list[Point] = field(default_factory=list)
    ended: bool = False


class DescentRun:
    """Several starts that take turns.

    Args:
        x: inputs (N, D).
        y: targets (N,).
        c_hat: the closed form's solution (P,).
        units: K.
        seed: of the starts.
    """

    def __init__(self, x: Array, y: Array, c_hat: Array, units: int, seed: int) -> None:
        self._x, self._y, self._c_hat = x, y, c_hat
        rng = np.random.default_rng([seed, units])
        scale = 1 / np.sqrt(x.shape[1] * units)
        self._starts = [Theta.draw(x.shape[1], units, rng, scale) for _ in range(STARTS)]
        self.units = units
        self.traces = [Trace() for _ in self._starts]
        self._stop = threading.Event()
        self.most_steps = _MOST_STEPS

    @property
    def live(self) -> bool:
        """Whether some start still descends."""
        return not (self._stop.is_set() or all(trace.ended for trace in self.traces))

    def stop(self) -> None:
        """End it after the current slice."""
        self._stop.set()

    def descend(self) -> None:
        """Descend until every start has ended or it is stopped. Belongs to a thread of its own."""
        paths = [descend(self._x, self._y, start) for start in self._starts]
        while self.live:
            for path, trace in zip(paths, self.traces, strict=True):
                if not trace.ended and not self._stop.is_set():
                    self._advance(path, trace)

    def _advance(self, path: Iterator[DescentState], trace: Trace) -> None:
        step = None
        for step in islice(path, _SLICE):
            last = trace.points[-1].number if trace.points else -1
            if step.number >= max(last + 1, last * _GROWTH):
                trace.points.append(self._point(step))
        if step is None or step.number >= self.most_steps:
            trace.ended = True

    def _point(self, step: DescentState) -> Point:
        distance = float(np.linalg.norm(coefficients_of(step.theta) - self._c_hat))
        return Point(step.number, step.loss, distance, float(np.max(np.abs(step.theta.b))))
