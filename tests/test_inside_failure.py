"""Inside, where it fails: matrices with the photographs behind their cells, wrong labels, calibration, embedding."""

import csv
from functools import partial
from typing import Any

import numpy as np
import pytest
from textual.widgets import Button, Input, Static

from engines.contract import Array
from engines.inspection import Settable
from hw1_tui.analysis import Subject, open_run
from hw1_tui.analysis.answers import answers_of
from hw1_tui.analysis.confusion import Confusion, examples_in
from hw1_tui.analysis.suspect import suspects_of
from hw1_tui.app import Hw1App
from screens.dialogs.photograph_dialog import PhotographDialog
from screens.widgets.example_table import ExampleTable
from screens.widgets.example_view import ExampleView
from screens.widgets.inside.calibration_view import CalibrationView
from screens.widgets.inside.confusion_view import ConfusionView
from screens.widgets.inside.disagreement_view import DisagreementView
from screens.widgets.inside.embedding_view import EmbeddingView
from screens.widgets.inside.heat_matrix import HeatMatrix
from screens.widgets.inside.scatter import Scatter
from screens.widgets.inside.step_view import StepView
from screens.widgets.inside.suspect_view import SuspectView
from tests.support.drawn import strips
from tests.support.history import LOGISTIC, PERCEPTRON, train
from tests.support.inside import go_to, is_drawn, view_of
from tests.support.look import ALL, MIDDLE
from tests.support.scripted_engine import until
from tests.support.settling import settle
from tests.support.told import told


def text(app, name):
    return str(app.screen.query_one(name, Static).content)


async def photographs(pilot):
    await until(pilot, lambda: isinstance(pilot.app.screen, PhotographDialog))
    await pilot.pause()
    return pilot.app.screen.query_one(ExampleView)


def drawn(app):
    return "\n".join(strip.text for strip in strips(app))


async def test_enter_on_a_cell_opens_its_photographs_with_the_most_certain_mistakes_first(store, blobs):
    run = train(store, blobs)
    answers = answers_of(open_run(store, run), "val")
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, ConfusionView)
        matrix = app.screen.query_one(HeatMatrix)
        true, said = matrix.cursor
        assert true != said, "it begins where the most mistakes are"
        matrix.focus()
        await pilot.press("enter")
        shown = await photographs(pilot)
        expected = examples_in(answers.labels, answers.predicted, answers.certainty, true, said)
        assert shown.examples.indices.tolist() == expected.tolist()
        assert answers.probabilities is not None
        first = answers.probabilities[expected[0]]
        told = text(app, "#photograph-bars")
        assert all(f"{p:.2f}" in told for p in first)
        assert f"✓ {answers.classes[true]}" in told
        assert f"▸ {answers.classes[said]}" in told


async def test_examples_that_are_no_pictures_are_opened_as_numbers(store, tmp_path):
    rng = np.random.default_rng(0)
    arrays: dict[str, Array] = {f"{split}_images": rng.random((40, 4)) for split in ("train", "val", "test")}
    arrays |= {f"{split}_labels": rng.integers(0, 2, 40) for split in ("train", "val", "test")}
    np.savez(tmp_path / "rows.npz", allow_pickle=False, **arrays)
    train(store, tmp_path / "rows.npz")
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, ConfusionView)
        app.screen.query_one(HeatMatrix).focus()
        await pilot.press("enter")
        shown = await photographs(pilot)
        assert isinstance(shown, ExampleTable)
        assert shown.examples
        for view in (SuspectView, EmbeddingView):
            await pilot.press("escape")
            await until(pilot, lambda: is_drawn(app))
            await go_to(pilot, view)
            await pilot.press("enter")


async def test_from_a_photograph_i_leads_to_the_step_on_it(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, ConfusionView)
        app.screen.query_one(HeatMatrix).focus()
        await pilot.press("enter")
        shown = await photographs(pilot)
        example = int(shown.examples.indices[0])
        await pilot.press("i")
        await until(pilot, lambda: is_drawn(app) and isinstance(view_of(app), StepView))
        assert view_of(app).example == example


async def test_counts_become_shares_and_counts_again_wherever_the_focus_is(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, ConfusionView)
        matrix = app.screen.query_one(HeatMatrix)
        for place in ("#views", "#confusion-matrix"):
            app.screen.query_one(place).focus()
            await pilot.press("c")
            await pilot.pause()
            assert "%" in "".join(matrix.render_line(y).text for y in range(matrix.size.height))
            await pilot.press("c")
            await pilot.pause()
            assert "%" not in "".join(matrix.render_line(y).text for y in range(matrix.size.height))


async def test_heat_is_told_by_shades_as_well(store, blobs, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    run = train(store, blobs)
    counts = _confusion(store, run).counts
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, ConfusionView)
        assert (counts.diagonal() / counts.sum(axis=1)).max() >= 0.7
        assert "█" in drawn(app)
        assert "░" in drawn(app)


