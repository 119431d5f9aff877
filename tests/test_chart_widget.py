"""The chart as its user meets it: keys, mouse, sizes, themes, pictures of every state."""

import itertools
import math
import re
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
import textual.timer
from rich.text import Text
from textual._time import get_time
from textual.color import Color, rgb_to_lab
from textual.theme import BUILTIN_THEMES
from textual.widgets import Static

from screens.theme import DARK, LIGHT
from screens.widgets.chart import Chart, Floor, Mark, Series
from screens.widgets.chart.legend import in_rows
from screens.widgets.chart.palette import ChartPalette
from screens.widgets.chart.plot import Plot
from tests.support.chart_host import Host, all_drawn, curves, legend
from tests.support.contrast import ratio
from tests.support.look import MIDDLE, SMALL
from tests.support.scripted_engine import until


async def test_the_legend_tells_the_last_values():
    app = Host([Series("val", [0, 1, 2], [3.0, 2.0, 1.25])])
    async with app.run_test(size=(50, 15)) as pilot:
        await all_drawn(pilot)
        assert "val 1.25" in legend(app)


async def test_a_legend_cuts_no_number_and_says_how_many_names_it_leaves_out():
    """Of 24 trials the last was told as 1…, and a best value of 0.4474 as 0.…"""
    app = Host([Series(str(number), [0, 1, 2], [3.0, 2.0, 1.25], best_at=1) for number in range(1, 25)])
    async with app.run_test(size=(60, 15)) as pilot:
        await all_drawn(pilot)
        *names, left = legend(app).replace("━━", "").split()[:-2]
        assert names == [str(number) for number in range(1, len(names) + 1)]
        assert left == f"+{24 - len(names)}"
        assert legend(app).endswith("◆ best")  # of all of them, though they have it at the same epoch
        for width in range(30, 60):
            await pilot.resize_terminal(width, 15)
            await until(pilot, lambda: app.size.width - 8 < len(legend(app)) <= app.size.width)
        app.chart.set_series([Series(name, [0, 1, 2], [3.0, 2.1234, 2.25], best_at=1) for name in ("train loss",)])
        await pilot.resize_terminal(26, 15)
        await until(pilot, lambda: legend(app).split() == ["━━", "train", "loss", "2.25", "◆", "1"])


async def test_names_are_cut_in_a_legend_only_where_they_do_not_fit():
    name = "model logistic_regression, 3 seeds"
    app = Host([Series(name, [0, 1, 2], [3.0, 2.0, 1.25]), Series("mlp", [0, 2], [3.0, 0.5])])
    async with app.run_test(size=(58, 15)) as pilot:
        await all_drawn(pilot)
        assert name in legend(app)
        assert name in app.chart.names(58).plain
        assert name not in app.chart.names(40).plain
        assert app.chart.names(8, most=1).plain.endswith("+1"), "what there are no lines for is counted"
        await pilot.resize_terminal(46, 15)
        await until(pilot, lambda: "…" in legend(app) and "mlp" in legend(app))


async def test_names_are_cut_only_as_far_as_they_can_be_told_apart():
    """Of a class's runs all names in the legend were `…dropout place every`: rather fewer of them, each its own."""
    names = [
        f"lr {rate}, momentum {m}, dropout {d}, 2 seeds" for rate in (0.3, 0.01) for m in (0.9, 0) for d in (0.5, 0)
    ]
    app = Host([Series(name, [0, 1, 2], [3.0, 2.0, float(place)]) for place, name in enumerate(names)])
    async with app.run_test(size=(90, 15)) as pilot:
        await all_drawn(pilot)
        told = re.findall("━━ (.*?)(?:  |$)", app.chart.names(90, most=3).plain, re.MULTILINE)
        assert len(told) == len(set(told)) == 6


async def test_a_wide_chart_says_names_and_values_at_the_ends_of_its_curves_and_not_twice():
    app = Host([Series("validation", [0, 1, 2], [3.0, 2.0, 1.25], short="val"), Series("train", [0, 2], [3.0, 0.5])])
    async with app.run_test(size=(80, 15)) as pilot:
        await all_drawn(pilot)
        lines = app.query_one(Plot).render().plain.split("\n")
        assert any(line.endswith(" val 1.25") for line in lines)
        assert any(line.endswith(" train 0.5") for line in lines)
        assert not legend(app).strip()
        await pilot.press("r")
        assert "validation 1.25" in legend(app)


