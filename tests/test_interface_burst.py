"""Input in bursts, as a slow line or somebody who types ahead sends it: nothing overtakes what was typed before."""

import asyncio
import os
import sys
from functools import partial

import pytest
from textual.command import CommandList
from textual.events import MouseDown, MouseUp, Paste
from textual.widgets import Input

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.steer_dialog import SteerDialog
from screens.runtime.palette import Palette
from screens.state.run_search import RunSearch
from screens.widgets.button import Button
from screens.widgets.chart.plot import Plot
from screens.widgets.run_table import RunTable
from tests.support.history import train
from tests.support.scripted_engine import app_of, until
from tests.support.terminal import Terminal
from tests.support.told import told
from tests.support.typed_ahead import Late, burst


def focus(app, field):
    control = app.screen.query_one(f"#field-{field} .control", Input)
    control.focus()
    control.select_on_focus = False
    return control


async def go_to(pilot, field):
    """Wait for a field and go there."""
    await until(pilot, lambda: pilot.app.screen.query(f"#field-{field}"))
    focus(pilot.app, field)
    await pilot.pause()


async def test_the_run_that_starts_is_the_one_that_was_typed(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        runs = app.workspace.queue.runs
        for epochs, rate in (("17", "0.25"), ("18", "0.125"), ("19", "0.5")):
            await until(pilot, lambda: app.current_mode == "hyperparameters" and app.screen.query("#field-epochs"))
            focus(app, "epochs")
            await pilot.pause()
            burst(app, "ctrl+u", epochs, "down", "ctrl+u", rate, "ctrl+s")
            await until(pilot, lambda: app.current_mode == "training")
            config = runs[-1].config
            assert config.epochs == int(epochs)
            assert float(rate) in config.hyperparameters.values()
            await pilot.press("f3")


def press_mouse(app, at, later=0.0, button=1):
    """Press and let go, as a terminal tells it; later than now by so many seconds."""
    x, y = at
    for kind in (MouseDown, MouseUp):
        event = kind(None, x, y, 0, 0, button, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y)
        event.time += later
        app.post_message(event)


async def test_a_press_that_is_never_let_go_holds_the_mouse_on_its_own_screen_only(script):
    """As when it is dragged out of a pane: every click of the other screens went to the chart, that is nowhere."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        plot = app.screen.query_one(Plot)
        await pilot.mouse_down(plot, offset=(30, 2))
        assert app.mouse_captured is plot
        await pilot.press("1")
        await pilot.click(app.screen.query_one(Button))
        assert app.current_mode == "hyperparameters"


async def test_a_double_click_that_leads_to_another_screen_presses_nothing_there(script):
    """On "Continue" it began a training, as "Start" stands there then; on "Start" it began two."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        at = app.screen.query_one(Button).region.offset
        for _ in range(3):
            press_mouse(app, at)
        await until(pilot, lambda: app.current_mode == "hyperparameters")
        assert app.screen.query_one("#start", Button).region.contains(*at)
        assert not app.workspace.queue.runs
        for _ in range(2):
            press_mouse(app, at, later=1)
        await until(pilot, lambda: app.current_mode == "training")
        assert len(app.workspace.queue.runs) == 1
        press_mouse(app, at, later=3)
        await until(pilot, lambda: len(app.workspace.queue.runs) == 2)


async def test_another_button_of_the_mouse_than_the_left_one_presses_nothing(script):
    """Terminals paste with the middle or the right one; beside a field, that began a training."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        at = app.screen.query_one(Button).region.offset
        for button in (2, 3):
            press_mouse(app, at, button=button)
        await pilot.pause()
        press_mouse(app, (at[0] + 30, at[1]))
        await until(pilot, lambda: app.mouse_position == (at[0] + 30, at[1]))
        assert app.current_mode == "model"


async def test_a_mistake_in_the_burst_starts_nothing(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "epochs")
        burst(app, "x", "ctrl+s")
        await until(pilot, lambda: told(app))
        assert not app.workspace.queue.runs


async def test_what_is_typed_after_the_defaults_were_put_back_is_in_the_form(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#field-epochs"))
        focus(app, "epochs").value = "33"
        await pilot.pause()
        burst(app, "4", "ctrl+r", "ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs)
        assert app.workspace.queue.runs[0].config.epochs == 20


@pytest.mark.parametrize(
    ("screen", "field"), [("hyperparameters", "l2"), ("sweep", "l2"), ("sweep", "name"), ("settings", "smoothing")]
)
async def test_what_is_typed_after_the_defaults_were_put_back_goes_where_one_was(script, screen, field):
    """The field of that name has the focus again: no digit is the key of another screen."""
    app = app_of(script, screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, field)
        burst(app, "4", "ctrl+r", "end", "1")
        control = lambda: app.screen.query_one(f"#field-{field} .control", Input)  # noqa: E731 - of the new field
        await until(pilot, lambda: control().value.endswith("1"))
        assert control().has_focus
        assert "4" not in control().value


async def test_a_dialog_is_opened_filled_in_and_applied_in_one_burst(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].state == "training")
        burst(app, "e", "ctrl+u", "0.5", "ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs[0].steered)
        assert [event.new for event in app.workspace.queue.runs[0].steered] == [0.5]
        assert not isinstance(app.screen, SteerDialog)
        assert app.workspace.queue.runs[0].is_live  # no letter meant for the dialog was a key of the screen below


async def test_what_is_pasted_and_applied_at_once_is_applied_whole(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "epochs")
        burst(app, "ctrl+u")
        app.post_message(Paste("123"))
        burst(app, "ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs)
        assert app.workspace.queue.runs[0].config.epochs == 123


async def test_lines_that_are_pasted_are_all_taken(script):
    """The first of several lines stood in the field, and nothing told of the others."""
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "epochs")
        burst(app, "ctrl+u")
        app.post_message(Paste("12\r\n\n34\n"))
        await until(pilot, lambda: app.workspace.draft.texts.get("epochs") == "12 34")


async def test_going_on_and_naming_take_all_that_was_typed(blobs, store):
    run = train(store, blobs, epochs=2)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).run)
        burst(app, "r", "quick brown", "enter", "d")  # the last is for the table again, not for the name
        await until(pilot, lambda: store.deleted())
        assert store.deleted()[0].labels.name == "quick brown"
        burst(app, "u")
        await until(pilot, lambda: app.screen.query_one(RunTable).run == run)
        burst(app, "g", "ctrl+u", "5", "ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[-1].ended)
        assert store.get(run).results["epochs_done"] == 5
        assert not isinstance(app.screen, ContinuationDialog)


async def test_a_filter_typed_in_a_burst_is_followed_by_what_comes_after_it(blobs, store, monkeypatch):
    """Also where what is found takes a while: ``d`` deleted the first run of the list as it was before."""
    runs = [train(store, blobs, epochs=1, seed=seed) for seed in (1, 2)]
    find, late = RunSearch.find, Late(RunSearch.find)
    monkeypatch.setattr(RunSearch, "find", lambda *asked: (late if asked[0].text == "seed=1" else find)(*asked))
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).run)
        burst(app, "/", "seed=1", "enter", "d")
        await late.asked()
        late.end()
        await until(pilot, store.deleted)
        assert [record.run for record in store.deleted()] == [runs[0]]
        assert isinstance(app.focused, RunTable)


async def test_a_handler_that_never_ends_does_not_take_the_keys_away(script, monkeypatch):
    from screens.hyperparameter import HyperparameterScreen
    from screens.runtime import input_order

    released = asyncio.Event()

    async def hang(self, *_):
        await released.wait()

    monkeypatch.setattr(HyperparameterScreen, "on_field_changed", hang)
    monkeypatch.setattr(input_order, "SECONDS_BETWEEN_CHECKS", 0.01)
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#field-epochs"))
        focus(app, "epochs")
        burst(app, "1", "ctrl+q")
        while app.return_code is None:  # the pilot would wait for the handler
            await asyncio.sleep(0.01)
        released.set()


def test_a_burst_through_a_real_terminal_trains_what_was_typed_whatever_byte_the_line_makes_of_it():
    """One that is no UTF-8 ended the program, with exit code 0 and without a word."""
    program = Terminal(sys.executable, "-m", "hw1_tui", "train", "--model", "perceptron", "--data", "digits")
    try:
        program.wait_for("updates an epoch")
        os.write(program.master, b"\t" * 6 + b"\xff" + b"\x15" + b"3" + b"\x13")
        program.wait_for("✓ finished")
        program.press("\x11")
        assert program.end() == 0
    finally:
        program.close()
    (run,) = Store().runs()
    assert run.config["epochs"] == 3


def found(app):
    return app.screen.query_one(CommandList).options if isinstance(app.screen, Palette) else []


def is_at(app, mode):
    return not isinstance(app.screen, Palette) and app.current_mode == mode


async def test_enter_in_the_palette_does_what_was_found_for_all_that_was_typed(script):
    """What was found for the first letters was done: another screen, or the end of the program."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        for text, there in (
            ("settings", "settings"),
            ("no such thing at all", "settings"),
            ("derivation", "derivation"),
        ):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: found(app))
            burst(app, text, "enter")
            if text.startswith("no"):
                await until(pilot, lambda: [option.disabled for option in found(app)] == [True])
                await pilot.press("escape")
            await until(pilot, partial(is_at, app, there))
