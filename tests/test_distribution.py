"""Distributions by layer: held against numpy's own, dead units against a loop, ratios against their definition."""

import numpy as np
import pytest
import torch

from engines import registry
from engines.inspection import Inspectable, Settable
from engines.testing import Config, dataset
from hw1_tui.analysis.distribution import BINS, dead_units, distribution, layer_distributions, update_ratio
from hw1_tui.analysis.inspected_split import inspect_all

RNG = np.random.default_rng(4)


def network(n: int = 90) -> tuple[Inspectable, np.ndarray, np.ndarray]:
    data = dataset(n)
    defaults = registry.get("torch").models()["mlp"].defaults
    config = Config("mlp", {**defaults, "dtype": "float64", "hidden_sizes": (9, 4)})
    trainer = registry.get("torch").start(config, data, np.random.default_rng(1))
    assert isinstance(trainer, Inspectable)
    return trainer, data.train.x, data.train.y


def test_many_examples_are_inspected_as_if_at_once() -> None:
    trainer, x, y = network(1300)
    got, whole = inspect_all(trainer, x, y), trainer.inspect(x, y)
    for one, other in zip((*got.z, *got.h, got.losses), (*whole.z, *whole.h, whole.losses), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    for name, gradient in whole.gradients.items():
        np.testing.assert_allclose(got.gradients[name], gradient, rtol=1e-8, atol=1e-12)


def test_a_distribution_is_what_numpy_says() -> None:
    values = np.concatenate([RNG.normal(1, 2, 400), np.zeros(100)])
    got = distribution(values)
    assert got.n == 500
    assert [got.mean, got.deviation] == pytest.approx([values.mean(), values.std()])
    assert got.quantiles == pytest.approx(np.percentile(values, (1, 25, 50, 75, 99)))
    assert got.zeros == pytest.approx(0.2)
    reach = max(abs(np.percentile(values, 1)), np.percentile(values, 99))
    assert (got.edges[0], got.edges[-1]) == pytest.approx((-reach, reach))
    assert got.counts.sum() == 400, "the zeros, of which there are 100, would hide the rest"
    middle = ((values > got.edges[BINS // 2]) & (values < got.edges[BINS // 2 + 1]) & (values != 0)).sum()
    assert got.counts[BINS // 2] == middle


def test_what_is_no_number_is_left_out_and_counted() -> None:
    got = distribution(np.array([1.0, np.nan, np.inf, 3.0]))
    assert got.mean == 2.0
    assert got.finite == 0.5
    assert distribution(np.full(3, np.nan)).finite == 0.0
    assert distribution(np.zeros(4)).zeros == 1.0


def test_dead_units_are_those_that_no_picture_wakes() -> None:
    h = np.maximum(RNG.normal(size=(30, 6)), 0)
    h[:, [1, 4]] = 0.0
    h[7, 4] = 1e-9
    assert dead_units(h).tolist() == [False, True, False, False, False, False]


def test_layers_tell_weights_activations_gradients_and_updates_of_a_real_network() -> None:
    trainer, x, y = network()
    before = {name: array.copy() for name, array in trainer.parameters().items()}
    list(trainer.epoch())
    assert isinstance(trainer, Settable)
    moved = {name: array.copy() for name, array in trainer.parameters().items()}
    moved["W1"][3], moved["b1"][3] = 0.0, -1.0
    trainer.set_parameters(moved)
    layers = layer_distributions(moved, inspect_all(trainer, x, y), before)
    assert [(layer.number, layer.shape) for layer in layers] == [(1, (9, 12)), (2, (4, 9)), (3, (3, 4))]
    h = torch.relu(torch.tensor(x / 256) @ torch.tensor(moved["W1"]).T + torch.tensor(moved["b1"])).numpy()
    first = layers[0]
    assert first.found["activations"].mean == pytest.approx(h.mean())
    assert first.found["activations"].zeros == pytest.approx((h == 0).mean())
    assert first.dead == sum(not h[:, unit].any() for unit in range(9)) >= 1
    assert layers[-1].dead is None
    change = np.concatenate([(moved[n] - before[n]).ravel() for n in ("W2", "b2")])
    size = np.concatenate([before[n].ravel() for n in ("W2", "b2")])
    assert layers[1].ratio == pytest.approx(np.linalg.norm(change) / np.linalg.norm(size))
    assert layers[1].found["updates"].deviation == pytest.approx(change.std())
    bare = layer_distributions(moved)
    assert set(bare[0].found) == {"weights"}
    assert np.isnan(bare[0].ratio)


def test_a_ratio_from_zero_weights_has_no_end() -> None:
    assert update_ratio(np.zeros(3), np.ones(3)) == np.inf
    assert update_ratio(np.zeros(3), np.zeros(3)) == 0.0
