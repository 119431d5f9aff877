"""What a chart draws: reduction, smoothing, scales, ticks, windows, words; all without a terminal."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from hw1_tui.markup import cell_width
from screens.widgets.chart.end_label import EndLabel, spread_rows
from screens.widgets.chart.raster import rasterise
from screens.widgets.chart.renderer import PLAIN_MARKERS, Best, Beyond, Curve
from screens.widgets.chart.scale import format_position
from screens.widgets.chart.series import Floor, Mark, Series, reduce_points, smooth
from screens.widgets.chart.summary import summarise
from screens.widgets.chart.viewport import Viewport
from tests.support.drawing import picture

values = st.floats(-1e6, 1e6, allow_nan=False)
gappy = st.lists(values | st.just(math.nan), min_size=1, max_size=400)


# Reduction.


@given(gappy, st.integers(1, 60))
def test_reduced_points_keep_the_lowest_and_the_highest_of_every_column(y, columns):
    x, y = np.arange(len(y), dtype=float), np.array(y)
    low, high = 0.0, max(1.0, float(len(y) - 1))
    rx, ry = reduce_points(x, y, low, high, columns)
    assert len(rx) == len(ry) <= max(2 * columns, 2 * (columns + 2))
    assert (np.diff(rx) > 0).all()
    column = np.clip(np.floor((x - low) / (high - low) * columns), -1, columns)
    reduced = np.clip(np.floor((rx - low) / (high - low) * columns), -1, columns)
    for one in np.unique(column):
        whole, kept = y[column == one], ry[reduced == one]
        if np.isnan(whole).all():
            assert np.isnan(kept).all()
        else:
            assert np.nanmin(kept) == np.nanmin(whole)
            assert np.nanmax(kept) == np.nanmax(whole)


def test_what_lies_outside_of_the_window_is_left_out_but_for_one_neighbour():
    x = np.arange(1000.0)
    rx, _ = reduce_points(x, x, 400.0, 410.0, 100)
    assert rx.tolist() == list(range(399, 412))


def test_ten_thousand_points_become_a_few_hundred():
    x = np.arange(10_000.0)
    rx, _ = reduce_points(x, np.sin(x), 0, 9999, 200)
    assert len(rx) <= 404


# Series.


def test_missing_and_infinite_values_are_gaps():
    series = Series("a", range(5), [1.0, None, math.inf, -math.inf, 2.0])
    assert np.isnan(series.points[1]).tolist() == [False, True, True, True, False]
    assert series.last == 2.0


def test_the_value_at_a_place_is_that_of_the_nearest_point():
    series = Series("a", [0, 10, 20], [5.0, 6.0, None])
    assert series.at(9) == 6
    assert series.at(20) is None
    assert series.at(30) is None


def test_x_and_y_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="3 x and 2 y"):
        Series("a", [1, 2, 3], [1.0, 2.0])


# Smoothing.


@given(st.lists(values, min_size=1, max_size=50), st.floats(0.01, 0.99))
def test_smoothing_stays_between_the_extremes_and_starts_at_the_first_value(y, weight):
    smoothed = smooth(np.array(y), weight)
    assert smoothed[0] == pytest.approx(y[0], rel=1e-6, abs=1e-6)
    assert smoothed.min() >= min(y) - 1e-6 * (1 + abs(min(y)))
    assert smoothed.max() <= max(y) + 1e-6 * (1 + abs(max(y)))


def test_smoothing_leaves_gaps_where_they_are():
    smoothed = smooth(np.array([1.0, math.nan, 1.0]), 0.9)
    assert np.isnan(smoothed).tolist() == [False, True, False]
    assert smoothed[2] == pytest.approx(1.0)


# Scales.


# The window.

WHOLE = (0.0, 100.0)


def test_zooming_keeps_the_place_under_the_pointer():
    window = Viewport().zoom(0.5, 20.0, WHOLE)
    assert window.range(WHOLE) == (10.0, 60.0)
    assert not window.live


def test_zooming_out_beyond_everything_is_live_again():
    assert Viewport((40.0, 60.0)).zoom(100.0, 50.0, WHOLE).live


def test_panning_stops_at_the_ends_of_the_data():
    assert Viewport((40.0, 60.0)).pan(10, WHOLE).range(WHOLE) == (80.0, 100.0)
    assert Viewport((40.0, 60.0)).pan(-10, WHOLE).range(WHOLE) == (0.0, 20.0)
    assert Viewport().pan(1, WHOLE).live


def test_a_window_stays_when_the_data_grows():
    window = Viewport().zoom(0.5, 20.0, WHOLE)
    assert window.range((0.0, 500.0)) == (10.0, 60.0)
    assert Viewport().range((0.0, 500.0)) == (0.0, 500.0)


# The picture.


def test_a_picture_has_the_size_asked_for_and_its_ticks():
    lines = picture([0, 0.5, 1]).plain.split("\n")
    assert len(lines) == 10
    assert all(len(line) == 40 for line in lines)
    assert lines[0].startswith("  1.0┤")
    assert lines[7].startswith("  0.0┤")


def test_the_x_axis_says_what_it_counts_where_there_is_room():
    """The name stands before the ticks, so that it takes the place of none."""
    ticks = [(0.0, "0"), (1.0, "1000")]
    assert picture([0, 1], x_ticks=ticks).plain.split("\n")[-1].split() == ["epoch", "0", "1000"]
    assert picture([0, 1], width=20, x_ticks=ticks).plain.split("\n")[-1].split() == ["0", "1000"]


def test_a_gap_is_left_open():
    whole, gap = (picture([0.5] * 3 + [middle] * 3 + [0.5] * 3).plain for middle in (0.5, math.nan))
    assert sum(ord(c) > 0x2800 for c in gap) < sum(ord(c) > 0x2800 for c in whole)


def test_a_single_point_is_a_dot():
    assert any(ord(c) > 0x2800 for c in picture([0.5]).plain)


def test_in_ascii_everything_is_ascii():
    text = picture([0, 0.5, 1], ascii=True, marks=[1.0], floors=[0.2], crosshair=1.5).plain
    assert text.isascii()
    assert "*" in text
    assert ":" in text
    assert "|" in text


def test_marks_floors_and_crosshair_are_drawn():
    text = picture([0, 0, 0], marks=[1.0], floors=[0.8], crosshair=1.5).plain
    assert "┊" in text
    assert "╌" in text
    assert "│" in text


def dots_of(text):
    """Return the dots of a picture as a set of cell and bit."""
    rows = enumerate(text.split("\n"))
    cells = {(n, column): ord(c) - 0x2800 for n, row in rows for column, c in enumerate(row) if ord(c) > 0x2800}
    return {(*cell, bit) for cell, bits in cells.items() for bit in range(8) if bits >> bit & 1}


@pytest.mark.parametrize(("n_points", "cells"), [(10, 28), (20, 39), (25, 25), (40, 79), (81, 41)])
def test_a_curve_has_no_holes_where_its_points_fall_between_two_dots(n_points, cells):
    """Every second dot was missing: halves were rounded to even places."""
    beyond = 1 / (cells - 1) / 4
    x = np.linspace(0, 1, n_points)
    dots = rasterise(x, np.full(n_points, 0.5), (-beyond, 1 + beyond), (0, 1), 2 * cells, 8)
    drawn = np.flatnonzero(dots.any(axis=0))
    assert (np.diff(drawn) == 1).all()


@pytest.mark.parametrize("n_curves", [2, 6])
def test_curves_that_meet_knock_no_holes_into_each_other(n_curves):
    x = np.arange(30.0)
    curves = [Curve(x, 0.5 + 0.4 * np.sin(x / 4 + n), (n, 0, 0), n) for n in range(n_curves)]
    alone = [picture([0.5] * 30, curves=[curves[0]] * n_curves if n_curves > 4 else [one]).plain for one in curves]
    together = dots_of(picture([0.5] * 30, curves=curves).plain)
    assert all(dots_of(text) <= together for text in alone)


def test_a_curve_that_has_most_of_a_cell_gives_it_its_colour():
    x = np.arange(30.0)
    level, crossing = Curve(x, np.full(30, 0.5), (1, 0, 0), 0), Curve(x[14:16], np.array([1.0, 0.0]), (2, 0, 0), 1)
    text = picture([0.5] * 30, curves=[level, crossing])
    drawn = [Style.parse(str(span.style)) for span in text.spans if 0x2800 < ord(text.plain[span.start]) < 0x2900]
    colours = [style.color.triplet.red for style in drawn if style.color and style.color.triplet]
    assert set(colours) == {1, 2}


def test_lines_of_few_curves_are_two_dots_thick_and_those_of_many_are_not():
    x = np.arange(30.0)
    few, many = ([Curve(x, np.full(30, 0.5), (255, 0, 0), 0)] * n for n in (2, 9))
    thick, thin = (dots_of(picture([0.5] * 30, curves=curves).plain) for curves in (few, many))
    assert thin < thick
    assert len(thick) >= 2 * len(thin)


def test_a_curve_passes_the_height_of_a_tick_beside_the_tick():
    lines = picture([0.5] * 30, y_ticks=[(0.5, "0.5")], y_range=(0.0, 1.0), height=11).plain.split("\n")
    (row,) = [n for n, line in enumerate(lines) if "0.5┤" in line]
    assert {n for n, line in enumerate(lines) if any(0x2800 < ord(c) < 0x2900 for c in line)} == {row}


def test_ends_of_curves_bear_their_names_right_of_the_canvas_and_none_covers_another():
    ends = [EndLabel(0.5, "val 0.5", (1, 0, 0)), EndLabel(0.5, "日本 0.5", (2, 0, 0)), EndLabel(0.0, "c 0", (3, 0, 0))]
    lines = picture([0.5] * 30, ends=ends).plain.split("\n")
    found = [n for end in ends for n, line in enumerate(lines) if line.endswith(f" {end.text}")]
    assert len(set(found)) == 3
    assert max(map(cell_width, lines)) == 40


@given(st.lists(st.floats(0, 19), min_size=1, max_size=20))
def test_names_at_the_ends_keep_the_order_of_their_curves(wanted):
    rows = spread_rows(wanted, 20)
    assert len(set(rows)) == len(rows)
    assert min(rows) >= 0
    assert max(rows) < 20
    order = sorted(range(len(wanted)), key=lambda label: (wanted[label], label))
    assert [rows[label] for label in order] == sorted(rows)


def test_names_at_the_ends_stand_where_they_want_to_where_they_can():
    assert spread_rows([3.0, 11.2, 17.0], 20) == [3, 11, 17]
    assert spread_rows([10.0, 10.0, 10.0], 20) == [9, 10, 11]
    assert spread_rows([0.0, 0.0, 19.0, 19.0], 20) == [0, 1, 18, 19]


def test_the_best_point_is_marked_on_its_curve():
    text = picture([0.5] * 30, bests=[Best(10.0, 0.5, (255, 0, 0))]).plain
    (row,) = [line for line in text.split("\n") if "◆" in line]
    assert sum(0x2800 < ord(c) < 0x2900 for c in row) > 20
    assert picture([0.5] * 30, bests=[Best(10.0, 0.5, (255, 0, 0))], ascii=True).plain.count("!") == 1


def cells_of(text):
    """Return where something of a curve is drawn."""
    rows = enumerate(text.split("\n"))
    return {(n, column) for n, row in rows for column, c in enumerate(row) if ord(c) > 0x2800 or c in PLAIN_MARKERS}


@pytest.mark.parametrize("style", range(1, 20))
def test_without_colours_curves_differ_in_their_markers_and_lose_no_epoch(style):
    y = np.resize([0.0, 1.0], 30)
    curve = [Curve(np.arange(30.0), y, (255, 0, 0), style)]
    coloured, plain, other = (
        picture(y, curves=curves, plain=is_plain).plain
        for curves, is_plain in ((curve, False), (curve, True), ([replace(curve[0], style=0)], True))
    )
    assert cells_of(coloured) == cells_of(plain) == cells_of(other)
    markers = set(PLAIN_MARKERS)
    assert not set(coloured) & markers
    assert len(set(plain) & markers) == 1
    assert not set(plain) & set(other) & markers


def test_what_is_off_the_scale_is_told_at_the_upper_edge_where_it_is():
    beyond = [Beyond(0.0, "334", (255, 0, 0)), Beyond(1.0, "688", (255, 0, 0)), Beyond(29.0, "90", (255, 0, 0))]
    first = picture([0.5] * 30, beyond=beyond).plain.split("\n")[0]
    assert first.startswith("  1.0┤▲ 334")
    assert "688" not in first  # there is no room for both
    assert first.endswith("▲")
    assert picture([0.5] * 30, beyond=beyond, ascii=True).plain.startswith("  1.0|^ 334")


@given(gappy)
def test_whatever_the_values_a_picture_comes_out(y):
    heights = np.array(y)
    there = heights[~np.isnan(heights)]
    y_range = (float(there.min()) - 1, float(there.max()) + 1) if len(there) else (0.0, 1.0)
    assert picture(y, y_range=y_range).plain.count("\n") == 9


# Words.


def words(y, best=""):
    return summarise("loss", "epoch", [Series("val", range(len(y)), y, best)], [], [])


def test_the_words_tell_start_end_best_and_trend():
    text = words([3.0, 2.0, 1.0, 1.5, 1.6, 1.7, 1.8, 1.9], "lowest")
    assert "from 3 at epoch 0 to 1.9 at epoch 7" in text
    assert "lowest 1 at 2" in text
    assert "still rising" in text


@pytest.mark.parametrize(
    ("y", "trend"),
    [
        (np.linspace(5, 1, 40), "still falling"),
        (np.r_[np.linspace(5, 1, 40), np.ones(20)], "level at the end"),
        (np.tile([1.0, 2.0], 20), "restless at the end"),
    ],
)
def test_the_trend_is_judged_against_the_jumps(y, trend):
    assert trend in words(y)


def test_the_words_tell_a_collapse_and_not_that_the_curve_still_falls():
    """Of a network that a rate of 0.5 killed: from 0.1 to 0.1, still falling, as if it had never learned."""
    rise, dead = np.linspace(0.1, 1, 700), np.tile([0.38, *[0.1, 0.11] * 20], 2)[:80]
    text = words(np.r_[rise, dead])
    assert "highest 1 at 699" in text
    assert "falling" not in text
    assert "lowest" not in text
    assert words(-np.r_[rise, dead]).endswith(text.rsplit(", ", 1)[1])
    assert "lowest" not in words(np.linspace(5, 1, 40), "highest")  # its ends say it


def test_the_words_tell_gaps_marks_and_floors():
    text = summarise(
        "loss", "epoch", [Series("val", [0, 1, 2], [1.0, None, 2.0])], [Mark(1, "l2 0 -> 1")], [Floor(0.5, "best")]
    )
    assert "1 missing" in text
    assert "at epoch 1: l2 0 -> 1" in text
    assert "best: 0.5" in text
    assert "Nothing to show yet." in summarise("", "epoch", [], [], [])
    assert "val: no values" in summarise("", "epoch", [Series("val", [1], [None])], [], [])


@pytest.mark.parametrize(
    ("x", "text"), [(30_000.0, "30000"), (0.0, "0"), (1_234_567.0, "1234567"), (0.123456, "0.1235")]
)
def test_a_place_on_the_x_axis_is_written_with_all_digits_of_a_whole_number(x, text):
    """Updates go to the millions; 3e+04 leaves a thousand of them open."""
    assert format_position(x) == text
    assert f"at {text}" in summarise("", "update", [Series("a", [x, x + 1], [1.0, 2.0], best="lowest")], [], [])
