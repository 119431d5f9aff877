"""Weights and order of the examples may have seeds of their own; a run that sets neither is the run that it was."""

import numpy as np
import pytest

from engines import registry
from hw1_tui import data
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.runs.comparison import identity, repetitions
from hw1_tui.settings import RunConfig, without_effect
from hw1_tui.settings.run_config import differ_in_seed
from hw1_tui.training.event import EpochEnded, RunEnded
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record, resume
from hw1_tui.training.starting import start

MODELS = [("numpy", "mlp"), ("torch", "mlp"), ("numpy", "logistic_regression"), ("numpy", "perceptron")]


def config(engine="numpy", model="mlp", **values):
    sizes = {"hidden_sizes": (8,)} if model == "mlp" else {}
    given = {"engine": engine, "model": model, "data": "digits", "threads": 1, "epochs": 2, **sizes, **values}
    return RunConfig.from_dict(given)


def begun(one):
    trainer = start(one, registry.get(one.engine), data.load(*one.wanted))
    weights = {name: np.array(array) for name, array in trainer.parameters().items()}
    return weights, trainer.state()["generator"], list(trainer.epoch())[-1].loss


@pytest.mark.parametrize(("engine", "model"), MODELS)
def test_weights_and_order_are_those_of_the_runs_with_these_seeds(engine, model):
    weights, order, mixed = (
        begun(config(engine, model, **values))
        for values in ({"seed": 7}, {"seed": 42}, {"seed": 1, "weights_seed": 7, "order_seed": 42})
    )
    for name, array in mixed[0].items():
        np.testing.assert_array_equal(array, weights[0][name])
    np.testing.assert_array_equal(mixed[1], order[1])
    assert begun(config(engine, model, seed=42, weights_seed=7))[2] == mixed[2]
    assert begun(config(engine, model, seed=7, order_seed=42))[2] == mixed[2]
    assert begun(config(engine, model, seed=3, weights_seed=42, order_seed=42))[2] == order[2]


def test_a_run_with_seeds_of_its_own_goes_on_to_the_same_bits(tmp_path):
    one = config("torch", weights_seed=7, epochs=4, dropout=0.3)
    store, whole = Store(tmp_path), {}
    for event in open_session(one).run():
        if isinstance(event, EpochEnded):
            whole[event.epoch] = event.metrics["val_loss"]
    (ended,) = [e for e in record(open_session(one.changed(epochs=2)), store) if isinstance(e, RunEnded)]
    rest = {
        e.epoch: e.metrics["val_loss"] for e in resume(store, ended.run, {"epochs": 4}) if isinstance(e, EpochEnded)
    }
    assert rest == {epoch: whole[epoch] for epoch in (3, 4)}


def test_seeds_that_are_not_set_are_not_written():
    plain = config()
    assert not {"weights_seed", "order_seed"} & plain.as_dict().keys()
    assert RunConfig.from_dict(plain.as_dict()) == plain
    chosen = config(order_seed=3)
    assert RunConfig.from_dict(chosen.as_dict()) == chosen
    assert "--order-seed 3" in chosen.command()
    assert "weights" not in chosen.command()


def test_the_same_draws_are_the_same_run():
    said = [config(seed=7), config(seed=1, weights_seed=7, order_seed=7), config(seed=7, order_seed=7)]
    assert len({identity(one.as_dict()) for one in said}) == 1
    other = config(seed=7, order_seed=8)
    assert identity(other.as_dict()) != identity(said[0].as_dict())
    assert identity(other.as_dict(), "seed") == identity(said[0].as_dict(), "seed")
    assert differ_in_seed(said[0], other)
    assert not differ_in_seed(said[0], said[1])


def test_runs_that_differ_in_any_seed_are_repetitions_of_one_setting(tmp_path):
    store = Store(tmp_path)
    for values in ({}, {"weights_seed": 7}, {"weights_seed": 7, "seed": 42}, {"order_seed": 9}):
        for _ in record(open_session(config(epochs=1, **values)), store):
            pass
    (group,) = repetitions(store.runs())
    assert sorted(map(str, group.seeds)) == ["42", "42/9", "7/42"]
    assert not {"seed", "weights_seed", "order_seed"} & group.config.keys()


def test_repeating_a_run_changes_a_seed_that_is_left(tmp_path):
    seeds = [one.hyperparameters["seed"] for one in config(order_seed=3).with_seeds(3)]
    assert seeds == [42, 43, 44]
    with pytest.raises(MistakeError, match="would all be the same"):
        config(weights_seed=1, order_seed=3).with_seeds(2)


def test_a_seed_that_changes_nothing_is_told():
    assert "seed" in without_effect(config(seed=1, weights_seed=2, order_seed=3))
    assert "weights_seed" in without_effect(config(model="logistic_regression", weights_seed=2))
    assert not without_effect(config(weights_seed=2))


@pytest.mark.parametrize("value", ["-1", "1.5", "seed"])
def test_what_is_no_seed_is_refused_with_what_is_allowed(value):
    with pytest.raises(MistakeError, match="auto, a whole number at least 0"):
        config(weights_seed=value)
