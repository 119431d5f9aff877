"""How the Sweep screen looks: the form, the trials, and each of the findings."""

import shutil

import pytest

from screens.sweep import SweepScreen
from tests.support.drawn import strips
from tests.support.look import ALL, MIDDLE, SMALL
from tests.support.scripted_engine import app_of, until
from tests.support.swept import define_scripted, keep_scripted, train_scripted

FINDINGS = ("one_by_one", "two_together", "parallel", "points")
"""After what is clear, in the order of the list."""


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
    pilot.app.screen.query_one("#field-l2 .control").value = "0,-1"
    await until(pilot, lambda: pilot.app.screen.query_one("#field-l2").has_class("-wrong"))


async def listed(pilot):
    pilot.app.workspace.sweep_asked = "rates"
    await pilot.press("f4", "f5")
    await until(pilot, lambda: getattr(pilot.app.screen, "views", ()))
    await pilot.press("down")


async def enter_findings(pilot):
    await pilot.press("v")


async def turn_on(pilot):
    await pilot.press("right")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The history of a sweep that has ended, trained once for all who look at it."""
    return keep_scripted(tmp_path_factory.mktemp("swept") / "home")


@pytest.fixture
def swept(script, store, kept):
    shutil.copytree(kept, store.home, dirs_exist_ok=True)
    return app_of(script, "sweep")


async def test_empty(script, look):
    await look(app_of(script, "sweep"), ALL, lambda _pilot: _nothing())


async def _nothing():
    return None


async def test_form(script, look):
    await look.along(app_of(script, "sweep"), [("", ALL, formed), ("with_a_mistake", (SMALL, MIDDLE), wrong)])


async def test_trials_halfway(script, store, look):
    train_scripted(script, store, define_scripted(), epochs=6)
    await look(app_of(script, "sweep"), (SMALL,), listed)


async def test_trials_and_findings(swept, look):
    async def see_in_light(pilot):
        pilot.app.theme = "hw1-light"
        await pilot.press("left", "left", "v", "v")  # once more into them, where the list is seen

    findings = [(view, ALL, turn_on) for view in FINDINGS]
    states = [("trials", ALL, listed), ("clear", ALL, enter_findings), *findings, ("light", (MIDDLE,), see_in_light)]
    await look.along(swept, states)


async def test_two_together_has_no_ground_of_one_strength_where_the_colours_are_the_terminals(swept):
    """In Textual's themes of such colours every warm cell was as green as the best, and no number could be read."""

    def grounds():
        segments = [segment for strip in strips(swept) for segment in strip if set(segment.text) & set("░▒▓█")]
        return {segment.style.bgcolor for segment in segments if any(map(str.isdigit, segment.text)) and segment.style}

    async with swept.run_test(size=MIDDLE) as pilot:
        await listed(pilot)
        await pilot.press("v", "right", "right")
        await until(pilot, lambda: len(grounds()) > 2)
        swept.theme = "ansi-dark"
        await until(pilot, lambda: all(ground is None or ground.is_default for ground in grounds()))


async def test_trials_and_findings_without_colour(swept, look, monkeypatch):
    async def see_parallel(pilot):
        await pilot.press("v", "right", "right", "right")

    monkeypatch.setenv("NO_COLOR", "1")
    await look.along(swept, [("trials", (MIDDLE,), listed), ("parallel", (MIDDLE,), see_parallel)])
