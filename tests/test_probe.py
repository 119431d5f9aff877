"""What is kept of the inside of a model after its epochs: true to the last digit that is kept, and of no influence."""

import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from engines import registry
from engines.contract import Array, Dataset, Split
from engines.inspection import Inspection
from hw1_tui import data
from hw1_tui.diagnostics import QUANTILES, Diagnostics
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training import recording
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Remarked
from hw1_tui.training.loss_line import find_reach
from hw1_tui.training.probe import is_due, probed_rows
from hw1_tui.training.session import Session


def clouds(n=200, n_features=6, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(3, n_features))

    def split(count):
        y = rng.integers(0, 3, count)
        return Split(centres[y] + rng.normal(size=(count, n_features)), y)

    return Dataset("clouds", split(n), split(60), split(60), ("a", "b", "c"))


def session_of(dataset, **values):
    config = RunConfig.from_dict({"model": "mlp", "epochs": 3, "threads": 1, "init": "he", **values})
    return Session(config, registry.get(config.engine), dataset)


def inside(dataset, **values) -> Any:
    ended = [event for event in session_of(dataset, **values).run() if isinstance(event, EpochEnded)]
    return {event.epoch: event.inside for event in ended}


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_nothing_of_the_training_changes(engine):
    states = []
    for on in (True, False):
        session = session_of(clouds(), engine=engine, hidden_sizes=[5, 4], batch_size=8, diagnostics=on)
        events = list(session.run())
        states.append((session.trainer.state(), [e.metrics.values["val_loss"] for e in events if e.kind == "epoch"]))
    (seen, losses), (unseen, others) = states
    assert losses == others
    assert seen.keys() == unseen.keys()
    for name, array in seen.items():
        assert array.tobytes() == unseen[name].tobytes(), name


def test_norms_and_shares_are_those_of_a_network_computed_by_torch():
    dataset = clouds()
    session = session_of(dataset, engine="torch", hidden_sizes=[5], batch_size=20, dtype="float64", epochs=2)
    weights: list[dict[str, Array]] = []
    found: list[Any] = []
    for event in session.run():
        if isinstance(event, EpochEnded):
            weights.append({name: array.copy() for name, array in session.trainer.parameters().items()})
            found.append(event.inside)
    before = weights[1]
    after: dict[str, Any] = {name: torch.tensor(w, requires_grad=True) for name, w in weights[2].items()}
    rows = probed_rows(len(dataset.train))
    x, y = torch.tensor(dataset.train.x[rows]), torch.tensor(dataset.train.y[rows])
    h = torch.relu(x @ after["W1"].T + after["b1"])
    scores = h @ after["W2"].T + after["b2"]
    loss = torch.nn.functional.cross_entropy(scores, y)
    loss.backward()
    last = found[2]
    assert last.examples == len(rows) == 32
    assert last.loss == pytest.approx(loss.item(), rel=1e-4)
    for number, layer, passed in ((1, last.layers[0], h), (2, last.layers[1], scores)):
        both = [f"W{number}", f"b{number}"]
        norm = math.sqrt(sum((after[name] ** 2).sum().item() for name in both))
        gradient = math.sqrt(sum((after[name].grad ** 2).sum().item() for name in both))
        moved = math.sqrt(sum(((weights[2][name] - before[name]) ** 2).sum() for name in both))
        assert layer.weight_norm == pytest.approx(norm, rel=1e-4)
        assert layer.gradient_norm == pytest.approx(gradient, rel=1e-4)
        assert layer.update_ratio == pytest.approx(
            moved / math.sqrt(sum((before[name] ** 2).sum() for name in both)), rel=1e-4
        )
        for values, kept in ((passed, layer.activations), (after[both[0]].grad, layer.gradients)):
            expected = np.quantile(values.detach().numpy(), QUANTILES, method="nearest")
            assert kept == pytest.approx(expected, rel=1e-4, abs=1e-12)
    assert last.layers[0].dead == pytest.approx((h == 0).all(dim=0).double().mean().item(), rel=1e-4)
    assert last.layers[0].distinct == 1
    assert last.layers[1].dead is None


def test_units_that_are_dead_equal_or_saturated_are_counted():
    still = inside(clouds(), hidden_sizes=[4], init="zero")[3].layers[0]
    assert (still.dead, still.distinct) == (1, 0)
    dataset = clouds()
    large = Dataset("", Split(dataset.train.x * 1e6, dataset.train.y), dataset.val, dataset.test, dataset.classes)
    tanh = inside(large, hidden_sizes=[4], activation="tanh", learning_rate=1e-12)[1].layers[0]
    assert tanh.saturated == pytest.approx(1, abs=0.02)
    assert inside(clouds(), hidden_sizes=[4])[1].layers[0].saturated is None


@pytest.mark.parametrize(("curvature", "rate"), [(2.0, 0.1), (0.5, 0.01), (10.0, 0.09)])
def test_the_reach_of_a_parabola_is_two_over_its_curvature(curvature, rate):
    """With L(w) = c w^2 / 2 the step of length t from w = 1 goes to 1 - t c, which is no higher up to t = 2 / c."""
    along = lambda t: curvature * (1 - t * curvature) ** 2 / 2  # noqa: E731
    assert find_reach(along, rate) == pytest.approx(2 / curvature / rate, rel=0.05)


