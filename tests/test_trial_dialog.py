"""What the form can try before a run is trained: the checks, and the range test; each fills in what it found."""

import asyncio

import numpy as np
import pytest
from textual.widgets import Button, Static

from hw1_tui.analysis.preflight import CHECKS, Finding
from hw1_tui.analysis.rate_finder import RATES, RatePoint
from hw1_tui.app import Hw1App
from hw1_tui.settings import Given
from screens.dialogs import preflight_dialog, rate_dialog
from screens.dialogs.preflight_dialog import PreflightDialog
from screens.dialogs.rate_dialog import RateDialog
from screens.dialogs.trial_dialog import TrialDialog
from screens.widgets.chart import Chart
from tests.support.look import ALL
from tests.support.scripted_engine import app_of, until
from tests.support.told import notes

KINDS = [("ctrl+g", PreflightDialog), ("ctrl+n", RateDialog)]
FOUND = [
    Finding("scale of the inputs", True, "As the model sees them they reach 1 in size, with a deviation of 0.269."),
    Finding("balance of the classes", None, "The targets are numbers."),
    Finding("loss before training", False, "It is 41.7, and guessing has ln K = 1.792.",
            "He's initial weights (init he), or smaller inputs.", {"init": "he"}),
    Finding("inputs are of use", False, "After 6 epochs on 1,000 examples the validation loss is 3.416; who sees no "
            "inputs comes to 1.791.", "Put the loss before training right first.", {"init": "he"}),
]  # fmt: skip


def app_with(**values):
    record = {"data": "digits", "model": "logistic_regression", **values}
    return Hw1App("hyperparameters", [Given(name, str(value), name) for name, value in record.items()])


def said(app, place):
    return str(app.screen.query_one(place, Static).content)


async def try_out(pilot, key, kind):
    """Open a dialog and wait until nothing more comes."""
    app = pilot.app
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, kind))
    state = "#preflight-state" if kind is PreflightDialog else "#rate-state"
    await until(pilot, lambda: not said(app, state).endswith("..."))
    return said(app, state)


async def test_every_check_is_told_and_nothing_speaks_against_a_sound_run():
    app = app_with()
    async with app.run_test(size=(120, 40)) as pilot:
        told = await try_out(pilot, "ctrl+g", PreflightDialog)
        assert told == "Nothing speaks against data and model; the learning rate is not checked."
        assert len(app.screen.query(".finding")) == len(CHECKS)
        assert app.screen.query_one("#apply", Button).disabled
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, PreflightDialog)


async def test_a_setting_that_helps_goes_into_the_form_by_one_key():
    app = app_with(model="mlp", hidden_sizes="64,64", init="course")
    async with app.run_test(size=(80, 24)) as pilot:
        assert "ctrl+s puts init he into the form" in await try_out(pilot, "ctrl+g", PreflightDialog)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.focused and app.focused.parent.parent.id == "field-init")
        assert app.workspace.draft.text("init") == "he"
        assert app.screen.query_one("#field-init").text == "he"


async def test_the_rate_that_is_suggested_is_marked_and_goes_into_the_form(tmp_path):
    app = app_with()
    async with app.run_test(size=(120, 40)) as pilot:
        assert "ctrl+s puts it into the form" in await try_out(pilot, "ctrl+n", RateDialog)
        assert "suggested" in app.screen.query_one(Chart).summary
        await pilot.press("x")
        await until(pilot, lambda: app.screen.query("#entry"))
        app.screen.query_one("#entry").value = str(tmp_path / "rate.csv")
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / "rate.csv").exists() and isinstance(app.screen, RateDialog))
        best = float(min(np.loadtxt(tmp_path / "rate.csv", delimiter=",", skiprows=1), key=lambda row: row[2])[0])
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.focused and app.focused.parent.parent.id == "field-learning-rate")
        assert float(app.workspace.draft.text("learning_rate")) == pytest.approx(best / 10, rel=0.05)


async def test_a_model_without_a_rate_is_told_so_in_a_sentence():
    app = app_with(model="perceptron")
    async with app.run_test(size=(80, 24)) as pilot:
        assert "perceptron has no learning rate" in await try_out(pilot, "ctrl+n", RateDialog)
        await pilot.click("#apply")
        await until(pilot, lambda: RateDialog.no_changes in notes(app))
        await pilot.press("ctrl+s", "x")
        assert isinstance(app.screen, RateDialog)


async def test_data_that_cannot_be_read_are_told():
    app = app_with(data="nowhere.npz")
    async with app.run_test(size=(80, 24)) as pilot:
        assert "nowhere.npz" in await try_out(pilot, "ctrl+g", PreflightDialog)


@pytest.mark.parametrize(("key", "kind"), KINDS)
async def test_nothing_is_said_to_be_found_or_not_before_it_has_ended(script, key, kind):
    """Who types ahead was told that no setting would help, or that no rate is suggested, and then one was."""
    app = app_of(script, "hyperparameters", [Given("init", "he", "init")])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key, "ctrl+s")
        await until(pilot, lambda: notes(app))
        assert notes(app) == ["Nothing is found yet."]
        assert isinstance(app.screen, kind)
        await pilot.press("escape")
        await asyncio.wait_for(app.workers.wait_for_complete(), 10)


@pytest.mark.parametrize(("key", "kind"), KINDS)
async def test_leaving_ends_it_in_the_middle_of_an_epoch(script, key, kind):
    """The engine trains nothing and goes on yielding, as one does whose epochs take an hour."""
    app = app_of(script, "hyperparameters", [Given("init", "he", "init")])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, kind))
        if kind is PreflightDialog:
            await until(pilot, lambda: "by heart" in said(app, "#preflight-state"))
        await pilot.press("escape")
        await asyncio.wait_for(app.workers.wait_for_complete(), 10)
        assert app.is_running
        assert not isinstance(app.screen, TrialDialog)


@pytest.mark.parametrize(("key", "kind"), KINDS)
async def test_a_form_with_something_wrong_is_put_right_first(key, kind):
    app = app_with(learning_rate="-3")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: app.focused and app.focused.parent.parent.id == "field-learning-rate")
        assert not isinstance(app.screen, kind)


async def test_the_checks_look_as_they_should(look, monkeypatch):
    monkeypatch.setattr(preflight_dialog, "preflight", lambda *_: iter(FOUND))

    async def arrive(pilot):
        await try_out(pilot, "ctrl+g", PreflightDialog)

    await look(app_with(), ALL, arrive)


async def test_the_range_test_looks_as_it_should(look, monkeypatch):
    rates = np.geomspace(1e-5, 10, RATES).tolist()
    losses = [1.8 - 0.6 / (1 + np.exp(-2 * np.log10(100 * rate))) + rate**2 / 10 for rate in rates]
    points = [RatePoint(*of) for of in zip(rates, losses, [1.02 * loss for loss in losses], strict=True)]
    monkeypatch.setattr(rate_dialog, "rise", lambda *_: iter(points))

    async def arrive(pilot):
        await try_out(pilot, "ctrl+n", RateDialog)

    await look(app_with(), ALL, arrive)