async def test_the_best_epoch_is_said_and_read():
    app = Host([Series("val", [0, 1, 2], [3.0, 1.0, 1.25], best_at=1)])
    async with app.run_test(size=(60, 15)) as pilot:
        await all_drawn(pilot)
        assert "◆ best epoch 1: 1" in legend(app)
        await pilot.press("r")
        assert "best" not in legend(app)
        await pilot.press("left")
        assert "val 1 ◆ best" in legend(app)


async def test_the_crosshair_reads_every_series_and_moves_from_point_to_point():
    app = Host([Series("a", [0, 1, 2], [3.0, 2.0, 1.0]), Series("b", [0, 2], [7.0, 5.0])])
    async with app.run_test(size=(60, 15)) as pilot:
        await pilot.press("r")
        assert app.chart.crosshair == 2
        assert "epoch 2" in legend(app)
        await pilot.press("left")
        assert app.chart.crosshair == 1
        assert "a 2 " in legend(app)
        await pilot.press("left", "left", "right", "r")
        assert app.chart.crosshair is None


async def test_the_crosshair_tells_what_was_marked_there():
    app = Host([Series("a", [0, 1, 2], [3.0, 2.0, 1.0])], [Mark(1, "learning rate 0.1 -> 0.01")])
    async with app.run_test(size=(80, 15)) as pilot:
        await pilot.press("r")
        assert "learning rate" not in legend(app)
        await pilot.press("left")
        assert "learning rate 0.1 -> 0.01" in legend(app)


async def test_what_was_marked_is_said_in_short_where_there_is_little_room_and_never_cut():
    """Of the mark of a change there stood "┊ epoc…"."""
    app = Host(
        [Series("train", [0, 1, 2], [3.0, 2.0, 1.0]), Series("validation", [0, 1, 2], [3.0, 1.0, 2.25], best_at=1)],
        [Mark(1, "epochs 12 to 24", "epochs 24"), Mark(1.5, "learning rate 0.1 to 0.01", "lr 0.01")],
    )
    said = set()
    async with app.run_test(size=(120, 15)) as pilot:
        await all_drawn(pilot)
        for width in range(70, 34, -2):
            await pilot.resize_terminal(width, 15)
            await until(pilot, lambda: len(legend(app)) <= app.size.width)
            assert not legend(app).endswith("…")
            said.add(legend(app).partition("┊")[2].strip())
    assert said == {"epochs 12 to 24  ┊ learning rate 0.1 to 0.01", "epochs 24  ┊ lr 0.01", "epochs 24  ┊ +1", "+2"}


async def test_what_is_new_is_drawn_though_the_thread_stood_still_as_the_timer_began(monkeypatch):
    """A chart stood still for good where threads that train took the processor in that moment."""
    app = Host(curves())
    async with app.run_test(size=(80, 15)) as pilot:
        await all_drawn(pilot)
        late = itertools.accumulate(itertools.chain([1.0] * 10, itertools.repeat(0.0)))  # ten looks of a second each
        monkeypatch.setattr(textual.timer, "_time", SimpleNamespace(get_time=lambda: get_time() + next(late)))
        app.chart.set_series([Series("other", [0, 1], [3.0, 1.0])])
        assert not app.chart.is_drawn
        await until(pilot, lambda: app.chart.is_drawn)


async def test_a_chart_that_may_choose_takes_a_log_axis_for_a_wide_range_until_the_user_chooses():
    app = Host()
    app.chart = Chart("loss", log_y=None)
    async with app.run_test(size=(60, 15)) as pilot:
        app.chart.set_series([Series("val", range(4), [300.0, 1.5, 1.2, 1.1])])
        await all_drawn(pilot)
        assert app.chart.log_y
        await pilot.press("l")
        assert not app.query_one(Chart).log_y
        app.chart.set_series([Series("val", range(4), [900.0, 1.5, 1.2, 1.1])])
        await all_drawn(pilot)
        assert not app.query_one(Chart).log_y


def spiking():
    """The default run of a newcomer: an MLP that begins far off, and is thrown off once more."""
    y = [334.0, 688.0, *(1.4 + 0.4 * math.sin(epoch) for epoch in range(18))]
    return [Series("train", range(20), y), Series("validation", range(20), [value * 1.1 for value in y])]


