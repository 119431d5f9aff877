"""What every dialog has in the smallest terminal, however much it shows: its answers, whole, and the keys for them."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Static

import screens
from hw1_tui.metric import METRICS
from hw1_tui.runs import Store
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.dialog import Dialog
from screens.dialogs.entry_dialog import EntryDialog
from screens.dialogs.guide_dialog import GuideDialog
from screens.dialogs.help_dialog import HelpDialog
from screens.dialogs.interrupted_dialog import InterruptedDialog
from screens.dialogs.quit_dialog import QuitDialog
from screens.dialogs.stop_poor_dialog import StopPoorDialog
from screens.dialogs.sweep_list_dialog import SweepListDialog
from screens.dialogs.target_dialog import OverwriteDialog, TargetDialog
from screens.dialogs.text_dialog import TextDialog
from screens.state.sweep_reading import TrialView
from screens.widgets.button import Button
from screens.widgets.field import Field
from screens.widgets.key_bar import KeyBar
from tests.support.history import run_record, write_run
from tests.support.scripted_engine import app_of, until
from tests.support.swept import define_scripted
from tests.support.told import notes

LONG = "a name that is much longer than any box in which it could have to stand " * 3
CONFIG: dict[str, Any] = {"model": "mlp", "engine": "torch", "data": "builtin"}


def compared(_app: App[Any]) -> Dialog[Any]:
    store = Store()
    runs = [write_run(store, f"2611{day:02}-090000-wxyz", labels={"name": LONG}) for day in range(10, 22)]
    return ComparisonDialog.of(store, [store.get(run) for run in runs])


def branched(_app: App[Any]) -> Dialog[Any]:
    return ContinuationDialog(run_record(**CONFIG), list(range(0, 99, 2)))


def interrupted(_app: App[Any]) -> Dialog[Any]:
    return InterruptedDialog([run_record(f"261125-09{n:04}-wxyz", "interrupted") for n in range(40)])


def poor(_app: App[Any]) -> Dialog[Any]:
    trials = define_scripted(seeds=8).trials
    return StopPoorDialog(
        [TrialView(trial, "finished", METRICS["val_loss"], points=((4, 0.5),), epochs_done=4) for trial in trials],
        METRICS["val_loss"],
    )


def sweeps(_app: App[Any]) -> Dialog[Any]:
    sweep = define_scripted("a-name-that-is-much-longer-than-any-box")
    return SweepListDialog({f"s{n}": sweep for n in range(40)})


def overwritten(_app: App[Any]) -> Dialog[Any]:
    return OverwriteDialog([Path("/home", *["folder"] * 30, f"{n}.svg") for n in range(12)])


DIALOGS: dict[str, Callable[[App[Any]], Dialog[Any]]] = {
    "comparison": compared,
    "branch": branched,
    "entry": lambda _app: EntryDialog(LONG, LONG, LONG, lambda _text: True),
    "target": lambda _app: TargetDialog(LONG, LONG, LONG, lambda _path: None, lambda _path: (), print),
    "overwrite": overwritten,
    "text": lambda _app: TextDialog(LONG, "short", LONG),
    "long text": lambda _app: TextDialog(LONG, LONG * 40, "A note."),
    "guides": lambda _app: GuideDialog(),
    "guide": lambda _app: GuideDialog("sweep"),
    "help": lambda app: HelpDialog(app.screen, "Words. " * 400),
    "interrupted": interrupted,
    "quit": lambda _app: QuitDialog(),
    "stop the poor": poor,
    "sweeps": sweeps,
}


async def test_answers_are_seen_whatever_stands_above_them_and_the_mouse_does_what_keys_do(script):
    """A form with a mistake in it, and a long list, pushed the buttons out of the box; some keys had no button."""
    app, wrong = app_of(script), dict[str, list[str]]()
    async with app.run_test(size=(80, 24)) as pilot:
        for name, dialog in DIALOGS.items():
            await app.push_screen(dialog(app))
            await until(pilot, lambda: app.screen.query(".buttons") and app.screen.query_one(".buttons").size)
            wrong[name] = [*hidden_answers(app.screen), *keys_without_button(app.screen)]
            if "escape" not in str(app.screen.query_one(".box").border_subtitle) and name != "quit":
                wrong[name].append("escape is not told")
            await app.pop_screen()
    assert wrong == {name: [] for name in DIALOGS}


def hidden_answers(dialog):
    """Yield the buttons that are not whole in the box of a dialog, and that the first is not the primary one."""
    row, box = dialog.query_one(".buttons", Horizontal), dialog.query_one(".box")
    buttons = [button for button in row.query(Button) if button.display]
    for part in (row, *buttons):
        if not box.content_region.contains_region(part.region):
            yield str(part)
    if [button.variant for button in buttons].index("primary"):
        yield "the first is not the primary one"


def keys_without_button(dialog):
    """Return what keys of a dialog do and no button of it."""
    done = {button.action for button in dialog.query(Button)}
    bindings = Binding.make_bindings(vars(type(dialog)).get("BINDINGS", ()))
    keys = {f"screen.{binding.action}" for binding in bindings if binding.tooltip}
    elsewhere = {"screen.file", "screen.show_all"}  # the field is clicked; what is off the scale, the chart tells
    return keys - done - elsewhere


async def test_a_click_on_what_is_greyed_out_says_why_it_does_nothing_as_its_key_does(script):
    """Buttons and keys of the footer were silent; of dialogs see ``test_trial_dialog``."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f4")
        await until(pilot, lambda: app.current_mode == "training" and app.screen.query_one("#stop", Button).disabled)
        bar = app.screen.query_one(KeyBar)
        stop = next(n for n, key in enumerate(bar.labels) if key.binding.description == "Stop")
        for target, offset in ("#stop", (1, 0)), ("#stop", (1, 0)), ("KeyBar", (bar.columns()[stop].start, 0)):
            app.clear_notifications()
            await pilot.click(target, offset=offset)
            await until(pilot, lambda: notes(app))
            assert "There is no run to stop yet" in notes(app)[0]
            app.screen.query_one("#stop", Button).disabled = False  # a screen that has not greyed it out yet


