"""What the program says of a series of epochs, number by number: whether it rises or is flat, and when it settles."""

import math

import numpy as np
import pytest
from scipy.linalg import toeplitz
from scipy.stats import t

from hw1_tui.statistics.comparison import (
    EPOCHS_SHARE,
    FLOORS,
)
from hw1_tui.statistics.settling import SETTLED_WITHIN, Settling, compare_settling, find_settling, typical_epoch
from hw1_tui.statistics.spread import PRIOR_SEEDS
from hw1_tui.statistics.trend import FEWEST, MARGIN, find_trend

# Trends


def formula_of_trend(series):
    """Return error, noise and degrees of freedom as the module's text has them."""
    n = len(series)
    design = np.column_stack([np.ones(n), np.arange(n)])
    outside = np.eye(n) - design @ np.linalg.pinv(design)
    left = outside @ series
    r = (np.sum(left[1:] * left[:-1]) / np.sum(left**2) + 2 / n) / (1 - 4 / n)
    r = round(min(0.97, max(0.0, r + 2 * math.sqrt(max(0.02, 1 - r**2) / n))), 2)
    correlation = toeplitz(r ** np.arange(n))
    rise = np.concatenate([-np.ones(n // 5), np.zeros(n - 2 * (n // 5)), np.ones(n // 5)]) / (n // 5)
    squares = np.trace(outside @ correlation)
    noise = np.sum(left**2) / squares
    df = max(1.0, squares**2 / np.trace(outside @ correlation @ outside @ correlation))
    return math.sqrt(noise * rise @ correlation @ rise), math.sqrt(noise), df


def with_rise(series, rise):
    """Return the series plus a line, with so much between the means of its first and last fifth."""
    n, fifth = len(series), len(series) // 5
    turned = series - np.arange(n) / (n - fifth) * (series[-fifth:].mean() - series[:fifth].mean())
    return list(turned + np.arange(n) / (n - fifth) * rise)


@pytest.mark.parametrize(("n", "seed"), [(FEWEST, 0), (63, 1), (400, 2)])
def test_a_trend_is_told_beyond_students_quantile_and_flatness_within_its_margin(n, seed):
    series = np.random.default_rng(seed).normal(2, 1, n)
    series = series + 0.5 * np.roll(series, 1)
    error, noise, df = formula_of_trend(series)
    reach, one_sided = t.ppf(0.975, df) * error, t.ppf(0.95, df) * error
    found = find_trend([with_rise(series, reach * 1.01)])
    assert (found.error, found.noise, found.last - found.first) == pytest.approx((error, noise, reach * 1.01))
    assert found.first == pytest.approx(np.mean(with_rise(series, reach * 1.01)[: n // 5]))
    room = MARGIN * noise - one_sided
    assert (room > 0) == (n == 400)
    told = {rise: find_trend([with_rise(series, rise * reach)]).direction for rise in (1.01, -1.01, 0.99, -0.99)}
    flat = "flat" if room > 0.99 * reach else ""
    assert told == {1.01: "rises", -1.01: "falls", 0.99: flat, -0.99: flat}
    if 0 < room < reach:
        assert find_trend([with_rise(series, 0.99 * room)]).direction == "flat"
        assert find_trend([with_rise(series, -1.01 * room)]).direction == ""


def test_a_rise_is_excluded_below_the_upper_end_of_the_margin_however_far_it_falls():
    series = np.random.default_rng(2).normal(0, 1, 400)
    error, noise, df = formula_of_trend(series)
    room = MARGIN * noise - t.ppf(0.95, df) * error
    reach = t.ppf(0.975, df) * error
    found = {
        rise: find_trend([with_rise(series, rise)])
        for rise in (0.99 * min(room, reach), 1.01 * room, -3.0, -1.01 * room)
    }
    low, high, far, below = found.values()
    assert (low.does_not_rise, high.does_not_rise, far.does_not_rise, below.does_not_rise) == (True, False, True, True)
    assert (far.direction, far.does_not_fall, below.does_not_fall) == ("falls", False, False)
    hill = with_rise(series, 0.0) + 3 * np.sin(np.linspace(0, np.pi, 400))
    assert not find_trend([list(hill)]).does_not_rise, "what rises and falls again has risen"
    assert find_trend([[0.5] * FEWEST]).does_not_rise


def test_the_rise_of_several_seeds_errs_by_what_reaches_furthest_their_noise_or_their_spread():
    rng = np.random.default_rng(4)
    noises = [rng.normal(0, 1, 100) for _ in range(3)]
    errors, spreads, dfs = zip(*map(formula_of_trend, noises), strict=True)
    within = np.mean(np.square(errors))
    alike = find_trend([with_rise(noise, 1.0) for noise in noises])
    pooled_alike = PRIOR_SEEDS * within / (PRIOR_SEEDS + 2)
    reaches = {
        t.ppf(0.975, df) * math.sqrt(variance / 3): variance
        for variance, df in ((within, sum(dfs)), (pooled_alike, PRIOR_SEEDS + 2))
    }
    assert alike.error == pytest.approx(math.sqrt(reaches[max(reaches)] / 3))
    assert alike.noise == pytest.approx(math.sqrt(np.mean(np.square(spreads))))
    apart = find_trend([with_rise(noise, rise) for noise, rise in zip(noises, (-3.0, 1.0, 5.0), strict=True)])
    assert apart.error == pytest.approx(math.sqrt(16 / 3)), "their own spread, with two degrees of freedom"
    assert apart.last - apart.first == pytest.approx(1.0)


def test_what_leaves_no_noise_or_is_not_long_enough_is_told_as_that():
    line = find_trend([list(np.linspace(0, 1, FEWEST))])
    assert (line.direction, line.noise, line.error) == ("rises", 0.0, 0.0)
    assert find_trend([[0.5] * FEWEST]).direction == "flat"
    short = find_trend([[0.5] * FEWEST, [0.5] * (FEWEST - 1)])
    assert short.direction == ""
    assert np.all(np.isnan([short.first, short.last, short.error, short.noise]))


# Settling


def formula_of_settling(start, series):
    """Return the epochs that a wider, its own and a narrower band give, epoch by epoch as the module's text has it."""
    n = len(series)
    width, last = max(3, n // 20), series[n - n // 5 :]
    level = np.mean(last)
    error = np.std(np.diff(last), ddof=1) / math.sqrt(2 * width)
    curve, epochs = [start, *series], []
    means = [np.mean(curve[end - min(width, (end + 1) // 2) : end]) for end in range(2, n + 2)]
    for k in (2, 0, -2):
        outside = [
            epoch
            for epoch, mean in enumerate(means, 1)
            if abs(mean - level) > SETTLED_WITHIN * abs(level - start) + k * error
        ]
        epochs.append(max(outside, default=0) + 1)
    return level, epochs


@pytest.mark.parametrize(("n", "half_life", "noise"), [(FEWEST, 2, 0.02), (57, 6, 0.03), (100, 6, 0.0), (240, 9, 0.05)])
def test_a_curve_settles_at_the_epoch_from_which_on_its_running_mean_stays_in_the_band(n, half_life, noise):
    series = 3 - 0.5 ** (np.arange(1, n + 1) / half_life) + np.random.default_rng(n).normal(0, noise, n)
    found = find_settling(2.0, list(series))
    assert found
    level, (earliest, epoch, latest) = formula_of_settling(2.0, list(series))
    assert (found.epoch, found.earliest, found.latest) == (epoch, earliest, min(latest, n))
    assert found.has_settled
    assert found.level == pytest.approx(level)


def test_a_curve_that_leaves_its_band_within_the_last_fifth_has_not_settled():
    for jump, settled in ((70, True), (95, False)):  # the running mean of 5 comes after the jump
        series = np.where(np.arange(1, 101) <= jump, 0.8, 1.0)
        found = find_settling(0.0, list(series))
        assert found
        assert found.has_settled is settled
        assert found.epoch <= 100


def test_a_curve_that_jumps_to_its_level_at_once_has_settled_at_the_first_epoch():
    found = find_settling(0.0, [1.0] * FEWEST)
    assert found
    assert (found.epoch, found.earliest, found.latest) == (1, 1, 1)


def test_settling_is_compared_by_logarithms_of_epochs():
    first, second = Settling(8, 6, 12, False, 1.0), Settling(2, 2, 2, True, 1.0)
    found = compare_settling([first], [second])
    assert found
    doubts = [math.log(12.5 / 5.5) / 4, math.log(2.5 / 1.5) / 4]
    expected = EPOCHS_SHARE**2 * np.mean(np.square(doubts)) + FLOORS["settling"][0] ** 2
    assert (found.difference, found.seeds_error) == pytest.approx((math.log(4), math.sqrt(2 * expected)))
    assert compare_settling([first], [first]) is None
    assert typical_epoch([first, second]) == pytest.approx(4.0)
