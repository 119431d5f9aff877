"""Keys that are typed before what they are meant for is read or written: they wait for it, and none is lost."""

import asyncio
import shutil
from contextlib import asynccontextmanager

import pytest
from textual.widgets import Input

from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.export.run_export import export_file
from hw1_tui.sweep.kept import find_sweeps
from screens import inspection
from screens.data import DataScreen
from screens.dialogs.guide_dialog import GuideDialog, GuideViewer
from screens.dialogs.interrupted_dialog import InterruptedDialog
from screens.dialogs.preflight_dialog import PreflightDialog
from screens.dialogs.sweep_plan_dialog import SweepPlanDialog
from screens.dialogs.text_dialog import TextDialog
from screens.hyperparameter import HyperparameterScreen
from screens.preference import PreferenceScreen
from screens.report import ReportScreen
from screens.runs import RunsScreen
from screens.runtime import palette
from screens.state.messages import InterruptedFound
from screens.state.run_search import RunSearch
from screens.state.run_source import look_for_interrupted
from screens.sweep import SweepScreen
from screens.widgets.class_table import ClassTable
from screens.widgets.inside.saliency_view import SaliencyView
from screens.widgets.run_table import RunTable
from screens.widgets.sweep.define_page import DefinePage
from tests.support.history import ended, run_record, start, started, train, write_run
from tests.support.inside import go_to, is_drawn, view_of
from tests.support.report_screen import about
from tests.support.scripted_engine import app_of, tiny_dataset, until
from tests.support.settling import all_work_is_done
from tests.support.swept import keep_scripted
from tests.support.told import told
from tests.support.typed_ahead import Late, burst

