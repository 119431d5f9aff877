"""The numpy and the torch engine, each written its own way, train the same model."""

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui.mistake import MistakeError
from hw1_tui.settings import given_values
from hw1_tui.training.lockstep import compare, pair


def blobs(n=300, n_features=20, classes=4, seed=0):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, n_features))

    def split(n):
        y = rng.integers(0, classes, n)
        return Split(centres[y] + rng.normal(size=(n, n_features)), y)

    return Dataset("blobs", split(n), split(40), split(40), tuple("abcdef"[:classes]))


def targets(n=200, n_features=6):
    rng = np.random.default_rng(1)

    def split(n):
        return Split(rng.normal(size=(n, n_features)), rng.normal(size=n))

    return Dataset("targets", split(n), split(20), split(20))


def compared(data, engines=("numpy", "torch"), **values):
    return list(compare(pair(given_values({"epochs": 2, **values}, ""), engines), data))


@pytest.mark.parametrize("batch_size", [1, 64])
@pytest.mark.parametrize("rule", [{}, {"l2": 0.01}, {"momentum": 0.9}, {"l2": 0.01, "momentum": 0.9}])
@pytest.mark.parametrize(
    "model",
    [
        {"model": "logistic_regression"},
        {"model": "mlp", "hidden_sizes": (10,)},
        {"model": "mlp", "hidden_sizes": (9, 7), "activation": "tanh"},
        {"model": "quadratic_network", "hidden_sizes": (4,), "learning_rate": 1e-4},
    ],
)
def test_numpy_and_torch_give_the_same_losses_and_weights(model, rule, batch_size):
    data = targets() if model["model"] == "quadratic_network" else blobs()
    start, *epochs = compared(data, batch_size=batch_size, **{"learning_rate": 0.01, **model, **rule})
    assert start.relative == 0
    assert len(epochs) == 2
    for epoch in epochs:
        assert epoch.losses[0] == pytest.approx(epoch.losses[1], rel=1e-10)
        assert epoch.relative < 1e-10


def test_images_of_bytes_become_the_same_features():
    rng = np.random.default_rng(2)

    def split(n):
        return Split(rng.integers(0, 256, (n, 30), dtype=np.uint8), rng.integers(0, 3, n))

    data = Dataset("bytes", split(100), split(10), split(10), ("a", "b", "c"), scale=1 / 255)
    for epoch in compared(data, model="mlp", hidden_sizes=(8,), batch_size=8, learning_rate=0.1):
        assert epoch.relative < 1e-10


def test_a_difference_is_found_where_there_is_one():
    first, second = pair(given_values({"model": "mlp", "hidden_sizes": (8,), "epochs": 2}, ""), ("numpy", "torch"))
    changed = second.changed(l2=0.5)
    last = list(compare((first, changed), blobs()))[-1]
    assert last.differences["W1"] > 1e-4


def test_the_order_of_the_engines_does_not_matter():
    values = {"model": "mlp", "hidden_sizes": (8,), "batch_size": 16, "learning_rate": 0.01}
    assert compared(blobs(), ("torch", "numpy"), **values)[-1].relative < 1e-10


def test_schedules_hold_for_both():
    """A schedule sets the same learning rates in both engines."""
    values = {"model": "logistic_regression", "schedule": "step", "schedule_epochs": 1, "epochs": 3}
    assert compared(blobs(), **values)[-1].relative < 1e-10


@pytest.mark.parametrize("engines", [("numpy", "numpy"), ("numpy", "torhc")])
def test_engines_that_cannot_be_compared_are_refused(engines):
    with pytest.raises(MistakeError) as caught:
        pair([], engines)
    assert [mistake.place for mistake in caught.value.mistakes] == ["engine"]


def test_a_model_that_one_engine_lacks_is_refused():
    with pytest.raises(MistakeError, match="perceptron"):
        pair(given_values({"model": "perceptron"}, ""), ("numpy", "torch"))


@pytest.mark.parametrize("init", ["course", "he", "xavier"])
def test_initial_weights_are_the_same_for_both(init):
    assert (
        next(compare(pair(given_values({"model": "mlp", "init": init}, ""), ("numpy", "torch")), blobs())).relative == 0
    )


def test_the_numpy_engine_says_that_it_does_not_draw_as_torch_does():
    first, _ = pair(given_values({"model": "mlp"}, ""), ("numpy", "torch"))
    with pytest.raises(MistakeError, match="torch is drawn by the torch engine only"):
        first.changed(init="torch")


def test_weights_that_one_engine_draws_in_its_own_way_are_refused():
    first, second = pair(given_values({"model": "mlp", "hidden_sizes": (8,)}, ""), ("numpy", "torch"))
    with pytest.raises(MistakeError, match="start from different weights"):
        next(compare((first, second.changed(init="torch")), blobs()))


@pytest.mark.parametrize("values", [{"dropout": 0.3}, {"optimizer": "adam"}, {"nesterov": True}])
def test_what_only_one_engine_can_do_is_refused(values):
    with pytest.raises(MistakeError, match="does not take it") as caught:
        pair(given_values({"model": "mlp", **values}, ""), ("numpy", "torch"))
    assert [mistake.place for mistake in caught.value.mistakes] == list(values)


def test_what_one_engine_does_not_take_may_be_said_where_it_changes_nothing():
    first, second = pair(given_values({"model": "mlp", "dropout": 0, "device": "cpu"}, ""), ("numpy", "torch"))
    assert "dropout" not in first.hyperparameters
    assert second.hyperparameters["dropout"] == 0
