"""The numpy engine's models on examples small enough to work out by hand, and what a user sets on them."""

import math
import time
import tracemalloc
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engines.contract import Dataset, EngineError, Split
from engines.numpy_engine import NumpyEngine


class InOrder:
    """A generator that leaves the examples in their order and draws the weights that it is given."""

    def __init__(self, *weights):
        self._weights = list(weights)

    def permutation(self, n):
        return np.arange(n)

    def normal(self, mean, deviation, shape):
        return np.array(self._weights.pop(0), dtype=float).reshape(shape)


def start(model, x, y, *weights, classes=("a", "b"), **hyperparameters):
    split = Split(np.array(x, dtype=float), np.array(y))
    data = Dataset("by hand", split, split, split, classes)
    rng: Any = InOrder(*weights)  # as much of a generator as the engine uses
    return NumpyEngine().start(SimpleNamespace(model=model, hyperparameters=hyperparameters), data, rng)


def train(trainer, epochs=1):
    for _ in range(epochs):
        loss = list(trainer.epoch())[-1].loss
    return loss


def test_a_perceptron_by_hand():
    """Loss and weights after an epoch are those that were worked out by hand."""
    # x~ = (1, 2, 1), y = b: scores (0, 0), the first wins, a mistake: A_b = (1, 2, 1), A_a = (-1, -2, -1). Loss 0.
    # x~ = (0, 1, 1), y = a: scores (-3, 3), a mistake: A_a = (-1, -1, 0), A_b = (1, 1, 0). Loss 3 - -3 = 6.
    # x~ = (1, 0, 1), y = b: scores (-1, 1), right. Loss 0.
    trainer = start("perceptron", [[1, 2], [0, 1], [1, 0]], [1, 0, 1])
    assert train(trainer) == 2.0  # (0 + 6 + 0) / 3
    np.testing.assert_array_equal(trainer.parameters()["W1"], [[-1, -1], [1, 1]])
    np.testing.assert_array_equal(trainer.parameters()["b1"], [0, 0])


def test_a_perceptron_scores_ahead_what_a_plain_loop_scores():
    rng = np.random.default_rng(8)
    x, y = rng.integers(0, 256, (203, 30)).astype(np.uint8), rng.integers(0, 5, 203)
    split = Split(x, y)
    data = Dataset("drawn", split, split, split, tuple("abcde"), 1 / 256)
    config = SimpleNamespace(model="perceptron", hyperparameters={})
    trainer = NumpyEngine().start(config, data, np.random.default_rng(1))
    A, order = np.zeros((5, 31)), np.random.default_rng(1)
    for _ in range(3):
        train(trainer)
        for i in order.permutation(203):
            x_i = np.append(x[i] / 256, 1.0)
            winner = np.argmax(A @ x_i)
            if winner != y[i]:
                A[y[i]] += x_i
                A[winner] -= x_i
    np.testing.assert_array_equal(trainer.parameters()["W1"], A[:, :-1])
    np.testing.assert_array_equal(trainer.parameters()["b1"], A[:, -1])


def test_logistic_regression_by_hand():
    """Loss and weights after an epoch are those that were worked out by hand."""
    # A = 0: softmax (1/2, 1/2), loss log 2, d = (1/2, -1/2) for y = b. x~ = (2, 1), learning rate 1:
    # A_a = -(1, 1/2), A_b = (1, 1/2). Then x~ = (1, 1), y = a: scores (-3/2, 3/2), loss log(1 + e^3),
    # p_b = 1 / (1 + e^-3), d = (-p_b, p_b): A_a = (-1 + p_b, -1/2 + p_b).
    trainer = start("logistic_regression", [[2], [1]], [1, 0], learning_rate=1.0)
    p = 1 / (1 + math.exp(-3))
    assert train(trainer) == pytest.approx((math.log(2) + math.log(1 + math.exp(3))) / 2, rel=1e-14)
    np.testing.assert_allclose(trainer.parameters()["W1"], [[-1 + p], [1 - p]], rtol=1e-13)
    np.testing.assert_allclose(trainer.parameters()["b1"], [-0.5 + p, 0.5 - p], rtol=1e-13)


