"""Who looks elsewhere is told by the interface as the settings say: a sign of the terminal, a program."""

import json
import os
import shlex
from dataclasses import replace

import pytest

from hw1_tui.analysis import coach
from screens.runtime.end_notifier import EndNotifier
from tests.support.program import PYTHON
from tests.support.scripted_engine import app_of, live_of, start, train, until
from tests.support.told import notes

_BELL, _NOTIFICATION = "\x07", "\x1b]9;hw1-tui: run 1"


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No tmux and no screen stand between."""
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)


def listening(app):
    """Return what the terminal is sent for the ends of runs."""
    written: list[str] = []
    EndNotifier(app, written.append).follow()
    return written


async def test_a_run_that_finished_rings_once_and_one_that_was_stopped_does_not(script):
    script.free = True
    app = app_of(script)
    async with app.run_test() as pilot:
        app.preferences.change(notify="bell")
        written = listening(app)
        await start(pilot)
        await until(pilot, lambda: live_of(app).state == "finished")
        assert written == [_BELL]
        script.free = False
        live = app.workspace.submit_draft()
        await until(pilot, lambda: live.started)
        app.workspace.queue.stop(live)
        await until(pilot, lambda: live.state == "stopped")
        assert written == [_BELL]


async def test_of_runs_that_wait_for_each_other_the_last_rings(script):
    script.free = True
    app = app_of(script)
    async with app.run_test() as pilot:
        app.preferences.change(notify="bell")
        written = listening(app)
        lives = [app.workspace.submit_draft() for _ in range(3)]
        await until(pilot, lambda: all(live.state == "finished" for live in lives))
        assert written == [_BELL]


async def test_a_run_that_diverged_is_a_notification_with_its_number_and_nothing_of_its_name(script):
    script.free, script.diverge_at = True, 2
    app = app_of(script)
    async with app.run_test() as pilot:
        app.preferences.change(notify="notification")
        written = listening(app)
        await start(pilot)
        await until(pilot, lambda: live_of(app).state == "diverged")
        assert written == [f"{_NOTIFICATION} diverged after 1 epoch\x07"]


async def test_a_warning_of_the_coach_is_told_while_it_trains_and_a_remark_is_not(script, monkeypatch):
    app = app_of(script)
    async with app.run_test() as pilot:
        app.preferences.change(notify="notification")
        written = listening(app)
        await train(pilot, script, 1)
        said = [
            coach.Advice(replace(coach.RULES[0], sentence="Too high.", is_remark=remark), coach.Symptom("So."), 2)
            for remark in (True, False)
        ]
        monkeypatch.setattr(live_of(app).coach, "follow", lambda _event: said.pop() if said else None)
        script.allow(2)
        await until(pilot, lambda: live_of(app).epochs_done == 3)
        assert written == [f"{_NOTIFICATION}: Too high. So.\x07"]


async def test_the_program_of_the_settings_is_told_and_one_that_fails_is_said(script, tmp_path):
    tell = tmp_path / "tell.py"
    tell.write_text(
        "import json, os, sys\n"
        f"json.dump(dict(os.environ), open({str(tmp_path / 'new')!r}, 'w'))\n"
        f"os.rename({str(tmp_path / 'new')!r}, {str(tmp_path / 'told')!r})\n"
        "print('not on the screen')\nsys.exit(7)\n"
    )
    script.free = True
    app = app_of(script)
    async with app.run_test() as pilot:
        app.preferences.change(on_end=f"{PYTHON} {shlex.quote(str(tell))}")
        await start(pilot)
        await until(pilot, lambda: any("ended with 7" in note for note in notes(app)))
        told = json.loads((tmp_path / "told").read_text())
        assert (told["HW1_TUI_EVENT"], told["HW1_TUI_STATUS"]) == ("end", "finished")
        assert told["HW1_TUI_RUN"] == live_of(app).run_id
        assert told["HW1_TUI_HOME"] == os.fspath(app.workspace.store.home)
        app.preferences.change(on_end=os.fspath(tmp_path / "gone"))
        app.workspace.submit_draft()
        await until(pilot, lambda: any("cannot be run" in note for note in notes(app)))
