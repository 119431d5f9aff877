"""What befalls a sweep while it trains: failures, signals, a kill, other programs; what was reached is kept."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from textual.widgets import Static

from engines import registry
from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.runs import Store
from hw1_tui.runs.log import Log
from hw1_tui.runs.turn import find_trained
from hw1_tui.settings import given_values
from hw1_tui.sweep import runner as sweep_runner
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.sweep.summary import read_summary
from hw1_tui.sweep.wish import Wish, define
from hw1_tui.training import session
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Remarked, RunEnded, RunStarted
from hw1_tui.training.executor import ThreadExecutor
from hw1_tui.training.recording import record
from hw1_tui.training.remote import following
from hw1_tui.training.session import Session
from hw1_tui.training.starting import start
from screens.dialogs.sweep_list_dialog import SweepListDialog
from screens.dialogs.sweep_plan_dialog import SweepPlanDialog
from screens.sweep import SweepScreen
from tests.support.data_screen import open_data
from tests.support.followed import Absent, Gone
from tests.support.history import write_blobs
from tests.support.scripted_engine import until
from tests.support.swept import GRID, SHARED, losses_of, train_twice, trials_of


@pytest.fixture
def happening(monkeypatch):
    """Let something happen at the beginning of each epoch; it is told the configuration."""

    def happening(happen):
        def started(config, engine, data):
            trainer = start(config, engine, data)
            epoch = trainer.epoch

            def happens():
                happen(config)
                return epoch()

            monkeypatch.setattr(trainer, "epoch", happens)
            return trainer

        monkeypatch.setattr(session, "start", started)

    return happening


def test_a_trial_that_fails_leaves_the_others_and_the_sweep_has_failed(sweep, happening):
    def fail(config):
        if config.hyperparameters["l2"]:
            raise ValueError("a matrix without inverse")

    sweep(*GRID, "--dry-run")
    happening(fail)
    code, out, err = sweep("--grid", "l2=0,.01", "--format", "jsonl", "--quiet")
    assert code == 1
    assert "trial 2 (l2 0.01, seed 42): The numpy engine failed in epoch 1: a matrix without inverse" in err
    assert {number: trial["status"] for number, trial in trials_of(out).items()} == {1: "finished", 2: "failed"}
    assert json.loads(out.splitlines()[-1])["failed_trials"] == 1
    assert "Of 2 trials: 1 failed." in err  # it was counted as waiting


def test_a_sweep_of_which_a_trial_failed_has_failed_though_its_time_was_over_as_well(sweep, happening, monkeypatch):
    """It ended with exit code 0, as if nothing but time had been lacking."""

    def fail(config):
        if config.hyperparameters["l2"]:
            monkeypatch.setattr(SweepRunner, "is_over_time", True)
            raise ValueError("a matrix without inverse")

    sweep(*GRID, "--dry-run")
    happening(fail)
    code, _, err = sweep("--grid", "l2=0,.01,.1", "--jobs", "1", "--time", "1h", "--quiet")
    assert code == 1
    assert "Of 3 trials: 1 failed, 1 waiting." in err


def find_no_room(*_about):
    raise OSError(28, "No space left on device")


def test_a_trial_of_which_nothing_can_be_kept_has_failed(sweep, monkeypatch):
    """It was told as finished, without a number, and then as failed."""
    monkeypatch.setattr(Store, "create", find_no_room)
    code, out, err = sweep("--grid", "l2=0,.01", "--format", "jsonl", "--quiet")
    assert code == 1
    assert "trial 1 (l2 0, seed 42): This run is not being kept: No space left on device" in err
    printed = [json.loads(line) for line in out.splitlines()]
    assert [trial["status"] for trial in printed if trial["event"] == "trial"] == ["failed", "failed"]


def test_a_trial_of_which_only_the_beginning_is_kept_was_interrupted(sweep, monkeypatch):
    """It was told as finished beside its kept epochs, and then as interrupted."""
    monkeypatch.setattr(Log, "append", find_no_room)
    code, out, err = sweep("--grid", "l2=0,.01", "--format", "jsonl", "--quiet")
    assert code == 1
    assert "Of 2 trials: 2 interrupted." in err
    assert {trial["status"] for trial in trials_of(out).values()} == {"interrupted"}


def test_a_run_that_another_program_deletes_meanwhile_fails_the_sweep_which_says_so(sweep, happening):
    def delete(config):
        if config.hyperparameters["l2"]:
            for record in Store().runs():
                if not record.is_live:
                    Store().delete(record.run)

    happening(delete)
    code, _, err = sweep("--grid", "l2=0,.01", "--jobs", 1, "--name", "gone", "--executor", "threads", "--quiet")
    assert code == 1
    assert err == "Of 2 trials: 1 waiting. hw1-tui sweep resume gone goes on with it.\n"


def test_ctrl_c_stops_all_and_resume_goes_on_to_the_same_bits(sweep, happening, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("HW1_TUI_HOME", os.environ["HW1_TUI_HOME"] + "-whole")
        sweep(*GRID, "--jobs", 2)
        whole = losses_of()
    asked, ask_to_stop = threading.Event(), SweepRunner.ask_to_stop

    def note(runner):
        ask_to_stop(runner)
        asked.set()

    monkeypatch.setattr(SweepRunner, "ask_to_stop", note)
    epochs = []

    def interrupt(config):
        epochs.append(config)
        if len(epochs) > 3 and not asked.is_set():
            os.kill(os.getpid(), signal.SIGINT)
            assert asked.wait(60)  # the handler runs in the main thread, and the run is short

    happening(interrupt)
    code, _, err = sweep(*GRID, "--jobs", 2, "--name", "cut")
    assert code == 130
    assert "hw1-tui sweep resume cut goes on with it." in err
    assert len(losses_of()) < 4
    assert sweep("resume", "cut", "--jobs", 2)[0] == 0
    assert losses_of() == whole


@pytest.mark.parametrize("stopped_after", [3, 20, 50, 57])
def test_a_halving_sweep_that_was_stopped_is_said_to_take_what_it_then_takes(
    sweep, happening, monkeypatch, stopped_after
):
    """Guarantee: near its end too; it was said to take 0 s there, as if halving stopped again what it had let go on."""
    runners, epochs, steps = [], [], SweepRunner.steps

    def noted(runner):
        runners.append(runner)
        return steps(runner)

    monkeypatch.setattr(SweepRunner, "steps", noted)

    def stop(config):
        epochs.append(config)
        if len(epochs) == stopped_after:
            runners[0].ask_to_stop()

    happening(stop)
    how = ("--executor", "threads", "--jobs", 1, "--format", "jsonl", "--quiet")
    rates = "learning-rate=1e-5,3e-5,1e-4,3e-4,1e-3,3e-3,1e-2,3e-2"
    sweep("--grid", rates, "--epochs", 16, "--halving", "--name", "cut", *how)
    assert len(epochs) == stopped_after
    code, out, _ = sweep("resume", "cut", "--dry-run", *how)
    plan = json.loads(out.splitlines()[0])
    epochs.clear()
    assert (code, sweep("resume", "cut", *how)[0]) == (0, 0)
    said = plan["seconds"] / plan["epoch_seconds"]
    assert said == pytest.approx(len(epochs), abs=3)
    assert said > 0


KILLED = """
import os, signal, sys
from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.training import session
from hw1_tui.training.starting import start

