"""The blocked algorithm takes the very steps of the plain loop: any model, any settings, any size of block."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from engines.contract import Dataset, Split
from engines.numpy_engine import block
from engines.numpy_engine.engine import build_network
from engines.numpy_engine.network_learner import NetworkLearner
from engines.numpy_engine.trainer import NumpyTrainer

MODELS: dict[str, dict[str, Any]] = {
    "logistic_regression": {},
    "mlp": {"hidden_sizes": (9,), "activation": "relu", "init": "he"},
    "deep mlp": {"hidden_sizes": (8, 5, 4), "activation": "tanh", "init": "xavier"},
    "quadratic_network": {"hidden_sizes": (6,), "activation": "quadratic", "init": "xavier", "learning_rate": 0.001},
}


def dataset(n=101, n_features=20, regression=False, as_bytes=True):
    rng = np.random.default_rng(5)
    x = rng.integers(0, 256, (n, n_features)).astype(np.uint8)
    y = rng.normal(size=n) if regression else rng.integers(0, 4, n)
    split = Split(x if as_bytes else x / 256, y)
    return Dataset(
        "drawn", split, split, split, () if regression else ("a", "b", "c", "d"), 1 / 256 if as_bytes else 1.0
    )


def trained(model, block_size, epochs=1, data=None, **hyperparameters):
    """Return (parameters, losses of the epochs) after training with blocks of a size; 0 is the plain loop."""
    data = data or dataset(regression=model == "quadratic_network")
    rng = np.random.default_rng(7)
    hyperparameters = {"learning_rate": 0.01, "dtype": "float64", **MODELS[model], **hyperparameters}
    network = build_network(model.removeprefix("deep "), hyperparameters, data, rng)
    trainer = NumpyTrainer(NetworkLearner(network, block_size, data.scale), data, rng, frozenset())
    losses = [list(trainer.epoch())[-1].loss for _ in range(epochs)]
    return trainer.parameters(), losses


def assert_same(got, wanted, tolerance):
    for name, W in wanted[0].items():
        assert np.abs(got[0][name] - W).max() <= tolerance * np.abs(W).max(), name
    np.testing.assert_allclose(got[1], wanted[1], rtol=tolerance)


@pytest.mark.parametrize("block_size", [1, 2, 16, 64, 101, 500])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize(("l2", "l1"), [(0.0, 0.0), (0.01, 0.0), (0.01, 0.02)])
@pytest.mark.parametrize("model", MODELS)
def test_blocks_take_the_steps_of_the_plain_loop(model, l2, l1, momentum, block_size):
    hyperparameters = {"l2": l2, "l1": l1, "momentum": momentum}
    assert_same(trained(model, block_size, **hyperparameters), trained(model, 0, **hyperparameters), 1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_blocks_take_the_steps_of_the_plain_loop_in_float32(model):
    single = trained(model, 16, dtype="float32", l2=0.01)
    assert all(W.dtype == np.float32 for W in single[0].values())
    assert_same(single, trained(model, 0, dtype="float32", l2=0.01), 1e-4)


@settings(max_examples=100, deadline=None)
@given(
    model=st.sampled_from(["logistic_regression", "mlp", "deep mlp"]),
    block_size=st.integers(1, 40),
    n=st.integers(1, 60),
    n_features=st.integers(1, 12),
    as_bytes=st.booleans(),
    learning_rate=st.floats(1e-4, 0.3),
    l2=st.floats(0, 1),
    l1=st.sampled_from([0.0, 0.05]),
    momentum=st.sampled_from([0.0, 0.3]),
)
def test_blocks_take_the_steps_of_the_plain_loop_anywhere(
    model, block_size, n, n_features, as_bytes, learning_rate, l2, l1, momentum
):
    data = dataset(n, n_features, as_bytes=as_bytes)
    hyperparameters = {"learning_rate": learning_rate, "l2": l2, "l1": l1, "momentum": momentum}
    hyperparameters |= {"data": data, "epochs": 2}
    assert_same(trained(model, block_size, **hyperparameters), trained(model, 0, **hyperparameters), 1e-9)


def test_scores_beyond_the_range_of_exponentials_are_not_lost():
    # After one step of this length the scores are in the thousands: exp of them is infinite, softmax is not.
    blocked = trained("logistic_regression", 16, learning_rate=3000.0)
    assert all(np.isfinite(W).all() for W in blocked[0].values())
    assert_same(blocked, trained("logistic_regression", 0, learning_rate=3000.0), 1e-10)


@pytest.mark.parametrize("in_strips", [True, False])
def test_the_gram_matrix_is_the_same_whole_and_in_strips(in_strips, monkeypatch):
    """Which it is made in depends on the processor."""
    monkeypatch.setattr(block, "has_small_kernels", lambda: in_strips)
    B = np.random.default_rng(9).normal(size=(30, 5000))
    np.testing.assert_allclose(np.tril(block.gram(B)), np.tril(B @ B.T), rtol=1e-12)


def wide(n=150, n_features=1100):
    """Return data of which a block is cut into several strips."""
    rng = np.random.default_rng(6)
    split = Split(rng.integers(0, 256, (n, n_features)).astype(np.uint8), rng.integers(0, 3, n))
    return Dataset("wide", split, split, split, ("a", "b", "c"), 1 / 256)


@pytest.mark.parametrize(("momentum", "l1"), [(0.0, 0.0), (0.9, 0.0), (0.9, 0.001)])
def test_any_number_of_threads_gives_the_same_run_bit_for_bit(momentum, l1):
    def run(threads):
        data, rng = wide(), np.random.default_rng(8)
        hyperparameters = {"hidden_sizes": (90,), "activation": "relu", "init": "he", "dtype": "float64"}
        network = build_network(
            "mlp", {**hyperparameters, "momentum": momentum, "l2": 0.01, "l1": l1, "learning_rate": 0.001}, data, rng
        )
        trainer = NumpyTrainer(NetworkLearner(network, 64, data.scale), data, rng, frozenset())
        with threadpool_limits(trainer.use_threads(threads)):
            losses = [progress.loss for _ in range(3) for progress in trainer.epoch() if progress.examples == 150]
            return trainer.state(), losses, trainer.evaluate("val")

    alone = run(1)
    for threads in (2, 3):
        state, *numbers = run(threads)
        assert numbers == list(alone[1:])
        for name, array in alone[0].items():
            np.testing.assert_array_equal(state[name], array, name)


def test_weights_that_overflow_in_a_thread_that_helps_warn_nobody(recwarn):
    data, rng = wide(), np.random.default_rng(8)
    hyperparameters = {
        "hidden_sizes": (90,),
        "activation": "relu",
        "init": "he",
        "dtype": "float64",
        "learning_rate": 1e300,
    }
    trainer = NumpyTrainer(
        NetworkLearner(build_network("mlp", hyperparameters, data, rng), 64, data.scale), data, rng, frozenset()
    )
    trainer.use_threads(3)
    assert not np.isfinite(list(trainer.epoch())[-1].loss)
    trainer.evaluate("val")
    assert [str(warning.message) for warning in recwarn] == []
