"""Weights as pictures: what lies where, which scale, what all units share, and when a picture says nothing."""

import numpy as np
import pytest
from scipy.ndimage import uniform_filter

from engines.contract import Array
from hw1_tui.analysis.unit_activity import measure_activity, sort_units
from hw1_tui.analysis.weight_picture import (
    as_pictures,
    common_direction,
    full_strength,
    neighbour_correlation,
    weight_pictures,
)

RNG = np.random.default_rng(5)
COLOUR = (12, 10, 3)


def smooth(n: int) -> Array:
    """Return smooth pictures as rows."""
    noise = RNG.normal(size=(n, *COLOUR))
    return np.asarray(uniform_filter(noise, (0, 5, 5, 0)).reshape(n, -1))


@pytest.mark.parametrize(("shape", "place"), [((3, 4, 3), (1, 2, 0)), ((3, 4, 5), (2, 3, 1)), ((4, 5), (2, 3, 0))])
def test_each_weight_lies_where_the_value_that_it_multiplies_does(shape, place) -> None:
    picture = np.zeros(shape)
    stored = (place[2], place[0], place[1]) if shape == (3, 4, 5) else place[: len(shape)]
    picture[stored] = 7.0
    (got,) = as_pictures(picture.reshape(1, -1), shape)
    assert got[place] == 7.0
    assert np.count_nonzero(got) == 1


def test_full_strength_is_the_98th_percentile_of_absolute_weights() -> None:
    weights = np.concatenate([np.linspace(-1, 1, 9901), [50.0] * 100])
    assert full_strength(weights) == pytest.approx(np.sort(np.abs(weights))[9800], rel=1e-6)
    assert full_strength(np.zeros(5)) == 1.0
    assert full_strength(np.eye(20)) == 1.0, "of mostly zeros, the largest"


def test_neighbours_of_noise_do_not_go_together_and_those_of_smooth_pictures_do() -> None:
    noise = as_pictures(RNG.normal(size=(6, 12 * 10 * 3)), COLOUR)
    assert abs(neighbour_correlation(noise)) < 0.06
    assert neighbour_correlation(as_pictures(smooth(6), COLOUR)) > 0.6
    assert np.isnan(neighbour_correlation(np.ones((2, 4, 4, 1))))


def test_the_correlation_of_neighbours_is_the_one_that_counting_pairs_gives() -> None:
    picture = RNG.normal(size=(5, 4))
    centred = picture - picture.mean()
    below = [centred[r, c] * centred[r + 1, c] for r in range(4) for c in range(4)]
    beside = [centred[r, c] * centred[r, c + 1] for r in range(5) for c in range(3)]
    expected = (np.mean(below) + np.mean(beside)) / 2 / (centred**2).mean()
    assert neighbour_correlation(picture[None, ..., None]) == pytest.approx(expected)


def test_what_all_units_share_is_found_by_singular_values_and_taken_off() -> None:
    shared = smooth(1)[0]
    own = 0.1 * np.linalg.norm(shared) / np.sqrt(360) * RNG.normal(size=(20, 360))
    moved = np.outer(RNG.uniform(1, 3, 20), shared) + own
    found = common_direction(moved)
    _, sizes, directions = np.linalg.svd(moved)
    assert abs(found.direction @ directions[0]) == pytest.approx(1.0)
    assert found.share == pytest.approx(sizes[0] ** 2 / (sizes**2).sum())
    assert found.is_common
    np.testing.assert_allclose(found.taken_off(moved) @ found.direction, 0, atol=1e-9)


def test_units_that_go_both_ways_along_one_direction_share_none() -> None:
    moved = np.outer(np.where(np.arange(20) % 2, 1.0, -1.0), smooth(1)[0])
    assert common_direction(moved).share == pytest.approx(1.0)
    assert not common_direction(moved).is_common
    assert not common_direction(np.zeros((4, 9))).is_common


def test_one_or_two_units_share_no_direction_that_more_would_tell_from_their_own() -> None:
    """All that one unit had learned was taken off it, and its picture was the rounding that was left."""
    learned = smooth(2)
    assert not common_direction(learned).is_common
    alone = weight_pictures(RNG.normal(0, 1, (1, 360)) + learned[:1], (24, 15), RNG.normal(0, 1, (1, 360)), "movement")
    assert alone.common is None


