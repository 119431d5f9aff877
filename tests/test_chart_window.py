"""Which part of a chart is seen: zooming, moving and typing the ends of its axes."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.events import MouseScrollUp
from textual.widgets import Static

from screens.widgets.chart import Chart, Mark, Series
from screens.widgets.chart.limit_field import AUTOMATIC, limits_in_words, read_limits
from screens.widgets.chart.plot import Plot
from tests.support.chart_host import Host, all_drawn, curves, legend


async def test_zoom_is_kept_when_points_arrive_and_one_key_goes_back_to_live():
    app = Host(curves(100))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("plus", "plus")
        chosen = app.chart.visible_range
        assert chosen[1] - chosen[0] < 60
        app.chart.set_series(curves(200))
        await all_drawn(pilot)
        assert app.chart.visible_range == chosen
        await pilot.press("0")
        assert app.chart.live
        assert app.chart.visible_range == (0, 199)


async def test_a_logarithmic_x_axis_is_told_and_typed_in_its_own_numbers():
    powers = np.linspace(-5, 1, 61)

    class Rates(App[object]):
        def compose(self) -> ComposeResult:
            self.chart = Chart("loss", x_label="rate", log_x=True)
            yield self.chart

    app = Rates()
    async with app.run_test(size=(100, 20)) as pilot:
        app.chart.set_series([Series("loss", powers, (powers + 2) ** 2)])
        app.chart.set_marks([Mark(-2.0, "suggested")])
        app.chart.focus()
        await all_drawn(pilot)
        assert "at rate 0.01: suggested" in app.chart.summary
        plot = app.query_one(Plot)
        plot.render()
        assert plot.drawing is not None
        assert {"0.001", "0.1", "10"} <= {label for _, label in plot.drawing.x_ticks}
        await pilot.press("y", "tab", *"-1..0", "enter")
        assert "nothing at 0" in str(app.query_one(".limit-mistake", Static).content)
        await pilot.press("home", "shift+end", *"0.001..0.1", "enter")
        await all_drawn(pilot)
        assert app.chart.visible_range == pytest.approx((-3, -1))


async def test_ends_of_the_axes_can_be_typed_wrong_ones_are_told_and_0_goes_back():
    app = Host(curves(100))
    async with app.run_test(size=(100, 20)) as pilot:
        await pilot.press("y", *"2..1", "enter")
        assert "2 is not below 1" in str(app.query_one(".limit-mistake", Static).content)
        await pilot.press("home", "shift+end", *"0..5", "tab", *"10..40", "enter")
        await all_drawn(pilot)
        plot = app.query_one(Plot)
        assert app.chart.has_focus
        assert app.chart.visible_range == (10.0, 40.0)
        plot.render()
        assert plot.drawing is not None
        assert plot.drawing.y_range == (0.0, 5.0)
        assert "y 0..5" in legend(app)
        await pilot.press("0")
        assert app.chart.live
        assert "y 0..5" not in legend(app)
        await pilot.press("y", "escape")
        assert app.chart.has_focus
        assert app.chart.is_at_rest


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("2", "two numbers"), ("a..2", "'a' is not a number"), ("0..1", "nothing at 0"), ("1,5..2", "1.5")],
)
def test_limits_that_cannot_be_are_told_with_what_is_meant(text, wrong):
    with pytest.raises(ValueError, match=wrong):
        read_limits(text, is_log=True)


def test_either_end_of_an_axis_may_be_left_to_the_data():
    assert read_limits("..2") == (None, 2.0)
    assert read_limits("-1e-3..") == (-0.001, None)
    assert read_limits(" ") == AUTOMATIC


@given(st.floats(-1e30, 1e30), st.floats(-1e30, 1e30))
def test_limits_that_are_shown_to_be_changed_are_those_that_hold(one, other):
    assume(one != other)
    limits = (min(one, other), max(one, other))
    assert read_limits(limits_in_words(limits)) == limits


async def test_panning_moves_the_window_and_zooming_out_widens_it():
    app = Host(curves(100))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("plus", "plus", "plus")
        low, high = app.chart.visible_range
        await pilot.press("right")
        assert app.chart.visible_range[0] > low
        await pilot.press("shift+left", "shift+left")
        assert app.chart.visible_range[0] < low
        await pilot.press("minus")
        assert app.chart.visible_range[1] - app.chart.visible_range[0] > high - low


async def test_the_wheel_zooms_around_the_pointer_a_drag_pans_a_click_reads():
    app = Host(curves(101))
    async with app.run_test(size=(80, 20)) as pilot:
        await all_drawn(pilot)
        plot = app.query_one(Plot)
        under = plot.x_at(30)
        plot.post_message(MouseScrollUp(plot, 30, 5, 0, -1, 0, False, False, False))
        await pilot.pause()
        assert plot.x_at(30) == pytest.approx(under, abs=1.5)
        low, _ = app.chart.visible_range
        assert not app.chart.live
        await pilot.mouse_down(plot, offset=(40, 5))
        await pilot.hover(plot, offset=(60, 5))
        await pilot.mouse_up(plot, offset=(60, 5))
        assert app.chart.visible_range[0] < low
        assert app.chart.crosshair is None
        expected = plot.x_at(50)
        await pilot.click(plot, offset=(50, 5))
        assert app.chart.crosshair == pytest.approx(expected, abs=0.6)
        await pilot.mouse_down(plot, offset=(50, 5))
        app.capture_mouse(None)  # another screen was shown, and the button let go there
        seen = app.chart.visible_range
        await pilot.hover(plot, offset=(30, 5))
        assert app.chart.visible_range == seen


async def test_moving_the_crosshair_out_of_the_window_takes_the_window_along():
    app = Host(curves(100))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("plus", "plus", "plus", "r")
        for _ in range(30):
            await pilot.press("right")
        low, high = app.chart.visible_range
        assert app.chart.crosshair is not None
        assert low <= app.chart.crosshair <= high
