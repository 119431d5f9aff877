"""Examples as points: scikit-learn's principal components, and what the last hidden layer of a real model passes on."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from hw1_tui.analysis import open_run
from hw1_tui.analysis.embedding import HIDDEN, embed, embedding_of, last_hidden, spread_out
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from tests.support.history import train, write_blobs


def _rows(n=300, d=40):
    rng = np.random.default_rng(0)
    shape = rng.normal(size=(4, d)) * np.array([9.0, 5.0, 2.0, 1.0])[:, None]
    return np.clip(128 + rng.normal(size=(n, 4)) @ shape + rng.normal(size=(n, d)), 0, 255).astype(np.uint8)


def test_points_and_shares_are_those_of_scikit_learn():
    rows = _rows()
    found, theirs = embed(rows, np.arange(len(rows))), PCA(2, svd_solver="full").fit(rows.astype(float))
    expected = theirs.transform(rows.astype(float)) * np.sign(
        theirs.components_[range(2), np.abs(theirs.components_).argmax(axis=1)]
    )
    np.testing.assert_allclose(found.points, expected, atol=1e-3 * np.abs(expected).max())
    np.testing.assert_allclose(found.shares, theirs.explained_variance_ratio_, rtol=1e-4)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (2, 2), (3, 4)])
def test_fewer_examples_or_features_than_directions_are_still_points(shape):
    rows = np.arange(np.prod(shape), dtype=float).reshape(shape)
    found = embed(rows, np.arange(len(rows)))
    assert found.points.shape == (shape[0], 2)
    assert np.isfinite(found.points).all()


def test_of_many_examples_as_many_are_shown_as_have_room_from_first_to_last():
    assert spread_out(5, 10).tolist() == [0, 1, 2, 3, 4]
    shown = spread_out(1000, 10)
    assert (len(shown), shown[0], shown[-1]) == (10, 0, 999)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_the_last_hidden_layer_is_what_the_scores_are_made_of(tmp_path, engine):
    store = Store(tmp_path / "home")
    run = train(store, write_blobs(tmp_path / "blobs.npz"), engine=engine, hidden_sizes=[6, 5])
    opened, indices = open_run(store, run), np.arange(0, 40, 3)
    hidden, weights = last_hidden(opened, "val", indices), opened.parameters()
    assert hidden is not None
    scores = hidden @ weights["W3"].T + weights["b3"]
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    told = opened.measured("val").probabilities
    assert told is not None
    np.testing.assert_allclose(p, told[indices], atol=1e-5)


def test_a_linear_model_has_no_hidden_layer_and_says_so(tmp_path):
    store = Store(tmp_path / "home")
    run = train(store, write_blobs(tmp_path / "blobs.npz"), model="logistic_regression", hidden_sizes=None, init=None)
    with pytest.raises(MistakeError, match="has no hidden layer"):
        embedding_of(open_run(store, run), "val", HIDDEN)


@pytest.mark.parametrize("factor", [1e30, 1e300, 1e-30])
def test_values_of_any_size_have_the_same_plane(factor):
    """Their products leave the range of float32, and ended the view in a failure of the program."""
    rows, indices = np.random.default_rng(0).normal(size=(40, 6)), np.arange(40)
    found, usual = embed(rows * factor, indices), embed(rows, indices)
    assert np.allclose(found.points / factor, usual.points, atol=1e-5)
    assert np.allclose(found.shares, usual.shares, atol=1e-6)
