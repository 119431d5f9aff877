"""3.4: least squares in c three ways, and gradient descent on Theta beside it."""

from itertools import islice, pairwise

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.derivation.descent import descend, gradient_of, loss_of
from hw1_tui.derivation.feature_map import feature_count, phi
from hw1_tui.derivation.least_squares import (
    SOLVERS,
    conditioning,
    half_mean_square,
    null_space,
    solve_normal,
    solve_qr,
    solve_svd,
    without_rounding,
)
from hw1_tui.derivation.network import Theta
from hw1_tui.derivation.sample import binary_inputs, circle_inputs, squeezed_inputs, targets

SEEDS = st.integers(0, 2**32)


def problem(inputs, seed, width=1.0):
    rng = np.random.default_rng(seed)
    x = squeezed_inputs(2 * feature_count(inputs), inputs, width, rng)
    c = rng.standard_normal(feature_count(inputs))
    return x, targets(x, c, 0.1, rng), c


@given(st.integers(1, 5), SEEDS)
def test_every_solver_agrees_with_scipy(inputs, seed):
    x, y, _ = problem(inputs, seed)
    X = phi(x)
    expected = scipy.linalg.lstsq(X, y)[0]
    allowed = 1e-12 * conditioning(X).condition ** 2 * np.linalg.norm(expected)
    for solve in SOLVERS:
        found = solve(X, y)
        assert not found.failure
        assert np.linalg.norm(found.c - expected) <= allowed
        assert found.loss == pytest.approx(half_mean_square(X, expected, y), rel=1e-6)


def test_conditioning_costs_the_normal_equations_its_square():
    x, _, c = problem(2, 0, 3e-4)
    X = phi(x)
    y = X @ c
    assert 1e7 < conditioning(X).condition < 1e9
    normal, by_qr, by_svd = (np.linalg.norm(solve(X, y).c - c) for solve in (solve_normal, solve_qr, solve_svd))
    assert max(by_qr, by_svd) < 1e-6
    assert not normal < 1000 * max(by_qr, by_svd)  # NaN where Cholesky gave up


@given(st.integers(1, 6), SEEDS)
def test_rank_fails_on_real_shapes(inputs, seed):
    """Inputs on a circle or of noughts and ones leave the minimum undetermined, and that is found."""
    rng = np.random.default_rng(seed)
    p = feature_count(inputs)
    circle, binary = circle_inputs(3 * p, inputs, rng), binary_inputs(3 * p, inputs, rng)
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), 1)
    assert set(np.unique(binary)) == {0.0, 1.0}
    for x, rank in ((circle, p - 1), (binary, p - inputs)):
        found = conditioning(phi(x))
        assert found.rank == rank == np.linalg.matrix_rank(phi(x))
        assert not found.unique
        assert found.condition == float("inf")


@given(st.integers(1, 4), SEEDS)
def test_the_pseudo_inverse_is_the_shortest_of_the_minimisers(inputs, seed):
    rng = np.random.default_rng(seed)
    x = circle_inputs(3 * feature_count(inputs), inputs, rng)
    X, y = phi(x), rng.standard_normal(len(x))
    found = solve_svd(X, y)
    np.testing.assert_allclose(found.c, scipy.linalg.lstsq(X, y)[0], atol=1e-10)
    other = found.c + null_space(X)[:, 0]
    assert half_mean_square(X, other, y) == pytest.approx(found.loss, rel=1e-9)
    assert np.linalg.norm(other) > np.linalg.norm(found.c)


def test_solvers_that_cannot_say_why():
    """A solver that has no solution gives none, and the reason."""
    X = phi(circle_inputs(30, 2, np.random.default_rng(0)))
    y = np.ones(30)
    assert "rank" in solve_qr(X, y).failure
    assert np.isnan(solve_qr(X, y).c).all()
    assert "fewer examples" in solve_qr(X[:3], y[:3]).failure
    assert "positive definite" in solve_normal(np.zeros((3, 2)), np.ones(3)).failure


@given(st.integers(1, 4), st.integers(1, 6), SEEDS)
def test_the_gradient_is_that_of_autograd(inputs, units, seed):
    x, y, _ = problem(inputs, seed)
    theta = Theta.draw(inputs, units, np.random.default_rng(seed))
    leaves = [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in vars(theta).values()]
    W, b, v, v0 = leaves
    z = torch.tensor(x) @ W.T + b
    loss = (((z * (1 - z)) @ v + v0 - torch.tensor(y)) ** 2).mean() / 2
    loss.backward()
    assert loss_of(theta, x, y) == pytest.approx(loss.item())
    for ours, leaf in zip(vars(gradient_of(theta, x, y)).values(), leaves, strict=True):
        assert leaf.grad is not None
        np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-7, atol=1e-7 * float(leaf.grad.abs().max() + 1))


@given(st.integers(1, 3), st.integers(1, 5), SEEDS)
def test_descent_never_rises_and_never_passes_the_floor(inputs, units, seed):
    x, y, _ = problem(inputs, seed)
    floor = solve_svd(phi(x), y).loss
    losses = [step.loss for step in islice(descend(x, y, Theta.draw(inputs, units, np.random.default_rng(seed))), 60)]
    assert all(after < before for before, after in pairwise(losses))
    assert losses[-1] >= floor * (1 - 1e-9)


def test_descent_comes_down_to_the_floor():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((40, 2))
    y = targets(x, rng.standard_normal(6), 0.3, rng)
    floor = solve_qr(phi(x), y).loss
    last = min(list(islice(descend(x, y, Theta.draw(2, 3, rng, 0.5)), 4000))[-1].loss for _ in range(3))
    assert last == pytest.approx(floor, rel=1e-3)


def test_descent_ends_where_there_is_nothing_lower():
    theta = Theta(np.zeros((1, 1)), np.zeros(1), np.zeros(1), 2.0)
    assert [step.number for step in descend(np.ones((3, 1)), np.full(3, 2.0), theta)] == [0]


@given(st.integers(1, 5), SEEDS)
def test_zeros_of_the_truth_are_zeros_of_the_solution(inputs, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((3 * feature_count(inputs), inputs))
    X, y = phi(x), x @ np.ones(inputs)
    c = without_rounding(X, y, solve_svd(X, y).c)
    assert np.flatnonzero(c).tolist() == list(range(1, inputs + 1))