SMALL = (80, 24)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The history of a sweep that has ended."""
    return keep_scripted(tmp_path_factory.mktemp("swept") / "home")


def three_runs(store):
    runs = [f"261122-10100{i}-abc2" for i in range(3)]
    for i, run in enumerate(runs):
        write_run(store, run, seed=i)
    return runs


def is_listed(app, runs):
    return app.screen.query(RunTable) and app.screen.query_one(RunTable).row_count == len(runs)


async def test_keys_for_a_history_that_is_still_read_are_done_in_it(store, monkeypatch):
    """``down`` was lost before the list came, and what followed was done to the run above."""
    runs = three_runs(store)
    late = Late(RunSearch.find)
    monkeypatch.setattr(RunSearch, "find", lambda *asked: late(*asked))
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RunsScreen))
        burst(app, "down", "d")
        await late.asked()
        late.end()
        await until(pilot, store.deleted)
        assert [record.run for record in store.deleted()] == [runs[1]]


async def test_a_key_after_the_one_that_shows_the_trash_is_done_in_the_trash(store, monkeypatch):
    """``u`` took the run of the history that the cursor was at, and said that it is not in the trash."""
    runs = three_runs(store)
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: is_listed(app, runs))
        await pilot.press("d")
        await until(pilot, lambda: is_listed(app, runs[:2]))
        late = Late(RunSearch.find)
        monkeypatch.setattr(RunSearch, "find", lambda *asked: late(*asked))
        burst(app, "z", "u")
        await late.asked()
        late.end()
        await until(pilot, lambda: not store.deleted())
        await until(pilot, lambda: "is back" in told(app))


async def test_what_is_typed_while_a_file_is_written_is_done_below_the_dialog(store, monkeypatch, tmp_path):
    """The dialog took the next key for export, and its path, into its own line, and closed with them."""
    monkeypatch.chdir(tmp_path)
    runs = three_runs(store)
    late = Late(export_file)
    monkeypatch.setattr("screens.dialogs.run_export.export_file", late)
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: is_listed(app, runs))
        burst(app, "x", "a.csv", "enter", "down", "x", "d.csv", "enter")
        await late.asked()
        late.end()
        await until(pilot, lambda: len(list(tmp_path.glob("*.csv"))) == 2)
        assert not store.deleted()


async def test_who_goes_elsewhere_while_the_coach_reads_stays_there(store, monkeypatch):
    """``p`` under Runs led to Training from wherever one was when the run was read."""
    runs, trained = three_runs(store), []
    late = Late(lambda *_asked: lambda: trained.append(1))
    monkeypatch.setattr("screens.runs.read_heeded", late)
    app = Hw1App("runs")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: is_listed(app, runs))
        burst(app, "p")
        await late.asked()
        app.action_go("data")
        late.end()
        await until(pilot, lambda: trained and "trains now" in told(app))
        assert isinstance(app.screen, DataScreen)


async def test_enter_after_a_path_under_model_goes_on_once_it_is_read(script, monkeypatch):
    """It was taken for the path once more, and lost."""
    app = app_of(script, "model")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.workspace.library.get("builtin"))
        late = Late(lambda source, *_options: tiny_dataset(source))
        monkeypatch.setattr(data, "load", late)
        burst(app, "o", "digits", "enter", "enter", "tab")
        await late.asked()
        late.end()
        await until(pilot, lambda: isinstance(app.screen, HyperparameterScreen))
        assert app.workspace.draft.data == "digits"


async def test_keys_after_a_path_under_data_are_for_what_is_read(script, monkeypatch):
    """They were told that it is still being read, and lost."""
    app = app_of(script, "data")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query(ClassTable) and app.screen.query_one(ClassTable).row_count)
        late = Late(lambda source, *_options: tiny_dataset(source))
        monkeypatch.setattr(data, "load", late)
        burst(app, "o", "digits", "enter", "c", "c")
        await late.asked()
        late.end()
        await until(pilot, lambda: app.screen.query_one(ClassTable).cursor_row == 2)
        assert "still being read" not in told(app)


async def test_enter_after_the_key_that_lists_the_sweeps_opens_one_of_them(script, kept, store, monkeypatch):
    """It went to the form, and on another page to the trial under the cursor."""
    shutil.copytree(kept, store.home, dirs_exist_ok=True)
    late = Late(find_sweeps)
    monkeypatch.setattr("screens.sweep.find_sweeps", late)
    app = app_of(script, "sweep")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#field-learning-rate"))
        burst(app, "ctrl+o", "enter")
        await late.asked()
        late.end()
        await until(pilot, lambda: app.screen.has_class("-trials"))


async def test_who_leaves_while_a_sweep_is_looked_at_starts_none_on_coming_back(script, monkeypatch):
    """Its plan opened then, and the next ``enter`` started it."""
    app = app_of(script, "sweep")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#field-learning-rate"))
        late = Late(DefinePage._define)  # noqa: SLF001 - what the screen calls in its thread
        monkeypatch.setattr(DefinePage, "_define", lambda *asked: late(*asked))
        app.screen.query_one("#field-learning-rate Input").focus()
        await pilot.pause()
        burst(app, "end", ",.2", "ctrl+s")
        await late.asked()
        app.action_go("data")
        await until(pilot, lambda: isinstance(app.screen, DataScreen))
        late.end()
        await all_work_is_done(pilot)
        app.action_go("sweep")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        await all_work_is_done(pilot)
        await pilot.pause()
        assert not isinstance(app.screen, SweepPlanDialog)


async def test_a_key_after_the_one_that_starts_a_sweep_is_for_its_plan(script, monkeypatch):
    """``escape`` left the screen, and the plan came on coming back."""
    script.free = True
    app = app_of(script, "sweep")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#field-learning-rate"))
        late = Late(DefinePage._define)  # noqa: SLF001 - what the screen calls in its thread
        monkeypatch.setattr(DefinePage, "_define", lambda *asked: late(*asked))
        app.screen.query_one("#field-learning-rate Input").focus()
        await pilot.pause()
        burst(app, "end", ",.2", "ctrl+s", "tab")
        await late.asked()
        late.end()
        await until(pilot, lambda: isinstance(app.screen, SweepPlanDialog) and app.screen.focused)
        assert getattr(app.screen.focused, "id", "") == "back"


@asynccontextmanager
async def late_report(script, monkeypatch):
    """Open the report while its history is read: the app, its pilot, and what ends the reading."""
    from hw1_tui.report.reading import read_report

    late = Late(read_report)
    monkeypatch.setattr("screens.report.read_report", late)
    app = app_of(script, "report")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReportScreen) and app.screen.query("#about"))
        yield app, pilot, late


async def test_stop_takes_back_a_run_of_the_report_that_waits_for_the_history(script, monkeypatch):
    """It was told that the report trains nothing, and then it trained."""
    async with late_report(script, monkeypatch) as (app, pilot, late):
        burst(app, "s", "x")
        await late.asked()
        late.end()
        await until(pilot, lambda: "kept" in about(app))
        await all_work_is_done(pilot)
        assert not app.workspace.queue.runs
        assert "trains nothing" not in told(app)


async def test_no_run_of_the_report_is_said_to_be_kept_or_not_before_the_history_is_read(script, monkeypatch):
    async with late_report(script, monkeypatch) as (app, pilot, late):
        burst(app, "o")
        await until(pilot, lambda: told(app))
        assert "No run is kept" not in told(app)
        late.end()


async def test_each_key_for_the_next_epoch_goes_on_by_one(store, blobs, monkeypatch):
    """All that came before the first was opened counted once."""
    ended(start(store, blobs, every=1))
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: is_drawn(app))
        epochs = view_of(app).subject.opened.epochs
        late = Late(inspection._open_runs)  # noqa: SLF001 - what the screen calls in its thread
        monkeypatch.setattr(inspection, "_open_runs", late)
        burst(app, "e", "e", "e")
        await late.asked()
        late.end()
        await until(pilot, lambda: is_drawn(app) and view_of(app).subject.opened.model.epoch == epochs[2])


async def test_each_key_for_the_next_example_goes_on_by_one(store, blobs, monkeypatch):
    """All that came before the first was drawn counted once."""
    train(store, blobs)
    app = Hw1App("inspect")
    async with app.run_test(size=SMALL) as pilot:
        await go_to(pilot, SaliencyView)
        late = Late(SaliencyView.compute)
        monkeypatch.setattr(SaliencyView, "compute", lambda *asked, **settings: late(*asked, **settings))
        burst(app, "...", ",")
        await late.asked()
        late.end()
        await until(pilot, lambda: is_drawn(app) and view_of(app).example == 2)


async def test_a_run_that_is_being_stopped_is_gone_on_with_by_the_keys_after_that(script):
    """``e`` was refused as it was still stopping, and what was typed for the dialog led to other screens."""
    app = app_of(script, "training")
    async with app.run_test(size=SMALL) as pilot:
        app.workspace.draft.type("epochs", "3")
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].state == "training")
        burst(app, "x", "e", "ctrl+u", "7", "ctrl+s")
        await until(pilot, lambda: app.workspace.queue.runs[0].config.epochs == 7)
        script.free = True
        await until(pilot, lambda: app.workspace.queue.runs[0].state == "finished")


async def test_what_was_interrupted_is_no_question_to_who_types_already(store, blobs, monkeypatch):
    """``enter``, typed to go on from Model, went on with a run that was not seen."""
    events = start(store, blobs)
    started(events)
    events.close()
    late = Late(look_for_interrupted)
    monkeypatch.setattr("screens.state.run_source.look_for_interrupted", late)
    app = Hw1App("model")
    async with app.run_test(size=SMALL) as pilot:
        await late.asked()
        burst(app, "enter")
        await until(pilot, lambda: isinstance(app.screen, HyperparameterScreen))
        late.end()
        await until(pilot, lambda: "1 run neither ended nor trains" in told(app))
        assert isinstance(app.screen, HyperparameterScreen)


async def test_a_question_that_comes_unasked_takes_no_key_before_it_is_drawn(script, monkeypatch):
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 0.3)
    app = app_of(script, "model")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.workspace.library.get("builtin"))
        app.post_message(InterruptedFound([run_record("261125-0901-wxyz", "interrupted")]))
        burst(app, "enter", "a")
        await until(pilot, lambda: isinstance(app.screen, InterruptedDialog) and app.screen.focused)
        assert not app.workspace.queue.runs


async def test_keys_after_enter_in_the_palette_are_for_what_it_leads_to(script, monkeypatch):
    """They were typed into what is looked for, and nothing was done."""
    may_find, gather = asyncio.Event(), palette._gather  # noqa: SLF001 - what finds

    async def find(*asked):
        await may_find.wait()
        await gather(*asked)

    monkeypatch.setattr(palette, "_gather", find)
    app = app_of(script, "model")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.workspace.library.get("builtin"))
        burst(app, "ctrl+p", "settings", "enter", "down", "down")
        for _ in range(1000):
            await asyncio.sleep(0)
        may_find.set()
        await until(pilot, lambda: isinstance(app.screen, PreferenceScreen) and app.screen.query("#field-pictures"))
        assert app.screen.query_one("#field-pictures").has_focus_within


async def test_the_page_of_a_guide_that_has_no_room_yet_is_turned_all_the_same(script, monkeypatch):
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1)
    app = app_of(script, "model")
    async with app.run_test(size=SMALL) as pilot:
        app.push_screen(GuideDialog())
        await until(pilot, lambda: isinstance(app.screen, GuideDialog) and app.focused)
        burst(app, "enter", "space")
        await until(pilot, lambda: [one.scroll_y for one in app.screen.query(GuideViewer)] > [0])


async def test_a_run_that_is_being_opened_can_be_steered(script, monkeypatch):
    """``e`` was refused, and what was typed for the dialog led to other screens."""
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#field-epochs") and app.workspace.library.get("builtin"))
        late = Late(app.workspace.open_job)
        monkeypatch.setattr(app.workspace, "open_job", late)
        burst(app, "ctrl+s", "e", "ctrl+u", ".5", "ctrl+s")
        await late.asked()
        late.end()
        script.allow(1)
        await until(pilot, lambda: app.workspace.queue.runs[0].steered)
        assert [event.new for event in app.workspace.queue.runs[0].steered] == [0.5]


async def test_what_is_typed_after_a_value_was_put_into_the_form_goes_to_its_field(script, monkeypatch):
    """A late frame took the focus there after it had been elsewhere: digits were keys of screens meanwhile."""
    monkeypatch.setattr(HyperparameterScreen, "call_after_refresh", lambda *_call: True)  # the frame does not come
    monkeypatch.setattr(PreflightDialog, "changes", {"learning_rate": 0.25})
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#field-epochs"))
        burst(app, "ctrl+g", "ctrl+s", "end", "5")
        await until(pilot, lambda: app.workspace.draft.texts.get("learning_rate") == "0.255")
        assert isinstance(app.screen, HyperparameterScreen)


async def test_who_comes_back_from_a_dialog_is_at_the_field_of_before(script):
    """The button that starts had the focus then, and digits for the field were keys of screens."""
    app = app_of(script, "hyperparameters")
    async with app.run_test(size=SMALL) as pilot:
        await until(pilot, lambda: app.screen.query("#field-epochs"))
        app.screen.query_one("#field-epochs Input", Input).focus()
        await pilot.press("ctrl+y")
        await until(pilot, lambda: isinstance(app.screen, TextDialog))
        burst(app, "escape", "end", "5")
        await until(pilot, lambda: app.workspace.draft.texts.get("epochs") == "205")
