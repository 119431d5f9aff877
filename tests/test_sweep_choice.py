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


def test_the_best_is_held_against_each_rival_with_a_level_for_their_number():
    observations = points([[1.2, 1.21], [0.5, 0.51], [0.52, 0.53], [0.9, 0.91]])
    choice = choose_point(observations, LOSS)
    assert choice
    assert choice.runner_up
    assert choice.best.point == {"dropout": 1}
    assert [rival.point.point["dropout"] for rival in choice.rivals] == [2, 3, 0]
    assert [point.point["dropout"] for point in choice.equals] == [2]
    alone = compare_settings(choice.best.repeats, choice.rivals[0].point.repeats, "loss", 1 - (1 - LEVEL) / 3)
    assert choice.runner_up.comparison == alone


@pytest.mark.parametrize(("metric", "best"), [("val_loss", 0), ("val_accuracy", 2)])
def test_the_metric_says_which_way_is_better(metric, best):
    choice = choose_point(points([[0.1], [0.5], [0.9]]), METRICS[metric])
    assert choice
    assert choice.best.point == {"dropout": best}


def test_a_point_that_diverged_is_no_rival_and_of_none_nothing_is_chosen():
    choice = choose_point(points([[0.1], [0.5]], lost=[0]), LOSS)
    assert choice
    assert choice.best.point == {"dropout": 1}
    assert choice.runner_up is None
    assert choice.luck.expected == 0
    assert choose_point(points([[0.1]], lost=[0]), LOSS) is None


@pytest.mark.parametrize("seeds", [1, 2, 3])
def test_of_equal_points_the_best_is_hardly_ever_clearly_better(seeds):
    """However many points there are: without the correction the best of 24 would often be told from the worst."""
    rng, clear = np.random.default_rng(seeds), 0
    for _ in range(150):
        choice = choose_point(points(rng.normal(0.6, 0.04 * 0.6, (24, seeds))), LOSS)
        assert choice
        assert choice.runner_up
        clear += choice.runner_up.comparison.is_clear
    assert clear / 150 <= 0.05


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
