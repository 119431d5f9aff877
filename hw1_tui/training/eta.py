"""How long something still takes, told once that means something: one estimate for both front ends."""

from __future__ import annotations

import bisect

from hw1_tui.signals import SIGNALS

_LEAST_SECONDS = 2.0
"""Over less time a pace is mostly chance."""
_WARM_UP_SECONDS = 10.0
"""What loads and warms up at the beginning takes less than a part of this; a longer first stretch counts."""
_AGREE = 1.5
"""Two paces that are no further apart than this mean the same."""
_MOST_SAMPLES = 128


class Eta:
    """The time that is left, by the pace of the newer half of what was seen.

    The first stretch after a beginning, in which libraries load and caches warm up, says nothing of the pace. The newer
    half forgets a pace that holds no more, after as long as that one held; while the newest quarter does not agree with
    it, nothing is told. Where the process was suspended meanwhile, it begins anew.

    Args:
        done: how much is done at the beginning, in any unit.
        seconds: the clock at the beginning.
    """

    def __init__(self, done: float = 0.0, seconds: float = 0.0) -> None:
        self._times = [seconds]
        self._done = [done]
        self._warm = False
        self._times_suspended = SIGNALS.times_suspended

    def reach(self, done: float, seconds: float) -> None:
        """Take note of how much is done by now; less than before begins anew."""
        if done < self._done[-1]:
            self._times, self._done, self._warm = [seconds], [done], False
        if done <= self._done[-1] or seconds < self._times[-1]:
            return
        if self._times_suspended != SIGNALS.times_suspended:
            self._times_suspended = SIGNALS.times_suspended
            self._times, self._done = [seconds], [done]
            return
        if not self._warm:
            self._warm = True
            if seconds - self._times[0] < _WARM_UP_SECONDS:
                self._times, self._done = [seconds], [done]
                return
        self._times.append(seconds)
        self._done.append(done)
        if len(self._times) > _MOST_SAMPLES:  # every other, the first and the newest stay
            del self._times[1:-1:2], self._done[1:-1:2]

    def left(self, total: float, done: float, seconds: float) -> float | None:
        """Return the seconds that are left, or ``None`` while that cannot be said.

        Args:
            total: how much there is to do.
            done: how much is done by now; may be more than was reached.
            seconds: the clock now.
        """
        span = self._times[-1] - self._times[0]
        if span < _LEAST_SECONDS:
            return None
        pace, newer = self._pace(span / 2), self._pace(span / 4)
        if max(pace, newer) > _AGREE * min(pace, newer):
            return None
        by_clock = pace * (total - self._done[-1]) - (seconds - self._times[-1])
        return max(0.0, by_clock, pace * (total - done))

    def _pace(self, seconds: float) -> float:
        """Return how long one unit took over the last seconds, at least as long as a step took."""
        begin = bisect.bisect_right(self._times, self._times[-1] - seconds) - 1
        return (self._times[-1] - self._times[begin]) / (self._done[-1] - self._done[begin])
