"""Likely wrong labels: cleanlab's numbers, on noise that was made."""

import numpy as np
import pytest

from hw1_tui.analysis.suspect import find_suspects

count = pytest.importorskip("cleanlab.count")
filters = pytest.importorskip("cleanlab.filter")
rank = pytest.importorskip("cleanlab.rank")


def _noisy(seed, n=600, k=4, flipped=0.15, sharp=3.0):
    """Return labels, a share of them wrong, and the probabilities of a model that is mostly right about the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, k, n)
    scores = rng.normal(size=(n, k))
    scores[np.arange(n), truth] += sharp
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    labels = np.where(rng.random(n) < flipped, (truth + rng.integers(1, k, n)) % k, truth)
    return labels, p, truth


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("sharp", [0.5, 2.0, 5.0])
def test_thresholds_joint_suspects_and_their_order_are_cleanlabs(seed, sharp):
    labels, p, _ = _noisy(seed, sharp=sharp, k=3 + seed)
    found = find_suspects(labels, p)
    np.testing.assert_allclose(found.thresholds, count.get_confident_thresholds(labels, p))
    assert (found.joint == count.compute_confident_joint(labels, p, calibrate=False)).all()
    theirs = filters.find_label_issues(labels, p, filter_by="confident_learning", n_jobs=1)
    assert sorted(found.indices.tolist()) == np.flatnonzero(theirs).tolist()
    # cleanlab scales the margin from -1 .. 1 to 0 .. 1.
    margins = 2 * rank.get_normalized_margin_for_each_label(labels, p) - 1
    np.testing.assert_allclose(found.margins, margins[found.indices], atol=1e-12)
    assert (np.diff(found.margins) >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_the_share_of_wrong_labels_is_cleanlabs_estimate(seed):
    labels, p, _ = _noisy(seed)
    joint = count.estimate_joint(labels, p)
    assert find_suspects(labels, p).noise == pytest.approx(1 - np.trace(joint), abs=4 * 4 / len(labels))


def test_a_class_that_no_example_is_labelled_as_is_nobodys_true_class():
    labels, p, _ = _noisy(0, k=4)
    kept = labels != 2
    found = find_suspects(labels[kept], p[kept])
    assert np.isinf(found.thresholds[2])
    assert 2 not in found.suggested


def test_a_suspect_is_suggested_its_true_class():
    labels, p, truth = _noisy(1, sharp=5.0)
    found = find_suspects(labels, p)
    assert (found.suggested == truth[found.indices]).mean() > 0.95


def test_of_no_examples_none_is_suspect():
    found = find_suspects(np.zeros(0, np.int64), np.zeros((0, 3)))
    assert len(found) == 0
    assert found.noise == 0
