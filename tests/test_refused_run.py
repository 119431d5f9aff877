"""A run that cannot be trained is none: it is off the list, and the form that holds it says why."""

import pytest
from textual.widgets import Static

from engines.contract import EngineError
from hw1_tui.settings import Given
from screens.widgets.field import Field
from tests.support.scripted_engine import ScriptedEngine, app_of, until
from tests.support.told import notes


def facts(app):
    return str(app.screen.query_one("#facts", Static).content)


@pytest.fixture
def refusing(script, monkeypatch):
    """Let the engine refuse a value that only it can judge, once it starts."""

    def start(self, config, data, rng):
        if config.hyperparameters["l2"] == 3:
            raise EngineError("l2 is too much for this machine", "l2")
        if config.hyperparameters["l2"] == 4:
            raise EngineError("it is a holiday")
        return usual(self, config, data, rng)

    usual = ScriptedEngine.start
    monkeypatch.setattr(ScriptedEngine, "start", start)
    return script


async def test_what_the_engine_refuses_is_told_at_its_field_and_trains_once_it_is_put_right(refusing):
    app = app_of(refusing, "hyperparameters", [Given("l2", "3", "--l2")])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await until(pilot, lambda: notes(app) and app.current_mode == "hyperparameters")
        assert app.workspace.queue.runs == []
        assert app.workspace.store.runs() == []
        field = app.screen.query_one("#field-l2", Field)
        assert "too much for this machine" in str(field.query_one(".problem", Static).content)
        app.workspace.draft.type("l2", "2")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[-1].started)
        assert app.current_mode == "training"


async def test_what_is_about_no_single_field_is_told_below_the_form(refusing):
    app = app_of(refusing, "hyperparameters", [Given("l2", "4", "--l2")])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "it is a holiday" in facts(app))
        assert app.workspace.queue.runs == []
        app.clear_notifications()
        await pilot.press("ctrl+s")  # it is tried again
        await until(pilot, lambda: notes(app))


async def test_data_that_cannot_be_read_is_told_on_the_form_and_starts_nothing(script):
    app = app_of(script, "hyperparameters", [Given("data", "nowhere.npz", "--data")])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "no such file" in facts(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("no such file" in text for text in notes(app)))
        assert app.current_mode == "hyperparameters"
        assert app.workspace.queue.runs == []


async def test_data_that_has_not_been_looked_at_yet_is_refused_in_the_same_way(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.data = "nowhere.npz"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("no such file" in text for text in notes(app)))
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.workspace.queue.runs == []
        assert app.workspace.store.runs() == []


async def test_a_run_that_waits_is_refused_without_taking_one_away_from_where_one_is(refusing):
    app = app_of(refusing, "hyperparameters", [Given("l2", "1", "--l2")])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        await pilot.press("f2")
        app.workspace.draft.type("l2", "3")
        app.workspace.submit_draft()
        app.workspace.draft.type("l2", "5")
        app.action_go("training")
        app.workspace.queue.stop(app.workspace.queue.runs[0])
        await until(pilot, lambda: notes(app))
        assert app.current_mode == "training"
        assert len(app.workspace.queue.runs) == 1
        assert any("Not trained" in line and "--l2 3" in line for line in app.workspace.log)


async def test_a_value_that_changes_nothing_is_said_on_the_form(script):
    app = app_of(script, "hyperparameters", [Given("schedule_epochs", "7", "--schedule-epochs")])
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "schedule_epochs has no effect" in facts(app))
        assert "updates an epoch" in facts(app)
