"""Pictures of the report's screen at three sizes."""

import pytest
from textual.widgets import Input, Static

from screens.widgets.report.figure_table import FigureTable
from screens.widgets.report.question_list import QuestionList
from tests.support.look import ALL, MIDDLE, SMALL
from tests.support.scripted_engine import app_of, until

pytestmark = pytest.mark.usefixtures("steady_eta")


def shows(pilot, words):
    return words in str(pilot.app.screen.query_one("#about", Static).content)


async def see_open(pilot, script):
    await until(pilot, lambda: shows(pilot, "0 of 24 runs are kept"))


async def see_training(pilot, script):
    await see_open(pilot, script)
    await pilot.press("space", "space", "s")
    await until(pilot, lambda: pilot.app.workspace.queue.runs and pilot.app.workspace.queue.runs[0].started)
    script.allow(25)
    await until(pilot, lambda: pilot.app.workspace.queue.runs[0].epochs_done == 25 and script.is_used_up)
    await until(pilot, lambda: shows(pilot, "6 train or wait"))


async def see_done(pilot, script):
    script.free = True
    await see_open(pilot, script)
    await pilot.press("s")
    await until(pilot, lambda: shows(pilot, "1 of 24 runs are kept"), 30)
    await until(pilot, lambda: str(pilot.app.screen.query_one(FigureTable).get_cell_at((0, 3))).strip() != "-")


async def see_figures(pilot, script):
    await see_done(pilot, script)
    await pilot.press("v")


async def see_claims(pilot, script):
    await see_figures(pilot, script)
    await pilot.press("v")


async def see_refused(pilot, script):
    await see_open(pilot, script)
    await pilot.press("d")
    pilot.app.screen.query_one("#data", Input).value = "nowhere.npz"
    await pilot.press("enter")
    await until(pilot, lambda: shows(pilot, "no such file"))


STATES = {
    see_open: ALL,
    see_training: ALL,
    see_done: ALL,
    see_figures: (SMALL, MIDDLE),
    see_claims: (SMALL,),
    see_refused: (SMALL,),
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.removeprefix("see_"))
async def test_the_report_looks_as_it_did(look, script, state):
    async def arrive(pilot):
        await pilot.pause()
        await state(pilot, script)
        pilot.app.clear_notifications()
        assert pilot.app.screen.query(QuestionList)

    await look(app_of(script, "report"), STATES[state], arrive)
