"""What fails is told: a crash on the terminal it leaves, a failure in the background on the screen."""

import asyncio
import sys
import threading
from pathlib import Path

import pytest
from textual.app import App
from textual.containers import Vertical
from textual.events import MouseDown
from textual.widgets import Static

from hw1_tui.crash import keep_crash
from hw1_tui.mistake import Mistake, MistakeError
from screens.dialogs.text_dialog import TextDialog
from screens.runtime.present_widgets import click_on_present_alone
from screens.training import TrainingScreen
from tests.support.scripted_engine import app_of, until
from tests.support.terminal import Terminal
from tests.support.told import told

CRASHING = """
import sys
from screens.training import TrainingScreen
def crash(self):
    raise ValueError("the [/x] does not add up")
TrainingScreen.action_steer = crash
from hw1_tui.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_a_crash_leaves_a_sentence_and_the_place_of_its_details_on_the_restored_terminal(tmp_path):
    (tmp_path / "home").mkdir()
    options = ("train", "--data", "digits", "--epochs", "100000")
    program = Terminal(sys.executable, "-c", CRASHING, *options)
    try:
        program.wait_for("updates an epoch")
        program.press("\r")
        program.wait_for("examples/s")
        program.press("e")
        assert program.end() == 1
        program.assert_restored()
        shown = program.text[program.text.rindex("hw1-tui failed") :]
    finally:
        program.close()
    assert shown.startswith("hw1-tui failed: ValueError: the [/x] does not add up. The details are in ")
    assert "the next start offers to go on" in shown
    assert "Traceback" not in shown
    (details,) = (tmp_path / "home").glob("crash-*.txt")
    assert str(details) in shown.replace("\r\n", "")
    told = details.read_text()
    assert "in crash" in told
    assert "ValueError: the [/x] does not add up" in told


def test_details_of_a_crash_go_elsewhere_where_the_history_takes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told = keep_crash(RuntimeError("lost\nin space"), lambda: tmp_path / "nowhere", ["a word before it"])
    assert told.startswith("hw1-tui failed: RuntimeError: lost. The details are in ")
    details = Path(told.rpartition(" in ")[2]).read_text()
    assert "in space" in details
    assert "a word before it" in details
    assert not (tmp_path / "nowhere").exists()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert "in space" in keep_crash(RuntimeError("lost\nin space"), lambda: tmp_path / "nowhere")


@pytest.mark.parametrize("where", ["app", "screen", "widget", "dialog", "thread", "task"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_failure_in_the_background_reaches_the_user_whoever_started_it(script, where):
    def fail():
        raise ValueError("nobody [/waits] for this")

    async def fail_too():
        fail()

    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        if where == "dialog":
            app.push_screen(TextDialog("A dialog", "with a text"))
            await pilot.pause()
        nodes = {"app": app, "screen": app.screen, "dialog": app.screen, "widget": app.screen.query(Static).first()}
        if where in nodes:
            nodes[where].run_worker(fail, thread=True, exit_on_error=False)
        elif where == "thread":
            threading.Thread(target=fail, name="stray").start()
        else:
            app.call_later(lambda: __import__("asyncio").ensure_future(fail_too()) and None)
        await until(pilot, lambda: "nobody [/waits] for this" in told(app))
        assert "f12" in told(app)
        assert any("Traceback" in line for line in app.workspace.log)


async def test_a_queued_run_is_stopped_once_and_again_without_harm(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        await pilot.press("s")
        waiting = app.workspace.queue.runs[1]
        app.workspace.queue.stop(waiting)
        app.workspace.queue.stop(waiting)
        await pilot.press("x", "x")
        assert app.workspace.queue.runs == [app.workspace.queue.runs[0]]
        assert not app.workspace.queue.start_beside(waiting)
        await until(pilot, lambda: not app.workspace.queue.live)


async def test_taking_runs_off_the_list_one_after_the_other_stops_none_that_trains(script):
    """With the first of them the run that trains was shown, and the key pressed once more stopped it."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        first = app.workspace.queue.runs[0]
        await pilot.press("s", "s", "s", "v", "up", "up", "enter")
        screen = app.screen
        assert isinstance(screen, TrainingScreen)
        await until(pilot, lambda: screen.chosen_for("stop") is app.workspace.queue.runs[1])
        await pilot.press("x", "x", "x")
        await until(pilot, lambda: app.workspace.queue.runs == [first])
        await pilot.press("x")
        assert first.state == "training"
        assert "This is run 1, which trains: once more stops it." in told(app)
        await pilot.press("x")
        await until(pilot, lambda: not app.workspace.queue.live)


async def test_a_run_that_was_to_go_on_and_is_stopped_before_stays_as_it_had_ended(script):
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.type("epochs", "2")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].ended)
        script.free = False
        await pilot.press("o")
        ended, other = app.workspace.queue.runs
        await until(pilot, lambda: other.state == "training")
        app.workspace.queue.go_on(ended, ended.job)
        assert ended.state == "queued"
        app.workspace.queue.stop(ended)
        assert (ended.state, app.workspace.queue.runs) == ("finished", [ended, other])


def test_a_crash_has_its_words_also_where_there_is_no_folder_for_them(tmp_path, monkeypatch):
    """A user without a home folder gets the sentence of what failed, not that of the missing folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def nowhere():
        raise MistakeError(Mistake("HW1_TUI_HOME", "names nothing"))

    assert keep_crash(RuntimeError("lost"), nowhere).startswith(
        f"hw1-tui failed: RuntimeError: lost. The details are in {tmp_path}"
    )


async def test_a_dialog_that_a_button_and_a_key_close_at_once_takes_nothing_below_with_it(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        below, dialog = TextDialog("A dialog", "below"), TextDialog("Another", "above")
        await app.push_screen(below)
        await app.push_screen(dialog)
        dialog.dismiss(None)
        dialog.dismiss(None)
        await pilot.pause()
        assert app.screen is below


class Bare(App[None]):
    """A line of text, and what the interface changes of Textual where there is a pointer."""

    def compose(self):
        click_on_present_alone()
        with Vertical():
            yield Static("gone soon")


async def test_a_click_on_what_has_just_been_removed_is_a_click_on_nothing():
    """Until the next layout it is found below the pointer; a text may be selected there."""
    async with Bare().run_test() as pilot:
        app, line = pilot.app, pilot.app.query_one(Static)
        removal = line.remove()
        while line.parent:
            await asyncio.sleep(0)
        await app.on_event(MouseDown(app.screen, 0, 0, 0, 0, 1, shift=False, meta=False, ctrl=False))
        await removal