left = [int(sys.argv[1])]

def started(config, engine, data):
    trainer = start(config, engine, data)
    epoch = trainer.epoch
    def counted():
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return epoch()
    trainer.epoch = counted
    return trainer

session.start = started
main(sys.argv[2:])
"""


def test_a_sweep_that_is_killed_goes_on_with_nothing_trained_twice(sweep, blobs, monkeypatch):
    """A process of its own is killed in the midst of its work; a second run of the command does the rest.

    The data was moved meanwhile, and lies under its name where the sweep is gone on with.
    """
    words = ["--batch", "sweep", *map(str, SHARED), "--data", str(blobs), *GRID, "--jobs", "2"]
    killed = subprocess.run([sys.executable, "-c", KILLED, "5", *words], capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    before = {run.run: run.status for run in Store().runs()}
    assert 0 < len(before) < 4
    assert "interrupted" in before.values()
    assert all(run.sweep and run.facts["point"] for run in Store().runs())
    logs = {run: Store().find(run).log_path.read_bytes() for run, status in before.items() if status == "finished"}
    elsewhere = blobs.parent / "elsewhere"
    elsewhere.mkdir()
    blobs.rename(elsewhere / blobs.name)
    assert sweep("resume")[0] == 2
    monkeypatch.chdir(elsewhere)
    assert sweep("resume")[0] == 0
    (elsewhere / blobs.name).rename(blobs)
    assert {run: Store().find(run).log_path.read_bytes() for run in logs} == logs
    assert before.keys() <= {run.run for run in Store().runs()}
    after = losses_of()
    assert (len(Store().runs()), len(after)) == (4, 4)
    with monkeypatch.context() as patch:
        patch.setenv("HW1_TUI_HOME", os.environ["HW1_TUI_HOME"] + "-whole")
        sweep(*GRID)
        assert losses_of() == after


def test_two_programs_share_a_sweep(store, blobs):
    """What one trains the other waits for and takes."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 2}, "")
    dataset = data.load(str(blobs))
    wish = define(Wish(given, [("l2", "0,.01,.1", "")]), []).on(str(blobs), dataset.fingerprint)
    runners = train_twice(wish, dataset, store)
    assert len(store.runs()) == 3
    assert all(not runner.missing for runner in runners)


