"""Successive halving stops what is worst and never what may be the best, whatever came in which order."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.sweep import halving
from hw1_tui.sweep.halving import Progress, choose, expected_epochs, is_stopped, rungs_of, target_of
from tests.calibration.halved import judge_all, play, read_curves

RUNG = 4
LOSSES = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.5, 0.9, 4.0, math.nan, math.inf]), min_size=1, max_size=24)


def at_rung(losses, points=None):
    """Trials that stand at the rung with these losses, seeds of these points."""
    points = points or [None] * len(losses)
    return {
        number: Progress(RUNG, {RUNG: loss}, point=point)
        for number, (loss, point) in enumerate(zip(losses, points, strict=True))
    }


def stopped(progress):
    return {number for number in progress if is_stopped(number, progress, RUNG)}


@given(LOSSES)
def test_at_most_a_quarter_is_stopped_and_never_one_that_no_other_beats(losses):
    found = stopped(at_rung(losses))
    assert len(found) <= len(losses) / 4 + 0.5
    finite = [loss for loss in losses if math.isfinite(loss)]
    best = {number for number, loss in enumerate(losses) if not finite or loss == min(finite)}
    assert not found & best


@given(LOSSES)
def test_whoever_is_stopped_is_worse_than_everyone_who_goes_on(losses):
    worst = [loss if math.isfinite(loss) else math.inf for loss in losses]
    found = stopped(at_rung(losses))
    for number in found:
        assert all(worst[number] > worst[other] for other in range(len(losses)) if other not in found)


@given(st.lists(st.floats(0.1, 2), min_size=4, max_size=24, unique=True))
def test_of_four_or_more_different_ones_a_quarter_is_stopped(losses):
    ranked = sorted(losses)
    assert {losses[number] for number in stopped(at_rung(losses))} == set(ranked[-int(len(losses) / 4 + 0.5) :])


@given(LOSSES, st.randoms(use_true_random=False))
def test_what_is_stopped_does_not_depend_on_the_order_in_which_trials_came(losses, random):
    progress = at_rung(losses)
    shuffled = list(progress.items())
    random.shuffle(shuffled)
    assert stopped(dict(shuffled)) == stopped(progress)


@given(st.lists(st.tuples(st.floats(0.1, 2), st.integers(0, 5)), min_size=4, max_size=24))
def test_no_seed_of_the_best_point_is_stopped(seeds):
    losses, points = zip(*seeds, strict=True)
    means = {point: np.mean([loss for loss, of in seeds if of == point]) for point in points}
    best = min(means, key=lambda point: means[point])
    assert not {points[number] for number in stopped(at_rung(losses, points))} & {best}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_the_worst(bad):
    assert stopped(at_rung([0.2, 9e9, bad, 0.1])) == {2}


def test_a_trial_that_diverged_before_a_rung_is_the_worst_there():
    """Else a sweep in which some diverge would stop as many healthy trials besides."""
    progress = {**at_rung([0.3, 0.2, 0.1]), 3: Progress(2, {2: 0.01}, is_over=True, is_lost=True)}
    assert stopped(progress) == {3}


def test_a_trial_that_stopped_itself_early_is_compared_by_its_last_loss():
    progress = {**at_rung([0.3, 0.2, 0.1]), 3: Progress(2, {2: 0.15}, is_over=True)}
    assert stopped(progress) == {0}


def test_a_trial_waits_until_four_are_known_and_goes_on_where_no_more_can_come():
    progress = {**at_rung([0.1, 0.2, 0.3]), 3: Progress(1, {1: 0.1})}
    assert target_of(0, progress, (RUNG,), 16) is None
    assert target_of(0, progress, (RUNG,), 16, is_patient=False) == 16
    assert target_of(0, at_rung([0.1, 0.2]), (RUNG,), 16) == 16


def test_a_held_trial_goes_on_when_those_that_come_after_it_are_worse():
    losses = [0.1, 0.2, 0.3, 0.4]
    assert target_of(3, at_rung(losses), (RUNG, 8), 16) is None
    assert target_of(3, at_rung([*losses, 0.5]), (RUNG, 8), 16) == 8


def test_without_rungs_the_trials_train_in_their_order_to_their_end():
    progress = {number: Progress() for number in (1, 2, 3)}
    assert choose(dict.fromkeys(progress, progress), (), dict.fromkeys(progress, 10)) == (1, 10)
    progress[1] = replace(progress[1], is_over=True)
    assert choose(dict.fromkeys(progress, progress), (), dict.fromkeys(progress, 10), busy={2}) == (3, 10)


def test_of_many_trials_the_best_point_is_looked_for_once_a_trial(monkeypatch):
    """Guarantee: it was once a pair of trials, so that of hundreds of short ones choosing took longer than training."""
    n, looked_at = 40, list[float]()

    def smallest(*values, **how):
        if len(values) == 1 and not how:
            looked_at.extend(*values)
        return min(*values, **how)

    monkeypatch.setattr(halving, "min", smallest, raising=False)
    progress = {number: Progress(RUNG, {RUNG: number / n}, point=number) for number in range(n)}
    assert choose(dict.fromkeys(progress, progress), (RUNG,), dict.fromkeys(progress, 16)) == (0, 16)
    assert 0 < len(looked_at) <= n * n


@pytest.mark.parametrize(
    ("epochs", "first", "factor", "rungs"),
    [
        (16, None, 2, (1, 2, 4, 8)),
        (100, None, 2, (6, 12, 25, 50)),
        (27, 3, 3, (3, 9)),
        (30, 4, 2, (4, 8, 16)),
        (5, None, 2, (1, 2)),
        (1, None, 2, ()),
    ],
)
def test_rungs_lie_a_factor_apart_and_before_the_end(epochs, first, factor, rungs):
    assert rungs_of(epochs, first, factor) == rungs


@given(st.integers(1, 500), st.data())
def test_of_sixteen_or_more_epochs_less_than_half_are_expected_to_be_trained(epochs, data):
    """What was not stopped so far trains most of what is left: a sweep gone on with was said to take 0 s."""
    assert 0 < expected_epochs(epochs) <= epochs
    assert epochs < 16 or expected_epochs(epochs) < epochs / 2
    done = data.draw(st.integers(0, epochs - 1))
    last = rungs_of(epochs)[-1:] or (0,)
    assert 0 < expected_epochs(epochs, done) <= epochs - done
    if done >= last[0]:
        assert expected_epochs(epochs, done) == epochs - done


@given(
    st.lists(st.lists(st.floats(0, 3), min_size=16, max_size=16), min_size=1, max_size=12),
    st.integers(1, 4),
    st.integers(0, 9),
)
def test_a_sweep_comes_to_its_end_and_trains_the_best_of_each_rung_on(curves, lanes, seed):
    """Nothing waits for ever, and whoever ends best was stopped by none."""
    progress = play(curves, lanes, np.random.default_rng(seed))
    rungs = rungs_of(16)
    assert all(target_of(number, progress, rungs, 16, is_patient=False) is None for number in progress)
    for rung in rungs:
        there = [number for number in progress if progress[number].epochs >= rung]
        best = min(there, key=lambda number: curves[number][rung - 1])
        assert progress[best].epochs > rung


def test_on_the_photographs_what_is_chosen_is_within_a_standard_error_of_the_best_with_under_half_the_epochs():
    """Curves that were recorded; in every order of the trials, on one lane and on several."""
    curves = read_curves()
    assert len(curves) == 24
    for each in judge_all(curves, 12).values():
        assert all(one.is_kept for one in each)
