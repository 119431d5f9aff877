"""Gradients against central differences, losses and steps against scikit-learn and torch."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engines.numpy_engine.activation import ACTIVATIONS
from engines.numpy_engine.descent import Descent
from engines.numpy_engine.loss import CrossEntropy, SquaredError, softmax
from engines.numpy_engine.network import Network

FLOAT64 = np.dtype(np.float64)


def draw_network(sizes, activation, rng, regression=False, **descent):
    layers = [rng.normal(0, 0.7, (n_out, n_in + 1)) for n_in, n_out in itertools.pairwise(sizes)]
    loss = SquaredError() if regression else CrossEntropy(sizes[-1], FLOAT64)
    return Network(layers, ACTIVATIONS[activation], loss, Descent(**descent))


def draw_batch(network, n, rng):
    x = np.hstack([rng.normal(size=(n, network.layers[0].shape[1] - 1)), np.ones((n, 1))])
    regression = isinstance(network.loss, SquaredError)
    return x, rng.normal(size=n) if regression else rng.integers(0, len(network.layers[-1]), n)


def hidden_sums(network, x):
    """Return what goes into each ReLU."""
    found = []
    for A in network.layers[:-1]:
        found.append(x @ A.T)
        x = np.hstack([np.maximum(0, found[-1]), np.ones((len(x), 1))])
    return found


@settings(max_examples=200, deadline=None)
@given(
    n_in=st.integers(1, 6),
    hidden=st.lists(st.integers(1, 5), max_size=3),
    n_out=st.integers(2, 5),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    regression=st.booleans(),
    n=st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_gradient_is_the_slope_of_the_loss(n_in, hidden, n_out, activation, regression, n, seed):
    rng = np.random.default_rng(seed)
    network = draw_network([n_in, *hidden, 1 if regression else n_out], activation, rng, regression)
    x, y = draw_batch(network, n, rng)
    step = 1e-6
    if activation == "relu":  # no difference quotient across the kink means anything
        assume(all(np.abs(z).min() > 1e-3 for z in hidden_sums(network, x)))
    _, gradients = network.gradients(x, y)
    for A, gradient in zip(network.layers, gradients, strict=True):
        for place in np.ndindex(A.shape):
            kept, losses = A[place], []
            for moved in (kept + step, kept - step):
                A[place] = moved
                losses.append(network.loss.values(network.scores(x), y).mean())
            A[place] = kept
            # Rounding of the two losses over the distance, and the third derivative's share.
            tolerance = 1e-6 * (1 + abs(gradient[place])) + 1e-9 * max(map(abs, losses))
            assert gradient[place] == pytest.approx((losses[0] - losses[1]) / (2 * step), abs=tolerance)


@settings(max_examples=100, deadline=None)
@given(scale=st.sampled_from([1e-3, 1.0, 30.0, 1e3, 1e6]), seed=st.integers(0, 2**32 - 1), single=st.booleans())
def test_the_gradient_of_one_example_is_that_of_a_batch(scale, seed, single):
    dtype: np.dtype[np.floating] = np.dtype(np.float32 if single else np.float64)
    rng = np.random.default_rng(seed)
    scores, y = rng.normal(0, scale, (8, 4)).astype(dtype), rng.integers(0, 4, 8)
    loss, out = CrossEntropy(4, dtype), np.empty((8, 4), dtype)
    with np.errstate(over="ignore", under="ignore"):
        for row, label, into in zip(scores, y.tolist(), out, strict=True):
            loss.gradient(row, label, into)
        wanted = loss.gradients(scores, y)
    # exp without the shift magnifies the rounding of its argument by the argument.
    np.testing.assert_allclose(out, wanted, rtol=0, atol=100 * float(np.finfo(dtype).eps))


def test_cross_entropy_is_scikit_learns_log_loss():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(2)
    scores, y = rng.normal(0, 5, (200, 6)), rng.integers(0, 6, 200)
    wanted = metrics.log_loss(y, softmax(scores), labels=range(6))
    assert CrossEntropy(6, FLOAT64).values(scores, y).mean() == pytest.approx(wanted, rel=1e-12)


def test_cross_entropy_of_extreme_scores_is_finite_and_right():
    values = CrossEntropy(3, FLOAT64).values(np.array([[1e4, 0.0, -1e4]] * 3), np.arange(3))
    np.testing.assert_allclose(values, [0.0, 1e4, 2e4])


@pytest.mark.parametrize(("l2", "momentum"), [(0.0, 0.0), (0.1, 0.0), (0.0, 0.9), (0.1, 0.9)])
@pytest.mark.parametrize("batch", [1, 5])
@pytest.mark.parametrize("activation", ["relu", "tanh", "quadratic"])
def test_steps_are_those_of_torch(activation, batch, l2, momentum):
    torch = pytest.importorskip("torch")
    functions = {"relu": torch.relu, "tanh": torch.tanh, "quadratic": lambda z: z * (1 - z)}
    rng = np.random.default_rng(4)
    hyperparameters = {"learning_rate": 0.02, "l2": l2, "momentum": momentum}
    network = draw_network([7, 5, 4, 3], activation, rng, batch_size=batch, **hyperparameters)
    for A in network.layers:
        A *= 0.3  # two layers of z(1 - z) are of the fourth degree: from larger weights they run away
    theirs = [torch.tensor(A, requires_grad=True) for A in network.layers]
    optimizer = torch.optim.SGD(theirs, lr=0.02, momentum=momentum, weight_decay=l2)
    for _ in range(20):
        x, y = draw_batch(network, batch, rng)
        h = torch.tensor(x)
        for A in theirs[:-1]:
            h = torch.hstack([functions[activation](h @ A.T), torch.ones(batch, 1, dtype=h.dtype)])
        loss = torch.nn.functional.cross_entropy(h @ theirs[-1].T, torch.tensor(y))
        assert network.step(x, y) == pytest.approx(loss.item(), rel=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for A, wanted in zip(network.layers, theirs, strict=True):
        np.testing.assert_allclose(A, wanted.detach().numpy(), rtol=1e-10, atol=1e-13)