def test_the_picture_of_a_unit_is_its_movement_and_not_the_draw() -> None:
    drawn, learned = RNG.normal(0, 1, (8, 360)), 0.05 * smooth(8)
    raw = weight_pictures(drawn + learned, COLOUR, drawn, "weights")
    moved = weight_pictures(drawn + learned, COLOUR, drawn, "movement")
    assert "the draw that they began from" in raw.remark
    assert moved.remark == ""
    np.testing.assert_allclose(moved.values.reshape(8, -1), learned, atol=1e-12)
    np.testing.assert_allclose(moved.moved, np.linalg.norm(learned, axis=1))


def test_what_can_be_read_is_shown_where_nobody_asked_for_the_one_or_the_other() -> None:
    drawn, learned = RNG.normal(0, 1, (8, 360)), 0.05 * smooth(8)
    assert weight_pictures(drawn + learned, COLOUR, drawn).shown == "movement"
    assert weight_pictures(0.01 * drawn + learned, COLOUR, 0.01 * drawn).shown == "weights", "they can be read"
    assert weight_pictures(drawn, COLOUR, np.zeros((8, 360))).shown == "weights", "no better by their movement"


def test_a_picture_without_its_start_shows_weights_and_does_not_know_how_far_they_went() -> None:
    got = weight_pictures(smooth(3), COLOUR, None, "movement")
    assert got.shown == "weights"
    assert np.isnan(got.moved).all()
    assert "Nothing has been learned" in weight_pictures(np.zeros((3, 360)), COLOUR).remark


def test_noise_that_was_learned_is_not_blamed_on_the_draw() -> None:
    got = weight_pictures(RNG.normal(size=(6, 360)), COLOUR, np.zeros((6, 360)))
    assert "single examples" in got.remark
    assert "r = " in got.remark


def test_what_is_taken_off_is_said_with_its_share() -> None:
    shared, own = smooth(1)[0], 0.01 * smooth(10)
    got = weight_pictures(np.outer(np.ones(10), shared) + own, COLOUR, np.zeros((10, 360)), "movement")
    assert got.common is not None
    np.testing.assert_allclose(got.moved, np.linalg.norm(got.values.reshape(10, -1), axis=1))
    assert "one direction that all units share" in got.remark


def test_activity_by_class_and_strongest_examples_are_those_of_a_plain_loop() -> None:
    h, y = RNG.normal(size=(40, 5)), RNG.integers(0, 3, 40)
    h[:, 4] = 0.0
    got = measure_activity(h, y, 3, strongest=4)
    for unit in range(5):
        for label in range(3):
            expected = np.mean([h[i, unit] for i in range(40) if y[i] == label])
            assert got.by_class[unit, label] == pytest.approx(expected)
        best = sorted(range(40), key=lambda i: (-h[i, unit], i))[:4]
        assert got.strongest[unit].tolist() == best
        assert got.values[unit].tolist() == [h[i, unit] for i in best]
    assert got.silent.tolist() == [False] * 4 + [True]
    assert got.classes[4] == -1, "a unit that is always 0 is of no class"
    assert got.classes[0] == got.by_class[0].argmax()


def test_units_are_sorted_by_movement_by_class_and_by_activity() -> None:
    h = np.zeros((6, 4))
    y = np.array([0, 0, 1, 1, 2, 2])
    h[y == 2, 0] = 5.0
    h[y == 0, 1] = 1.0
    h[y == 0, 2] = 3.0
    activity, moved = measure_activity(h, y, 3), np.array([2.0, 4.0, 1.0, 3.0])
    assert sort_units("movement", moved, activity).tolist() == [1, 3, 0, 2]
    assert sort_units("activity", moved, activity).tolist() == [0, 2, 1, 3]
    assert sort_units("class", moved, activity).tolist() == [2, 1, 0, 3], "the most distinct first, silent ones last"
    assert sort_units("number", moved, activity).tolist() == [0, 1, 2, 3]
    assert sort_units("movement", np.full(4, np.nan), None).tolist() == [0, 1, 2, 3]


def test_a_class_without_examples_and_a_regression_leave_units_without_a_class() -> None:
    h = RNG.normal(size=(9, 2))
    assert np.isfinite(measure_activity(h, np.zeros(9, int), 3).by_class).all()
    assert measure_activity(h, np.zeros(9), 0).classes.tolist() == [-1, -1]
