"""What the interface knows of a run: its times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from hw1_tui.batch.narrator import Narrator
from hw1_tui.metric import EpochMetrics
from hw1_tui.settings import resolve
from hw1_tui.training.event import EpochEnded, Paused, Progressed, Resumed, RunEnded, RunStarted
from screens.state.live_run import LiveRun
from screens.widgets.number import measure
from screens.widgets.run_card import RunCard, epoch_words
from tests.support.scripted_engine import until


def begin(live, resumed):
    live.state = "opening"
    live.take(RunStarted("a", live.config, (9, 9, 9), 4, ("x", "y"), 5, 9, resumed_epoch=resumed))


def test_a_run_that_goes_on_tells_what_is_left_at_its_pace_from_there():
    now = [0.0]
    live = LiveRun(1, resolve([]), clock=lambda: now[0])

    def train(epoch, seconds):
        now[0] += seconds
        live.take(EpochEnded(EpochMetrics(epoch, {"val_loss": 1.0, "seconds": seconds})))

    begin(live, None)
    for epoch in range(1, 11):
        train(epoch, 2.0)
    assert live.seconds_left == pytest.approx(2.0 * (live.config.epochs - 10))
    live.take(RunEnded("a", "stopped", 10, {}, 10, 20.0))
    now[0] += 1000.0  # looked at meanwhile
    begin(live, 10)
    train(11, 5.0)
    assert live.seconds_left is None  # the first epoch warms up: by its pace nothing is promised
    train(12, 3.0)
    assert live.seconds_left == pytest.approx(3.0 * (live.config.epochs - 12))


@pytest.mark.parametrize("epochs", [4, 6], ids=["before an epoch was measured here", "after two of them"])
def test_what_the_history_has_of_a_run_comes_late_and_stands_before_what_is_measured_here_once(epochs):
    live = LiveRun(1, resolve([]))
    begin(live, 3)
    measured = [EpochMetrics(epoch, {}) for epoch in range(7)]
    for one in measured[4:epochs]:
        live.take(EpochEnded(one))
    live.read.append(measured)
    live.take_read()
    assert live.epochs == measured[:epochs]


@pytest.mark.parametrize("parent", [None, ("parent", 2)], ids=["run", "branch"])
@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "late"])
def test_the_coach_of_a_run_that_goes_on_knows_what_came_before(parent, is_late):
    """It judged the epochs since then alone, and said of nearly every run that its loss still falls."""
    live = LiveRun(1, resolve([]), parent=parent)
    measured = [EpochMetrics(epoch, {"val_loss": 1.0 - 0.01 * epoch}) for epoch in range(7)]
    live.read.append(measured[:4])
    if not is_late:
        live.take_read()
    begin(live, 3)
    for one in measured[4:]:
        live.take(EpochEnded(one))
    if is_late:
        live.take_read()
    assert live.coach
    own = measured[3:] if parent else measured
    assert live.coach.course.epochs == own
    assert live.coach.course.values("val_loss") == [one["val_loss"] for one in own if one.epoch]


def test_its_seconds_are_those_of_its_session_while_it_trains_and_when_it_has_ended():
    """They fell when it ended: the clock had counted what a session does not, such as writing what is kept."""
    now = [0.0]
    live = LiveRun(1, resolve([]), clock=lambda: now[0])

    def reach(seconds):
        now[0] += 7.0
        live.progress.append(Progressed(1, 3, 9, 1.0, 1.0, seconds))
        return live.seconds

    told = []
    begin(live, 3)
    told.append(live.seconds)  # of another program's run, how long it took before is not known yet
    assert reach(21.5) == 21.5
    live.take(Paused(3))
    now[0] += 1000.0
    told.append(live.seconds)
    live.take(Resumed(3))
    assert reach(22.5) == 22.5
    live.take(RunEnded("a", "stopped", 3, {}, 3, 23.0))
    told.append(live.seconds)
    begin(live, 3)
    told.append(live.seconds)
    assert told == [None, 21.5, 23.0, 23.0]
    assert reach(22.9) == 23.0  # the measurement of its end is not done again
    assert reach(24.0) == 24.0


def test_both_front_ends_say_that_a_trained_epoch_is_being_measured(monkeypatch):
    """It stood as "epoch 10 of 20 + 100%", and in batch as the next epoch."""
    config = resolve([])
    live, narrator, said = LiveRun(1, config), Narrator(quiet=True), []
    monkeypatch.setattr(narrator, "advance", lambda done, total, what: said.append((done, what)))
    live.state = "opening"

    def tell(event):
        narrator.follow(event)
        if isinstance(event, Progressed):
            live.progress.append(event)
        else:
            live.take(event)
        return said[-1], epoch_words(live)

    started = RunStarted("a", config, (9, 9, 9), 4, ("x", "y"), 5, 9)
    assert tell(started) == ((0, "epoch 0 of 20, evaluating"), "epoch 0 of 20, evaluating")
    of_none = EpochEnded(EpochMetrics(0, {"val_loss": 1.0}))
    assert tell(of_none) == ((0, "epoch 1 of 20"), "epoch 0 of 20")
    for epoch in range(1, 21):
        assert tell(Progressed(epoch, 3, 9, 1.0, 0.0))[0] == (pytest.approx(epoch - 2 / 3), f"epoch {epoch} of 20")
        assert live.is_evaluating is False
        told = tell(Progressed(epoch, 9, 9, 1.0, 0.0))
        assert told == ((epoch, f"epoch {epoch} of 20, evaluating"), f"epoch {epoch} of 20, evaluating")
        live.state = "paused"
        assert "evaluating" in epoch_words(live)
        live.state = "training"
        tell(EpochEnded(EpochMetrics(epoch, {"val_loss": 1.0})))
    assert said[-1][1] == "epoch 20 of 20, evaluating"  # the test split
    assert "epoch 20 of 20, evaluating" in epoch_words(live)
    live.take(RunEnded("a", "finished", 20, {}, 20, 20.0))
    assert "evaluating" not in epoch_words(live)


@given(st.floats(0, 1e99))
def test_a_measured_number_fits_the_column_that_is_made_for_it(value):
    """A norm that reads 1.033e+ tells nothing."""
    assert len(measure(value)) <= (9 if value < 1000 else 7)


async def test_the_bar_of_a_run_that_has_no_news_is_as_long_as_a_resized_terminal_has_room_for():
    class Host(App[None]):
        def compose(self):
            yield RunCard()

    live = LiveRun(1, resolve([]))
    live.state = "paused"
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        card = app.query_one(RunCard)
        card.show(live)
        for width, length in ((80, 20), (200, 40), (80, 20)):
            await pilot.resize_terminal(width, 24)
            await until(pilot, lambda: card.outer_size.width == width)  # noqa: B023
            assert sum(str(card.content).count(part) for part in "━─") == length
