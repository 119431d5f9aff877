"""What one does in the interface from start to end, by keyboard and by mouse."""

from typing import Any

import pytest
from rich.table import Table
from textual.widgets import Button, Input, Static

from screens.dialogs.steer_dialog import SteerDialog
from screens.dialogs.text_dialog import TextDialog
from screens.training import TrainingScreen
from screens.widgets.chart.chart import Chart
from screens.widgets.chart.plot import Plot
from screens.widgets.epoch_table import EpochTable
from screens.widgets.field import Field
from screens.widgets.navigation_bar import NavigationNames
from screens.widgets.run_card import RunCard
from screens.widgets.run_list import RunList
from tests.support.palette import first_found
from tests.support.scripted_engine import app_of, live_of, start, train, until
from tests.support.settling import settle
from tests.support.told import notes, status

pytestmark = pytest.mark.filterwarnings("ignore:a stray warning")


async def test_enter_twice_and_a_model_learns(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        assert app.current_mode == "training"
        script.allow(2)
        await until(pilot, lambda: live_of(app).epochs_done == 2)
        assert live_of(app).state == "training"
        script.free = True
        await until(pilot, lambda: live_of(app).ended)
        assert live_of(app).state == "finished"
        assert live_of(app).ended.epochs == 20


async def test_the_bar_of_every_place_says_what_trains_now(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await train(pilot, script, 2)
        for key in ("f6", "f4"):  # first visited while it trains, and gone from
            await pilot.press(key)
            await until(pilot, lambda: "10%" in status(app))
        script.free = True
        await until(pilot, lambda: live_of(app).ended)
        await pilot.press("f6")
        await until(pilot, lambda: status(app) == "")


async def test_pause_one_epoch_resume_and_stop_by_keys(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("space")
        await until(pilot, lambda: live_of(app).state == "paused")
        script.free = True
        await pilot.press("n")
        await until(pilot, lambda: live_of(app).epochs_done == 1 and live_of(app).state == "paused")
        script.free = False
        await pilot.press("space")
        await until(pilot, lambda: live_of(app).state == "training")
        await pilot.press("x")
        await until(pilot, lambda: live_of(app).ended)
        assert live_of(app).state == "stopped"
        assert live_of(app).epochs_done == 1


async def test_a_run_that_is_added_stands_in_the_list_at_once_and_the_list_chooses_among_them(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("v", *"ssssssss")
        await until(pilot, lambda: app.screen.query_one(RunList).row_count == 9)
        runs = app.screen.query_one(RunList)
        await until(pilot, lambda: runs.scroll_y == runs.max_scroll_y > 0)
        await pilot.press("up", "up", "enter")
        assert isinstance(app.screen, TrainingScreen)
        command = app.screen.command()
        assert command
        assert command.line == app.workspace.queue.runs[6].config.command()
        assert ">" in str(runs.get_row_at(6)[0])
        await pilot.click(runs, offset=(9, 2))  # one click is enough: the keys that stop and pause act on what is shown
        await until(pilot, lambda: ">" not in str(runs.get_row_at(6)[0]))
        assert ">" in str(runs.get_row_at(runs.cursor_row)[0])
        await pilot.press("v", "up")
        assert isinstance(app.focused, EpochTable)


async def test_a_longer_table_of_epochs_is_followed_and_does_not_lay_out_the_screen_anew(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await train(pilot, script, 12)
        table, layouts = app.screen.query_one(EpochTable), list[object]()
        await until(pilot, lambda: table.row_count == 13 and table.max_scroll_y > 0)
        await settle(pilot)
        app.screen.screen_layout_refresh_signal.subscribe(table, layouts.append)
        script.allow(3)
        await until(pilot, lambda: table.row_count == 16)
        await settle(pilot)
        assert table.scroll_y == table.max_scroll_y
        assert table.vertical_scrollbar.window_virtual_size == table.virtual_size.height
        assert not layouts


async def test_pause_resume_stop_and_again_by_mouse(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#continue")
        await until(pilot, lambda: app.screen.query(Field))
        await pilot.click("#start")
        await until(pilot, lambda: app.workspace.queue.runs and live_of(app).started)
        await pilot.click("#pause")
        await until(pilot, lambda: live_of(app).state == "paused")
        await until(pilot, lambda: str(app.screen.query_one("#pause", Button).label) == "Resume")
        await until(pilot, lambda: not app.screen.query_one("#pause").has_class("-active"))  # it takes no click so long
        await pilot.click("#pause")
        await until(pilot, lambda: live_of(app).state == "training")
        await pilot.click("#stop")
        await until(pilot, lambda: live_of(app).state == "stopped")
        await until(pilot, lambda: not app.screen.query_one("#again").disabled)
        await pilot.click("#again")
        await until(pilot, lambda: len(app.workspace.queue.runs) == 2 and live_of(app).started)
        assert live_of(app).config == app.workspace.queue.runs[0].config


async def test_a_wrong_value_is_explained_and_not_steered_and_right_ones_are_while_it_trains(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await train(pilot, script, 1)
        await until(pilot, lambda: live_of(app).state == "training")
        await pilot.press("e")
        field = app.screen.query_one("#field-learning-rate", Field)
        field.query_one(Input).value = "-1"
        await pilot.pause()
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, SteerDialog)
        assert field.has_class("-wrong")
        assert "too small" in str(field.query_one(".problem", Static).content)
        field.query_one(Input).value = "0,05"
        await pilot.pause()
        await pilot.press("ctrl+s")
        assert "(did you mean 0.05?)" in str(field.query_one(".problem", Static).content)
        await pilot.press("escape")
        assert not live_of(app).control.take_changes()
        await pilot.press("e")
        assert isinstance(app.screen, SteerDialog)
        app.screen.query_one("#field-learning-rate Input", Input).value = "0.05"
        app.screen.query_one("#field-epochs Input", Input).value = "25"
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(live_of(app).steered) == 2)
        assert live_of(app).config.epochs == 25
        assert {event.name for event in live_of(app).steered} == {"learning_rate", "epochs"}
        assert {"learning_rate": 0.05} in script.adjusted
        script.free = True
        await until(pilot, lambda: live_of(app).ended)
        assert live_of(app).epochs_done == 25


def names_of(runs):
    return {str(column.label).strip() for column in runs.ordered_columns}


async def test_the_list_of_runs_has_the_columns_that_there_is_room_for_and_cuts_none(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await start(pilot)
        runs = app.screen.query_one(RunList)
        for width in (120, 132, 160, 200):
            await pilot.resize_terminal(width, 40)
            await until(pilot, lambda: {"run", "state", "val acc"} <= names_of(runs))
            assert sum(column.get_render_width(runs) for column in runs.ordered_columns) <= runs.size.width
        await until(pilot, lambda: {"model", "engine", "seed", "epochs"} <= names_of(runs))
        app.workspace.draft.type("epochs", "100000")
        await pilot.press("s")
        await until(pilot, lambda: runs.row_count == 2 and "0/100000" in map(str, runs.get_row_at(1)))
        column = next(column for column in runs.ordered_columns if "epochs" in str(column.label))
        assert column.width >= len("0/100000")


async def test_curves_are_drawn_over_updates_and_seconds_and_escape_takes_the_crosshair_before_it_leaves(script):
    """Charts that a wider terminal has room for are drawn too, though the run is paused."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await train(pilot, script, 2)
        chart, live = app.screen.query_one("#chart-loss", Chart), live_of(app)
        await until(pilot, lambda: chart.visible_range[1] == 2)
        assert live.started
        await pilot.press("u")
        assert chart.visible_range[1] == 2 * live.started.updates_per_epoch
        await pilot.press("u")
        assert ", by seconds" in chart.summary
        await pilot.press("u")
        assert chart.visible_range[1] == 2
        await until(pilot, lambda: app.screen.query_one("#chart-loss Plot", Plot).series)
        await pilot.press("r")
        await until(pilot, lambda: chart.crosshair is not None)
        await pilot.press("escape")
        await until(pilot, lambda: chart.crosshair is None)
        assert app.current_mode == "training"
        await pilot.press("space")
        await until(pilot, lambda: live_of(app).state == "paused")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: all(plot.size and plot.series for plot in app.screen.query(Plot)))
        await pilot.press("escape")
        assert app.current_mode == "hyperparameters"


async def test_a_further_run_waits_its_turn_or_trains_beside(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await pilot.press("s")
        await pilot.press("s")
        first, second, third = app.workspace.queue.runs
        assert (second.state, third.state) == ("queued", "queued")
        told = str(app.screen.query_one(RunCard).content)
        assert "Waits its turn" in told
        assert "elapsed" not in told  # "0.0 s" says nothing of a run that has not begun
        await pilot.press("b")
        await until(pilot, lambda: third.state == "training")
        assert second.state == "queued"
        app.workspace.queue.stop(first)
        app.workspace.queue.stop(third)
        await until(pilot, lambda: second.state == "training")
        assert (first.state, third.state) == ("stopped", "stopped")


async def test_a_run_that_finds_no_room_beside_the_others_says_that_it_waits_and_for_how_many(script):
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(6):
            await until(pilot, lambda: app.current_mode == "hyperparameters" and app.screen.query(Field))
            await pilot.press("ctrl+t")
            await until(pilot, lambda: app.current_mode == "training")
            await pilot.press("f3")
        await until(pilot, lambda: len(app.workspace.queue.runs) == 6)
        assert [words.partition(":")[0] for words in notes(app)] == ["Run 5 waits, 4 ahead", "Run 6 waits, 5 ahead"]


async def test_an_engine_that_raises_says_so_in_a_sentence_with_the_details_one_key_away(script):
    script.raise_at = 2
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: live_of(app).ended)
        assert live_of(app).state == "failed"
        await until(pilot, lambda: "the matrix [/has] no inverse" in str(app.screen.query_one("#card", Static).content))
        await pilot.press("d")
        assert isinstance(app.screen, TextDialog)
        assert "Traceback" in str(app.screen.query_one("#text", Static).content)


async def test_what_a_library_prints_lands_in_the_messages(script):
    script.print_at = 1
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot)
        await until(pilot, lambda: live_of(app).ended)
        await pilot.press("f12")
        text = str(app.screen.query_one("#text", Static).content)
        assert "a stray line" in text
        assert "a stray error" in text


async def test_a_run_goes_on_while_one_looks_at_other_places_and_the_bar_tells_of_it(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await start(pilot)
        await pilot.press("1")
        assert app.current_mode == "model"
        script.allow(3)
        await until(pilot, lambda: live_of(app).epochs_done == 3)
        await until(pilot, lambda: "3/20" in status(app))
        names = app.screen.query_one(NavigationNames)
        place = [label.entry.name for label in names.labels].index("training")
        await pilot.click(names, offset=(names.columns()[place].start + 1, 0))
        assert app.current_mode == "training"


async def test_a_command_that_is_copied_trains_into_the_history_that_is_shown(script, store, monkeypatch):
    """Its run stood in another history, and the interface showed nothing of it."""
    app: Any = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await train(pilot, script, 1)
        monkeypatch.setenv("HW1_TUI_HOME", "elsewhere")  # which a shell would take, and the interface does not
        for place in ("model", "hyperparameters", "training", "runs"):
            await app.switch_mode(place)
            await until(pilot, lambda: app.screen.command() is not None)
            assert app.screen.command().text.endswith(f" --home {store.home}"), place


async def test_escape_goes_back_the_way_one_came(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await pilot.press("f4")
        await pilot.press("escape")
        assert app.current_mode == "hyperparameters"
        await pilot.press("escape")
        assert app.current_mode == "model"
        await pilot.press("escape")
        assert app.current_mode == "model"


async def test_help_lists_every_key_of_the_screen(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("f4")
        await pilot.press("question_mark")
        table = app.screen.query_one("#help-keys", Static).content
        assert isinstance(table, Table)
        keys = " ".join(str(cell) for column in table.columns for cell in column.cells)
        for word in ("Pause", "Steer", "One epoch", "Stop", "Again", "Quit", "Copy as command"):
            assert word in keys
        await pilot.press("escape")
        assert app.current_mode == "training"
        assert not app.screen.is_modal


@pytest.mark.parametrize(
    ("place", "keys", "why"),
    [
        ("training", "spacenexobd", "There is no run to steer yet: s trains what is filled in"),
        ("runs", "spacecgbxdftnrasv", "No run is kept yet"),
        ("report", "x", "The report trains nothing now: s begins."),
        ("data", "csC/", "nowhere.npz"),
    ],
)
async def test_every_key_that_can_do_nothing_says_why(script, place, keys, why):
    """On an empty screen they were silent."""
    app = app_of(script)
    async with app.run_test(size=(100, 30)) as pilot:
        app.workspace.draft.data = "nowhere.npz" if place == "data" else app.workspace.draft.data
        await app.switch_mode(place)
        await until(pilot, lambda: app.screen.is_mounted and app.screen.query("NavigationBar"))
        await until(pilot, lambda: place != "data" or app.workspace.library.problem("nowhere.npz"))
        said = []
        for key in ["space"] * keys.startswith("space") + [*keys.removeprefix("space")]:
            app.clear_notifications()
            await pilot.press("slash" if key == "/" else key)
            await until(pilot, lambda: notes(app))
            said += notes(app)
        assert any(why in text for text in said)
        assert len(app.screen_stack) == 1


async def test_the_palette_finds_and_does_what_keys_do(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.press(*"go to hyper")
        await until(pilot, lambda: "Hyperparameters" in first_found(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "hyperparameters")
