"""What the interface knows of a run: its times."""

import pytest

from hw1_tui.settings import resolve
from hw1_tui.training.event import EpochEnded, RunEnded, RunStarted
from screens.live_run import LiveRun


def test_a_run_that_goes_on_counts_its_time_on_and_tells_what_is_left_at_its_pace_from_there():
    now = [0.0]
    live = LiveRun(1, resolve([]), lambda *_: iter(()), clock=lambda: now[0])

    def begin(resumed):
        live.state = "opening"
        live.take(RunStarted("a", live.config, (9, 9, 9), 4, ("x", "y"), 5, 9, resumed_epoch=resumed))

    def train(epoch, seconds):
        now[0] += seconds
        live.take(EpochEnded(epoch, 1.0, 1.0, 0.5, 1.0, 0.5, 1.0, 0.1, seconds))

    begin(None)
    for epoch in range(1, 11):
        train(epoch, 2.0)
    assert live.seconds_left == pytest.approx(2.0 * (live.config.epochs - 10))
    live.take(RunEnded("a", "stopped", 10, 1.0, 0.5, 10, 20.0))
    now[0] += 1000.0  # looked at meanwhile
    begin(10)
    train(11, 3.0)
    assert live.elapsed == pytest.approx(23.0)
    assert live.seconds_left == pytest.approx(3.0 * (live.config.epochs - 11))
