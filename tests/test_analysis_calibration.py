"""Whether probabilities can be believed: bins against scikit-learn, floor and interval against data of known truth."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from engines.contract import Array
from hw1_tui.analysis.calibration import BINS, calibration


def _drawn(seed: int, n: int = 1400, too_certain: float = 0.0) -> tuple[Array, Array]:
    """Return confidences and whether each example is right, which is less often so by a share of the confidence."""
    rng = np.random.default_rng(seed)
    confidence = 0.2 + 0.8 * rng.beta(4, 2, n)
    return confidence, rng.random(n) < confidence * (1 - too_certain)


def _true_error(too_certain):
    confidence, _ = _drawn(99, 400_000)
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return np.abs(np.bincount(place, -too_certain * confidence)).sum() / len(confidence)


def test_the_curve_is_scikit_learns():
    confidence, correct = _drawn(0)
    found = calibration(confidence, correct)
    right, said = calibration_curve(correct, confidence, n_bins=BINS, strategy="uniform")
    full = [b for b in found.bins if b.n]
    np.testing.assert_allclose([b.confidence for b in full], said)
    np.testing.assert_allclose([b.accuracy.value for b in full if b.accuracy], right)


def test_the_error_is_the_weighted_gap_of_the_bins():
    confidence, correct = _drawn(1)
    found, total = calibration(confidence, correct), 0.0
    for b in range(BINS):
        inside = (confidence > b / BINS) & (confidence <= (b + 1) / BINS)
        if inside.any():
            total += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    assert found.error.value == pytest.approx(total)


def test_the_floor_is_the_error_that_chance_makes_of_true_confidences():
    """Drawn example by example here, and bin by bin there."""
    confidence, correct = _drawn(2)
    rng = np.random.default_rng(5)
    inside = np.minimum((confidence * BINS).astype(int), BINS - 1) == np.arange(BINS)[:, None]
    drawn = rng.random((400, len(confidence))) < confidence
    errors = np.abs((drawn - confidence) @ inside.T).sum(axis=1) / len(confidence)
    found = calibration(confidence, correct)
    assert found.floor == pytest.approx(np.mean(errors), rel=0.05)
    assert found.floor_top == pytest.approx(np.quantile(errors, 0.95), rel=0.08)


@pytest.mark.parametrize("too_certain", [0.0, 0.02, 0.15, 0.35])
def test_the_interval_holds_the_true_error_about_as_often_as_it_says(too_certain):
    """A plain bootstrap of a well calibrated model never does: all of its errors lie above the truth."""
    truth = _true_error(too_certain)
    held = 0
    for seed in range(50):
        found = calibration(*_drawn(seed, too_certain=too_certain), draws=100)
        held += found.error.low <= truth <= found.error.high
    assert held >= 42


def test_few_examples_leave_open_what_they_cannot_show():
    """Of 30 that are all right one in twenty may be wrong in truth, and of 5 that are all wrong two in five right."""
    error = calibration(np.ones(30), np.ones(30, bool)).error
    assert (error.value, error.low) == (0, 0)
    assert 0.05 < error.high < 0.15
    assert 0.4 < calibration(np.ones(5), np.zeros(5, bool)).error.low < 0.8
    held, rng = 0, np.random.default_rng(0)
    for _ in range(50):
        error = calibration(np.full(30, 0.999), rng.random(30) < 0.95, draws=100).error
        held += error.low <= 0.049 <= error.high
    assert held >= 45


def test_true_confidences_are_seldom_called_off_and_false_ones_always():
    assert sum(calibration(*_drawn(seed), draws=100).is_off for seed in range(40)) <= 6
    assert all(calibration(*_drawn(seed, too_certain=0.2), draws=100).is_off for seed in range(10))


@pytest.mark.parametrize(
    ("too_certain", "told"), [(0.3, "it is too certain"), (-0.3, "less certain than it could be"), (0.0, "by chance")]
)
def test_the_error_is_told_in_words(too_certain, told):
    assert told in calibration(*_drawn(3, too_certain=too_certain)).words()


def test_a_model_that_tells_no_probabilities_has_no_calibration():
    for confidence in (np.full(3, np.nan), np.zeros(0)):
        with pytest.raises(ValueError, match="without probabilities"):
            calibration(confidence, np.ones(len(confidence), bool))
