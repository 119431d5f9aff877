"""How the Sweep screen looks: the form, the trials, and each of the findings."""

from functools import partial

import pytest

from screens.sweep import SweepScreen
from tests.support.look import ALL, MIDDLE, SMALL
from tests.support.scripted_engine import app_of, until
from tests.support.swept import define_scripted, train_scripted

VIEWS = ("clear", "one_by_one", "two_together", "parallel", "points")


async def formed(pilot):
    app = pilot.app
    draft = app.workspace.sweep_draft
    app.workspace.draft.model = "logistic_regression"
    for name, text in {"learning_rate": "1e-4..1e-1:log:4", "l2": "0,.001", "epochs": "4", "seeds": "2"}.items():
        draft.type(name, text)
    await until(pilot, lambda: isinstance(app.screen, SweepScreen) and app.screen.query("#field-learning-rate"))
    await pilot.press("f4", "f5")
    await until(pilot, lambda: "16 runs" in str(app.screen.query_one("#sweep-facts").content))


async def wrong(pilot):
    await formed(pilot)
    pilot.app.screen.query_one("#field-l2 .control").value = "0,-1"
    await until(pilot, lambda: pilot.app.screen.query_one("#field-l2").has_class("-wrong"))


async def listed(pilot):
    pilot.app.workspace.sweep_asked = "rates"
    await pilot.press("f4", "f5")
    await until(pilot, lambda: getattr(pilot.app.screen, "views", ()))
    await pilot.press("down")


async def told(view, pilot):
    await listed(pilot)
    await pilot.press("v")
    for _ in range(view):
        await pilot.press("right")


@pytest.fixture
def swept(script, store):
    train_scripted(script, store, define_scripted())
    return app_of(script, "sweep")


async def test_empty(script, look):
    await look(app_of(script, "sweep"), ALL, lambda _pilot: _nothing())


async def _nothing():
    return None


async def test_form(script, look):
    await look(app_of(script, "sweep"), ALL, formed)


async def test_form_with_a_mistake(script, look):
    await look(app_of(script, "sweep"), (SMALL, MIDDLE), wrong)


async def test_trials(swept, look):
    await look(swept, ALL, listed)


async def test_trials_halfway(script, store, look):
    train_scripted(script, store, define_scripted(), epochs=6)
    await look(app_of(script, "sweep"), (SMALL,), listed)


@pytest.mark.parametrize("view", range(len(VIEWS)), ids=VIEWS)
async def test_findings(view, swept, look):
    await look(swept, ALL, partial(told, view))


async def test_trials_without_colour(swept, look, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    await look(swept, (MIDDLE,), listed)


async def test_parallel_without_colour(swept, look, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    await look(swept, (MIDDLE,), partial(told, 3))


async def test_findings_in_the_light_theme(swept, look):
    async def arrive(pilot):
        pilot.app.theme = "hw1-light"
        await told(2, pilot)

    await look(swept, (MIDDLE,), arrive)
