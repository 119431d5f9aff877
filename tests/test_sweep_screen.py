"""The Sweep screen: a sweep is defined with its mistakes told, trains while one looks elsewhere, and goes on."""

import asyncio
import shutil
import threading
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from textual.widgets import Static

from hw1_tui.cli import main
from hw1_tui.sweep.kept import find_sweep
from hw1_tui.sweep.summary import read_summary
from hw1_tui.training.job import Job
from hw1_tui.training.recording import resume
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.quit_dialog import QuitDialog
from screens.dialogs.steer_dialog import SteerDialog
from screens.dialogs.stop_poor_dialog import StopPoorDialog
from screens.dialogs.sweep_list_dialog import SweepListDialog
from screens.dialogs.sweep_plan_dialog import SweepPlanDialog
from screens.state.sweep_reading import poor_trials, read_sweep, view_trials
from screens.sweep import SweepScreen
from screens.widgets.change_form import ChangeForm
from screens.widgets.sweep.findings_page import FindingsPage
from screens.widgets.sweep.state_words import state_line
from screens.widgets.sweep.trial_table import TrialTable
from tests.support.drawn import strips
from tests.support.scripted_engine import app_of, until
from tests.support.settling import all_work_is_done, settle
from tests.support.swept import define_scripted, keep_scripted, train_scripted
from tests.support.told import status, told
from tests.support.typed_ahead import burst

MIDDLE = (120, 40)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The history of a sweep that has ended, trained once for all who go on from it."""
    return keep_scripted(tmp_path_factory.mktemp("swept") / "home")


def field(app, name):
    return app.screen.query_one(f"#field-{name} .control")


def text_of(widget):
    return str(widget.content)


def is_seen(screen, control):
    """Whether nothing covers a control, nor is it scrolled away."""
    at = control.region.offset
    return at in screen.region and screen.get_widget_at(*at)[0] in control.walk_children(with_self=True)


def stands_whole(widget):
    """Whether a text has as many lines as it needs."""
    return widget.get_content_height(widget.size, widget.size, widget.size.width) <= widget.size.height


def stands(table, numbers):
    """Whether the trials of these numbers stand below each other."""
    return [int(key.value) for key in table.rows] == numbers


def first_panel(app):
    """What the first panel of the findings says; nothing while it is made."""
    panels = app.screen.query_one(FindingsPage).view.query(Static)
    return text_of(panels.first()) if panels else ""


async def define(pilot, *keys, rates="1e-3,.05", epochs="2"):
    """Type rates into the field of the learning rate, of runs of a few epochs; then press keys."""
    app = pilot.app
    app.workspace.sweep_draft.type("epochs", epochs)
    app.workspace.sweep_draft.type("name", "rates")
    await until(pilot, lambda: isinstance(app.screen, SweepScreen) and app.screen.query("#field-learning-rate"))
    await until(pilot, lambda: field(app, "learning-rate").has_focus)
    await pilot.press("end", "ctrl+u", *rates, *keys)


async def begin(pilot, script):
    """Define a sweep and start it."""
    script.free = True  # for the epoch that is timed
    await define(pilot, "ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, SweepPlanDialog) and pilot.app.screen.is_planned)
    script.free = False
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.workspace.live_sweep and pilot.app.workspace.queue.live)


async def test_a_sweep_is_defined_started_watched_and_its_verdict_read_by_keys_alone(script, store):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        state = app.screen.query_one("#sweep-state")
        await until(pilot, lambda: "0 of 2 trials" in text_of(state))
        assert "is best" not in text_of(state), "of trials that have not told a value none is best"
        script.free = True
        await until(pilot, lambda: app.workspace.live_sweep.state == "ended")
        await until(pilot, lambda: "finished, 2 of 2 trials, trial 2 is best: val loss" in text_of(state))
        assert [view.trial.point["learning_rate"] for view in app.screen.views] == [0.05, 0.001]
        await pilot.press("v")
        await until(pilot, lambda: "learning rate 0.05" in first_panel(app))
        assert len(store.runs()) == 2
        assert [run.sweep for run in store.runs()] == ["rates", "rates"]
        for action in ("pause", "stop_sweep", "stop_trial", "stop_poor"):
            assert app.screen.why_not(action) == "All of its trials have ended: a adds points."
        await pilot.press("left")
        await until(pilot, lambda: "beside the best" in first_panel(app))
        head, best, other, *_ = first_panel(app).splitlines()
        places = [head.index("beside the best"), best.index("◆ the best"), *map(other.find, ("  worse", "~ cannot"))]
        assert len(set(places) - {-1}) == 1
        (best_run,) = (run.run for run in store.runs("learning_rate=0.05"))
        store.delete(best_run)  # as another program does
        await pilot.press("left")
        await until(pilot, lambda: "s goes on with it, 1 of 2 trials" in text_of(state))
        assert [view.state for view in app.screen.views] == ["finished", "waiting"]
        store.delete("last")
        await until(pilot, lambda: not app.screen.query_one("#trials-verdict").visible)
        assert [view.value for view in app.screen.views] == [None, None]


async def test_a_wrong_range_is_told_under_its_field_with_what_was_meant_and_starts_nothing(script):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await define(pilot, "ctrl+s", rates="1e-3..1:lgo:3")
        problem = app.screen.query_one("#field-learning-rate .problem")
        await until(pilot, lambda: text_of(problem).endswith("(did you mean log?)"))  # in the command's words
        assert not isinstance(app.screen, SweepPlanDialog)
        await pilot.press("f4", "f5")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        assert field(app, "learning-rate").value == "1e-3..1:lgo:3"


async def test_who_went_to_cancel_while_an_epoch_is_timed_cancels_with_enter(script):
    """The button that starts took the focus when the plan stood, and ``enter`` trained the sweep."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=(80, 24)) as pilot:
        await define(pilot, "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SweepPlanDialog))
        await pilot.press("tab")
        assert not app.screen.is_planned
        assert app.focused.id == "back"
        dialog, script.free = app.screen, True
        await until(pilot, lambda: dialog.is_planned)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not dialog)
        assert not app.workspace.live_sweep


