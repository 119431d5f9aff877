"""Inside, whatever room there is: the focus is where it is seen, and no number, peak or name falls off an edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from textual.events import Hide
from textual.geometry import Region
from textual.widgets import Static

from hw1_tui.analysis.distribution import BINS, distribution
from hw1_tui.analysis.explained_answer import ExplainedAnswer
from hw1_tui.analysis.saliency import Occlusion
from hw1_tui.analysis.weight_picture import CommonDirection, WeightPictures
from hw1_tui.app import Hw1App
from screens.inspection import VIEWS
from screens.widgets.chart import Chart, Mark
from screens.widgets.inside.confusion_view import ConfusionView
from screens.widgets.inside.disagreement_view import DisagreementView
from screens.widgets.inside.distribution_view import DistributionView
from screens.widgets.inside.histogram import Histogram
from screens.widgets.inside.landscape_view import LandscapeView
from screens.widgets.inside.step_view import EquationList, StepView
from screens.widgets.inside.suspect_view import SuspectView
from screens.widgets.inside.weight_view import WeightView
from screens.widgets.key_bar import KeyBar
from tests.support.chart_host import Host, all_drawn, curves, legend
from tests.support.history import LOGISTIC, train
from tests.support.inside import go_to, is_drawn, screen_of, view_of
from tests.support.look import LARGE, MIDDLE, SMALL
from tests.support.scripted_engine import until
from tests.support.settling import settle


def lines(widget):
    return [strip.text.rstrip() for strip in widget.render_lines(Region(0, 0, *widget.outer_size))]


def focused(app):
    """Return what has the focus on the open screen; there is something."""
    assert app.screen.focused is not None
    return app.screen.focused


async def look(pilot, view):
    """Go to a view from wherever the focus is, and wait until it rests."""
    await go_to(pilot, view)
    await settle(pilot)


@pytest.fixture
def two_kinds(store, blobs):
    """Return two runs between whose weights there is no line."""
    return train(store, blobs, hidden_sizes=[6]), train(store, blobs, hidden_sizes=[5, 4])


@pytest.mark.parametrize("size", [SMALL, MIDDLE, LARGE], ids=str)
async def test_who_walks_from_view_to_view_types_into_the_one_that_is_seen(two_kinds, size):
    """The focus stayed in a view that was hidden, and enter opened the photographs of a matrix that nobody saw."""
    app = Hw1App("inspect", inspected=two_kinds)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: is_drawn(app))
        await settle(pilot)
        if app.screen.query_one("#views").has_focus:
            await pilot.press("enter")
        for view in (*VIEWS[1:], VIEWS[0]):
            await pilot.press("n")
            await look(pilot, view)
            if view is LandscapeView:
                assert "no line leads" in str(screen_of(app).view.query_one("#said", Static).content)
                assert app.screen.focused is None
                assert "inside.line-start" not in shown_keys(app), "the line comes from the second run"
                await pilot.press("enter")
                assert screen_of(app)
            else:
                assert focused(app) in app.screen.focus_chain
                assert screen_of(app).view in focused(app).ancestors


def shown_keys(app):
    return {key.binding.id for key in app.screen.query_one(KeyBar).labels}


async def test_the_footer_tells_the_keys_of_the_view_also_from_the_list_and_a_small_terminal_takes_none(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=MIDDLE) as pilot:
        await look(pilot, ConfusionView)
        assert {"confusion.shares", "inside.next"} <= shown_keys(app)
        await look(pilot, DisagreementView)
        assert "disagreement.panel" not in shown_keys(app), "there is no second run"
        await look(pilot, StepView)
        assert app.screen.query_one("#views").has_focus
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: app.screen.focused and screen_of(app).view in app.screen.focused.ancestors)
        assert focused(app) in app.screen.focus_chain


async def test_where_a_view_has_nothing_to_show_its_keys_do_nothing_unseen(store, blobs):
    """Of the training split nothing is suspected, and m marked what had been shown before."""
    train(store, blobs, epochs=1)
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, SuspectView)
        view = view_of(app)
        await pilot.press("s", "s")
        await until(pilot, lambda: is_drawn(app) and view.subject.split == "train")
        await settle(pilot)
        assert app.screen.focused is None
        await pilot.press("m")
        await pilot.press("s")
        await until(pilot, lambda: is_drawn(app) and view.subject.split == "val")
        await settle(pilot)
        assert view.marked == set()
        assert view in focused(app).ancestors


async def test_the_matrix_that_is_shown_alone_has_the_focus(two_kinds):
    app = Hw1App("inspect", inspected=two_kinds)
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, DisagreementView)
        assert focused(app).id == "parted-difference"


async def test_what_hears_late_that_it_was_hidden_for_a_moment_keeps_the_focus(store, blobs):
    train(store, blobs, **LOGISTIC)
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, DistributionView)
        chart = app.screen.query_one("#distribution-chart")
        assert focused(app) is chart
        chart.post_message(Hide())
        await pilot.pause()
        assert focused(app) is chart
        view_of(app).add_class("-low")
        app.screen.set_focus(app.screen.query_one("#distribution-layers"))  # as Textual passes it on, in its own time
        await settle(pilot)
        view_of(app).remove_class("-low")
        await until(pilot, lambda: focused(app) is chart)


async def test_where_there_is_no_room_for_the_curve_its_key_shows_it(store, blobs):
    train(store, blobs, hidden_sizes=[6, 5])
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, DistributionView)
        chart, bar = app.screen.query_one("#distribution-chart"), app.screen.query_one("#distribution-bar")
        assert (chart.display, bar.display) == (False, False)
        await pilot.press("v")
        await settle(pilot)
        assert (chart.display, bar.display) == (True, True)
        await pilot.press("c")
        await settle(pilot)
        assert not chart.display


async def test_a_checked_gradient_a_probability_and_what_colours_mean_stand_whole(store):
    """Cut at the edge, -0.990728 read -0.990."""
    train(store, "digits", hidden_sizes=[12], epochs=1)
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, StepView)
        for size in (SMALL, MIDDLE, LARGE):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            checked = app.screen.query_one("#step-checked", Static)
            assert " ".join(" ".join(lines(checked)).split()) == " ".join(str(checked.content).split())
            assert not any(line.endswith(":") for line in lines(app.screen.query_one(EquationList)))
        await look(pilot, WeightView)
        for size in (MIDDLE, SMALL):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            legend = app.screen.query_one("#weight-legend", Static)
            assert legend.region.right <= size[0]
            assert lines(legend) == [str(legend.content)]
        longest = WeightPictures(
            np.ones((3, 2, 2, 1)), "movement", 1, np.ones(3), CommonDirection(np.ones(4), 1, 1), -1
        )
        remark = app.screen.query_one("#weight-remark", Static)
        remark.remove_class("-empty")
        remark.update(longest.remark)
        await settle(pilot)
        assert " ".join(" ".join(lines(remark)).split()) == longest.remark


@pytest.mark.parametrize("width", [9, 24, 41, 45, 60])
async def test_a_histogram_shows_its_peak_in_any_room(width):
    """In fewer columns than it has bins every second bin was left out, the highest of a gradient's among them."""

    class One(Hw1App):
        CSS = f"Histogram {{ width: {width}; height: 6; }}"

    values = np.concatenate([np.full(1000, 1e-6), np.linspace(-1, 1, 400)])
    shown = distribution(values, 1.0)
    assert shown.counts.argmax() == BINS // 2
    app = One()
    async with app.run_test(size=SMALL) as pilot:
        histogram = Histogram()
        await app.screen.mount(histogram)
        histogram.show("gradients", shown)
        await pilot.pause()
        _, *bars, axis = lines(histogram)
        assert abs(bars[0].index("█") - width // 2) <= 1
        assert axis.index("0", 1) > axis.index("-1")
        assert len(axis) == width
        nothing = replace(shown, zeros=1.0, edges=shown.edges * 0.123)
        histogram.styles.width = 18
        histogram.show("gradients", nothing)
        await pilot.pause()
        assert lines(histogram)[0] == "gradients 100% 0"
        histogram.styles.width = 9
        await pilot.pause()
        assert lines(histogram)[-1].split() == ["0"], "-0.1 of -0.12 would be another number"
        histogram.show("gradients", None)
        await pilot.pause()
        assert lines(histogram)[:2] == ["gradients", "not known"], "at 80x24 one line has no room for both"


async def test_a_legend_leaves_out_values_before_the_name_of_a_mark():
    app = Host(curves(), [Mark(3.0, "the start"), Mark(9.0, "epoch 5")])
    async with app.run_test(size=(50, 20)) as pilot:
        await all_drawn(pilot)
        assert "train  " in legend(app)
        assert legend(app).rstrip().endswith("┊ epoch 5")
        assert len(legend(app).rstrip()) <= app.query_one(Chart).size.width


async def test_charts_beside_each_other_name_their_curves_once(store):
    train(store, "digits", epochs=1, **LOGISTIC)
    app = Hw1App("inspect")
    async with app.run_test(size=MIDDLE) as pilot:
        await look(pilot, LandscapeView)
        found = [str(one.query_one(".chart-legend", Static).content) for one in screen_of(app).view.query(Chart)]
        assert "train" in found[0]
        assert "train" not in found[1]
        assert all(len(one.rstrip()) <= chart.size.width for one, chart in zip(
            found, screen_of(app).view.query(Chart), strict=True))  # fmt: skip


@pytest.mark.parametrize(("flips", "said"), [(1, "1 of 4 squares of 2 x 2 pixels changes"), (3, "3 of 4 squares")])
def test_how_many_squares_change_an_answer_is_said_in_a_sentence(flips, said):
    answers = np.array([1] * flips + [0] * (4 - flips))
    corners = np.zeros((4, 2), np.int64)
    found = Occlusion(np.array([0.8, 0.2]), corners, 2, answers, np.full(4, 0.7), np.zeros((4, 4)), np.zeros((4, 4)))
    told = ExplainedAnswer(0, 0, 0, np.array([0.8, 0.2]), ("sea", "ice"), None, 0.0, found).words[0]
    assert told.startswith(f"Covered one at a time, {said}")
    assert told.endswith(f"the answer: 'ice' with {flips}.")


async def test_the_name_of_the_split_stands_whole(store, blobs):
    """Beside another it had the room of the one before: train read tra."""
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, VIEWS[0])
        await pilot.press("s", "s")
        await until(pilot, lambda: is_drawn(app) and view_of(app).subject.split == "train")
        await settle(pilot)
        assert lines(app.screen.query_one("#split"))[0].strip() == "train"


async def test_the_cell_under_the_cursor_is_told_whatever_the_words_take(store):
    """Above the scores of ten classes the frame of the matrix was cut, and what is in its cell not to be seen."""
    train(store, "digits", epochs=1, **LOGISTIC)
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await look(pilot, VIEWS[0])
        cell, scores = app.screen.query_one("#confusion-cell"), app.screen.query_one("#confusion-scores")
        matrix = app.screen.query_one("#confusion-matrix")
        assert matrix.region.bottom <= cell.region.y
        assert cell.region.bottom <= scores.region.y
