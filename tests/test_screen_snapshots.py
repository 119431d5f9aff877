"""Pictures of every screen in every state, at three sizes."""

from functools import partial
from typing import Any

import pytest

from screens.widgets.epoch_table import EpochTable
from screens.widgets.run_card import RunCard
from tests.support.look import ALL, LARGE, MIDDLE, SMALL
from tests.support.scripted_engine import app_of, until

pytestmark = [pytest.mark.usefixtures("steady_eta"), pytest.mark.filterwarnings("ignore:a stray warning")]


def live_of(pilot):
    return pilot.app.workspace.queue.runs[-1]


async def see_model(pilot, script):
    await until(pilot, lambda: pilot.app.screen.query("Picture"))


async def see_model_refused(pilot, script):
    await pilot.press("o", *"nowhere.npz", "enter")
    await until(pilot, lambda: pilot.app.workspace.library.problem("nowhere.npz"))


async def see_model_filtered(pilot, script):
    await see_model(pilot, script)
    await pilot.press("slash", *"mlp drop", "down")


async def see_form(pilot, script):
    await pilot.press("enter")
    await until(pilot, lambda: "parameters" in str(pilot.app.screen.query_one("#facts").content))


async def see_form_of_torch(pilot, script):
    pilot.app.workspace.draft.engine = "torch"
    await see_form(pilot, script)


async def see_form_wrong(pilot, script):
    pilot.app.workspace.draft.texts.update(learning_rate="-3", epochs="many", hidden_sizes="0x9")
    await pilot.press("enter")
    await pilot.pause()
    pilot.app.screen.query_one("#field-learning-rate Input").focus()


async def see_training_empty(pilot, script):
    await pilot.press("f4")


async def see_training(pilot, script, epochs=7.5):
    await pilot.press("enter", "enter")
    await until(pilot, lambda: pilot.app.workspace.queue.runs and live_of(pilot).started)
    script.allow(epochs)
    await until(pilot, lambda: live_of(pilot).epochs_done == int(epochs) and script.is_used_up)
    await until(pilot, lambda: shows(pilot, epochs))


def shows(pilot, epochs):
    """Whether the screen, which looks a few times a second, has seen so many epochs."""
    reached = f"epoch {int(epochs)} of 20" + (f" + {epochs % 1:.0%}" if epochs % 1 else "")
    rows = pilot.app.screen.query_one(EpochTable).row_count
    return rows == int(epochs) + 1 and reached in str(pilot.app.screen.query_one(RunCard).content)


async def see_steer(pilot, script):
    await see_training(pilot, script)
    await pilot.press("e")


async def see_steered(pilot, script):
    await see_training(pilot, script, 5)
    live_of(pilot).control.steer({"learning_rate": 0.004})
    await until(pilot, lambda: live_of(pilot).steered)
    script.allow(4)
    await until(pilot, lambda: shows(pilot, 9))


async def see_paused(pilot, script):
    await see_training(pilot, script)
    await pilot.press("space")
    await until(pilot, lambda: live_of(pilot).state == "paused")


async def see_ended(pilot, script):
    script.free = True
    await pilot.press("enter", "enter")
    await until(pilot, lambda: pilot.app.workspace.queue.runs and live_of(pilot).ended)
    await until(pilot, lambda: live_of(pilot).state in str(pilot.app.screen.query_one(RunCard).content))


async def see_diverged(pilot, script):
    script.diverge_at = 4
    await see_ended(pilot, script)


async def see_failed(pilot, script):
    script.raise_at = 3
    await see_ended(pilot, script)


async def see_messages(pilot, script):
    script.print_at = 1
    await see_ended(pilot, script)
    await pilot.press("f12")


async def stop(pilot, script):
    await pilot.press("x")
    await until(pilot, lambda: live_of(pilot).ended)


async def type_wrong_rate(pilot, script):
    pilot.app.screen.query_one("#field-learning-rate Input").value = "fast"


async def see_in_light(pilot, script):
    pilot.app.theme = "hw1-light"


async def see_details(pilot, script):
    pilot.app.theme = "hw1-dark"
    await pilot.press("d")


def press(*keys):
    """Return what presses keys."""

    async def arrive(pilot, script):
        await pilot.press(*keys)

    return arrive


LIGHT = ("light", [MIDDLE], see_in_light)
WALKS: dict[Any, list[Any]] = {
    see_model: [ALL, LIGHT],
    see_model_refused: [(SMALL,)],
    see_model_filtered: [(SMALL, LARGE)],
    see_form: [ALL, ("command", (SMALL, MIDDLE), press("ctrl+y"))],
    see_form_of_torch: [ALL],
    see_form_wrong: [ALL, LIGHT],
    see_training_empty: [ALL, ("help", (SMALL, MIDDLE), press("f1"))],
    see_training: [
        ALL,
        ("steer", (MIDDLE,), press("e")),
        ("quit", (MIDDLE,), press("escape", "ctrl+q")),
        ("crosshair", (LARGE,), press("escape", "r", "left", "left")),
    ],
    see_steer: [
        (SMALL,),
        ("wrong", (SMALL,), type_wrong_rate),
        ("quit", (SMALL,), press("escape", "ctrl+q")),
        ("crosshair", (SMALL,), press("escape", "r", "left", "left")),
        ("queued", ALL, press("escape", "s", "s", "v")),
    ],
    see_steered: [ALL, LIGHT],
    see_paused: [ALL, ("stopped", (SMALL,), stop)],
    see_ended: [ALL],
    see_diverged: [ALL, LIGHT, ("details", (SMALL,), see_details)],
    see_failed: [ALL],
    see_messages: [(SMALL,)],
}
"""For each state of an interface the sizes to look at it at, and further states that one goes on to from there."""
MAIN = [see_model, see_form_wrong, see_steered, see_diverged]


@pytest.fixture
def see(look, script):
    """Bring the interface into states, one after the other, and compare its pictures."""

    async def compare(state, sizes, *further):
        states = [("", sizes, state), *further]
        await look.along(app_of(script), [(name, at, partial(arrive, script=script)) for name, at, arrive in states])

    return compare


def name_of(state):
    return state.__name__.removeprefix("see_")


@pytest.mark.parametrize("state", WALKS, ids=name_of)
async def test_the_screen_looks_as_it_did(see, state):
    await see(state, *WALKS[state])


@pytest.mark.parametrize("state", MAIN, ids=name_of)
async def test_the_screen_looks_as_it_did_without_colour(see, state, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    await see(state, [SMALL])