async def test_where_the_epochs_are_an_axis_all_of_them_are_told(script):
    """The first of them was told as if every run had it."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await define(pilot, epochs="4,2")
        facts = app.screen.query_one("#sweep-facts")
        await until(pilot, lambda: "4 runs: 4 points of a grid, 2 to 4 epochs." in text_of(facts))


async def test_what_is_wrong_in_the_form_of_a_run_is_told_with_the_field_that_is_not_here(script):
    """ "'auto1' is not a number" stood there alone, of a field that the form of a sweep has not; then only the lack of
    values was told by the key that starts."""
    app: Any = app_of(script, "sweep")
    app.workspace.draft.type("test_share", "auto1")
    async with app.run_test(size=MIDDLE) as pilot:
        facts = app.screen.query_one("#sweep-facts")
        await until(pilot, lambda: "test share under Hyperparameters: 'auto1' is not a number" in text_of(facts))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "test share under Hyperparameters: 'auto1'" in told(app))


async def test_what_is_wrong_with_one_of_the_points_is_told_under_its_field_with_that_point(script):
    """It stood under no field and named neither: "belongs to sgd"."""
    app: Any = app_of(script, "sweep")
    app.workspace.draft.model, app.workspace.draft.engine = "mlp", "torch"
    for name, text in {"optimizer": "sgd,adam", "momentum": "0,.9"}.items():
        app.workspace.sweep_draft.type(name, text)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#field-momentum.-wrong"))
        problem = text_of(app.screen.query_one("#field-momentum .problem"))
        assert problem.startswith("with optimizer adam, momentum 0.9: belongs to sgd")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: field(app, "momentum").has_focus)
        assert not isinstance(app.screen, SweepPlanDialog)


async def test_one_value_a_field_is_no_sweep_and_is_told_what_to_type(script):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "several values" in text_of(app.screen.query_one("#sweep-facts")))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Type several values into a field" in told(app))  # under no field stands anything
        assert not app.workspace.live_sweep


async def test_every_field_is_seen_in_a_small_terminal_while_it_is_typed_into_however_much_is_wrong(script):
    app: Any = app_of(script, "sweep")
    app.workspace.draft.model = "mlp"  # the most fields
    wrong = {"learning_rate": "-1,2", "points": "20", "seeds": "x", "jobs": "0", "time": "soon", "name": "a b"}
    for name, text in wrong.items():
        app.workspace.sweep_draft.type(name, text)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#field-name.-wrong"))
        assert "has its own number" in text_of(app.screen.query_one("#field-points .problem"))
        await until(pilot, lambda: "6 values to put right" in text_of(app.screen.query_one("#sweep-facts")))
        for width, height in ((80, 24), (100, 24), (40, 12)):
            await pilot.resize_terminal(width, height)
            for control in app.screen.query("Field .control"):
                control.focus()
                await until(pilot, partial(is_seen, app.screen, control))
                assert stands_whole(app.screen.query_one("#sweep-help")) or width < 80, control.id


async def test_it_trains_on_while_one_looks_elsewhere_and_leaving_asks_and_keeps(script, store):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        await pilot.press("f4")
        script.allow(1)
        await until(pilot, lambda: "25%" in status(app))  # one of two epochs, in one of two trials
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog))
        await pilot.press("s")
        await until(pilot, lambda: not app.is_running)
    sweep = find_sweep(store, None)
    assert [result.result("epochs_done") for result in read_summary(sweep, store).results if result.record] == [1]


async def test_leaving_says_that_a_sweep_has_runs_to_come_where_none_trains_now(script):
    """Such as one that waits for what another program trains."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        waiting = SimpleNamespace(title="sweep rates", is_busy=True, is_paused=False, done=0.0, seconds_left=None)
        app.workspace.queue.suppliers.append(waiting)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuitDialog))
        assert text_of(app.screen.query_one("#question")) == "The sweep rates has runs to come. Leave?"
        app.workspace.queue.suppliers.clear()


