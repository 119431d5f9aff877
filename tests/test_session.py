"""A run as a generator of events: what comes, in which order, and what its control does."""

import math
import time

import numpy as np
import pytest

from engines import registry
from engines.contract import Dataset, EngineError, Split
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import RunConfig, without_effect
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Paused, Progressed, Remarked, Resumed, RunEnded, RunStarted, Steered
from hw1_tui.training.schedule import schedule_factor
from hw1_tui.training.session import Session


def blobs(n_train=120, n_val=60, n_test=60, n_features=12, seed=0):
    """Three overlapping clouds of points."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(3, n_features))

    def split(n):
        y = rng.integers(0, 3, n)
        return Split(centres[y] + rng.normal(size=(n, n_features)), y)

    return Dataset("blobs", split(n_train), split(n_val), split(n_test), ("a", "b", "c"))


def session_of(control=None, data=None, resume=None, engine=None, **values):
    record = {"model": "logistic_regression", "epochs": 3, **values}
    config = RunConfig.from_dict(record)
    return Session(config, engine or registry.get(config.engine), data or blobs(), control, resume=resume)


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_a_run_starts_counts_its_epochs_from_the_untrained_model_and_ends_once():
    events = list(session_of().run())
    assert isinstance(events[0], RunStarted)
    assert events[0].parameters == 3 * 12 + 3
    assert events[0].examples == (120, 60, 60)
    assert [event.epoch for event in of(EpochEnded, events)] == [0, 1, 2, 3]
    assert of(RunEnded, events) == [events[-1]]
    assert events[-1].status == "finished"
    assert events[-1].epochs == 3


def test_the_untrained_model_gives_every_class_the_same_chance():
    first = of(EpochEnded, session_of().run())[0]
    assert first.metrics["train_loss"] == pytest.approx(math.log(3))
    assert first.metrics["weight_norm"] == 0


def test_the_best_epoch_is_the_one_with_the_lowest_validation_loss():
    events = list(session_of(epochs=8, learning_rate=0.3).run())
    epochs = of(EpochEnded, events)[1:]
    assert events[-1].best_epoch == min(epochs, key=lambda epoch: epoch.metrics["val_loss"]).epoch


def test_stopping_inside_an_epoch_keeps_what_was_reached_and_can_go_on_bit_for_bit():
    whole = list(session_of(model="mlp", epochs=4, hidden_sizes=[8], init="he").run())
    control = Control()
    first = session_of(control, model="mlp", epochs=4, hidden_sizes=[8], init="he")
    for event in first.run():
        if isinstance(event, Progressed) and event.epoch == 3:
            control.stop()
    assert event.status == "stopped"
    second = session_of(resume=first.state(), model="mlp", epochs=4, hidden_sizes=[8], init="he")
    rest = list(second.run())
    assert rest[0].resumed_epoch == event.epochs
    names = ("train_loss", "val_loss", "weight_norm")
    expected = {e.epoch: [e.metrics[name] for name in names] for e in of(EpochEnded, whole)}
    for epoch in of(EpochEnded, rest):
        assert [epoch.metrics[name] for name in names] == expected[epoch.epoch]
    assert rest[-1].test_metrics == whole[-1].test_metrics
    assert rest[-1].best_epoch == whole[-1].best_epoch


def test_pausing_waits_until_resumed_and_stepping_trains_one_epoch():
    control = Control(paused=True)
    kinds = []
    for event in session_of(control, epochs=2).run():
        kinds.append(type(event))
        if isinstance(event, Paused):
            # The session has said that it waits; what is asked now is what it finds when it is asked again.
            control.step() if event.epoch == 0 else control.resume()
    assert [kind for kind in kinds if kind in (Paused, Resumed, EpochEnded)] == [
        EpochEnded,
        Paused,
        Resumed,
        EpochEnded,
        Paused,
        Resumed,
        EpochEnded,
    ]


def test_steering_changes_the_run_says_so_and_lasts():
    control = Control()
    session = session_of(control, epochs=3)
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, EpochEnded) and event.epoch == 1:
            control.steer({"learning_rate": 0.5, "epochs": 5})
    steered = of(Steered, events)
    assert {(s.name, s.old, s.new, s.epoch) for s in steered} == {
        ("learning_rate", 0.001, 0.5, 2),
        ("epochs", 3, 5, 2),
    }
    assert [epoch.metrics["learning_rate"] for epoch in of(EpochEnded, events)] == [0.001, 0.001, 0.5, 0.5, 0.5, 0.5]
    assert events[-1].epochs == 5
    assert session.config.hyperparameters["learning_rate"] == 0.5


def test_steering_what_the_model_cannot_change_is_said_and_changes_nothing():
    class Stubborn:
        """An engine whose trainers refuse to be adjusted once they train."""

        def __init__(self, engine):
            self.engine = engine

        def start(self, config, data, rng):
            trainer = self.engine.start(config, data, rng)
            adjust = trainer.adjust

            def refuse(**changes):
                if "l2" in changes:
                    raise EngineError("not while it trains")
                adjust(**changes)

            trainer.adjust = refuse
            return trainer

    control = Control()
    control.steer({"l2": 0.5})
    session = session_of(control, engine=Stubborn(registry.get("numpy")))
    events = list(session.run())
    assert "not while it trains" in of(Remarked, events)[0].text
    assert not of(Steered, events)
    assert session.config.hyperparameters["l2"] == 0
    assert events[-1].status == "finished"


@pytest.mark.parametrize(
    ("factor", "model"), [(1e60, {}), (1e200, {"model": "mlp", "hidden_sizes": [4], "init": "he"})]
)
def test_a_run_that_leaves_the_numbers_ends_as_diverged_with_a_likely_reason(factor, model):
    """Also where a float has its loss of 1e120: the history takes none beyond 1e100, and it finished without one."""
    data = blobs()
    large = Dataset("large", Split(data.train.x * factor, data.train.y), data.val, data.test, data.classes)
    events = list(session_of(data=large, learning_rate=1000.0, **model).run())
    assert events[-1].status == "diverged"
    assert "learning rate 1000" in events[-1].reason
    assert "epoch 1" in events[-1].reason
    for event in events:
        for value in event.as_dict().values():
            assert not (isinstance(value, float) and not math.isfinite(value))


class Raising:
    """An engine that cannot start."""

    def __init__(self, error):
        self.error = error

    def start(self, config, data, rng):
        raise self.error


@pytest.mark.parametrize("error", [EngineError("The device is gone.", "device"), MemoryError("8 GiB")])
def test_what_an_engine_refuses_is_a_mistake_and_no_run(error):
    with pytest.raises(MistakeError, match=str(error)) as caught:
        next(session_of(engine=Raising(error)).run())
    assert caught.value.mistakes[0].place == (getattr(error, "name", "") or "engine")


def test_an_engine_that_breaks_at_the_start_is_a_failed_run_that_began():
    events = list(session_of(engine=Raising(ValueError("shapes do not match"))).run())
    assert [event.kind for event in events] == ["run_started", "run_ended"]
    assert events[1].status == "failed"
    assert "shapes do not match" in events[1].reason
    assert "ValueError" in events[1].details


def test_an_engine_that_breaks_while_its_threads_are_timed_is_a_failed_run_that_began(monkeypatch):
    def calibrate(allocation, examples):
        raise RuntimeError("no such instruction")

    monkeypatch.setattr("hw1_tui.training.thread_tuner.ThreadTuner.calibrate", calibrate)
    events = list(session_of().run())
    assert [event.kind for event in events] == ["run_started", "run_ended"]
    assert "at the start: no such instruction" in events[1].reason


def test_a_state_that_is_none_of_the_run_is_refused_before_anything_begins():
    first = session_of()
    list(first.run())
    state = first.state()
    for wrong in ({}, {**state, "trainer.layer_1": np.zeros((2, 2))}):
        with pytest.raises(MistakeError, match="cannot be gone on with"):
            next(session_of(resume=wrong).run())


def test_the_time_of_a_run_is_that_of_training_and_measuring(monkeypatch):
    """Importing an engine and finding its number of threads took seconds of a run that trained for one."""
    now = [0.0]

    def wait(seconds, call):
        def slow(*arguments):
            now[0] += seconds
            return call(*arguments)

        return slow

    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    engine = registry.get("numpy")
    monkeypatch.setattr(engine, "start", wait(100.0, engine.start))
    monkeypatch.setattr(
        "hw1_tui.training.thread_tuner.ThreadTuner.calibrate", wait(10.0, lambda allocation, examples: None)
    )
    assert list(session_of().run())[-1].seconds == 0.0


def test_how_long_a_run_has_trained_is_told_while_it_does_as_at_its_end():
    events = list(session_of(epochs=2).run())
    told = [event.run_seconds for event in events if isinstance(event, Progressed)]
    assert 0 < told[0] < told[-1] < events[-1].seconds
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"patience": 2}, "patience"),
        ({"schedule": "step", "schedule_epochs": 8}, "schedule"),
        ({"schedule_epochs": 2}, "schedule_epochs"),
        ({"schedule": "cosine", "schedule_factor": 0.5}, "schedule_factor"),
        ({"model": "perceptron", "schedule": "cosine"}, "schedule"),
        ({"evaluate_train": False, "evaluate_train_every": 2}, "evaluate_train_every"),
        ({"evaluate_train_every": 9}, "evaluate_train_every"),
        ({"schedule": "cosine", "epochs": 1}, "schedule"),
        ({"batch_size": 101}, "batch_size"),
        ({"data": "digits", "test_share": 0.3}, "test_share"),
        ({"engine": "torch", "nesterov": True}, "nesterov"),
        ({"engine": "torch", "model": "mlp", "dropout": 0.0, "dropout_place": "last"}, "dropout_place"),
        ({"engine": "torch", "model": "mlp", "hidden_sizes": (5,), "dropout_place": "last"}, "dropout_place"),
        ({"engine": "torch", "device": "cuda", "threads": 3}, "threads"),
    ],
)
def test_a_value_that_changes_nothing_is_said(values, name):
    config = RunConfig.from_dict({"model": "logistic_regression", "epochs": 8, **values})
    said = without_effect(config, n_train=100, n_val=0)
    assert f"{name} has no effect" in said[name]
    assert without_effect(RunConfig.from_dict({"model": config.model, "engine": config.engine}), 100, 0) == {}


def test_a_run_says_once_what_changes_nothing_also_where_it_was_steered():
    data = blobs(n_val=0)
    control = Control()
    told = []
    for event in session_of(control, data, patience=2, epochs=4).run():
        told.append(event)
        if isinstance(event, EpochEnded) and event.epoch in (1, 2):
            control.steer({"schedule_factor": 0.5})
    assert [event.text.partition(" ")[0] for event in of(Remarked, told)] == ["patience", "schedule_factor"]


def test_patience_stops_a_run_whose_validation_loss_no_longer_falls():
    events = list(session_of(epochs=200, learning_rate=0.5, patience=3).run())
    assert events[-1].status == "finished"
    assert events[-1].epochs == events[-1].best_epoch + 3 < 200
    assert "Stopped early" in events[-1].reason


def test_without_evaluating_the_training_split_its_metrics_are_missing_not_made_up():
    epochs = of(EpochEnded, session_of(evaluate_train=False).run())
    assert epochs[-1].metrics["train_loss"] is not None
    assert epochs[-1].metrics["train_accuracy"] is None
    assert epochs[-1].metrics["train_eval_loss"] is None


def test_the_training_split_is_measured_as_often_as_asked_and_at_the_end():
    epochs = of(EpochEnded, session_of(epochs=31, evaluate_train_every=7).run())
    measured = [epoch.epoch for epoch in epochs if epoch.metrics["train_accuracy"] is not None]
    assert measured == [0, 7, 14, 21, *range(22, 32)]
    whole = of(EpochEnded, session_of(epochs=31).run())
    assert [epoch.metrics["train_accuracy"] for epoch in epochs if epoch.epoch in measured] == [
        epoch.metrics["train_accuracy"] for epoch in whole if epoch.epoch in measured
    ]


def test_the_number_of_threads_is_watched_also_where_an_epoch_is_a_single_part(monkeypatch):
    """Such runs never noticed that another one trains as well, or that the machine had become busy."""
    monkeypatch.setattr(
        "hw1_tui.training.thread_tuner.ThreadTuner.watch", lambda allocation, examples, seconds: f"{examples} examples"
    )
    events = list(session_of(epochs=3).run())
    assert [event.text for event in of(Remarked, events)].count("120 examples") == 3


def test_data_without_validation_and_test_examples_still_trains():
    data = blobs()
    empty = Split(data.val.x[:0], data.val.y[:0])
    events = list(session_of(data=Dataset("train only", data.train, empty, empty, data.classes)).run())
    assert events[-1].status == "finished"
    assert events[-1].test_metrics["test_accuracy"] is None
    assert events[-1].best_epoch is None
    assert of(EpochEnded, events)[-1].metrics["val_loss"] is None


def test_schedules_give_the_factor_of_each_epoch():
    step = {"schedule": "step", "schedule_epochs": 2, "schedule_factor": 0.1}
    assert [schedule_factor(step, epoch) for epoch in (1, 2, 3, 5)] == pytest.approx([1, 1, 0.1, 0.01])
    cosine = {"schedule": "cosine", "epochs": 4}
    assert [schedule_factor(cosine, epoch) for epoch in (1, 3)] == pytest.approx([1, 0.5])
    assert schedule_factor({"schedule": "constant"}, 7) == 1


@pytest.mark.parametrize(
    ("values", "more", "said"),
    [
        (
            {"schedule": "cosine"},
            6,
            ["The cosine comes down over 6 epochs now, and no more over 3: the learning rate is 0.0005 in epoch 4, "
             "after 0.00025."],
        ),
        ({"schedule": "cosine"}, 3, []),
        ({"schedule": "step", "schedule_epochs": 2}, 6, []),
    ],
)  # fmt: skip
def test_a_cosine_that_is_given_another_end_says_where_the_rate_jumps_to(values, more, said):
    first = session_of(**values)
    list(first.run())
    rest = session_of(resume=first.state(), **{**values, "epochs": more}).run()
    assert [remark.text for remark in of(Remarked, rest)] == said


def test_a_schedule_sets_the_learning_rate_of_every_epoch():
    epochs = of(EpochEnded, session_of(epochs=4, schedule="step", schedule_epochs=2).run())
    assert [epoch.metrics["learning_rate"] for epoch in epochs] == pytest.approx([1e-3, 1e-3, 1e-3, 1e-4, 1e-4])