def test_what_another_program_held_at_a_rung_goes_no_further_in_a_program_that_looked_before(store, blobs, happening):
    """That one took the trial up where it had seen it, and trained it on to the next rung: other epochs than alone."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 4}, "")
    dataset = data.load(str(blobs))
    rates = ("learning_rate", "1e-9,.1,.2,.3,.4,.5,.6,.7", "")
    wish = define(Wish(given, [rates], halving=True), []).on(str(blobs), dataset.fingerprint)
    looked: list[SweepRunner] = []

    def look(_config):
        if not looked:
            looked.append(SweepRunner(wish, dataset, store, executor="threads"))

    happening(look)
    list(SweepRunner(wish, dataset, store, executor="threads").steps())
    before = {run.facts["trial"]: run.results["epochs_done"] for run in store.runs()}
    assert before[1] == 1
    [late] = looked
    list(late.steps())
    assert {run.facts["trial"]: run.results["epochs_done"] for run in store.runs()} == before


def test_a_trial_that_no_worker_had_begun_is_as_it_was_when_the_sweep_is_stopped(store, blobs, monkeypatch):
    """It has not failed: the same sweep trains it when it is gone on with."""
    monkeypatch.setattr(following, "SECONDS_WITHOUT_WORKER", 0.0)
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 2}, "")
    dataset = data.load(str(blobs))
    wish = define(Wish(given, [("l2", "0,.01", "")]), []).on(str(blobs), dataset.fingerprint)
    runner = SweepRunner(wish, dataset, store, workers=Absent())
    told = []
    for step in runner.steps():
        told.append(step.event)
        runner.ask_to_stop()
    assert [event.text for event in told if isinstance(event, Remarked)] == [
        "No worker is free; the next that is trains it."
    ]
    assert len(runner.missing) == 2


def test_the_last_epoch_of_a_trial_counts_though_the_history_was_read_before_the_trial_had_ended(
    store, blobs, monkeypatch
):
    """TPE took the loss of the epoch before, now and then: a sweep that was killed chose other points."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 3}, "")
    dataset = data.load(str(blobs))
    wish = define(Wish(given, [("l2", "0,.01,.1", "")]), []).on(str(blobs), dataset.fingerprint)
    runner, real = SweepRunner(wish, dataset, store, executor="threads"), find_trained

    def find_before_the_end(*asked):
        return {number: replace(record, status="interrupted") for number, record in real(*asked).items()}

    monkeypatch.setattr(sweep_runner, "find_trained", find_before_the_end)
    for step in runner.steps():
        if isinstance(step.event, EpochEnded):
            runner._look()  # noqa: SLF001 - as it does when a point is added or another program is waited for
    assert [runner.epochs_done(trial) for trial in wish.trials] == [3, 3, 3]


@pytest.mark.parametrize("halving", [False, True])
def test_a_trial_that_another_program_left_and_deletes_before_its_turn_is_trained_anew(store, blobs, halving):
    """It was waited for, for ever, as one that another program trains; with halving the sweep ended with a mistake."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 3}, "")
    dataset = data.load(str(blobs))
    wish = define(Wish(given, [("l2", "0,.01", "")], halving=halving), []).on(str(blobs), dataset.fingerprint)
    config = wish.trials[1].config
    events = record(Session(config, registry.get(config.engine), dataset, Control()), store)
    left = next(event.run for event in events if isinstance(event, RunStarted))
    next(event for event in events if isinstance(event, EpochEnded) and event.epoch)
    events.close()
    runner = SweepRunner(wish, dataset, store, executor="threads")
    assert runner.kept[2].run == left
    store.delete(left)
    list(runner.steps())
    assert read_summary(wish, store).counts == {"finished": 2}
    assert left not in {run.run for run in store.runs()}


def test_where_the_workers_are_gone_no_further_trial_fails(store, blobs):
    """A thousand trials would each say the same; the sweep is gone on with when there are workers again."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 2}, "")
    dataset = data.load(str(blobs))
    wish = define(Wish(given, [("l2", "0,.01,.1", "")]), []).on(str(blobs), dataset.fingerprint)
    workers = Gone()
    (end,) = [step.event for step in SweepRunner(wish, dataset, store, workers=workers).steps()]
    assert isinstance(end, RunEnded)
    assert (end.status, end.reason) == ("failed", "--on: the scheduler is gone")
    assert workers.orders == 1
    resumed = SweepRunner(wish, dataset, store, executor="threads")
    assert len(resumed.missing) == 3
    assert [step.event.status for step in resumed.steps() if isinstance(step.event, RunEnded)] == ["finished"] * 3


