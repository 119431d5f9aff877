"""Names, notes, paths and classes are data: nothing in them is markup or reaches the terminal as a command."""

import numpy as np
import pytest
from textual.widgets import Input
from textual.widgets._toast import Toast

from engines.contract import Array
from hw1_tui.app import Hw1App
from hw1_tui.data.label_name import encode_names
from hw1_tui.runs import Store
from hw1_tui.settings import Given
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.widgets.run_table import RunTable
from tests.support.drawn import drawn_again, strips
from tests.support.history import write_run
from tests.support.scripted_engine import until

HOSTILE = (
    "[/x",
    "MLP [Adam]",
    "[bold]b[/bold]",
    "$[",
    "a\x1b]0;title\x07b\x9b2J",
    "森林 caf\udce9",
    "[@click=app.quit]q[/]",
)
NAMES = ("[/x", "MLP [Adam]", " ".join(HOSTILE))
"""The last has everything in it that the others have."""
SCREENS = ("model", "hyperparameters", "training", "runs", "derivation", "data", "report", "settings")
DIALOGS = {
    "a": "name",
    "n": "note",
    "t": "tags",
    "x": "export",
    "g": "go on",
    "b": "branch",
    "c": "compare",
    "enter": "show",
}


def drawn(app):
    """Return every line of the screen as the terminal gets it."""
    return "\n".join(strip.text for strip in strips(app))


def is_harmless(app):
    text = drawn(app)
    text.encode()
    return not [c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)]


@pytest.fixture
def store():
    store = Store()
    for number, name in enumerate(NAMES):
        labels = {"name": name, "tags": [name], "note": f"{name}\nsecond line {name}"}
        write_run(
            store,
            f"26110{number + 1}-120000-abc{number}",
            labels=labels,
            data=f"{name}.npz",
            learning_rate=0.01 + number,
        )
    return store


async def go(pilot, screen):
    pilot.app.action_go(screen)
    await until(pilot, lambda: pilot.app.current_mode == screen)


async def test_any_path_may_be_given_as_data_and_every_screen_opens():
    name = NAMES[-1]
    app = Hw1App("train", [Given("data", name, "--data")])
    async with app.run_test(size=(120, 40)) as pilot:
        for screen in SCREENS:
            await go(pilot, screen)
            assert is_harmless(app)
            app.notify(f"{name} cannot be read")
        assert app.is_running


async def test_letters_of_two_cells_in_a_notice_stand_whole_over_whatever_lies_below():
    app = Hw1App("train")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        words = ["山" * 24, "a" + "山" * 24, "b" + "山" * 24, "山" * 23]
        for word in words:
            app.notify(word)
        await go(pilot, "hyperparameters")
        await until(pilot, lambda: "Train beside" in drawn(app) and len(app.screen.query(Toast)) == len(words))
        assert not [word for word in words if word not in drawn(app)]
        for word, toast in zip(words, app.screen.query(Toast), strict=True):
            assert word in drawn_again(app, toast)


async def test_a_settings_file_may_name_any_data(tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "settings.toml").write_text('data = "[/x"\n')
    app = Hw1App("train")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert is_harmless(app)


async def test_a_run_may_be_called_anything_and_every_dialog_opens(store):
    app = Hw1App("runs")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(
            pilot, lambda: app.screen.query(RunTable) and len(app.screen.query_one(RunTable).rows) == len(NAMES)
        )
        table = app.screen.query_one(RunTable)
        table.move_cursor(row=table.get_row_index("261103-120000-abc2"))
        for key in DIALOGS:
            await pilot.press(key)
            await pilot.pause()
            assert is_harmless(app)
            while app.screen.is_modal:
                await pilot.press("escape")
                await pilot.pause()
            if app.current_mode != "runs":
                app.action_go("runs")
                await until(pilot, lambda: app.current_mode == "runs")
            if isinstance(app.focused, Input):
                await pilot.press("enter")
                table.focus()
        assert app.is_running


@pytest.mark.parametrize("key", ["r", "n", "t", "g"])
async def test_a_title_keeps_its_brackets(store, key):
    app = Hw1App("runs")
    async with app.run_test(size=(160, 50)) as pilot:
        await until(
            pilot, lambda: app.screen.query(RunTable) and len(app.screen.query_one(RunTable).rows) == len(NAMES)
        )
        app.screen.query_one("#filter", Input).value = 'name="MLP [Adam]"'
        await until(pilot, lambda: len(app.screen.query_one(RunTable).rows) == 1)
        app.screen.query_one(RunTable).focus()
        await pilot.press(key)
        await until(pilot, lambda: app.screen.is_modal)
        assert "MLP [Adam]" in drawn(app)


async def test_classes_and_file_names_of_others_are_shown_as_they_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arrays: dict[str, Array] = {}
    for split in ("train", "val", "test"):
        arrays[f"{split}_images"] = np.random.default_rng(0).integers(0, 255, (6, 8, 8, 3)).astype(np.uint8)
        arrays[f"{split}_labels"] = np.arange(6) % 2
    np.savez("[red]x[b].npz", allow_pickle=False, **arrays, class_names=encode_names(("[bold]cat", "[/dog")))
    app = Hw1App("data", [Given("data", "[red]x[b].npz", "--data")])
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "[/dog" in drawn(app))
        assert "[red]x[b].npz" in drawn(app)
        await pilot.press("tab", "tab", "tab", "enter")
        await pilot.pause()
        assert is_harmless(app)


async def test_two_runs_of_one_name_are_two_curves_with_two_titles(store):
    records = store.runs()[:2]
    for record in records:
        store.rename(record.run, "twins")
    app = Hw1App("runs")
    async with app.run_test(size=(160, 50)) as pilot:
        app.push_screen(ComparisonDialog.of(store, [store.get(record.run) for record in records]))
        ends = [record.run.rpartition("-")[2] for record in records]
        await until(pilot, lambda: all(f"twins {end}" in drawn(app) for end in ends))
        assert app.screen.is_modal


async def test_a_control_character_in_the_table_of_runs_is_shown_as_everywhere_else(store):
    """Two names that differ in one only are told apart, and by the same escape as in lists on the command line."""
    write_run(store, "261109-120000-abc9", labels={"name": "a\x1bb", "tags": ["t\x07"]}, data="d\x9b.npz")
    app = Hw1App("runs")
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: app.screen.query_one(RunTable).row_count == 4)
        await until(pilot, lambda: all(shown in drawn(app) for shown in ("a\\x1bb", "t\\x07", "d\\x9b.npz")))
