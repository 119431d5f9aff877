"""What the program calls chance or effect, held against scipy and against noise of which the truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, mannwhitneyu, ttest_1samp, ttest_ind

from hw1_tui.statistics.comparison import FLOORS, compare_settings, compare_with_bound
from hw1_tui.statistics.interval import share_error, unpaired_difference
from hw1_tui.statistics.paired import PairedShares, paired_means
from hw1_tui.statistics.repeat import Examples, Repeat, repeat_at_end, repeat_of_epochs
from hw1_tui.statistics.settling import Settling, compare_settling, find_settling
from hw1_tui.statistics.spread import pooled_variance
from hw1_tui.statistics.superiority import FEWEST_SEEDS, superiority
from hw1_tui.statistics.trend import FEWEST, find_trend
from tests.calibration.noise import remembering

right = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=200)


@given(right)
def test_mcnemars_test_is_the_exact_binomial_one_of_scipy(pairs):
    first, second = np.array(pairs).T
    shares = PairedShares.of(first, second)
    b, c = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    assert shares.mcnemar() == pytest.approx(binomtest(b, b + c, 0.5).pvalue if b + c else 1.0)


def test_the_paired_interval_holds_the_truth_in_95_of_100_cases_and_is_narrower_than_the_unpaired_one():
    """Two models that are right on mostly the same of 400 examples; the true difference is .05."""
    rng, held, widths = np.random.default_rng(1), 0, []
    for _ in range(2000):
        easy, both = rng.random(400), rng.random((2, 400))
        first, second = (easy < 0.6) | (both[0] < 0.15), (easy < 0.6) | (both[1] < 0.025)
        interval = PairedShares.of(first, second).difference()
        held += interval.low <= 0.05 <= interval.high
        apart = unpaired_difference(int(first.sum()), 400, int(second.sum()), 400)
        widths.append((interval.high - interval.low) / (apart.high - apart.low))
    assert 0.935 <= held / 2000 <= 0.975
    assert max(widths) < 0.8


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=3, max_size=40).filter(
    lambda pairs: np.std([a - b for a, b in pairs]) > 1e-6))  # fmt: skip
def test_losses_are_compared_by_students_interval_of_their_differences(pairs):
    first, second = np.array(pairs).T
    truth = ttest_1samp(first - second, 0.0).confidence_interval(0.95)
    ours = paired_means(first, second)
    assert (ours.low, ours.high) == pytest.approx((truth.low, truth.high))


def test_other_examples_are_refused_where_pairs_are_asked_for():
    with pytest.raises(ValueError, match="not of the same examples"):
        PairedShares.of(np.ones(3), np.ones(4))


values = st.lists(st.integers(0, 9), min_size=FEWEST_SEEDS, max_size=12)


@given(values, values)
def test_probability_of_superiority_is_mann_and_whitneys_and_turns_with_its_sides(a, b):
    found, turned = superiority(a, b), superiority(b, a)
    assert found
    assert turned
    assert found.value == pytest.approx(mannwhitneyu(a, b).statistic / (len(a) * len(b)))
    assert (found.low, found.high) == pytest.approx((1 - turned.high, 1 - turned.low), abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_probability_of_superiority_is_not_told_of_few_seeds():
    assert superiority([1.0] * (FEWEST_SEEDS - 1), [0.0] * 9) is None


# Comparing two settings


def noisy(rng, mean, seeds, std, drift=0.0):
    """Return repeats whose last epochs move by the same spread as the seeds do."""
    return [repeat_of_epochs(list(rng.normal(mean, std, 10) + np.linspace(0, drift, 10))) for _ in range(seeds)]


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(sorted(FLOORS)), st.integers(1, 4), st.integers(1, 4))
def test_a_comparison_turns_its_sign_with_its_sides_and_nothing_else(seed, kind, m, n):
    rng = np.random.default_rng(seed)
    first, second = noisy(rng, 1.0, m, 0.1), noisy(rng, 1.2, n, 0.1)
    one, other = compare_settings(first, second, kind), compare_settings(second, first, kind)
    assert (one.difference, one.reach) == pytest.approx((-other.difference, other.reach))
    assert one.verdict == other.verdict


def test_more_seeds_tell_what_one_cannot_and_one_seed_is_named_as_the_reason():
    """Losses .03 apart on the same examples: the models differ clearly, the settings only over seeds."""
    rng = np.random.default_rng(0)
    easy = rng.exponential(1.0, 2000)

    def repeats(shift, seeds):
        told = [Examples("test", easy + shift + rng.normal(0, 0.02, 2000)) for _ in range(seeds)]
        return [Repeat(float(np.mean(examples.values)), 0.001, 0.0, examples) for examples in told]

    one = compare_settings(repeats(0.03, 1), repeats(0.0, 1), "loss")
    many = compare_settings(repeats(0.03, 9), repeats(0.0, 9), "loss")
    assert one.verdict == "cannot be told: one seed"
    assert (many.verdict, many.is_paired) == ("clear", True)
    assert many.examples_error < one.examples_error


def test_settings_on_other_examples_are_compared_as_independent():
    right = {share: np.where(np.arange(100) < 100 * share, 1.0, 0.0) for share in (0.6, 0.5)}
    first, second = (
        Repeat(share, examples=Examples(key, right[share]), share_of=100) for share, key in ((0.6, "a"), (0.5, "b"))
    )
    comparison = compare_settings([first], [second], "share")
    assert not comparison.is_paired
    assert comparison.examples_error == pytest.approx(
        math.hypot(share_error(0.6, 100), share_error(0.5, 100)), rel=0.02
    )


def test_a_run_that_is_on_its_way_is_told_from_another_less_easily():
    still, moving = Repeat(1.0), Repeat(1.0, drift=0.4)
    assert compare_settings([moving], [moving], "loss").reach > 3 * compare_settings([still], [still], "loss").reach


def test_seeds_outweigh_what_was_expected_of_them_the_more_there_are():
    few, many = ([[0.0, 1.0] * seeds] for seeds in (1, 50))
    assert abs(pooled_variance(0.0, few)[0] - 0.5) > abs(pooled_variance(0.0, many)[0] - 0.25)
    assert pooled_variance(0.3, [[1.0], [2.0]])[0] == pytest.approx(0.3)


def test_a_metric_measured_once_moves_as_its_like_does_from_epoch_to_epoch():
    once = repeat_at_end(0.5, [0.4, 0.6] * 5)
    mean = repeat_of_epochs([0.4, 0.6] * 5)
    assert (once.value, mean.value) == (0.5, 0.5)
    assert once.epoch_std == pytest.approx(mean.epoch_std * math.sqrt(10))


# Trends


@pytest.mark.parametrize("n", [20, 60, 200])
@pytest.mark.parametrize("seeds", [1, 3])
def test_noise_is_no_trend_and_a_rise_of_one_standard_deviation_is_neither_flat_nor_denied(n, seeds):
    """At most 5 % each, with memory .8; the bound is three standard errors of 300 above."""
    rng = np.random.default_rng(n)
    told, denied = 0, 0
    for _ in range(300):
        series = [remembering(rng, n, 0.8) for _ in range(seeds)]
        told += trend_of(*series).direction in ("rises", "falls")
        rising = trend_of(*(x + np.linspace(0, 1, n) for x in series))
        assert rising.does_not_rise or rising.direction != "flat"
        denied += rising.does_not_rise
    assert told <= 300 * 0.05 + 3 * math.sqrt(300 * 0.05 * 0.95)
    assert denied <= 300 * 0.05 + 3 * math.sqrt(300 * 0.05 * 0.95)


def trend_of(*series):
    return find_trend([one.tolist() for one in series])


def test_what_rises_falls_or_is_flat_is_told_where_the_epochs_allow_it():
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 0.02, 200)
    assert trend_of(0.5 + noise).direction == "flat"
    assert trend_of(0.5 + noise + np.linspace(0, 0.1, 200)).direction == "rises"
    assert trend_of(0.5 + noise - np.linspace(0, 0.1, 200)).direction == "falls"
    assert trend_of(np.full(40, 0.5)).direction == "flat"
    assert trend_of(np.linspace(0, 1, FEWEST - 1)).direction == ""
    assert trend_of(np.append(np.linspace(0, 1, 30), np.nan)).direction == ""


def test_every_seed_has_its_say_in_a_trend():
    """One seed that rises among five that do not is the chance of that seed."""
    rng = np.random.default_rng(5)
    rising, still = np.linspace(0, 1, 100) + rng.normal(0, 0.1, 100), [rng.normal(0, 0.1, 100) for _ in range(4)]
    assert trend_of(rising).direction == "rises"
    assert trend_of(rising, *still).direction == ""


# Settling


def approach(rng, n, half_life, noise=0.01):
    """Return a curve that goes from 0 to 1, half of what is left in each ``half_life`` epochs."""
    return list(1 - 0.5 ** (np.arange(1, n + 1) / half_life) + rng.normal(0, noise, n))


def settle(start, series) -> Settling:
    found = find_settling(start, series)
    assert found is not None
    return found


def is_told_apart(first: Settling, second: Settling) -> bool:
    found = compare_settling([first], [second])
    return found is not None and found.is_clear


def test_a_curve_settles_when_a_tenth_of_its_way_is_left():
    """0.5 ** 3.32 is a tenth; the running mean of n / 20 epochs comes a little later."""
    rng = np.random.default_rng(1)
    found = settle(0.0, approach(rng, 100, 6))
    assert found.has_settled
    assert found.earliest <= 3.32 * 6 + 3
    assert found.latest >= 3.32 * 6
    assert found.earliest <= found.epoch <= found.latest


def test_equal_curves_do_not_settle_one_sooner_than_the_other_and_one_three_times_as_fast_does():
    rng = np.random.default_rng(2)
    told = 0
    for _ in range(200):
        first, second = (settle(0.0, approach(rng, 60, 5, 0.03)) for _ in range(2))
        told += is_told_apart(first, second)
    assert told <= 200 * 0.05 + 3 * math.sqrt(200 * 0.05 * 0.95)
    fast, slow = (settle(0.0, approach(rng, 60, half_life, 0.03)) for half_life in (3, 9))
    assert is_told_apart(fast, slow)


def test_a_curve_that_still_climbs_has_not_settled_and_short_or_flat_ones_tell_nothing():
    rng = np.random.default_rng(3)
    assert not settle(0.0, list(np.linspace(0, 1, 100))).has_settled
    assert find_settling(0.0, approach(rng, FEWEST - 1, 2)) is None
    assert find_settling(0.5, list(0.5 + rng.normal(0, 0.1, 100))) is None


def test_what_has_not_settled_is_never_the_sooner_one():
    """Of a run that was too short to settle it is known only that it settles later than that."""
    short, long = Settling(20, 19, 20, has_settled=False, level=0.5), Settling(60, 58, 63, has_settled=True, level=0.5)
    assert compare_settling([short], [long]) is None
    late = Settling(200, 190, 200, has_settled=False, level=0.5)
    assert is_told_apart(long, late)


# What a reader of seeds would miss


def test_seeds_that_lie_apart_are_not_talked_down_by_what_is_expected():
    first, second = ([Repeat(value, 0.0005) for value in values] for values in ((0.95, 0.65, 0.9), (0.6, 0.75, 0.55)))
    assert ttest_ind([r.value for r in first], [r.value for r in second]).pvalue > 0.05
    assert compare_settings(first, second, "share").verdict == "cannot be told"


def test_seeds_of_a_network_are_expected_further_apart():
    first, second = Repeat(1.0, is_network=True), Repeat(1.08, is_network=True)
    assert not compare_settings([first], [second], "loss").is_clear
    assert compare_settings([Repeat(1.0)], [Repeat(1.08)], "loss").is_clear


def test_a_share_of_all_examples_is_not_without_error():
    assert not compare_with_bound([Repeat(1.0, share_of=180)], 0.99, "share").is_clear
    assert compare_with_bound([Repeat(1.0, share_of=180)], 0.9, "share").is_clear


@given(st.floats(1e-3, 1e3), st.integers(0, 10**6))
def test_a_trend_does_not_depend_on_the_unit(scale, seed):
    series = remembering(np.random.default_rng(seed), 40, 0.5) + np.linspace(0, 2, 40)
    assert trend_of(series).direction == trend_of(series * scale).direction


def test_what_rises_and_falls_again_is_not_flat():
    rng = np.random.default_rng(1)
    hump = 3 * np.sin(np.linspace(0, np.pi, 200))
    told = [trend_of(*(hump + rng.normal(0, 1, 200) for _ in range(3))).direction for _ in range(50)]
    assert "flat" not in told