async def test_absurd_epochs_go_off_the_scale_with_a_mark_and_0_shows_them():
    app = Host()
    app.chart = Chart("loss", log_y=None, clip=True)
    async with app.run_test(size=(80, 20)) as pilot:
        app.chart.set_series(spiking())
        app.chart.focus()
        await all_drawn(pilot)
        plot = app.query_one(Plot)
        assert not app.chart.log_y
        assert "off the scale, 0: all" in legend(app)
        assert "▲ 367.4" in plot.render().plain
        assert plot.top is not None
        assert plot.top < 3
        await pilot.press("0")
        assert app.query_one(Plot).top is None
        assert "▲" not in plot.render().plain
        await pilot.press("0")
        assert "▲ 367.4" in plot.render().plain


async def test_what_is_off_the_scale_does_not_bend_a_smoothed_curve():
    app = Host()
    app.chart = Chart("loss", clip=True)
    async with app.run_test(size=(80, 20)) as pilot:
        app.chart.set_series(spiking())
        app.chart.smoothing = 0.95
        await all_drawn(pilot)
        plot = app.query_one(Plot)
        plot.render()
        assert plot.drawing
        assert np.nanmax(plot.drawing.curves[-1].y) < 3


async def test_a_crosshair_reads_also_what_is_off_the_scale():
    app = Host()
    app.chart = Chart("loss", clip=True)
    async with app.run_test(size=(80, 20)) as pilot:
        app.chart.set_series(spiking())
        await all_drawn(pilot)
        app.chart.crosshair = 0
        assert "train 334" in legend(app)


@pytest.mark.parametrize("theme", [*BUILTIN_THEMES])
async def test_curves_are_seen_and_never_two_alike_in_any_theme(theme):
    app = Host(theme=theme)
    async with app.run_test(size=(40, 10)):
        palette = ChartPalette(app)
        colours = [Color(*palette.series(number)) for number in range(24)]
        assert min(math.dist(rgb_to_lab(a), rgb_to_lab(b)) for a, b in combinations(colours, 2)) > 10
        assert min(math.dist(rgb_to_lab(a), rgb_to_lab(b)) for a, b in combinations(colours[:6], 2)) > 25
        terminal = "black" if app.current_theme.dark else "white"
        grounds = [terminal] if app.current_theme.ansi else [app.theme_variables[n] for n in ("background", "surface")]
        assert min(ratio(colour, Color.parse(ground)) for colour in colours for ground in grounds) >= 3


# Linear RGB as the colour-blind see it (Machado, Oliveira and Fernandes 2009, severity 1).
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


@pytest.mark.parametrize("theme", ["hw1-dark", "hw1-light"])
@pytest.mark.parametrize("matrix", BLIND.values(), ids=BLIND)
async def test_the_colour_blind_can_tell_the_first_curves_apart_in_our_own_themes(theme, matrix):
    app = Host()
    async with app.run_test(size=(40, 10)):
        for own in (DARK, LIGHT):
            app.register_theme(own)
        app.theme = theme
        colours = np.array([ChartPalette(app).series(number) for number in range(5)]) / 255
        seen = np.clip(colours**2.2 @ np.array(matrix).T, 0, 1) ** (1 / 2.2) * 255
        labs = [rgb_to_lab(Color(*np.rint(colour).astype(int).tolist())) for colour in seen]
        assert min(math.dist(a, b) for a, b in combinations(labs, 2)) > 10


def count_drawing(monkeypatch):
    """Return a list that gets an entry whenever a plot is drawn."""
    drawn, render = [], Plot.render

    def count(plot):
        drawn.append(plot)
        return render(plot)

    monkeypatch.setattr(Plot, "render", count)
    return drawn


async def test_a_hidden_chart_is_not_drawn(monkeypatch):
    app = Host(curves())
    async with app.run_test(size=(60, 15)) as pilot:
        await all_drawn(pilot)
        drawn = count_drawing(monkeypatch)
        app.chart.display = False
        await pilot.pause()
        drawn.clear()
        for n in range(5):
            app.chart.set_series(curves(10 + n))
            await all_drawn(pilot)
        assert not drawn