def test_the_reach_of_a_model_is_that_of_its_loss_computed_step_by_step():
    dataset = clouds(n=400)
    session = session_of(dataset, hidden_sizes=[6], learning_rate=0.01, momentum=0.5, batch_size=4, epochs=2)
    found: Any = [event.inside for event in session.run() if isinstance(event, EpochEnded)][-1]
    trainer: Any = session.trainer
    rows = probed_rows(400)
    start: Inspection = trainer.inspect(dataset.train.x[rows], dataset.train.y[rows])
    weights = {name: array.copy() for name, array in trainer.parameters().items()}

    def loss(t):
        trainer.set_parameters({name: w - t * start.gradients[name] for name, w in weights.items()})
        return trainer.inspect(dataset.train.x[rows], dataset.train.y[rows]).losses.mean()

    steps = 0.02 * 2 ** np.arange(-3, 10, 0.02)
    longest = next(t for t in steps if loss(t) > start.losses.mean())
    assert found.reach == pytest.approx(longest / 0.02, rel=0.07)


def test_only_gradient_descent_has_a_reach_and_it_is_of_the_steered_rate():
    assert inside(clouds(), engine="torch", hidden_sizes=[4], optimizer="adam")[3].reach is None
    perceptron = Session(RunConfig.from_dict({"model": "perceptron", "epochs": 1}), registry.get("numpy"), clouds())
    assert [event.inside and event.inside.reach for event in perceptron.run() if isinstance(event, EpochEnded)] == [
        None
    ] * 2
    control = Control()
    config = RunConfig.from_dict({"model": "logistic_regression", "epochs": 2, "threads": 1, "learning_rate": 0.05})
    reaches: list[float] = []
    for event in Session(config, registry.get("numpy"), clouds(), control).run():
        if isinstance(event, EpochEnded) and event.inside:
            reaches.append(event.inside.reach or 0)
            control.steer({"learning_rate": 0.0125 if event.epoch else 0.05})
    assert reaches[2] > 2.5 * reaches[1]


def test_the_same_examples_are_looked_at_and_few_of_short_epochs():
    assert (probed_rows(12_630) == probed_rows(12_630)).all()
    assert [len(probed_rows(n)) for n in (5, 1_000, 12_630, 10**6)] == [5, 32, 126, 256]
    assert len(set(probed_rows(1_000))) == 32
    assert [epoch for epoch in range(31) if is_due(epoch, 30, 1_000)] == [0, 1, 2, 3, 4, 5, 10, 20, 30]
    assert all(is_due(epoch, 30, 12_630) for epoch in range(31))


def test_it_is_kept_with_the_epoch_and_a_run_without_has_none(tmp_path):
    store = Store(tmp_path)
    for on in (True, False):
        list(recording.record(session_of(clouds(), hidden_sizes=[4], diagnostics=on), store))
    plain, seen = store.runs(sort="created")[::-1]
    kept = store.diagnostics(seen.run)
    assert list(kept) == [0, 1, 2, 3]
    assert kept[0].layers[0].update_ratio is None
    assert store.diagnostics(plain.run) == {}
    told = inside(clouds(), hidden_sizes=[4])
    assert kept == told
    assert json.loads(json.dumps(kept[2].as_dict()))["update_ratio"] == [layer.update_ratio for layer in told[2].layers]


def test_a_run_that_goes_on_keeps_what_it_would_have_kept(tmp_path):
    store, control = Store(tmp_path), Control()
    config = RunConfig.from_dict({"model": "mlp", "hidden_sizes": [4], "epochs": 4, "threads": 1, "init": "he"})
    session = Session(config, registry.get("numpy"), data.load("digits"), control)
    for event in recording.record(session, store):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            control.stop()
    assert len(store.diagnostics("last")) == 3
    list(recording.resume(store, "last", dataset=data.load("digits")))
    assert store.diagnostics("last") == inside(data.load("digits"), hidden_sizes=[4], epochs=4)


@pytest.mark.parametrize("wrong", [None, 3, {}, {"examples": 3, "loss": 1.0}, {"examples": "3"}])
def test_what_no_run_wrote_is_read_as_nothing(wrong):
    assert Diagnostics.from_dict(wrong) is None


def test_an_engine_that_fails_to_show_its_inside_trains_on_and_that_is_said(monkeypatch):
    def fail(self, x, y):
        raise ValueError("no such layer")

    monkeypatch.setattr("engines.numpy_engine.trainer.NumpyTrainer.inspect", fail)
    events = list(session_of(clouds(), hidden_sizes=[4]).run())
    said = [event.text for event in events if isinstance(event, Remarked)]
    assert len(said) == 1
    assert "no such layer" in said[0]
    assert events[-1].status == "finished"
    assert [event.inside for event in events if isinstance(event, EpochEnded)] == [None] * 4
