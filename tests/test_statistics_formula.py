"""What the program calls chance or effect, number by number: published examples, scipy, the formulas that are cited.

`test_statistics.py` asks how often it is right; a divisor that is off by one shows only here.
"""

import math
from dataclasses import astuple

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import binomtest, t

from hw1_tui.statistics.comparison import (
    DRIFT_SHARE,
    EPOCHS_SHARE,
    FLOORS,
    compare_settings,
    compare_with_bound,
)
from hw1_tui.statistics.interval import LEVEL, Interval, normal_quantile, share_error, unpaired_difference, wilson
from hw1_tui.statistics.paired import PairedShares, mean_and_error, paired_error, paired_means
from hw1_tui.statistics.repeat import LAST_EPOCHS, Examples, Repeat, epoch_movement, repeat_at_end, repeat_of_epochs
from hw1_tui.statistics.spread import PRIOR_SEEDS, pooled_variance, spread
from hw1_tui.statistics.superiority import FEWEST_SEEDS, superiority

Z = 1.959963984540054

# Intervals


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 1), (1, 29), (15, 148), (81, 263), (148, 148)])
def test_wilsons_interval_is_that_of_scipy(k, n):
    for level in (LEVEL, 0.8):
        truth, ours = binomtest(k, n).proportion_ci(level, "wilson"), wilson(k, n, level)
        assert astuple(ours) == pytest.approx((k / n, truth.low, truth.high))


def test_no_rounding_takes_a_share_of_none_from_0_or_of_all_from_1():
    assert {wilson(0, n, level).low for n in range(1, 50) for level in (0.8, LEVEL)} == {0.0}
    assert {wilson(n, n, level).high for n in range(1, 50) for level in (0.8, LEVEL)} == {1.0}


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_what_is_no_share_is_refused(k, n):
    with pytest.raises(ValueError, match=f"{k} of {n} is no share"):
        wilson(k, n)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_the_one_that_newcombe_printed(counts, low, high):
    """Newcombe (1998), table II, method 10, to its four digits."""
    found = unpaired_difference(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)
    assert found.value == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])


def test_a_difference_is_clear_where_none_is_outside_of_its_interval():
    ends = [(0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1), (0.0, 0.2), (-0.2, 0.0)]
    assert [Interval(0.0, *end).is_clear for end in ends] == [True, True, False, False, False]


def test_the_standard_error_of_a_share():
    """4.8 of 16: p = (4.8 + 2) / 20 = .34, with sqrt(.34 x .66 / 20)."""
    assert share_error(0.3, 16) == pytest.approx(math.sqrt(0.34 * 0.66 / 20))
    assert share_error(0.3, 0) == 0.0
    assert share_error(1.0, 6) == pytest.approx(math.sqrt(0.8 * 0.2 / 10)), "all right, and not without error"


# Pairs


def test_the_interval_of_paired_shares_is_bonett_and_prices():
    """19 and 9 of 98: p = .2, q = .1, and the reach is z sqrt((.3 - .01) / 100)."""
    for first, second, sign in ((19, 9, 1), (9, 19, -1)):
        found = PairedShares(98, first, second).difference()
        reach = Z * math.sqrt(0.29 / 100)
        assert astuple(found) == pytest.approx((sign * 10 / 98, sign * 0.1 - reach, sign * 0.1 + reach))
    assert PairedShares(1, 1, 0).difference().high == 1.0
    assert PairedShares(1, 0, 1).difference().low == -1.0


@pytest.mark.parametrize(("b", "c"), [(1, 5), (5, 1), (3, 3), (0, 1), (2, 3)])
def test_mcnemars_p_value_is_the_binomial_one(b, c):
    assert PairedShares(20, b, c).mcnemar() == pytest.approx(binomtest(b, b + c, 0.5).pvalue)
    assert PairedShares(20, 0, 0).mcnemar() == 1.0