def test_weight_decay_by_hand_pulls_the_biases_too():
    # As above with l2 = 1/4: after the first step A_a = -(1, 1/2). The second example is x = 0 with y = a:
    # scores (-1/2, 1/2), p_b = 1 / (1 + e^-1); A <- 3/4 A - d x~': W_a = -3/4, b_a = -3/8 + p_b.
    trainer = start("logistic_regression", [[2], [0]], [1, 0], learning_rate=1.0, l2=0.25)
    train(trainer)
    p = 1 / (1 + math.exp(-1))
    np.testing.assert_allclose(trainer.parameters()["W1"], [[-0.75], [0.75]], rtol=1e-13)
    np.testing.assert_allclose(trainer.parameters()["b1"], [-0.375 + p, 0.375 - p], rtol=1e-13)


def test_soft_threshold_by_hand_gives_exact_zeros_and_spares_the_biases():
    # One step: W_a = -(1, 0.25), b_a = -1/2 as d = (1/2, -1/2), x~ = (2, 1/2, 1). Threshold 0.4 on W alone.
    trainer = start("logistic_regression", [[2, 0.5]], [1], learning_rate=1.0, l1=0.4)
    train(trainer)
    np.testing.assert_allclose(trainer.parameters()["W1"], [[-0.6, 0.0], [0.6, 0.0]], rtol=1e-14)
    assert (trainer.parameters()["W1"][:, 1] == 0).all()
    np.testing.assert_allclose(trainer.parameters()["b1"], [-0.5, 0.5], rtol=1e-14)


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_network_by_hand(batch_size):
    """Loss and weights after a step are those that were worked out by hand."""
    # W1 = (1; -1), W2 = I, x = 1, y = a: z1 = (1, -1), h = (1, 0), scores (1, 0), p = (e, 1) / (1 + e).
    # With q = p_b: d2 = (-q, q), d1 = (W2' d2) * (1, 0) = (-q, 0). Learning rate 1:
    # W2 = [[1 + q, 0], [-q, 1]], b2 = (q, -q), W1 = (1 + q; -1), b1 = (q, 0).
    # A batch of the same example twice has the same mean and so the same step.
    trainer = start(
        "mlp", [[1]] * batch_size, [0] * batch_size, [1, -1], np.eye(2), hidden_sizes=(2,), learning_rate=1.0,
        batch_size=batch_size,
    )  # fmt: skip
    q = 1 / (1 + math.e)
    assert train(trainer) == pytest.approx(math.log(1 + math.exp(-1)), rel=1e-14)
    got = trainer.parameters()
    np.testing.assert_allclose(got["W1"], [[1.0 + q], [-1.0]], rtol=1e-14)
    np.testing.assert_allclose(got["b1"], [q, 0], rtol=1e-14)
    np.testing.assert_allclose(got["W2"], [[1 + q, 0], [-q, 1]], rtol=1e-14)
    np.testing.assert_allclose(got["b2"], [q, -q], rtol=1e-14)


def test_a_quadratic_network_by_hand():
    # One unit, w = 2, b = 0, v = 3, v0 = 0, x = 1, y = 0: z = 2, h = 2 (1 - 2) = -2, yhat = -6, loss 18.
    # d = yhat - y = -6, dz = 3 (-6) (1 - 2 z) = 54. Learning rate 1/2:
    # v = 3 - (-6)(-2)/2 = -3, v0 = 3, w = 2 - 27, b = -27.
    trainer = start("quadratic_network", [[1]], [0.0], [2], [3], classes=(), hidden_sizes=(1,), learning_rate=0.5)
    assert trainer.predict(np.array([[1.0]])) == pytest.approx([-6.0])
    assert trainer.evaluate("test").loss == 18.0
    assert trainer.evaluate("test").accuracy is None
    assert train(trainer) == 18.0
    assert {name: W.ravel().tolist() for name, W in trainer.parameters().items()} == {
        "W1": [-25.0], "b1": [-27.0], "W2": [-3.0], "b2": [3.0],
    }  # fmt: skip


def drawn(n=600):
    rng = np.random.default_rng(0)
    split = Split(rng.normal(size=(n, 6)), rng.integers(0, 2, n))
    return Dataset("drawn", split, split, split, ("a", "b"))


def begin(model, seed=0, **hyperparameters):
    return NumpyEngine().start(
        SimpleNamespace(model=model, hyperparameters=hyperparameters), drawn(), np.random.default_rng(seed)
    )