def test_a_trial_that_was_given_up_in_another_sweep_is_trained_in_one_that_needs_it_too(store, blobs, happening):
    """It stood there as given up, by nobody, and the sweep counted as done."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 3}, "")
    dataset = data.load(str(blobs))
    first, second = (
        define(Wish(given, [("l2", values, "")]), []).on(str(blobs), dataset.fingerprint)
        for values in ("0,.01", "0,.1")
    )
    runner = SweepRunner(first, dataset, store, executor="threads")

    def give_up(config):
        if not config.hyperparameters["l2"]:
            runner.give_up(1)

    happening(give_up)
    list(runner.steps())
    happening(lambda _config: None)
    assert read_summary(first, store).counts == {"given up": 1, "finished": 1}
    assert read_summary(second, store).counts == {"stopped": 1, "waiting": 1}
    list(SweepRunner(second, dataset, store, executor="threads").steps())
    for sweep in (first, second):
        assert read_summary(sweep, store).counts == {"finished": 2}
    assert len(store.runs()) == 3


@pytest.mark.parametrize("moment", ["choose", "submit"])
def test_a_trial_that_is_given_up_as_it_begins_never_trains(moment, store, blobs, monkeypatch):
    """It is no other program's either, and the others train."""
    given = given_values({"model": "logistic_regression", "data": str(blobs), "epochs": 2}, "")
    dataset = data.load(str(blobs))
    wish = define(Wish(given, [("l2", "0,.01", "")]), []).on(str(blobs), dataset.fingerprint)
    runner = SweepRunner(wish, dataset, store, executor="threads")
    of, begun = {"choose": sweep_runner, "submit": ThreadExecutor}[moment], []
    real = getattr(of, moment)

    def give_up_first(*args, **how):
        begun.append(args)
        if len(begun) == 1:
            runner.give_up(1)
        return real(*args, **how)

    monkeypatch.setattr(of, moment, give_up_first)
    told = [step.event for step in runner.steps()]
    assert not [event for event in told if isinstance(event, Remarked)]
    assert [record.facts["trial"] for record in store.runs()] == [2]
    assert runner.missing == []


async def test_a_sweep_goes_on_in_the_interface_with_its_data_where_that_is_opened(sweep, blobs, monkeypatch):
    """Also where frames come late: the form that is hidden took the focus back, and with it the keys of the trials."""
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 0.3)
    assert sweep("--grid", "l2=0,.01", "--quiet")[0] == 0
    Store().delete(Store().runs()[0].run)
    new = blobs.rename(blobs.with_name("new.npz"))
    app = Hw1App("sweep")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SweepListDialog))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SweepScreen) and app.screen.views)

        def plan():
            is_asked = isinstance(app.screen, SweepPlanDialog)
            return str(app.screen.query_one("#plan", Static).content) if is_asked else ""

        await pilot.press("s")
        await until(pilot, lambda: "open it under Data" in plan())
        await pilot.press("escape")
        await open_data(pilot, str(new))
        await pilot.press("f5", "s")
        await until(pilot, lambda: "1 of them, which are taken as they are" in plan())


def test_a_sweep_goes_on_with_data_that_was_moved_and_renamed(sweep, blobs):
    assert sweep("--grid", "l2=0,.01", "--quiet")[0] == 0
    new = blobs.rename(blobs.with_name("new.npz"))
    code, _, said = sweep("resume")
    assert (code, "--data NEW" in said) == (2, True)
    write_blobs(blobs, seed=5)
    code, _, said = sweep("resume", "--data", blobs)
    assert (code, "is not what it was when the sweep began" in said) == (2, True)
    assert sweep("resume", "--data", new)[0] == 0
    assert len(Store().runs()) == 2
