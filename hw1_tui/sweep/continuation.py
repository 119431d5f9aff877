"""What a trial that halving stopped counts as beside those that trained on.

To leave it out, or to count it as the worst that finished, would show only what goes well together: half of two
hyperparameters that do nothing to each other are then told to matter together. Compared at the first rung all trials
are alike, but after a sixteenth of the epochs other things matter than at the end. So it counts as if it had gone on as
the trials did that went further than it: from the last rung back to the first, the median of their way from that rung
to their end is added to what it came to there. Those that were stopped later are among them. It counts as no better
than the best that trained to its end: one that was ahead when a person stopped it would, by the way of those behind it,
come to a loss below 0.

What it cannot do: a hyperparameter that only makes training faster looks as if it made it better where slow trials were
stopped. ``python -m tests.calibration halving`` holds it against trials whose whole curves are known.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import TypeVar

from hw1_tui.metric import Best

Key = TypeVar("Key", bound=Hashable)

Curve = Mapping[int, float]
"""What a trial came to after each of its epochs."""


def continued(finished: Mapping[Key, Curve], stopped: Mapping[Key, Curve], best: Best = "lowest") -> dict[Key, float]:
    """Return what trials that were stopped are taken to have come to at the end.

    Args:
        finished: curves of those that trained to their end, by what they are called; at least one.
        stopped: curves of the others, up to where each was stopped.
        best: whether the ``lowest`` or the ``highest`` value is best.
    """
    curves = {**finished, **stopped}
    ends = {name: curve[max(curve)] for name, curve in finished.items()}
    reached = (min if best == "lowest" else max)(ends.values())
    bound: Callable[[float], float] = partial(max if best == "lowest" else min, reached)
    for rung in sorted({max(curve) for curve in stopped.values()}, reverse=True):
        ways = [end - curves[name][rung] for name, end in ends.items() if rung in curves[name]]
        way = statistics.median(ways) if ways else 0.0
        here = {name: curve[rung] for name, curve in stopped.items() if max(curve) == rung}
        ends |= {name: bound(value + way) for name, value in here.items()}
    return {name: ends[name] for name in stopped}
