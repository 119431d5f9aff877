"""Pictures of the history at two sizes."""

import time

import pytest
from textual.widgets import Input

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.target_dialog import TargetDialog
from screens.widgets.run_table import RunTable
from tests.support.history import write_run
from tests.support.look import MIDDLE, SMALL
from tests.support.scripted_engine import until
from tests.support.settling import settle


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")  # runs began when it was so late here
    time.tzset()
    store = Store()
    for seed, rate in ((1, 0.30), (2, 0.32), (3, 0.27)):
        write_run(store, f"26112{seed}-101010-abc{seed}", rate=rate, seed=seed)
    label = {"name": "fast [/one]", "tags": ["report", "first"], "note": "dropout was too high", "starred": True}
    write_run(store, "261125-090000-wxyz", rate=0.6, labels=label, learning_rate=0.1)
    write_run(store, "261126-090000-part", epochs=5, model="logistic_regression", engine="torch")
    # What is broken off would be offered in front of everything.
    monkeypatch.setattr("screens.state.run_source.look_for_interrupted", lambda app, store: None)
    return store


async def see_runs(pilot):
    await pilot.press("down")


async def see_runs_filtered(pilot):
    pilot.app.screen.query_one(Input).value = "model=mlp seed=1,2,3"
    await until(pilot, lambda: pilot.app.screen.query_one(RunTable).row_count == 3)
    await pilot.press("space", "space")


async def see_runs_filter_wrong(pilot):
    pilot.app.screen.query_one(Input).value = "val_acuracy>.5"
    await until(pilot, lambda: pilot.app.screen.has_class("-wrong"))


async def see_comparison(pilot):
    await pilot.press("down", "space", "space", "space", "space", "c")
    await until(pilot, lambda: isinstance(pilot.app.screen, ComparisonDialog) and pilot.app.screen.is_drawn)


async def see_seeds(pilot):
    await see_comparison(pilot)
    await settle(pilot)  # what the runs came to has been gathered then
    await pilot.press("v")


async def see_onward(pilot):
    await pilot.press("down", "g")
    await until(pilot, lambda: isinstance(pilot.app.screen, ContinuationDialog))


async def see_export(pilot):
    await pilot.press("x")
    await until(pilot, lambda: isinstance(pilot.app.screen, TargetDialog))


STATES = {name.removeprefix("see_"): see for name, see in list(globals().items()) if name.startswith("see_")}


@pytest.mark.parametrize("state", STATES)
async def test_the_history_looks_as_it_did(look, store, state):
    async def arrive(pilot):
        await until(
            pilot, lambda: pilot.app.screen.query(RunTable) and pilot.app.screen.query_one(RunTable).row_count == 5
        )
        await STATES[state](pilot)

    await look(Hw1App("runs"), (SMALL, MIDDLE), arrive)
