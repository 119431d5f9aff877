"""The best point of a sweep: chance does not make it better than its rivals, and its luck is told."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from hw1_tui.metric import METRICS
from hw1_tui.statistics.comparison import compare_settings
from hw1_tui.statistics.interval import LEVEL
from hw1_tui.statistics.luck import find_luck, largest_of
from hw1_tui.statistics.repeat import Repeat
from hw1_tui.sweep.choice import choose_point
from hw1_tui.sweep.observation import Observation
from tests.calibration.lucky import TRUTHS, play_luck

LOSS = METRICS["val_loss"]


def points(values, lost=()):
    """Observations of points with such values, a list of seeds each."""
    return [
        Observation({"dropout": place}, seed, None if place in lost else Repeat(float(value)))
        for place, of_point in enumerate(values)
        for seed, value in enumerate(of_point)
    ]


def test_the_best_is_held_against_each_rival_with_a_level_for_the_number_of_pairs():
    observations = points([[1.2, 1.21], [0.5, 0.51], [0.52, 0.53], [0.9, 0.91]])
    choice = choose_point(observations, LOSS)
    assert choice
    assert choice.rivals
    assert choice.best.point == {"dropout": 1}
    assert [rival.point.point["dropout"] for rival in choice.rivals] == [2, 3, 0]
    assert [point.point["dropout"] for point in choice.equals] == [2]
    alone = compare_settings(choice.best.repeats, choice.rivals[0].point.repeats, "loss", 1 - (1 - LEVEL) / 6)
    assert choice.rivals[0].comparison == alone


@pytest.mark.parametrize(("metric", "best"), [("val_loss", 0), ("val_accuracy", 2)])
def test_the_metric_says_which_way_is_better(metric, best):
    choice = choose_point(points([[0.1], [0.5], [0.9]]), METRICS[metric])
    assert choice
    assert choice.best.point == {"dropout": best}


def test_a_point_that_diverged_is_no_rival_and_of_none_nothing_is_chosen():
    choice = choose_point(points([[0.1], [0.5]], lost=[0]), LOSS)
    assert choice
    assert choice.best.point == {"dropout": 1}
    assert choice.rivals == ()
    assert choice.luck.expected == 0
    assert choose_point(points([[0.1]], lost=[0]), LOSS) is None


@pytest.mark.parametrize("seeds", [1, 2, 3])
def test_of_equal_points_the_best_is_hardly_ever_clearly_better(seeds):
    """However many points there are: without the correction the best of 24 would often be told from the worst."""
    rng, clear = np.random.default_rng(seeds), 0
    for _ in range(150):
        drawn = points(rng.normal(0.6, 0.04 * 0.6, (24, seeds)))
        networks = [replace(one, repeat=replace(one.repeat, is_network=True)) for one in drawn if one.repeat]
        choice = choose_point(networks, LOSS)
        assert choice
        clear += any(rival.comparison.is_clear for rival in choice.rivals)
    assert clear / 150 <= 0.05


def test_many_points_tell_the_spread_over_seeds_that_two_of_them_do_not():
    """Of two seeds each, beside losses that still fall and so are expected to spread, and one whose seeds do spread."""
    rng = np.random.default_rng(1)
    values = [*rng.normal(0.5, 0.01, (12, 2)).tolist(), *rng.normal(0.7, 0.01, (11, 2)).tolist(), [0.55, 0.95]]
    falling = [replace(one, repeat=replace(one.repeat, drift=0.5)) for one in points(values) if one.repeat]
    choice = choose_point(falling, LOSS)
    assert choice
    worse = {rival.point.point["dropout"] for rival in choice.rivals if rival.comparison.is_clear}
    assert worse == set(range(12, 23))
    pair = choose_point([one for one in falling if one.point["dropout"] in (choice.best.point["dropout"], 12)], LOSS)
    assert pair
    assert not pair.rivals[0].comparison.is_clear


def test_of_one_seed_what_no_hyperparameter_explains_bounds_what_seeds_do():
    falling = [
        replace(one, repeat=replace(one.repeat, drift=0.5)) for one in points([[0.5], [0.6], [0.9]]) if one.repeat
    ]
    for rest, worse, lucky in ((None, 0, 0.05), ((0.0001, 20.0), 2, 0.01), ((9.0, 20.0), 0, 0.05)):
        choice = choose_point(falling, LOSS, rest)
        assert choice
        assert sum(rival.comparison.is_clear for rival in choice.rivals) == worse
        assert (choice.luck.at_most > 0.05) == (lucky == 0.05)


@pytest.mark.parametrize("n", [1, 2, 5, 24, 100])
def test_the_largest_of_normal_values_lies_where_its_integral_says(n):
    expected, _ = quad(lambda x: x * n * norm.pdf(x) * norm.cdf(x) ** (n - 1), -8, 8)
    assert largest_of(n) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", TRUTHS)
def test_expected_luck_is_near_what_the_best_of_24_really_has(name):
    played = play_luck(TRUTHS[name], 24, 60)
    assert played.expected == pytest.approx(played.true, abs=0.5)
    assert played.expected <= played.at_most


def test_luck_grows_with_chance_and_is_none_without():
    values = [0.1, 0.2, 0.5, 0.6, 0.62]
    found = [find_luck(values, error).expected for error in (0.0, 0.01, 0.1)]
    assert found[0] == 0
    assert found == sorted(found)
    assert find_luck([0.5], 0.1).expected == 0


@pytest.mark.parametrize("apart", [0.0, 1e-9, 1e-3])
def test_the_best_of_points_that_are_alike_is_no_luckier_than_they_are_apart(apart):
    """Of three points with the same bits, as where a setting changes nothing, one was told to be lucky."""
    assert find_luck([0.6, 0.6, 0.6 + apart], 0.1).expected <= 1.001 * apart  # rounded


def test_the_luck_is_by_the_seeds_that_were_run_and_of_one_by_what_is_expected_of_any():
    """A run that is still on its way is expected to spread, and seeds that do not are believed."""
    means = np.random.default_rng(2).normal(0.6, 0.001, 12)
    many = [[mean - 0.0001, mean + 0.0001] for mean in means]

    def luck(values):
        choice = choose_point(
            [replace(one, repeat=Repeat(one.value, epoch_std=0.1, drift=0.3)) for one in points(values)],
            METRICS["val_accuracy"],
        )
        assert choice
        return choice.luck

    assert luck(many).at_most < 0.0005
    assert luck([[mean] for mean in means]).at_most > 0.05