async def test_1000_classes_scroll_and_say_which_are_shown(store):
    counts = np.arange(1_000_000).reshape(1000, 1000) % 90
    names = [f"class {k}" for k in range(1000)]
    app = Hw1App("model")
    async with app.run_test(size=(80, 24)) as pilot:
        matrix = HeatMatrix()
        await app.screen.mount(matrix, before=0)
        matrix.styles.height = 12
        matrix.show(counts, counts / 90, names)
        await pilot.pause()
        assert matrix.left_out.startswith("rows 1 to ")
        matrix.focus()
        await pilot.press("end")
        await pilot.pause()
        assert matrix.cursor == (999, 999)
        assert matrix.left_out.endswith("of 1,000")
        text = "".join(matrix.render_line(y).text for y in range(matrix.size.height))
        assert "class 999" in text
        assert "…999" in text, "a column's name leaves out what all names begin with"
        assert str(counts[999, 999]) in text
        await pilot.press("home", "pagedown", "right", "right")
        assert matrix.cursor == (20, 2)


async def test_two_runs_stand_beside_each_other_with_what_one_alone_gets_right(store, blobs):
    one, two = train(store, blobs, **LOGISTIC), train(store, blobs, epochs=9)
    right = [answers_of(open_run(store, run), "val").correct for run in (one, two)]
    app = Hw1App("inspect", inspected=(one, two))
    async with app.run_test(size=(200, 60)) as pilot:
        await go_to(pilot, DisagreementView)
        assert "is right on" in text(app, "#parted-words") or "right and wrong on" in text(app, "#parted-words")
        buttons = {
            "#parted-first-only": right[0] & ~right[1],
            "#parted-second-only": right[1] & ~right[0],
            "#parted-both-wrong": ~right[0] & ~right[1],
        }
        for name, expected in buttons.items():
            button = app.screen.query_one(name, Button)
            assert str(button.label).endswith(f": {expected.sum()}")
            button.press()
            shown = await photographs(pilot)
            assert sorted(shown.examples.indices.tolist()) == np.flatnonzero(expected).tolist()
            await pilot.press("escape")
            await until(pilot, lambda: is_drawn(app))


async def test_a_run_that_is_opened_after_another_is_entered_where_it_is_wrong_most_too(store, blobs):
    """The cursor stayed in the cell that the run before was left at, which may hold nothing."""
    runs = train(store, blobs, **LOGISTIC), train(store, blobs, **PERCEPTRON)
    app: Any = Hw1App("inspect", inspected=runs[:1])
    async with app.run_test(size=MIDDLE) as pilot:
        await until(pilot, lambda: is_drawn(app))
        matrix = app.screen.query_one(HeatMatrix)
        right = int(_confusion(store, runs[1]).counts.diagonal().argmax())
        matrix.point_at(right, right)
        await pilot.press("f6")
        app.screen.inspect([store.get(runs[1])])
        worst = _confusion(store, runs[1]).mixed_up()[0]
        await until(pilot, lambda: matrix.cursor == (worst.first, worst.second))


async def test_the_cursor_stands_on_the_same_cell_of_all_three_matrices(store, blobs):
    runs = train(store, blobs, **LOGISTIC), train(store, blobs)
    app = Hw1App("inspect", inspected=runs)
    async with app.run_test(size=(200, 60)) as pilot:
        await go_to(pilot, DisagreementView)
        await settle(pilot)
        rates = [_confusion(store, run).rates for run in runs]
        largest = np.unravel_index(np.abs(rates[1] - rates[0]).argmax(), (3, 3))
        assert app.screen.query_one("#parted-difference", HeatMatrix).cursor == largest, "where they part most"
        app.screen.query_one("#parted-second", HeatMatrix).focus()
        app.screen.query_one("#parted-second", HeatMatrix).point_at(0, 0)
        matrices = [*app.screen.query(".parted-panel").results(HeatMatrix)]
        await until(pilot, lambda: {matrix.cursor for matrix in matrices} == {(0, 0)})
        await pilot.press("down", "right")
        await until(pilot, lambda: {matrix.cursor for matrix in matrices} == {(1, 1)})
        first, second = (_confusion(store, run).counts[1, 1] for run in runs)
        assert f"{first} by" in text(app, "#parted-cell")
        assert f"{second} by" in text(app, "#parted-cell")


async def test_with_one_run_it_says_how_to_have_two(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, DisagreementView)
        assert "Mark two runs under Runs" in text(app, f"#{view_of(app).id} #said")
        await pilot.press("x")  # it wrote the first view, of the one run
        await until(pilot, lambda: "Mark two runs under Runs" in told(app))
        assert view_of(app).screen is app.screen


