"""3.1 and 3.2: the feature map, A of Theta, c of Theta."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import PolynomialFeatures

from hw1_tui.derivation.coefficients import Quadratic, coefficients_of
from hw1_tui.derivation.feature_map import feature_count, feature_names, input_count, majorant_of, matrix_of, phi
from hw1_tui.derivation.network import Theta, reflected

SIZES = {"inputs": st.integers(1, 12), "units": st.integers(1, 15), "seed": st.integers(0, 2**32)}


@pytest.mark.parametrize("inputs", [1, 2, 3, 7, 50])
def test_features_are_the_monomials_scikit_learn_makes(inputs):
    x = np.random.default_rng(0).standard_normal((5, inputs))
    np.testing.assert_allclose(phi(x), PolynomialFeatures(2).fit_transform(x), rtol=1e-15)
    assert phi(x).shape[1] == feature_count(inputs)
    assert input_count(feature_count(inputs)) == inputs


def test_a_number_that_is_no_feature_count_is_refused():
    with pytest.raises(ValueError, match="7 is not"):
        input_count(7)


def test_feature_names_stand_in_the_order_of_the_features():
    assert feature_names(2) == ["1", "x₁", "x₂", "x₁²", "x₁x₂", "x₂²"]
    assert len(feature_names(11)) == feature_count(11)
    assert feature_names(11)[-1] == "x₁₁²"


def test_one_row_by_hand():
    """A unit's row of the matrix, and c, are those worked out by hand."""
    # b = 2, W = (3, -1): z = 2 + 3x - y, z - z^2 = -2 - 9x + 3y - 9x^2 + 6xy - y^2
    theta = Theta(np.array([[3.0, -1.0]]), np.array([2.0]), np.array([5.0]), 7.0)
    assert matrix_of(theta).tolist() == [[-2, -9, 3, -9, 6, -1]]
    assert coefficients_of(theta).tolist() == [-10 + 7, -45, 15, -45, 30, -5]


@given(**SIZES)
def test_a_network_of_whole_numbers_is_its_quadratic_exactly(inputs, units, seed):
    rng = np.random.default_rng(seed)
    theta = Theta.draw_whole(inputs, units, rng)
    x = rng.integers(-3, 4, (6, inputs)).astype(float)
    assert np.array_equal(theta.hidden(x), phi(x) @ matrix_of(theta).T)
    assert np.array_equal(theta.predict(x), phi(x) @ coefficients_of(theta))
    assert np.array_equal(theta.predict(x), Quadratic.of(theta).predict(x))
    assert np.array_equal(reflected(theta).predict(x), theta.predict(x))


@given(**SIZES)
def test_reading_and_writing_coefficients_are_inverse(inputs, units, seed):
    c = np.random.default_rng(seed).standard_normal(feature_count(inputs))
    read = Quadratic.read(c)
    assert np.array_equal(read.vector(), c)
    assert np.array_equal(read.S, read.S.T)
    scale = np.ones(len(c))
    i, j = np.triu_indices(inputs)
    scale[inputs + 1 :][i != j] = 1 / np.sqrt(2)
    assert read.norm() == pytest.approx(np.linalg.norm(scale * c), rel=1e-13)


@given(**SIZES)
def test_the_majorant_is_what_it_says(inputs, units, seed):
    """It is what the matrix would be if nothing cancelled, and so never smaller than the matrix."""
    rng = np.random.default_rng(seed)
    theta, x = Theta.draw(inputs, units, rng), rng.standard_normal((3, inputs))
    zbar = np.abs(x) @ np.abs(theta.W.T) + np.abs(theta.b)
    np.testing.assert_allclose(np.abs(phi(x)) @ majorant_of(theta).T, zbar + zbar**2, rtol=1e-12)
    assert np.all(majorant_of(theta) >= np.abs(matrix_of(theta)))
