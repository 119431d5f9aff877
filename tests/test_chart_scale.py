"""Where a chart's axes end and what their ticks say."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from screens.widgets.chart.scale import LinearScale, LogScale, x_ticks

values = st.floats(-1e6, 1e6, allow_nan=False)


@given(values, st.floats(1e-3, 1e6), st.integers(2, 20))
def test_linear_ticks_are_few_inside_and_tell_apart(low, width, count):
    high = low + width
    ticks = LinearScale().ticks(low, high, count)
    step = width / count
    assert len(ticks) <= count + 1
    assert all(low - step <= at <= high + step for at, _ in ticks)
    if width > 1e-3 * abs(low):
        assert len({label for _, label in ticks}) == len(ticks)


@given(st.floats(1e-9, 1e9), st.floats(1.5, 1e8), st.integers(2, 20))
def test_log_ticks_stand_where_their_label_says(low, factor, count):
    ticks = LogScale().ticks(math.log10(low), math.log10(low * factor), count)
    assert len(ticks) <= 2 * count + 1
    for at, label in ticks:
        assert float(label) == pytest.approx(10**at, rel=6e-4)


@given(st.sampled_from([LinearScale(), LogScale()]), st.floats(-3, 3), st.floats(0.05, 6), st.integers(2, 20))
def test_an_axis_has_two_ticks_at_least(scale, low, width, count):
    assert len(scale.ticks(low, low + width, count)) >= 2


def test_a_wide_log_axis_is_ticked_by_powers_of_ten():
    assert [label for _, label in LogScale().ticks(-3.0, 2.0, 6)] == ["0.001", "0.01", "0.1", "1", "10", "100"]


def test_values_of_zero_and_below_have_no_place_on_a_log_axis():
    assert np.isnan(LogScale().forward(np.array([-1.0, 0.0, 1.0]))).tolist() == [True, True, False]


@example(scale=LinearScale(), low=0.75, width=2.0, cells=4)
@example(scale=LogScale(), low=0.625, width=1.0, cells=4)
@given(st.sampled_from([LinearScale(), LogScale()]), st.floats(-3, 3), st.floats(0.05, 6), st.integers(3, 60))
def test_an_axis_shows_everything_ends_at_a_tick_or_just_above_it_and_its_ticks_are_cells(scale, low, width, cells):
    """A tick stands in the middle of a cell, so ticks that are the same step apart are the same rows apart."""
    axis = scale.axis(low, low + width, cells)
    unit = (axis.ends[1] - axis.ends[0]) / cells
    assert axis.ends[0] <= low + 1e-9
    assert axis.ends[1] >= low + width - 1e-9
    assert len(axis.ticks) >= 1 + isinstance(scale, LinearScale)
    heights = np.array([at for at, _ in axis.ticks])
    assert (heights >= axis.ends[0] - 1e-9).all()
    assert (heights <= axis.ends[1] + 1e-9).all()
    if isinstance(scale, LinearScale):
        rows = (heights - axis.ends[0]) / unit
        assert np.abs(np.diff(rows) - np.rint(np.diff(rows))).max() < 1e-6
        assert axis.ends[1] - heights[-1] < heights[1] - heights[0]


@given(st.floats(0, 5), st.floats(0.05, 6), st.integers(3, 60))
def test_an_axis_of_values_that_are_never_negative_is_not_negative_either(low, width, cells):
    assert LinearScale().axis(low, low + width, cells).ends[0] >= -1e-9


@given(st.integers(0, 10_000), st.integers(1, 100_000), st.integers(10, 200))
def test_axes_that_count_are_ticked_at_whole_numbers_whose_labels_do_not_touch(low, width, columns):
    ticks = x_ticks(float(low), float(low + width), columns, is_counted=True)
    assert all(float(label) == at == int(at) for at, label in ticks)
    cells = [(at - low) / width * columns for at, _ in ticks]
    longest = max((len(label) for _, label in ticks), default=0)
    assert all(right - left > longest for left, right in pairwise(cells))


def test_the_last_epoch_is_ticked_where_a_step_ends_there():
    assert [label for _, label in x_ticks(0, 14, 50, is_counted=True)][-1] == "14"
    assert [label for _, label in x_ticks(0, 100, 50, is_counted=True)] == ["0", "20", "40", "60", "80", "100"]
    assert [label for _, label in x_ticks(0, 1, 50, is_counted=False)] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