def test_the_initial_weights_are_drawn_layer_by_layer_and_then_the_order():
    trainer, rng = begin("mlp", hidden_sizes=(4, 3)), np.random.default_rng(0)
    for name, shape in (("W1", (4, 6)), ("W2", (3, 4)), ("W3", (2, 3))):
        np.testing.assert_array_equal(trainer.parameters()[name], rng.normal(0.1, 0.1, shape))
    train(trainer)
    rng.permutation(600)
    assert trainer.state()["generator"].tobytes().decode() == str(rng.bit_generator.state).replace("'", '"')


@pytest.mark.parametrize(("init", "deviation"), [("he", math.sqrt(2 / 6)), ("xavier", math.sqrt(2 / 2006))])
def test_he_and_xavier_scale_with_the_layer(init, deviation):
    W = begin("mlp", hidden_sizes=(2000,), init=init).parameters()["W1"]
    # 12,000 draws: the sample's deviation lies within 1 / sqrt(2 * 12000) = 0.65% of the truth in two of three cases.
    assert W.std() == pytest.approx(deviation, rel=0.03)
    assert abs(W.mean()) < 4 * deviation / math.sqrt(W.size)


def test_momentum_that_was_stopped_starts_from_rest():
    stopped, plain = begin("mlp", momentum=0.9), begin("mlp")
    train(stopped)
    stopped.adjust(momentum=0.0)
    plain.load(stopped.state())
    for trainer in (stopped, plain):
        trainer.adjust(momentum=0.5)
        train(trainer)
    np.testing.assert_array_equal(stopped.parameters()["W1"], plain.parameters()["W1"])


def test_the_size_of_the_batches_can_change_between_two_steps():
    trainer, batches = begin("logistic_regression"), begin("logistic_regression", batch_size=50)
    trainer.adjust(batch_size=50)
    assert train(trainer) == train(batches)
    np.testing.assert_array_equal(trainer.parameters()["W1"], batches.parameters()["W1"])


@pytest.mark.parametrize("change", [{}, {"batch_size": 1}])
def test_a_long_epoch_is_interrupted_however_short_those_before_it_were(monkeypatch, change):
    """Whoever wants to stop a run waits for the next yield."""
    now, pace = [0.0], 0.0

    def look():
        now[0] += pace
        return now[0]

    monkeypatch.setattr(time, "perf_counter", look)
    trainer = begin("logistic_regression", batch_size=20)
    train(trainer, 20)
    assert len(list(trainer.epoch())) == 1
    trainer.adjust(**change)
    pace = 1.0
    list(trainer.epoch())
    assert len(list(trainer.epoch())) >= 600 // 64


@pytest.mark.parametrize("model", ["logistic_regression", "mlp"])
def test_the_memory_of_a_batch_is_that_of_the_examples_there_are(model):
    """A batch of a million examples that there are not took two places of a million rows."""
    trainer = begin(model, batch_size=1_000_000)
    tracemalloc.start()
    try:
        train(trainer)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_what_cannot_be_adjusted_is_refused_with_what_can():
    with pytest.raises(EngineError, match=r"dtype, hidden_sizes cannot change.*learning_rate"):
        begin("mlp").adjust(hidden_sizes=(3,), dtype="float32", l2=0.1)
    with pytest.raises(EngineError, match="nothing"):
        begin("perceptron").adjust(learning_rate=1.0)


def test_a_state_of_another_run_is_refused():
    with pytest.raises(EngineError, match="not a state"):
        begin("mlp", hidden_sizes=(3,)).load(begin("mlp").state())
    with pytest.raises(EngineError, match="not a state"):
        begin("mlp").load({})


def test_divergence_shows_in_the_loss_and_raises_nothing():
    with np.errstate(all="raise"):
        trainer = begin("mlp", learning_rate=900.0, activation="quadratic")
        assert not math.isfinite(train(trainer, 2))
        assert not math.isfinite(trainer.evaluate("train").loss)


def test_an_empty_split_cannot_be_measured():
    data = drawn()
    empty = Split(data.val.x[:0], data.val.y[:0])
    config = SimpleNamespace(model="mlp", hyperparameters={})
    rng = np.random.default_rng(0)
    trainer = NumpyEngine().start(config, Dataset("d", data.train, empty, empty, data.classes), rng)
    with pytest.raises(EngineError, match="val split has no examples"):
        trainer.evaluate("val")
    with pytest.raises(EngineError, match="no examples to train on"):
        NumpyEngine().start(config, Dataset("d", empty, empty, empty, data.classes), rng)
