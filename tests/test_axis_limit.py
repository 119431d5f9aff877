"""An absurd epoch goes off the scale; what a reader came for stays on it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.export.axis_limit import axis_top, spans_widely

_CALM = [1.45, 1.31, 1.23, 1.16]


def test_a_first_epoch_that_would_flatten_the_rest_is_off_the_scale():
    assert axis_top([[688.3, *_CALM]]) == 1.45


def test_an_untrained_model_and_its_first_epoch_may_both_be_absurd():
    assert axis_top([[334.5, 688.3, *_CALM], [321.8, 2.1, 1.4, 1.38]]) == 2.1


def test_the_useful_part_is_seen_from_the_second_epoch_on():
    """At epoch 2 of a newcomer's run its training loss has one sensible value, but the validation loss has two."""
    assert axis_top([[334.5, 688.3, 1.43], [321.8, 2.1, 1.5]]) == 2.1


def test_runs_of_one_epoch_beside_longer_ones_show_where_they_came_to():
    assert axis_top([[2200.0, 1.79], [780.0, 2.0], _CALM]) == 2.0


def test_runs_that_ended_in_their_absurd_epoch_are_off_the_scale_of_longer_ones():
    """Two runs of one epoch, with training losses of 159 and 2762, made a line of all that stood beside them."""
    assert axis_top([[1.80, 1.79], [None, 159.5], [2200.0, 2761.7], [*_CALM, 1.1]]) == 1.80
    assert axis_top([[1.80, 1.79], [None, 9.5], [*_CALM, 1.1]]) is None


def test_what_could_not_be_joined_to_a_line_stays_on_the_scale():
    assert axis_top([[334.5, 688.3, 1.43]]) is None
    assert axis_top([[334.5, 1.43], [400.0, 1.5]]) is None


def test_a_spike_in_the_middle_is_off_the_scale():
    assert axis_top([[1.5, 1.4, 90.0, 1.3, 1.2]]) == 1.5


def test_spikes_of_a_restless_run_are_off_the_scale_however_many():
    restless = [80.0 + n if n % 7 == 3 else 1.0 + n / 1000 for n in range(700)]
    assert axis_top([restless]) == pytest.approx(1.699)


@pytest.mark.parametrize(
    "curve",
    [
        [2.3, 1.3, 0.5, 0.3, 0.2, 0.15],  # a model that learns fast
        [2.3 / (1 + n) for n in range(1000)],  # and one that goes on for long
        [2.3 * 0.5**n for n in range(40)],
        [1.2, 1.1, 40.0, 3000.0],  # a run that diverges
        [1.2, 900.0, 950.0, 990.0, 980.0, 1.2, 1.1],  # a phase, not an epoch
        [3.0, 0.0, 0.0, 0.0],  # nothing would be left to see
        [334.0, 1.2],  # one epoch is no curve
        [688.0],
        [0.0, 0.0],
        [-3.0, -200.0, -300.0],
        [1.0, math.inf, 1.1, math.nan, None, 1.2],
    ],
)
def test_everything_else_stays_on_the_scale(curve):
    assert axis_top([curve]) is None


def test_zeros_between_the_values_of_a_perceptron_hide_no_spike():
    assert axis_top([[50.0, 0.3, 0.0, 0.2, 0.1, 0.0]]) == 0.3


def test_a_run_that_needs_a_high_axis_keeps_it_for_all():
    """In a comparison the axis serves every curve: what one of them shows throughout is never cut off."""
    assert axis_top([[334.0, 1.2, 1.1, 1.0], [400.0, 390.0, 380.0, 370.0]]) is None


def test_gaps_and_no_curves_are_no_failure():
    assert axis_top([]) is None
    assert axis_top([[], [None, None]]) is None
    assert axis_top([[None, 688.0, math.inf, *_CALM, None]]) == 1.45


@given(st.lists(st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), max_size=12), max_size=4))
def test_the_top_is_one_of_the_values_and_what_every_curve_of_three_epochs_ends_with_is_seen(curves):
    top = axis_top(curves)
    ends = [[y for y in curve if y is not None and math.isfinite(y)] for curve in curves]
    if top is not None:
        assert top in np.concatenate([np.array(end) for end in ends if end])
        assert all(end[-1] <= top for end in ends if len(end) > 2)


def test_a_run_that_learned_is_no_line_at_the_foot_of_one_that_did_not():
    """Beside five epochs with losses of thousands, four of a healthy run were a line at 0: no median tells of them."""
    lost = [291.7, 6373.2, 4160.3, 4277.5, 5323.6, 1451.1]
    assert spans_widely([[1.39, 0.7, 0.4, 0.3], lost])
    assert not spans_widely([[1.39, 0.7, 0.4, 0.3], [1.39, 0.1, 0.01, 0.001]])  # it comes down within the same axis
    assert not spans_widely([[0.0, 0.0], lost])  # a log axis has no 0
    assert not spans_widely([[1.39, 0.7], [1.39, 900.0]], top=1.39)
