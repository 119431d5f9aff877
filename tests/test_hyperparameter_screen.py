"""What the form tells of a run before it is trained."""

import numpy as np
import pytest
from textual.widgets import Static

from hw1_tui.app import Hw1App
from hw1_tui.data import load
from hw1_tui.settings import Given
from screens.runs import RunsScreen
from screens.widgets.earlier_runs import EarlierRuns, differences
from screens.widgets.network_plan import layer_table, rate_series
from tests.support.history import train
from tests.support.scripted_engine import until

VALUES = {"learning_rate": 0.1, "epochs": 4, "schedule": "step", "schedule_epochs": 2, "schedule_factor": 0.5}


def test_the_chart_has_the_rate_of_every_epoch():
    series = rate_series(VALUES)
    assert (list(series.x), list(series.y)) == ([1, 2, 3, 4], [0.1, 0.1, 0.05, 0.05])


def test_of_a_million_epochs_the_first_and_the_last_are_drawn_and_few_between():
    x = rate_series({**VALUES, "epochs": 10**6, "schedule_epochs": 10**5}).x
    assert (x[0], x[-1]) == (1, 10**6)
    assert len(x) <= 201


def test_the_layers_add_up(blobs):
    told = str(layer_table({"hidden_sizes": (5, 3)}, load(str(blobs)))).splitlines()
    weights = [int(line.split()[-1].replace(",", "")) for line in told[1:]]
    assert len(weights) == 4
    assert weights[-1] == sum(weights[:-1])


def test_what_another_run_had_otherwise_is_told_with_its_value():
    config = {"model": "mlp", "learning_rate": 0.01, "hidden_sizes": [100], "seed": 1}
    assert differences(config, {**config, "hidden_sizes": (100,), "learning_rate": 0.1}) == "learning rate 0.01"


async def test_kept_runs_of_the_model_stand_below_the_form(store, blobs):
    train(store, blobs, learning_rate=0.02)
    app = Hw1App("hyperparameters", [Given("data", str(blobs), "--data")])
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: "learning rate 0.02" in str(app.screen.query_one(EarlierRuns).content))


async def test_a_run_that_was_deleted_meanwhile_is_gone_below_the_form(store, blobs):
    run = train(store, blobs, learning_rate=0.02)
    app = Hw1App("hyperparameters", [Given("data", str(blobs), "--data")])
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: "learning rate 0.02" in str(app.screen.query_one(EarlierRuns).content))
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        store.delete(run)
        await pilot.press("f3")
        await until(pilot, lambda: "None yet" in str(app.screen.query_one(EarlierRuns).content))


async def test_data_is_read_as_the_form_says_and_what_it_comes_to_is_told(tmp_path):
    """Guarantee: what is trained is what is told, whoever changes how it is split."""
    np.savez(tmp_path / "d.npz", X=np.zeros((100, 4)), y=np.arange(100) % 2)
    app = Hw1App("hyperparameters", [Given("data", str(tmp_path / "d.npz"), "--data")])
    async with app.run_test(size=(120, 40)) as pilot:
        facts = app.screen.query_one("#facts", Static)
        await until(pilot, lambda: "68 updates an epoch" in str(facts.content))
        app.screen.query_one("#field-val-share .control").focus()
        await pilot.press("ctrl+u", *"0.5")
        await until(pilot, lambda: "34 updates an epoch" in str(facts.content))
        assert app.workspace.draft.config().read_options.val_share == 0.5


@pytest.mark.parametrize("size", [(120, 40), (200, 60)])
async def test_what_a_run_comes_to_and_its_command_are_shown_to_their_last_word(blobs, size):
    """Guarantee: a command that was written off the screen trains the run of the form, whatever is filled in."""
    given = {"model": "mlp", "engine": "torch", "epochs": "400", "data": str(blobs)}
    app = Hw1App("hyperparameters", [Given(name, text, f"--{name}") for name, text in given.items()])
    async with app.run_test(size=size) as pilot:
        facts, command = app.screen.query_one("#facts", Static), app.screen.query_one("#command", Static)

        def is_whole() -> bool:
            return all(
                told.get_content_height(told.size, app.size, told.size.width) == told.size.height for told in shown
            )

        shown = (facts, command)
        await until(pilot, lambda: "400 epochs" in str(facts.content) and is_whole())
        typed = {"l2": "0.0125", "momentum": "0.95", "dropout": "0.125", "seed": "12345678", "warmup-epochs": "12"}
        for name, text in {**typed, "patience": "17", "average-from": "200", "weights-seed": "77"}.items():
            app.screen.query_one(f"#field-{name} .control").focus()
            await pilot.press("ctrl+u", *text)
        await until(pilot, lambda: "--weights-seed 77" in str(command.content) and is_whole())
        await pilot.press("ctrl+u", *"auto")
        await until(pilot, lambda: "--weights-seed" not in str(command.content) and is_whole())