def test_a_trial_that_another_program_trains_on_is_shown_as_far_as_it_came(script, store):
    """What was read before its end stood as its end, with a rank by that."""
    sweep = define_scripted()
    train_scripted(script, store, sweep, epochs=6)
    before = read_sweep(sweep, store)
    train_scripted(script, store, sweep)
    views = view_trials(read_sweep(sweep, store, before), {}, {})
    assert {view.epochs_done for view in views} == {sweep.config.epochs}
    assert [view.value for view in views] == [view.record.results["val_loss"] for view in views if view.record]


def test_a_trial_that_is_ahead_and_has_not_ended_leads_and_is_not_yet_best(script, store):
    """It was called the best beside another that was marked as the best."""
    sweep = define_scripted()
    train_scripted(script, store, sweep, epochs=6)
    reading = read_sweep(sweep, store)
    ended, under_way = sorted(
        (v for v in view_trials(reading, {}, {}) if v.value is not None), key=lambda v: v.epochs_done < 4
    )
    assert "trial 1 is best: val loss" in state_line(reading, None, [ended, under_way])
    assert "trial 2 leads: val loss" in state_line(reading, None, [under_way, ended])


async def test_the_command_of_a_sweep_finds_its_trials_in_the_history_that_is_shown(script, store, monkeypatch):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await define(pilot)
        assert "--home" not in app.screen.command().text
        monkeypatch.setenv("HW1_TUI_HOME", "elsewhere")
        assert app.screen.command().text.endswith(f" --home {store.home}")


async def test_a_sweep_that_was_stopped_goes_on_and_trains_nothing_twice(script, store):
    sweep = define_scripted()
    train_scripted(script, store, sweep, epochs=6)
    before = {run.run: run.results["epochs_done"] for run in store.runs()}
    assert 0 < len(before) < len(sweep.trials)
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SweepListDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.views)
        assert "s goes on" in text_of(app.screen.query_one("#sweep-state"))
        script.free = True
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SweepPlanDialog) and app.screen.is_planned)
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.live_sweep and app.workspace.live_sweep.state == "ended")
        table = app.screen.query_one(TrialTable)
        await until(pilot, lambda: table.row_count == len(sweep.trials))
        await settle(pilot)
        numbers = [trial.number for trial in sweep.trials]
        for wanted in (numbers[::-1], numbers):  # the largest on top, then the other way round, as under Runs
            y = table.content_region.y
            await pilot.click(offset=(strips(app)[y].text.find("trial"), y))
            await until(pilot, partial(stands, table, wanted))
    runs = {run.run: run for run in store.runs()}
    assert len(runs) == len(sweep.trials)
    assert before.keys() <= runs.keys()
    assert all(run.status == "finished" for run in runs.values())


