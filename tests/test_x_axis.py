"""Curves over epochs, updates of the weights and seconds: the same curve, other numbers below it."""

from dataclasses import replace

from hw1_tui.config_history import Change
from hw1_tui.metric import EpochMetrics
from hw1_tui.runs.x_axis import next_axis, positions, steps_of
from screens.widgets.chart import Mark, Series
from tests.support.history import run_record

STEPS = [(1, 32)]
EPOCHS = [
    EpochMetrics(n, {"val_loss": 1.0 / (n + 1), "seconds": seconds}) for n, seconds in enumerate([None, 2.0, 3.0])
]


def test_an_epoch_stands_at_its_number_its_updates_and_the_seconds_until_its_end():
    assert positions(EPOCHS, "epoch", STEPS) == [0, 1, 2]
    assert positions(EPOCHS, "update", STEPS) == [0, 32, 64]
    assert positions(EPOCHS, "time", STEPS) == [0, 2, 5]
    assert positions([], "time", STEPS) == []


def test_one_key_goes_through_all_of_them():
    assert next_axis(next_axis("epoch")) == "time"
    assert next_axis("time") == "epoch"


def test_the_last_batch_of_an_epoch_may_be_smaller_and_an_old_run_may_not_say_how_many_there_are():
    old = run_record("a", batch_size=32)
    assert positions(EPOCHS, "update", steps_of(old)) == [0, 1, 2]
    assert positions(EPOCHS, "update", steps_of(replace(old, facts={"train_examples": 100}))) == [0, 4, 8]


def test_where_the_batch_was_changed_the_updates_are_counted_by_the_one_that_held():
    """All epochs stood where they would have by the first."""
    epochs = [EpochMetrics(n, {}) for n in range(6)]
    facts = {"train_examples": 100}
    steered = (Change(3, "batch_size", 32, 100), Change(5, "l2", 0.0, 1.0), Change(5, "batch_size", 100, 50))
    run = replace(run_record("a", batch_size=32), facts=facts, changes=steered)
    assert positions(epochs, "update", steps_of(run)) == [0, 4, 8, 9, 10, 12]
    before = [vars(Change(4, "batch_size", 50, 100))]
    branched = replace(run_record("b", batch_size=100), facts={**facts, "parent": "a", "changed_before": before})
    assert positions(epochs, "update", steps_of(branched)) == [0, 2, 4, 6, 7, 8]


def test_curves_best_points_and_marks_move_together():
    at = [0.0, 1.0, 2.0], positions(EPOCHS, "time", STEPS)
    series = Series("val", [0, 1, 2], [3.0, 1.0, 2.0], best_at=1, band=([0.0] * 3, [4.0] * 3)).over(*at)
    assert series.points[0].tolist() == [0, 2, 5]
    assert series.best_at == 2
    assert series.at(2) == 1
    assert series.ends
    assert series.ends[0].tolist() == [0, 2, 5]
    assert Mark(1, "rate").over(*at).x == 2
