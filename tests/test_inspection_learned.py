"""What a model learned, as the Inside screen and ``inspect`` show it: weights as pictures, what an answer hangs on."""

import json
import shutil
import threading
import time
import types
from functools import partial

import numpy as np
import pytest
from PIL import Image
from textual.color import Color
from textual.widgets import Static

from engines.contract import Array
from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.runs import Store
from screens import inspection
from screens.inspection import VIEWS
from screens.widgets.gallery import Gallery
from screens.widgets.inside.distribution_view import DistributionView
from screens.widgets.inside.landscape_view import LandscapeView
from screens.widgets.inside.replay_view import ReplayView
from screens.widgets.inside.saliency_view import SaliencyView
from screens.widgets.inside.signed_picture import PixelPicture, signed_picture, tinted_picture
from screens.widgets.inside.unit_sheet import UnitSheet
from screens.widgets.inside.weight_view import WeightView
from tests.support.history import LOGISTIC, ended, start, train
from tests.support.inside import go_to, is_drawn, view_of
from tests.support.look import ALL, MIDDLE, SMALL
from tests.support.scripted_engine import until

LEARNED = (WeightView, SaliencyView, DistributionView, LandscapeView, ReplayView)


def linear(store, data="digits"):
    """Train a linear model, all of whose epochs are kept; return its run."""
    return ended(start(store, data, every=1, **LOGISTIC, learning_rate=0.05, l2=0.01, epochs=3)).run


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A history of a linear model that learned digits, trained once for all who look into it."""
    history = Store(tmp_path_factory.mktemp("learned"))
    history.rename(linear(history), "digits")
    return history


@pytest.fixture
def digits(store, learned):
    """The run of that model, in the history of the test."""
    shutil.copytree(learned.runs_path, store.runs_path, dirs_exist_ok=True)
    return store.runs()[0].run


async def enter(pilot, view):
    """Go to a view and into it."""
    await go_to(pilot, view)
    if pilot.app.screen.query_one("#views").has_focus:
        await pilot.press("enter")


def text(app, name):
    return str(app.screen.query_one(name, Static).content)


def shown_split(gallery):
    assert gallery.examples is not None
    return gallery.examples.split


def labels(app, *names):
    return [str(app.screen.query_one(name).label) for name in names]


async def test_a_class_of_a_linear_model_is_shown_with_its_pixels_and_strongest_examples(digits):
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, WeightView)
        sheet = app.screen.query_one(UnitSheet)
        assert sheet.count == 10
        assert labels(app, "#weight-order", "#weight-shown") == ["by number", "weights W"]
        sheet.focus()
        await pilot.press("right", "right")
        await until(pilot, lambda: text(app, "#weight-facts").startswith("2: moved by"))
        weights = view_of(app).subject.opened.parameters()["W1"][2].reshape(8, 8)
        pixels = app.screen.query_one(PixelPicture)
        pixels.focus()
        await pilot.press("down", "down", "down", "right", "right")
        assert text(app, "#weight-pixel") == f"pixel 3, 2: {weights[3, 2]:+.2g}"
        strongest = app.screen.query_one("#weight-strongest", Gallery).examples
        subject = view_of(app).subject
        scores = subject.opened.dataset.features(subject.opened.dataset.val.x) @ subject.opened.parameters()["W1"][2]
        assert strongest is not None
        assert strongest.indices[0] == np.argmax(scores)


async def test_what_is_typed_while_another_split_is_looked_at_goes_by_what_is_seen(digits, monkeypatch):
    """The strongest examples of the training split were looked for in the smaller one that came next: the end."""
    may_go, compute = threading.Event(), WeightView.compute

    def waits(view, subject, **settings):
        assert subject.split == "train" or may_go.wait(20)
        return compute(view, subject, **settings)

    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, WeightView)
        while view_of(app).subject.split != "train":
            await pilot.press("s")
        await until(pilot, lambda: is_drawn(app))
        monkeypatch.setattr(WeightView, "compute", waits)
        strongest = app.screen.query_one("#weight-strongest", Gallery)
        await pilot.press("s")
        for _ in range(9):
            await pilot.press("right")
            assert shown_split(strongest) == "train"
        may_go.set()
        await until(pilot, lambda: is_drawn(app) and shown_split(strongest) != "train")


async def test_units_of_a_network_are_sorted_by_movement_class_activity_and_number(store):
    train(store, "digits", hidden_sizes=[12], epochs=3, learning_rate=0.05)
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, WeightView)
        sheet = app.screen.query_one(UnitSheet)
        assert labels(app, "#weight-order", "#weight-shown") == ["by movement", "W - W at the start"]
        opened = view_of(app).subject.opened
        moved = np.linalg.norm(opened.parameters()["W1"] - opened.initial_parameters()["W1"], axis=1)
        assert sheet.units is not None
        assert sheet.units.order.tolist() == np.argsort(-moved).tolist()
        seen = []
        for _ in range(4):
            await pilot.press("o")
            seen += labels(app, "#weight-order")
        assert seen == ["by class", "by activity", "by number", "by movement"]
        await pilot.press("w")
        await until(pilot, lambda: is_drawn(app) and labels(app, "#weight-shown") == ["weights W"])
        assert sheet.units is not None
        assert np.array_equal(sheet.units.pictures.values[0].ravel(), opened.parameters()["W1"][0])


async def test_where_there_is_no_room_enter_shows_the_unit_in_place_of_the_sheet_and_escape_goes_back(digits):
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await enter(pilot, WeightView)
        sheet, side = app.screen.query_one(UnitSheet), app.screen.query_one("#weight-side")
        sheet.focus()
        assert (sheet.display, side.display) == (True, False)
        await pilot.press("enter")
        await until(pilot, lambda: (sheet.display, side.display) == (False, True))
        await pilot.press("escape")
        await until(pilot, lambda: sheet.has_focus)


async def test_a_strong_example_leads_to_what_its_answer_hangs_on(digits):
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, WeightView)
        strongest = app.screen.query_one("#weight-strongest", Gallery)
        await until(pilot, lambda: strongest.examples is not None)
        strongest.focus()
        assert strongest.examples is not None
        example = int(strongest.examples.indices[0])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(view_of(app), SaliencyView) and is_drawn(app))
        assert view_of(app).example == example
        await until(pilot, lambda: "squares" in text(app, "#saliency-words"))
        assert "squares of 1 x 1 pixels" in text(app, "#saliency-words")
        assert labels(app, "#saliency-target")[0].endswith("(the answer)")
        await pilot.press("t")
        await until(pilot, lambda: labels(app, "#saliency-target") == ["0"])


def shows_epoch(view: ReplayView, epoch: int) -> bool:
    return view.frame is not None and view.frame.epoch == epoch


async def test_one_key_moves_curves_matrix_and_weights_through_the_kept_epochs(store, digits):
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, ReplayView)
        view, metrics = view_of(app), store.metrics(digits)
        assert isinstance(view, ReplayView)
        seen = {}
        for epoch in (3, 2, 1, 0):
            await until(pilot, partial(shows_epoch, view, epoch))
            units = app.screen.query_one("#replay-weights", UnitSheet).units
            assert units is not None
            seen[epoch] = (text(app, "#replay-told"), float(np.abs(units.pictures.values).sum()))
            await pilot.press("left")
        for epoch, (told, _) in seen.items():
            assert told.startswith(f"val: {metrics[epoch]['val_accuracy']:.4f} right")
        sizes = [size for _, size in seen.values()]
        assert sizes == sorted(sizes, reverse=True), "weights grow from nothing, on one scale"
        await pilot.press("space")
        await until(pilot, partial(shows_epoch, view, 3))
        await pilot.press("e")
        await until(pilot, lambda: is_drawn(app) and shows_epoch(view, 0))


async def test_examples_that_are_no_pictures_have_no_weights_to_see_and_the_view_says_so(store, tmp_path):
    arrays: dict[str, Array] = {}
    for split in ("train", "val", "test"):
        arrays |= {
            f"{split}_images": np.random.default_rng(0).normal(size=(30, 5)),
            f"{split}_labels": np.arange(30) % 3,
        }
    np.savez(tmp_path / "rows.npz", allow_pickle=False, **arrays)
    linear(store, data=str(tmp_path / "rows.npz"))
    app = Hw1App("inspect")
    async with app.run_test(size=(80, 24)) as pilot:
        await enter(pilot, WeightView)
        assert "are no pictures" in str(view_of(app).query_one("#said", Static).content)


def test_positive_and_negative_have_colours_of_their_own_and_rise_from_the_ground():
    values = np.array([[-1.0, -0.5, 0.0, 0.5, 1.0]])
    for ground in (Color(10, 10, 10), Color(250, 250, 250)):
        drawn = signed_picture(values, ground, plain=False).astype(int)
        assert drawn[0, 2].tolist() == list(ground.rgb)
        assert drawn[0, 0, 2] > drawn[0, 0, 0], "negative is blue"
        assert drawn[0, 4, 0] > drawn[0, 4, 2], "positive is orange"
    plain = signed_picture(values, Color(10, 10, 10), plain=True)
    assert (np.diff(plain[0, :, 0].astype(int)) > 0).all(), "without colours from dark to light"
    assert tinted_picture(np.zeros((1, 1, 3))).tolist() == [[[128] * 3]]


def run(capsys, *arguments):
    assert main(["--batch", "inspect", "last", *arguments, "--quiet"]) == 0
    return capsys.readouterr().out


def test_batch_tells_units_as_records_and_draws_them(digits, tmp_path, capsys):
    records = [json.loads(line) for line in run(capsys, "weights", "--format", "jsonl").splitlines()]
    assert [record["title"] for record in records] == [str(digit) for digit in range(10)]
    assert all(len(record["strongest"]) == 12 and record["moved"] > 0 for record in records)
    run(capsys, "weights", "--to", str(tmp_path / "w.png"), "--class", "3")
    with Image.open(tmp_path / "w.png") as picture:
        assert picture.size[0] > 100


def test_batch_tells_what_an_answer_hangs_on_and_draws_it(digits, tmp_path, capsys):
    (record,) = (
        json.loads(line) for line in run(capsys, "saliency", "--example", "7", "--format", "jsonl").splitlines()
    )
    assert np.shape(record["input_times_gradient"]) == np.shape(record["drop"]) == (8, 8)
    assert np.sum(record["probabilities"]) == pytest.approx(1)
    told = run(capsys, "saliency", "--example", "7", "--class", "5", "--to", str(tmp_path / "s.svg"))
    assert "The score of '5':" in told
    assert b"<svg" in (tmp_path / "s.svg").read_bytes()
    assert main(["--batch", "inspect", "last", "saliency", "--example", "99999"]) == 2
    assert "99999" in capsys.readouterr().err


def states(sizes):
    """Return the views of what was learned, one after the other."""
    return [(view.name_in_batch, sizes, partial(enter, view=view)) for view in LEARNED]


async def test_looks_right(digits, look):
    await look.along(Hw1App("inspect"), states(ALL))


async def test_looks_right_in_a_light_theme(digits, look):
    app = Hw1App("inspect")
    app.theme = "hw1-light"
    await look.along(app, states([MIDDLE]))


async def test_looks_right_without_colour(digits, look, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    await look.along(Hw1App("inspect"), states([SMALL]))


@pytest.fixture
def after_an_epoch(store, monkeypatch):
    """The events of a run that has trained one epoch of three, and is looked into whenever it has trained another."""
    monkeypatch.setattr(inspection, "SHARE", 1)
    events = start(store, "digits", every=1, epochs=3, hidden_sizes=[6])
    train_to(1, store, events)
    yield events
    events.close()


def train_to(epoch, store, events):
    while next(events) and store.runs()[0].results["epochs_done"] != epoch:
        pass


def shown_epoch(app):
    return view_of(app).subject.opened.model.epoch


async def test_weights_are_drawn_anew_while_they_learn(after_an_epoch):
    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, WeightView)
        units = app.screen.query_one(UnitSheet).units
        assert units is not None
        ended(after_an_epoch)
        await until(pilot, lambda: shown_epoch(app) == 3 and is_drawn(app))
        now = app.screen.query_one(UnitSheet).units
        assert now is not None
        assert (now.pictures.moved > units.pictures.moved).all()


async def test_a_run_that_trains_is_not_looked_into_while_that_would_hold_it_up(store, after_an_epoch, monkeypatch):
    """What opening and computing took is a fortieth of the time at most: a view that took long waits long."""
    asked: list[float] = []

    def clock():
        asked.append(time.monotonic())
        return asked[-1]

    app = Hw1App("inspect")
    async with app.run_test(size=(120, 40)) as pilot:
        await enter(pilot, WeightView)
        view_of(app).seconds = 1e6
        train_to(2, store, after_an_epoch)
        monkeypatch.setattr(inspection, "time", types.SimpleNamespace(monotonic=clock, perf_counter=time.perf_counter))
        await until(pilot, lambda: len(asked) > 1)  # so often it was time to look, and too early
        assert shown_epoch(app) == 1
        view_of(app).seconds = 0.0
        await until(pilot, lambda: shown_epoch(app) == 2)


def test_every_view_of_what_was_learned_stands_in_the_list():
    assert set(LEARNED) <= set(VIEWS)