async def test_suspects_are_marked_and_exported_as_a_list(store, blobs, tmp_path):
    run = train(store, blobs, epochs=1)
    _, found = suspects_of(open_run(store, run), "val")
    assert len(found) > 2
    app, file = Hw1App("inspect"), tmp_path / "wrong.csv"
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, SuspectView)
        pages = view_of(app).pages
        assert pages.examples.indices.tolist() == found.indices.tolist()
        await pilot.press("m", "m", "m")
        await pilot.pause()
        assert view_of(app).marked == set(found.indices[:3].tolist())
        pages.go_to(1)
        await pilot.press("m")
        pages.focus()
        await pilot.press("enter")
        assert (await photographs(pilot)).cursor == pages.cursor == 2  # a closer look is at the one that is pointed at
        await pilot.press("escape", "x")
        await until(pilot, lambda: app.screen.query("#entry"))
        app.screen.query_one("#entry", Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, file.exists)
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [int(row["example"]) for row in rows] == [int(found.indices[0]), int(found.indices[2])]
    assert all(row["label"] != row["suggested"] for row in rows)


async def test_what_was_trained_on_and_what_has_no_probabilities_is_told_in_place_of_the_view(store, blobs):
    train(store, blobs, **PERCEPTRON)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        for view in (SuspectView, CalibrationView):
            await go_to(pilot, view)
            assert "scores and no probabilities" in text(app, f"#{view_of(app).id} #said")
        await go_to(pilot, SuspectView)
        while view_of(app).subject.split != "train":
            await pilot.press("s")
            await until(pilot, lambda: is_drawn(app))
        assert "a model repeats the labels" in text(app, f"#{view_of(app).id} #said")


async def test_calibration_says_whether_the_error_is_more_than_chance(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, CalibrationView)
        assert text(app, "#calibration-verdict")[0] in "✓✗"
        assert "chance would make it" in text(app, "#calibration-sizes")


async def test_the_cursor_goes_from_point_to_point_and_shows_the_example(store, blobs):
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, EmbeddingView)
        plane = app.screen.query_one(Scatter)
        plane.focus()
        seen = {plane.cursor}
        for key in ("right", "down", "left", "up") * 3:
            await pilot.press(key)
            seen.add(plane.cursor)
        assert len(seen) > 3
        assert f"example {plane.cursor:,} of val" in text(app, "#embedding-bars")
        before = text(app, "#embedding-words")
        await pilot.press("c")
        await until(pilot, lambda: is_drawn(app) and text(app, "#embedding-words") != before)
        assert "last hidden layer" in text(app, "#embedding-words")
        assert view_of(app).name_in_batch == "hidden", "what is exported is what is shown"
        here = plane.here
        await pilot.press("enter")
        shown = await photographs(pilot)
        assert sorted(shown.examples.indices.tolist()) == sorted(here.tolist())


async def test_a_model_that_has_diverged_is_looked_at_without_a_failure(store, blobs):
    """Its probabilities and what its layers pass on are no numbers; the matrix is there, and the rest says so."""
    run = train(store, blobs)
    opened = open_run(store, run)
    weights = opened.parameters()
    assert isinstance(opened.model.trainer, Settable)
    opened.model.trainer.set_parameters({name: np.full_like(array, np.nan) for name, array in weights.items()})
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await go_to(pilot, ConfusionView)
        for view, told in (
            (ConfusionView, ""),
            (SuspectView, "it has diverged"),
            (CalibrationView, "it has diverged"),
            (EmbeddingView, ""),
        ):
            await go_to(pilot, view)
            view_of(app).look_at(Subject(opened, "val"))
            await until(pilot, lambda: is_drawn(app))
            assert told in text(app, f"#{view_of(app).id} #said")
        await pilot.press("c")
        await until(pilot, lambda: is_drawn(app))
        assert "no numbers" in text(app, f"#{view_of(app).id} #said")


VIEWS = (ConfusionView, DisagreementView, SuspectView, CalibrationView, EmbeddingView)


@pytest.fixture
def two_runs(store, blobs):
    """A linear model and a deeper one, by name."""
    runs = train(store, blobs, **LOGISTIC), train(store, blobs, epochs=9)
    for run, name in zip(runs, ("linear", "deep"), strict=True):
        store.rename(run, name)
    return runs[::-1]


def states(sizes):
    """Return the views of where it fails, one after the other."""
    return [(view.__name__, sizes, partial(go_to, view=view)) for view in VIEWS]


async def test_views_look_right(two_runs, look):
    await look.along(Hw1App("inspect", inspected=two_runs), states(ALL))


@pytest.mark.parametrize("how", ["light", "NO_COLOR"])
async def test_views_look_right_in_a_light_theme_and_without_colour(two_runs, look, monkeypatch, how):
    if how == "NO_COLOR":
        monkeypatch.setenv(how, "1")
    app = Hw1App("inspect", inspected=two_runs)
    app.theme = "hw1-light" if how == "light" else app.theme
    await look.along(app, states([MIDDLE]))


async def test_photographs_look_right(store, blobs, look):
    train(store, blobs)
    store.rename(store.runs()[0].run, "deep")

    async def arrive(pilot):
        await go_to(pilot, ConfusionView)
        pilot.app.screen.query_one(HeatMatrix).focus()
        await pilot.press("enter")
        await photographs(pilot)

    await look(Hw1App("inspect"), ALL, arrive)


def _confusion(store, run):
    answers = answers_of(open_run(store, run), "val")
    return Confusion.of(answers.labels, answers.predicted, answers.classes)
