"""Curves over epochs, updates of the weights and seconds: the same curve, other numbers below it."""

from dataclasses import replace

from hw1_tui.metric import EpochMetrics
from hw1_tui.runs.x_axis import next_axis, positions, updates_per_epoch
from screens.widgets.chart import Mark, Series
from tests.support.history import run_record

EPOCHS = [
    EpochMetrics(n, {"val_loss": 1.0 / (n + 1), "seconds": seconds}) for n, seconds in enumerate([None, 2.0, 3.0])
]


def test_an_epoch_stands_at_its_number_its_updates_and_the_seconds_until_its_end():
    assert positions(EPOCHS, "epoch", 32) == [0, 1, 2]
    assert positions(EPOCHS, "update", 32) == [0, 32, 64]
    assert positions(EPOCHS, "time", 32) == [0, 2, 5]
    assert positions([], "time", 32) == []


def test_one_key_goes_through_all_of_them():
    assert next_axis(next_axis("epoch")) == "time"
    assert next_axis("time") == "epoch"


def test_the_last_batch_of_an_epoch_may_be_smaller_and_an_old_run_may_not_say_how_many_there_are():
    old = run_record("a", batch_size=32)
    assert updates_per_epoch(old) == 1
    assert updates_per_epoch(replace(old, facts={"train_examples": 100})) == 4


def test_curves_best_points_and_marks_move_together():
    at = [0.0, 1.0, 2.0], positions(EPOCHS, "time", 1)
    series = Series("val", [0, 1, 2], [3.0, 1.0, 2.0], best_at=1, band=([0.0] * 3, [4.0] * 3)).over(*at)
    assert series.points[0].tolist() == [0, 2, 5]
    assert series.best_at == 2
    assert series.at(2) == 1
    assert series.ends
    assert series.ends[0].tolist() == [0, 2, 5]
    assert Mark(1, "rate").over(*at).x == 2
