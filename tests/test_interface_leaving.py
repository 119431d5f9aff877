"""Leaving while something trains, and going on with what was left."""

import os
import shutil

import pytest
from rich.traceback import Traceback
from textual.widgets import Static

from hw1_tui.runs.home import HOME_VARIABLE
from hw1_tui.training.job import Job
from screens.dialogs.interrupted_dialog import InterruptedDialog
from screens.dialogs.quit_dialog import QuitDialog
from screens.widgets.button import Button
from tests.support.scripted_engine import app_of, live_of, start, train, until
from tests.support.told import told


async def test_quitting_while_it_trains_asks_and_keeps_training(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("ctrl+c")  # which ends other programs
        assert "ctrl+q leaves the program" in told(app)
        assert "[b]" not in told(app)
        await pilot.press("ctrl+q")
        assert isinstance(app.screen, QuitDialog)
        await pilot.click("#keep")
        assert app.current_mode == "training"
        script.allow(1)
        await until(pilot, lambda: live_of(app).epochs_done == 1)


async def test_quitting_stops_every_run_keeps_what_they_reached_and_leaves(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await train(pilot, script, 1)
        await pilot.press("s")
        assert [run.state for run in app.workspace.queue.runs] == ["training", "queued"]
        await pilot.press("q")
        asked = str(app.screen.query_one("#question", Static).content)
        assert asked == "1 run trains; 1 that waits would be given up. Leave?"
        await pilot.press("s")
        await until(pilot, lambda: app.return_code == 0)
        assert [run.state for run in app.workspace.queue.runs] == ["stopped"]
        assert app.workspace.queue.runs[0].epochs_done == 1


@pytest.mark.parametrize(("error", "is_crash"), [(ValueError("odd"), True), (OSError(5, "gone"), False)])
async def test_a_reader_of_keys_that_fails_ends_the_program_with_words_unless_the_terminal_has_gone(
    script, error, is_crash
):
    """It ended with exit code 0 and without a word."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.panic(Traceback.from_exception(type(error), error, None))
        found = app.crash
        app._exception = None  # noqa: SLF001 - the test would raise it again
    assert ("ValueError: odd" in str(found)) == is_crash


async def test_killing_leaves_without_waiting(script):
    """Who kills the runs is out at once, though one trains still."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("ctrl+q")
        await pilot.click("#kill")
        await until(pilot, lambda: app.return_code == 0)
        assert app.workspace.queue.live


async def test_leaving_while_a_screen_comes_is_no_crash(script):
    """A screen whose widgets are mounted no more misses them, and nobody is told."""
    app = app_of(script, "training")
    async with app.run_test(size=(80, 24)):
        app.action_go("model")
        app.leave()
    assert (app.return_code, app.crash) == (0, None)


async def test_q_in_the_question_before_leaving_stops_and_leaves_as_ctrl_q_twice_does(script):
    app = app_of(script, "training")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and live_of(app).started)
        await pilot.press("q", "q")
        await until(pilot, lambda: live_of(app).state == "stopped")


async def test_enter_that_is_pressed_twice_on_a_button_presses_no_other(script):
    """Guarantee: a button that is greyed out gives the focus to none. Stop, pressed twice, began another run; "Stop and
    save" was "Keep training", which it did not."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await train(pilot, script, 1)
        app.screen.query_one("#stop", Button).focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one("#stop", Button).disabled)
        await pilot.press("enter")
        assert len(app.workspace.queue.runs) == 1
        await pilot.press("s")
        await until(pilot, lambda: len(app.workspace.queue.runs) == 2 and live_of(app).started)
        await pilot.press("ctrl+q", "enter")
        await until(pilot, lambda: app.screen.query_one("#stop", Button).disabled)
        await pilot.press("enter")
        await until(pilot, lambda: app.return_code == 0)


async def test_a_run_that_ended_goes_on_with_more_epochs(script):
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.type("epochs", "3")
        await start(pilot)
        await until(pilot, lambda: live_of(app).ended)
        await pilot.press("e")
        await pilot.press("end", "backspace", "5", "ctrl+s")
        await until(pilot, lambda: live_of(app).epochs_done == 5 and live_of(app).state == "finished")
        assert [epoch.epoch for epoch in live_of(app).epochs] == [0, 1, 2, 3, 4, 5]
        assert len(app.workspace.queue.runs) == 1


async def test_a_run_cannot_go_on_without_more_epochs_and_says_why(script):
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.type("epochs", "3")
        await start(pilot)
        await until(pilot, lambda: live_of(app).ended)
        live = live_of(app)
        app.workspace.queue.go_on(live, Job(live.config, run=live.run_id))  # as the dialog would not
        await until(pilot, lambda: live.remarks)
        await until(pilot, lambda: live.state == "finished")
        assert any("more than 3" in remark for remark in live.remarks)
        assert "more than 3" in told(app)


async def test_a_run_that_was_killed_is_offered_at_the_next_start_and_goes_on(script, tmp_path, monkeypatch):
    """A copy of a history in which it trains is what a kill leaves."""
    first = app_of(script)
    async with first.run_test(size=(80, 24)) as pilot:
        await train(pilot, script, 2)
        shutil.copytree(os.environ[HOME_VARIABLE], tmp_path / "left")
        await pilot.press("ctrl+q", "ctrl+k")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "left"))
    second = app_of(script)
    async with second.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(second.screen, InterruptedDialog))
        await pilot.press("enter")
        await until(pilot, lambda: live_of(second).started)
        done = live_of(second).started.resumed_epoch
        assert done <= 2  # of the newest checkpoint; what the log has beyond it is trained again
        assert [epoch.epoch for epoch in live_of(second).epochs] == list(range(done + 1))
        script.free = True
        await until(pilot, lambda: live_of(second).state == "finished")
        assert [epoch.epoch for epoch in live_of(second).epochs] == list(range(21))