def test_every_key_that_is_shown_says_what_it_does():
    """In the tooltip of its place in the footer, in the help and in the palette."""
    untold = []
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        for part in vars(importlib.import_module(module.name)).values():
            if isinstance(part, type) and part.__module__ == module.name and "BINDINGS" in vars(part):
                bindings = Binding.make_bindings(vars(part)["BINDINGS"])
                untold += [f"{part.__name__}: {one.key}" for one in bindings if one.show and not one.tooltip]
    assert untold == []


async def test_every_field_of_a_long_form_with_mistakes_can_be_reached_by_its_keys(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(branched(app))
        await until(pilot, lambda: app.screen.query("#epoch:focus"))
        await pilot.press("end", "x")
        fields = list(app.screen.query(Field))
        await pilot.press("down", "end", "x", *["down"] * (len(fields) - 1))
        last = fields[-1].query_one(".control")
        await until(pilot, lambda: app.focused is last)
        assert app.screen.query_one(".box").content_region.contains_region(last.region)
        assert not app.screen.query_one(".buttons").region.overlaps(last.region)


async def test_kept_epochs_that_are_cut_are_whole_in_a_tooltip(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(branched(app))
        await until(pilot, lambda: app.screen.query("#epoch-kept"))
        assert "96, 98" in str(app.screen.query_one("#epoch-kept", Static).tooltip)


@pytest.mark.parametrize("name", ["guides", "help"])
async def test_what_is_only_read_is_closed_by_the_mouse_too(script, name):
    """Help and guides had keys alone."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(DIALOGS[name](app))
        await until(pilot, lambda: app.screen.query("#close") and app.screen.query_one("#close").size)
        await pilot.click("#close")
        await until(pilot, lambda: not isinstance(app.screen, Dialog))


async def test_the_path_of_a_sweep_is_typed_below_a_list_of_many(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(sweeps(app))
        await until(pilot, lambda: app.screen.query("#entry") and app.screen.query_one("#entry").size)
        entry, box = app.screen.query_one("#entry", Input), app.screen.query_one(".box")
        assert box.content_region.contains_region(entry.region)
