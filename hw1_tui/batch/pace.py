"""What is left of something that is under way, told once it can be told."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_SECONDS = 3.0
"""So long nothing is told: the first steps of a training are its slowest."""

_AGREE = 1.5
"""Two paces that are no further apart than this mean the same."""

_MOST = 400


class Pace:
    """How fast something goes.

    The pace is that of the second half of the time so far, and it is told only where the last quarter agrees with it:
    neither what came before the first step nor a part that is slower than others makes a time of hours out of minutes.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reached: deque[tuple[float, float]] = deque()

    @property
    def seconds(self) -> float:
        """How long it has been going."""
        return self._clock() - self._reached[0][0] if self._reached else 0.0

    def reach(self, done: float) -> None:
        """Take note of how much is done, in any unit."""
        now = self._clock()
        if self._reached and done < self._reached[-1][1]:
            self._reached.clear()
        self._reached.append((now, done))
        if len(self._reached) > _MOST:  # every second one is enough, however long it takes
            self._reached = deque([*list(self._reached)[:-1:2], self._reached[-1]])

    def seconds_left(self, total: float) -> float | None:
        """Return the seconds to the end, ``None`` while that is not known."""
        now = self._clock()
        if not self._reached or now - self._reached[0][0] < _SECONDS:
            return None
        halfway, quarter = self._rate(now, 2), self._rate(now, 4)
        if min(halfway, quarter) <= 0 or max(halfway, quarter) > _AGREE * min(halfway, quarter):
            return None
        return max(0.0, total - self._reached[-1][1]) / halfway

    def _rate(self, now: float, part: int) -> float:
        """Return the pace over the last half or quarter of the time, per second."""
        begun = now - (now - self._reached[0][0]) / part
        before = self._reached[0]
        for reached in self._reached:
            if reached[0] > begun:
                break
            before = reached
        return (self._reached[-1][1] - before[1]) / (now - before[0])