def test_a_mean_of_losses_errs_by_its_standard_deviation_over_the_root_of_their_number():
    assert mean_and_error(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx((2.5, math.sqrt(5 / 3) / 2))
    first, second = np.array([2.0, 4.0]), np.array([1.0, 1.0])
    assert paired_error(first, second) == pytest.approx(1.0)
    reach = t.ppf(0.975, 1)
    assert astuple(paired_means(first, second)) == pytest.approx((2.0, 2 - reach, 2 + reach))
    assert astuple(paired_means(first[:1], second[:1])) == (1.0, -math.inf, math.inf), "one tells no error"


@pytest.mark.parametrize("shapes", [((2, 2), (2, 2)), ((0,), (0,)), ((2,), (3,))])
def test_values_that_are_not_one_an_example_are_refused(shapes):
    with pytest.raises(ValueError, match="not of the same examples"):
        paired_means(np.ones(shapes[0]), np.ones(shapes[1]))


# Over seeds


def test_the_spread_over_seeds_has_one_degree_of_freedom_less_than_seeds():
    found = spread([1.0, 2.0, 4.0])
    assert found
    assert astuple(found) == pytest.approx((3, 7 / 3, math.sqrt(7 / 3), 1.0, 4.0))
    assert spread([]) is None
    one, two = spread([5.0]), spread([5.0, 7.0])
    assert one
    assert two
    assert (one.std, two.std) == pytest.approx((0.0, math.sqrt(2)))


def test_a_variance_is_pooled_by_degrees_of_freedom():
    groups = [[0.0, 1.0, 2.0], [5.0], [8.0, 10.0], []]  # variance 1 with 2, none, 2 with 1, none
    expected = (PRIOR_SEEDS * 0.3 + 2 * 1 + 1 * 2) / (PRIOR_SEEDS + 3)
    assert pooled_variance(0.3, groups) == pytest.approx((expected, PRIOR_SEEDS + 3))


@pytest.mark.parametrize("n", [3, 7, LAST_EPOCHS, LAST_EPOCHS + 5])
def test_a_metric_moves_by_what_the_line_through_its_last_epochs_leaves(n):
    series = np.random.default_rng(n).normal(0, 1, n) - np.arange(n)
    last = series[-LAST_EPOCHS:]
    slope, start = np.polyfit(np.arange(len(last)), last, 1)
    left = last - start - slope * np.arange(len(last))
    std = math.sqrt(np.sum(left**2) / (len(last) - 2))
    assert epoch_movement(list(series)) == pytest.approx((std, abs(slope) * len(last)))
    examples = Examples("test", np.ones(2))
    mean, end = repeat_of_epochs(list(series), examples, 9), repeat_at_end(0.5, list(series), examples, 9)
    told = (last.mean(), std / math.sqrt(len(last)), abs(slope) * len(last))
    assert (mean.value, mean.epoch_std, mean.drift) == pytest.approx(told)
    assert (end.value, end.epoch_std, end.drift) == pytest.approx((0.5, std, told[2]))
    assert [(r.examples, r.share_of) for r in (mean, end)] == [(examples, 9)] * 2


def test_fewer_than_three_epochs_tell_no_movement():
    assert epoch_movement([1.0, 5.0]) == (0.0, 0.0)


def test_a_repeat_errs_as_a_share_where_it_is_one_and_else_by_its_examples():
    four = Examples("test", np.array([1.0, 2.0, 3.0, 4.0]))
    assert Repeat(0.3, examples=four, share_of=16).sampling_error == pytest.approx(share_error(0.3, 16))
    assert Repeat(0.3, examples=four).sampling_error == pytest.approx(math.sqrt(5 / 3) / 2)
    two = Examples("test", np.array([1.0, 2.0]))
    assert Repeat(0.3, examples=two).sampling_error == pytest.approx(0.5)
    assert Repeat(0.3, examples=Examples("test", np.ones(1))).sampling_error == 0.0
    assert Repeat(0.3).sampling_error == 0.0
    assert [repeat.share_of for repeat in (repeat_of_epochs([0.5]), repeat_at_end(0.5, [0.5]))] == [0, 0]


# Comparisons


@pytest.mark.parametrize("kind", FLOORS)
def test_seeds_are_apart_by_what_is_expected_and_what_they_are(kind):
    """Two seeds against one: variance .0002 with a degree of freedom beside what is expected."""
    first = [Repeat(0.60, 0.02, 0.04), Repeat(0.62, 0.04, 0.08)]
    second = [Repeat(0.50, 0.03, 0.0)]
    absolute, relative = FLOORS[kind]
    moves = EPOCHS_SHARE**2 * (0.02**2 + 0.04**2 + 0.03**2) / 3 + DRIFT_SHARE**2 * (0.04**2 + 0.08**2) / 3
    expected = moves + absolute**2 + (relative * 1.72 / 3) ** 2
    variance, df = (PRIOR_SEEDS * expected + 0.0002) / (PRIOR_SEEDS + 1), PRIOR_SEEDS + 1
    found = compare_settings(first, second, kind)
    assert (found.difference, found.examples_error, found.df) == pytest.approx((0.11, 0.0, df))
    assert found.seeds_error == pytest.approx(math.sqrt(variance * (1 / 2 + 1)))
    assert found.reach == pytest.approx(t.ppf(0.975, df) * found.seeds_error)
    assert astuple(found.interval) == pytest.approx((0.11, 0.11 - found.reach, 0.11 + found.reach))
    assert (found.seeds, found.is_paired) == ((2, 1), False)

    bound = compare_with_bound(first, 0.5, kind)
    moves = EPOCHS_SHARE**2 * (0.02**2 + 0.04**2) / 2 + DRIFT_SHARE**2 * (0.04**2 + 0.08**2) / 2
    expected = moves + absolute**2 + (relative * 0.61) ** 2
    variance = (PRIOR_SEEDS * expected + 0.0002) / (PRIOR_SEEDS + 1)
    assert (bound.difference, bound.seeds_error) == pytest.approx((0.11, math.sqrt(variance / 2)))
    assert (bound.df, bound.seeds, bound.is_paired) == (PRIOR_SEEDS + 1, (2, 2), False)


def test_what_is_expected_of_seeds_goes_by_the_size_of_a_metric_that_may_be_negative():
    for values in ([2.0, 2.0], [-2.0, -2.0], [2.0, -2.0]):
        found = compare_settings([Repeat(values[0])], [Repeat(values[1])], "gap")
        assert found.seeds_error == pytest.approx(math.sqrt(2) * FLOORS["gap"][1] * 2)


def test_examples_and_seeds_add_up_and_examples_that_are_the_same_are_paired():
    values = np.array([[1.0, 2.0, 4.0], [3.0, 2.0, 2.0], [1.0, 0.0, 0.0]])
    same = [Repeat(float(row.mean()), examples=Examples("test", row)) for row in values]
    paired = compare_settings(same[:2], same[2:], "number")
    differences = values[:2].mean(axis=0) - values[2]  # seeds first: one number an example
    assert paired.is_paired
    assert paired.examples_error == pytest.approx(np.std(differences, ddof=1) / math.sqrt(3))
    assert paired.error == pytest.approx(math.hypot(paired.examples_error, paired.seeds_error))
    satterthwaite = paired.error**4 / (
        paired.seeds_error**4 / (PRIOR_SEEDS + 1)
    )  # of the examples' error with ever so many
    assert paired.df == pytest.approx(satterthwaite)

    apart = [math.sqrt(np.var(row, ddof=1) / 3) for row in values]
    other = [*same[:2], Repeat(1 / 3, examples=Examples("other", values[2]))]
    for second in (other[2], Repeat(1 / 3, share_of=3)):
        found = compare_settings(other[:2], [second], "number")
        assert not found.is_paired
        assert found.examples_error == pytest.approx(math.hypot((apart[0] + apart[1]) / 2, second.sampling_error))
    bound = compare_with_bound(same[:2], 0.0, "number")
    assert bound.examples_error == pytest.approx((apart[0] + apart[1]) / 2)
    assert bound.df == pytest.approx(bound.error**4 / (bound.seeds_error**4 / (PRIOR_SEEDS + 1)))


def test_without_an_error_by_seeds_the_quantile_is_the_normal_one_and_one_seed_is_the_reason_only_beyond_it():
    alike = np.array([1.0, -1.0] * 50)
    zero = [Repeat(0.0, examples=Examples("a", alike))]
    found = compare_settings(zero, [Repeat(0.0, examples=Examples("b", 0 * alike))], "loss")
    assert (found.seeds_error, found.df) == (0.0, math.inf)
    assert found.reach == pytest.approx(Z * found.examples_error)
    assert normal_quantile(LEVEL) == pytest.approx(Z)
    error = found.examples_error
    for seeds, apart, verdict in (
        (1, 2.01 * error, "cannot be told: one seed"),
        (1, 1.9 * error, "cannot be told"),
        (2, 2.01 * error, "cannot be told"),
        (1, 9.0, "clear"),
    ):
        first = [Repeat(apart, 1.0, examples=Examples("a", alike))] * seeds
        assert (
            compare_settings(first, [Repeat(0.0, examples=Examples("b", 0 * alike))] * seeds, "share").verdict
            == verdict
        )


# Superiority


@pytest.mark.parametrize("level", [LEVEL, 0.8])
def test_the_interval_of_superiority_solves_newcombes_equation(level):
    better, other = [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 2.0], [1.0, 2.0, 3.0, 4.0, 5.0]
    m, n, z = 7, 5, -t.ppf((1 - level) / 2, math.inf)
    estimate = sum((a > b) + 0.5 * (a == b) for a in better for b in other) / (m * n)

    def equation(p):
        s = (m + n) / 2 - 1
        return (estimate - p) ** 2 - z**2 * p * (1 - p) * (1 + s * (1 - p) / (2 - p) + s * p / (1 + p)) / (m * n)

    found = superiority(better, other, level)
    assert found
    ends = brentq(equation, 1e-9, estimate), brentq(equation, estimate, 1 - 1e-9)
    assert astuple(found) == pytest.approx((estimate, *ends))


def test_seeds_that_are_all_better_leave_a_lower_end_that_is_below_1():
    found = superiority([1.0] * FEWEST_SEEDS, [0.0] * FEWEST_SEEDS)
    assert found
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.5 < found.low < 1