async def test_many_changes_in_a_row_are_drawn_once(monkeypatch):
    app = Host(curves())
    async with app.run_test(size=(60, 15)) as pilot:
        await all_drawn(pilot)
        drawn = count_drawing(monkeypatch)
        for n in range(200):
            app.chart.set_series(curves(10 + n))
        await all_drawn(pilot)
        assert 1 <= len(drawn) <= 2


@pytest.mark.parametrize(
    "y",
    [
        [math.nan] * 5,
        [math.inf, 1.0, -math.inf, 2.0, None],
        [1e308, -1e308, 1e308, 0.0, 5.0],
        [0.0] * 5,
        [-1.0, -2.0, -3.0, 0.0, -5.0],
        [5e-324, 1e-300, 1.0, 1e300, 3.0],
    ],
)
async def test_no_value_and_no_size_ends_the_app(y):
    app = Host([Series("wild", range(5), y), Series("empty", [], [])])
    async with app.run_test(size=(60, 15)) as pilot:
        for key in ("l", "right_square_bracket", "plus", "r", "a", "t", "t", "l"):
            await pilot.press(key)
        for size in ((20, 6), (5, 2), (1, 1), (200, 60)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert app.is_running
        assert "cannot be drawn" not in app.query_one(Plot).render().plain


async def test_the_words_take_the_place_of_the_curves():
    app = Host(curves())
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("t")
        assert not app.query_one(Plot).display
        assert "lowest" in str(app.query_one(".chart-words", Static).content)


async def test_maximise_gives_the_chart_the_screen_and_gives_it_back():
    app = Host(curves())
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("m")
        assert app.screen.maximized is app.chart
        await pilot.press("m")
        assert app.screen.maximized is None


def pressing(*keys):
    async def arrive(pilot):
        await pilot.pause()
        await pilot.press(*keys)

    return arrive


def host(state, theme="textual-dark"):
    if state == "empty":
        return Host(theme=theme)
    if state == "point":
        return Host([Series("train", [0], [1.8])], theme=theme)
    if state == "marks":
        return Host(curves(), [Mark(20, "learning rate 0.1 -> 0.01")], [Floor(0.3, "closed form")], theme=theme)
    if state == "gaps":
        holed = [None if 20 < n < 30 else float(v) for n, v in enumerate(curves()[1].y)]
        return Host([curves()[0], Series("val", range(60), holed)], theme=theme)
    return Host(curves(), theme=theme)


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        ("empty", []),
        ("point", []),
        ("curves", []),
        ("log", ["l"]),
        ("read", ["r", "left", "left"]),
        ("marks", []),
    ],
)
async def test_pictures_at_every_size(look, state, keys):
    """Each state of a chart can be read in the smallest, a usual and a large room: as in the kept pictures."""
    await look(host(state), [(20, 6), SMALL, MIDDLE], pressing(*keys))


@pytest.mark.parametrize(
    ("state", "keys", "theme"),
    [
        ("gaps", [], "textual-dark"),
        ("zoomed", ["plus", "plus", "plus"], "textual-dark"),
        ("smoothed", ["right_square_bracket"] * 3, "textual-dark"),
        ("ascii", ["a"], "textual-dark"),
        ("words", ["t"], "textual-dark"),
        ("marks", [], "textual-light"),
        ("curves", [], "ansi-dark"),
        ("curves", [], "nord"),
    ],
)
async def test_pictures_of_other_states_and_themes(look, state, keys, theme):
    """Gaps, zoom, smoothing, ASCII, words and other themes look as in the kept pictures."""
    await look(host(state, theme), [SMALL], pressing(*keys))


async def test_a_picture_without_colours(look, monkeypatch):
    """Without colours curves and marks are told apart by their signs."""
    monkeypatch.setenv("NO_COLOR", "1")
    await look(host("marks"), [SMALL], pressing())


def test_no_name_of_a_legend_is_parted_from_its_sample_and_none_is_left_out_without_a_word():
    names = [Text(f"+ class number {k}") for k in range(12)]
    lines = in_rows(names, 40, 3).plain.splitlines()
    assert lines[:2] == ["+ class number 0  + class number 1", "+ class number 2  + class number 3"]
    assert lines[2:] == ["+ class number 4  + class number 5  +6"]
    assert len(in_rows(names, 40).plain.splitlines()) == 6
