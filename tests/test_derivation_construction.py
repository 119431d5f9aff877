"""3.3: Theta of c, exactly, within eps, and as near as K < D units come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from hw1_tui.derivation.approximation import attainment, distance_bounds, nearest, reach
from hw1_tui.derivation.coefficients import Quadratic, coefficients_of, error_of
from hw1_tui.derivation.construction import Spectrum, construct_exactly, construct_within
from hw1_tui.derivation.construction_check import draw_target
from hw1_tui.derivation.network import Theta

SEEDS = st.integers(0, 2**32)


@given(st.integers(1, 15), st.integers(0, 5), SEEDS)
def test_any_coefficients_are_reached_with_as_many_units_as_inputs(inputs, spare, seed):
    rng = np.random.default_rng(seed)
    target = Quadratic.read(rng.standard_normal((inputs + 1) * (inputs + 2) // 2))
    built = construct_within(target, inputs + spare, 1e-6)
    assert built.theta.units == inputs + spare
    assert error_of(built.theta, target) <= built.bound
    assert np.all(built.theta.v[inputs:] == 0)


@given(st.integers(1, 12), st.integers(0, 12), st.booleans(), SEEDS)
def test_the_smallest_exact_number_of_units_is_exact(inputs, rank, in_range, seed):
    rank = min(rank, inputs)
    target = draw_target(inputs, rank, in_range or rank == inputs, np.random.default_rng(seed))
    spectrum = Spectrum.of(target)
    assert spectrum.rank == rank
    expected = rank if in_range or rank == inputs else rank + 2
    assert spectrum.smallest_exact == expected <= inputs + 1
    built = construct_exactly(target, expected)
    assert built.bound < 1e-9
    assert error_of(built.theta, target) <= built.bound
    if expected:
        with pytest.raises(ValueError, match="cannot be exact"):
            construct_exactly(target, expected - 1)


@given(st.integers(1, 12), st.integers(0, 5), st.integers(0, 6), SEEDS)
def test_zero_eigenvalues_cost_less_than_eps(inputs, spare, digits, seed):
    rng = np.random.default_rng(seed)
    target = draw_target(inputs, int(rng.integers(0, inputs)), False, rng)
    eps = 10.0**-digits
    assert error_of(construct_within(target, inputs + spare, eps).theta, target) < eps


def test_below_the_floor_of_float64_the_bound_says_so():
    target = draw_target(4, 3, False, np.random.default_rng(1))
    built = construct_within(target, 4, 1e-12)
    assert error_of(built.theta, target) > 1e-12
    assert error_of(built.theta, target) <= built.bound


def test_the_error_counts_what_cancelling_hides():
    # b - b^2 = 1/4 - 2^60, of which float64 keeps -2^60
    theta = Theta(np.zeros((1, 1)), np.array([2.0**30 + 0.5]), np.ones(1), 2.0**60)
    assert Quadratic.of(theta).c0 == 0
    assert error_of(theta, Quadratic(0.0, np.zeros(1), np.zeros((1, 1)))) == 0.25


@given(st.integers(1, 6), st.integers(1, 6), SEEDS)
def test_the_error_is_the_distance_of_the_coefficients(inputs, units, seed):
    rng = np.random.default_rng(seed)
    theta, target = Theta.draw(inputs, units, rng), draw_target(inputs, inputs, True, rng)
    expected = np.linalg.norm(coefficients_of(theta) - target.vector())
    assert error_of(theta, target) == pytest.approx(expected, rel=1e-12)


def test_eps_is_paid_with_large_biases():
    target = Quadratic(0.0, np.array([1.0]), np.zeros((1, 1)))
    biases = [abs(construct_within(target, 1, eps).theta.b[0]) for eps in (1e-2, 1e-4)]
    assert biases[1] / biases[0] == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize("S", [np.zeros((3, 3)), 2 * np.eye(3), np.diag([1.0, 1.0, -1.0]), np.diag([1.0, 0.0, 1.0])])
@pytest.mark.parametrize("q", [np.zeros(3), np.array([1.0, 0.0, -2.0]), np.ones(3)])
def test_zero_and_repeated_eigenvalues(S, q):
    """A target whose matrix has no or equal eigenvalues is built as exactly as any other."""
    target = Quadratic(0.5, q, S)
    units = Spectrum.of(target).smallest_exact
    assert error_of(construct_exactly(target, units).theta, target) <= 1e-14
    assert error_of(construct_within(target, 3, 1e-5).theta, target) < 1e-5


@given(st.integers(1, 8), st.integers(1, 10), SEEDS)
def test_networks_with_zero_weights_are_built_again(inputs, units, seed):
    rng = np.random.default_rng(seed)
    drawn = Theta.draw(inputs, units, rng)
    kept = rng.random((4, units)) < 0.5
    theta = Theta(drawn.W * kept[0][:, None], drawn.b * kept[1], drawn.v * kept[2], 0.0)
    target = Quadratic.of(theta)
    assert Spectrum.of(target).rank <= units
    built = construct_exactly(target, inputs + 1)
    assert error_of(built.theta, target) <= built.bound


def test_what_cannot_be_built_is_refused():
    target = draw_target(3, 3, True, np.random.default_rng(0))
    with pytest.raises(ValueError, match="fewer than 3 inputs"):
        construct_within(target, 2, 1e-3)
    with pytest.raises(ValueError, match="positive"):
        construct_within(target, 3, 0.0)
    with pytest.raises(ValueError, match="between 1 and 2"):
        nearest(target, 3, np.random.default_rng(0))


@settings(max_examples=40)
@given(st.integers(2, 9), st.integers(1, 8), st.integers(0, 9), st.booleans(), SEEDS)
def test_fewer_units_than_inputs_land_inside_the_bounds(inputs, units, rank, in_range, seed):
    units, rank = min(units, inputs - 1), min(rank, inputs)
    rng = np.random.default_rng(seed)
    target = draw_target(inputs, rank, in_range or rank == inputs, rng)
    found = nearest(target, units, rng)
    assert found.theta.units == units
    assert found.lower - found.tolerance <= found.distance <= found.upper + found.tolerance
    assert found.distance == pytest.approx(Quadratic.of(found.theta).minus(target).norm())
    assert found.tolerance < 1e-6 * max(1.0, target.norm())


@pytest.mark.parametrize(("inputs", "units", "seed"), [(2, 1, 0), (2, 1, 1), (3, 1, 2), (3, 2, 3)])
def test_no_search_over_theta_comes_nearer(inputs, units, seed):
    rng = np.random.default_rng(seed)
    target = draw_target(inputs, inputs, True, rng)
    found = nearest(target, units, rng)

    def distance(flat):
        W, b, v = (
            flat[: units * inputs].reshape(units, inputs),
            flat[-2 * units - 1 : -units - 1],
            flat[-units - 1 : -1],
        )
        return Quadratic.of(Theta(W, b, v, flat[-1])).minus(target).norm() ** 2

    starts = rng.standard_normal((12, units * (inputs + 2) + 1))
    best = min(minimize(distance, start, method="BFGS").fun for start in starts)
    assert np.sqrt(best) == pytest.approx(found.distance, rel=1e-3)
    assert np.sqrt(best) >= found.distance - 1e-6


def test_bounds_by_hand():
    """The distance that too few units leave is the one worked out by hand."""
    # eigenvalues 3, 2, 1 with q = (0, 0, 5): K = 1 keeps 3, or in the limit q alone
    spectrum = Spectrum.of(Quadratic(0.0, np.array([0.0, 0.0, 5.0]), np.diag([1.0, 2.0, 3.0])))
    assert distance_bounds(spectrum, 1) == pytest.approx((np.sqrt(5), np.sqrt(5)))
    assert distance_bounds(spectrum, 2) == pytest.approx((1.0, 1.0))


@given(st.integers(1, 7), st.integers(1, 8), st.integers(0, 7), st.booleans(), SEEDS)
def test_attainment_says_what_can_be_reached(inputs, units, rank, in_range, seed):
    """What is called out of reach has a distance, and what is attained or approached has none."""
    rank = min(rank, inputs)
    in_range = in_range or rank == inputs
    rng = np.random.default_rng(seed)
    target = draw_target(inputs, rank, in_range, rng)
    found = attainment(target, units)
    if units < inputs:
        distance = nearest(target, units, rng).distance
        assert (distance > 1e-3) == (found == "out of reach")
    assert found == (
        "attained" if units >= rank + 2 * (not in_range) else "approached" if units > rank else "out of reach"
    )


@given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 6), SEEDS)
def test_reach_keeps_what_it_promises(inputs, units, rank, seed):
    """What is built has the asked number of units and errs by no more than it says."""
    rng = np.random.default_rng(seed)
    target = draw_target(inputs, min(rank, inputs), rank >= inputs, rng)
    built = reach(target, units, 1e-4, rng)
    assert built.theta.W.shape == (units, inputs)
    assert error_of(built.theta, target) <= built.bound * (1 + 1e-9)