async def test_a_sweep_that_is_being_stopped_is_gone_on_with_by_the_key_after_that(script):
    """It was told that it trains already, and the key was lost."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        burst(app, "X", "s")
        await until(pilot, lambda: isinstance(app.screen, SweepPlanDialog))
        script.free = True
        await until(pilot, lambda: app.screen.is_planned)


async def test_a_trial_that_is_stopped_before_it_began_is_shown_so_and_told(script, store):
    """It stood there as waiting, without a word, and was not trained."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        await until(pilot, lambda: [view.state for view in app.screen.views] == ["training", "waiting"])
        await pilot.press("down", "x")
        await until(pilot, lambda: [view.state for view in app.screen.views] == ["training", "given up"])
        assert "Trial 2 had not begun and is left out now: going on later trains it." in told(app)
        script.free = True
        await until(pilot, lambda: app.workspace.live_sweep.state == "ended")
        assert len(store.runs()) == 1


async def test_a_trial_that_was_stopped_by_hand_is_given_up_also_by_batch(script, store, capsys):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        script.allow(1)
        await until(pilot, lambda: app.screen.views and app.screen.views[0].epochs_done == 1)
        await pilot.press("home", "x")
        await until(pilot, lambda: app.screen.views[0].state == "given up" or app.screen.views[1].state == "given up")
        script.free = True
        await until(pilot, lambda: app.workspace.live_sweep.state == "ended")
    script.free = True
    assert main(["--batch", "sweep", "resume", "--quiet"]) == 0
    assert "given up" in capsys.readouterr().out
    assert sorted(run.results["epochs_done"] for run in store.runs()) == [1, 2]


