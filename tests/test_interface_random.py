"""Some hundred random keys and clicks, and in ``make torture`` many thousands: the interface is alive after each."""

import contextlib
import os
import random

import pytest
from textual.errors import NoWidget
from textual.events import Key

from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from tests.support.odd_history import write_odd_history
from tests.support.scripted_engine import app_of, until

SCREENS = [f"f{number}" for number in range(1, 13)]
KEYS = [
    *"abcdefgijklmnoprstuvwxyz./?- ",
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown", "home", "end"),
    *("ctrl+s", "ctrl+t", "ctrl+r", "ctrl+y", "space", "backspace", "delete", "+", "minus", "plus", "ctrl+p"),
]
TIMES = int(os.environ.get("HW1_TUI_TIMES_AS_MANY_KEYS", "1"))


def next_key(app, chance):
    """Draw a key: half of them do something where one is, so that a few hundred reach what thousands blindly would."""
    drawn = chance.random()
    if drawn < 0.06:
        return chance.choice(SCREENS)
    return chance.choice(sorted(app.screen.active_bindings.keys() & set(KEYS)) if drawn < 0.5 else KEYS)


def strike(app, key):
    """Press a key without waiting for what it does."""
    characters = {"space": " ", "minus": "-", "plus": "+"}
    app.post_message(Key(key, characters.get(key, key if len(key) == 1 else None)))


@pytest.mark.timeout(120 * TIMES)
@pytest.mark.parametrize(("seed", "size", "keys"), [(1, (80, 24), 160), (2, (120, 40), 45), (3, (200, 60), 20)])
async def test_random_keys_and_clicks_leave_the_interface_alive(script, monkeypatch, tmp_path, seed, size, keys):
    monkeypatch.chdir(tmp_path)  # some keys export what is shown, to a folder of random letters
    chance = random.Random(seed)
    script.seconds_per_part = 0.01
    write_odd_history(Store())  # what no screen may stumble over
    app = app_of(script)
    monkeypatch.setattr(Hw1App, "action_quit", Hw1App.action_bell)
    async with app.run_test(size=size) as pilot:
        for number in range(keys * TIMES):
            strike(app, next_key(app, chance))
            if number % 10 == 9:
                script.allow(1)
                await pilot.pause()
                with contextlib.suppress(NoWidget):  # while one screen gives way to another
                    await pilot.click(offset=(chance.randrange(size[0]), chance.randrange(size[1])))
                assert app.return_code is None
        script.free = True
        app.workspace.queue.stop_all()
        while app.screen.is_modal:
            await pilot.press("escape")
        await until(pilot, lambda: not app.workspace.queue.live)
        app.action_go("model")
        await until(pilot, lambda: app.current_mode == "model")