async def test_a_trial_that_was_steered_is_none_of_the_sweep_wherever_that_is_shown(script, store):
    """The list had it as finished and the best, and the findings and the command as missing."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        script.allow(1)
        await until(pilot, lambda: any(view.epochs_done == 1 for view in app.screen.views))
        live = next(live for live in app.workspace.live_sweep.lives.values() if live.epochs_done == 1)
        app.push_screen(SteerDialog(live))
        await until(pilot, lambda: isinstance(app.screen, SteerDialog))
        assert "The sweep rates does not count it then" in text_of(app.screen.query_one("#what"))
        await pilot.press("ctrl+u", *".3", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        script.free = True
        await until(pilot, lambda: app.workspace.live_sweep.state == "ended")
        state = app.screen.query_one("#sweep-state")
        await until(pilot, lambda: text_of(state).endswith("s goes on with it, 1 of 2 trials"))
        assert sorted(view.state for view in app.screen.views) == ["finished", "waiting"]
        assert [view.value is None for view in app.screen.views] == [False, True]
        whole = next(live for live in app.workspace.live_sweep.lives.values() if not live.steered)
        app.push_screen(SteerDialog(whole))
        await until(pilot, lambda: isinstance(app.screen, SteerDialog))
        assert "With more epochs or other values the sweep rates does not" in text_of(app.screen.query_one("#what"))
        await pilot.press("escape")
        app.workspace.queue.go_on(whole, Job(whole.config, run=whole.run_id, changes={"epochs": 4}))
        await until(pilot, lambda: whole.epochs_done == 4 and not whole.is_live)
        await until(pilot, lambda: text_of(state).endswith("s goes on with it, 0 of 2 trials"))
        assert [view.value for view in app.screen.views] == [None, None]


async def test_a_trial_that_goes_on_elsewhere_is_none_of_the_sweep_in_its_list_either(script, store):
    """Who went on with it under Runs, or in another program, had it there as finished and the best."""
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await begin(pilot, script)
        script.free = True
        await until(pilot, lambda: app.workspace.live_sweep.state == "ended")
        await until(pilot, lambda: [view.state for view in app.screen.views] == ["finished", "finished"])
        best = app.screen.views[0]
        await asyncio.to_thread(lambda: list(resume(store, best.run, {"epochs": 4})))
        await until(pilot, lambda: sorted(view.state for view in app.screen.views) == ["finished", "waiting"])
        assert [view.value is None for view in app.screen.views] == [False, True]
        assert best.run not in [view.run for view in app.screen.views]


async def test_going_on_with_a_trial_of_the_history_says_that_its_sweep_loses_it(script, store, kept, capsys):
    """Its best trial went on for more epochs without a word, and stood there as waiting after that."""
    shutil.copytree(kept, store.home, dirs_exist_ok=True)
    script.free = True
    record = store.runs()[0]
    app: Any = app_of(script, "runs")
    words = f"the sweep {record.sweep} does not count it any more"
    async with app.run_test(size=MIDDLE) as pilot:
        app.push_screen(ContinuationDialog(record))
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog))
        assert words in text_of(app.screen.query_one("#what"))
        await pilot.press("escape")
    assert main(["--batch", "runs", "resume", record.run, "--epochs", str(record.config["epochs"] + 1)]) == 0
    assert words in capsys.readouterr().err


async def test_the_poor_are_named_and_stopped_only_when_that_is_confirmed(script, store):
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        app.workspace.sweep_draft.type("jobs", "4")
        script.free = True
        await define(pilot, "ctrl+s", rates="1e-3,.01,.05,.1", epochs="8")
        await until(pilot, lambda: isinstance(app.screen, SweepPlanDialog) and app.screen.is_planned)
        script.free = False
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.live_sweep and len(app.workspace.queue.live) == 4)
        live = app.workspace.live_sweep
        while not (poor := poor_trials(live.sweep, app.screen.views)):
            script.allow(0.25)
            await until(pilot, lambda: script.is_used_up)
        await pilot.press("P")
        await until(pilot, lambda: isinstance(app.screen, StopPoorDialog))
        await pilot.press("escape", "P")
        await until(pilot, lambda: isinstance(app.screen, StopPoorDialog))
        assert not any(view.state == "given up" for view in app.screen_stack[-2].views)
        assert all(view.trial.label in text_of(app.screen.query_one("#poor")) for view in poor)
        await pilot.press("enter")
        script.free = True
        await until(pilot, lambda: app.workspace.live_sweep.state == "ended")
        await until(pilot, lambda: all(view.is_over for view in app.screen.views))
        given_up = {view.trial.number for view in app.screen.views if view.state == "given up"}
        assert given_up == {view.trial.number for view in poor}


async def test_points_are_added_to_a_sweep_and_what_it_trained_is_taken_as_it_is(script, store, kept):
    shutil.copytree(kept, store.home, dirs_exist_ok=True)
    script.free = True
    before = {run.run for run in store.runs()}
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SweepListDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.views)
        await pilot.press("a")
        await until(pilot, lambda: field(app, "learning-rate").has_focus)
        await pilot.press("end", *",.07", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, SweepPlanDialog) and app.screen.is_planned)
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace.live_sweep and app.workspace.live_sweep.state == "ended")
        added = app.workspace.live_sweep.sweep
    assert len(store.runs()) == len(added.trials) > len(before)
    assert before < {run.run for run in store.runs()}


async def test_a_trial_is_promoted_to_a_run_of_its_own_and_the_sweep_stays_as_it_is(script, store, kept):
    sweep = define_scripted()
    shutil.copytree(kept, store.home, dirs_exist_ok=True)
    script.free = True
    app: Any = app_of(script, "sweep")
    async with app.run_test(size=MIDDLE) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SweepListDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.views and app.screen.current)
        best = app.screen.current.run
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog))
        app.screen.query_one(ChangeForm).go_to("epochs")
        await pilot.press("end", "ctrl+u", "6", "ctrl+s")
        await until(pilot, lambda: len(store.runs()) == len(sweep.trials) + 1 and not app.workspace.queue.live)
    assert best in [run.parent for run in store.runs()]
    assert len(read_summary(sweep, store).results) == len(sweep.trials)


async def test_a_list_of_sweeps_that_was_long_to_find_opens_over_no_other_screen(script, monkeypatch):
    """Who had gone to another screen meanwhile had his keys go to the list."""
    may_find = threading.Event()
    monkeypatch.setattr("screens.sweep.find_sweeps", lambda _store: may_find.wait(60) and [])
    app = app_of(script, "sweep")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SweepScreen))
        await pilot.press("ctrl+o")
        app.action_go("data")
        await until(pilot, lambda: app.current_mode == "data")
        may_find.set()
        await all_work_is_done(pilot)
        await pilot.pause()
        assert not isinstance(app.screen, SweepListDialog)
        app.action_go("sweep")
        await until(pilot, lambda: app.current_mode == "sweep")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SweepListDialog))
