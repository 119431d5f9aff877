"""What was steered stays told: a run keeps what it began with and lists its changes, wherever it is shown."""

import json
import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from textual.widgets import Input, Static

from hw1_tui import data
from hw1_tui.app import Hw1App
from hw1_tui.cli import main
from hw1_tui.config_history import Change, ConfigHistory, trained_otherwise
from hw1_tui.metric import best_epoch
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.plan import find_kept, find_newest, plan_runs
from hw1_tui.runs import Store
from hw1_tui.runs.turn import find_trained
from hw1_tui.settings import Given, RunConfig
from hw1_tui.training.checkpoint import read_state
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Event, Remarked, RunEnded
from hw1_tui.training.recording import branch, resume
from hw1_tui.training.session_state import as_new_run, read_session_state
from screens.dialogs.comparison_dialog import ComparisonDialog
from screens.dialogs.continuation_dialog import ContinuationDialog
from screens.dialogs.steer_dialog import SteerDialog
from screens.state.live_run import LiveRun
from screens.state.run_source import submit_branched, submit_resumed
from screens.training import TrainingScreen
from screens.widgets.chart.plot import Plot
from screens.widgets.compared_table import ComparedTable
from screens.widgets.earlier_runs import EarlierRuns
from screens.widgets.run_table import RunTable
from tests.support.history import config_of, ended, start, train
from tests.support.scripted_engine import app_of, until
from tests.support.told import told

STEERED = "learning_rate 0.01 to 0.2 in epoch 3"


@pytest.fixture
def steered(blobs):
    """A run of four epochs whose learning rate was changed after the second."""
    control = Control()
    for event in start(Store(), blobs, control, every=1):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            control.steer({"learning_rate": 0.2})
    assert isinstance(event, RunEnded)
    return event.run


def test_the_history_keeps_what_a_run_began_with_and_lists_what_was_changed(steered):
    record = Store().get(steered)
    assert record.config["learning_rate"] == 0.01
    assert record.changes == (Change(3, "learning_rate", 0.01, 0.2),)
    assert record.config_now["learning_rate"] == 0.2
    (indexed,) = Store().runs("learning_rate=0.01 steered~learning_rate")
    assert indexed == record
    assert Store().runs("steered=") == []


@pytest.mark.parametrize(
    "words",
    [("show", "last"), ("list", "--columns", "run,learning_rate,steered"), ("show", "last", "--format", "jsonl"),
     ("list", "--format", "jsonl"), ("compare", "0", "1"), ("compare", "0", "1", "--format", "csv")],
)  # fmt: skip
def test_every_table_says_what_was_steered(steered, blobs, capsys, words):
    runs = [train(Store(), blobs), steered]
    words = [runs[int(word)] if word in "01" else word for word in words]
    if words[1] == "last":
        words[1] = steered
    assert main(["runs", *words]) == 0
    assert STEERED in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex", ".jsonl"])
def test_exports_say_what_was_steered(steered, blobs, tmp_path, suffix):
    other = train(Store(), blobs)
    path = tmp_path / f"table{suffix}"
    assert main(["runs", "export", other, steered, "--to", str(path)]) == 0
    assert STEERED.replace("_", "") in path.read_text().replace("\\", "").replace("_", "")


def test_the_file_of_a_run_trains_it_as_it_began_also_after_it_went_on(steered):
    list(resume(Store(), steered, {"epochs": 6, "l2": 0.1}))
    record = Store().get(steered)
    config = (Store().runs_path / steered / "config.toml").read_text()
    assert "learning_rate = 0.01" in config
    assert "epochs = 6" in config
    assert [change.name for change in record.changes] == ["learning_rate", "epochs", "l2"]
    assert (record.config["epochs"], record.config["l2"]) == (6, 0.0)
    assert record.config_now["l2"] == 0.1


def test_a_steered_run_is_not_taken_for_one_of_the_report(steered, blobs, store):
    planned = plan_runs(read_questions(), str(blobs), {(str(blobs), DEFAULT_OPTIONS): data.load(str(blobs))})[:1]
    folder, config = store.runs_path / steered, planned[0].config.as_dict()
    facts = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**facts, "config": config}))
    for name, kept in (("patience", False), ("threads", True)):
        events = [
            {"event": "run_started", **config},
            {"event": "steered", "epoch": 2, "name": name, "new": 7},
            {"event": "run_ended", "status": "finished", "epochs": 3},
        ]
        (folder / "metrics.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
        assert bool(find_kept(Store(), planned)) is kept
        # Neither is what stands on the screen Model beside what the report printed.
        assert bool(find_newest(Store().runs(), [read_questions().runs[planned[0].name]])) is kept


def test_a_run_stands_for_no_value_of_what_was_changed_in_it(steered, blobs, capsys):
    """It was counted with the value that it began with, and gave that its verdict."""
    train(Store(), blobs, learning_rate=0.05)
    assert main(["runs", "compare", "model=mlp", "--by", "learning_rate"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Left out as learning rate was changed on the way: 1 run." in told
    assert main(["runs", "compare", "model=mlp", "--by", "learning_rate", "--format", "jsonl"]) == 0
    assert [json.loads(line)["learning_rate"] for line in capsys.readouterr().out.splitlines()] == [0.05]
    assert main(["runs", "compare", "model=mlp", "--by", "l2"]) == 0
    assert "changed on the way" not in capsys.readouterr().out


def test_a_branch_stands_for_no_value_of_what_it_or_those_before_it_changed(steered, blobs, store, capsys):
    """It was counted with the value that it began with, though its weights were trained with another before."""
    whole = ended(branch(store, steered, 4, {"l2": 0.1, "epochs": 6})).run
    store.delete(steered)
    store.purge()
    last = ended(branch(store, whole, 6, {"epochs": 8})).run
    train(store, blobs)

    def values(name, *of):
        capsys.readouterr()
        assert main(["runs", "compare", *of, "--by", name, "--format", "jsonl"]) == 0
        return [json.loads(line)[name] for line in capsys.readouterr().out.splitlines()]

    assert values("learning_rate", "model=mlp") == [0.01]
    assert values("l2", "model=mlp") == [0.0]
    assert values("momentum", "model=mlp") == [0.0]
    assert values("epochs", "model=mlp") == [4, 6, 8]
    assert values("l2", last) == []
    assert main(["runs", "compare", "model=mlp", "--by", "l2"]) == 0
    assert "Left out as l2 was changed on the way: 2 runs." in " ".join(capsys.readouterr().out.split())
    # Those of an older version do not say it.
    path = store.find(last).path / "run.json"
    facts = {name: value for name, value in json.loads(path.read_text()).items() if name != "changed_before"}
    path.write_text(json.dumps(facts))
    assert main(["runs", "compare", "model=mlp", "--by", "l2"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "Left out as l2 was changed on the way: 1 run." in words
    assert "Left out as l2 may have been changed before they were branched: 1 run." in words
    assert store.get(ended(branch(store, last, 8, {"epochs": 9})).run).changed_before is None


@pytest.mark.parametrize("words", [(), ("--format", "csv"), ("--seeds",)])
def test_a_comparison_says_which_runs_were_branched(steered, blobs, store, capsys, words):
    """A branch with the values of another run stood beside it as if it had begun with them."""
    branched = ended(branch(store, steered, 4, {"epochs": 6})).run
    other = train(store, blobs, learning_rate=0.2, epochs=6)
    capsys.readouterr()
    assert main(["runs", "compare", other, branched, *words]) == 0
    assert f"{steered} after epoch 4" in capsys.readouterr().out


async def test_the_comparison_on_the_screen_says_in_short_which_runs_were_branched(steered, blobs, store):
    branched = ended(branch(store, steered, 4, {"epochs": 6})).run
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = ComparisonDialog.of(store, [store.get(train(store, blobs)), store.get(branched)])
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.is_drawn)
        table = dialog.query_one(ComparedTable)
        rows = [[str(cell).strip() for cell in table.get_row_at(i)] for i in range(table.row_count)]
        assert ["branched", "-", f"{steered.rpartition('-')[2]} after epoch 4"] in rows


async def test_a_branch_that_trains_has_the_marks_that_it_has_when_it_is_kept(steered, store):
    """Its curve began with that of the other, and bent without a word where that one was steered and where it began."""
    app = Hw1App("training")
    async with app.run_test(size=(120, 40)) as pilot:
        live = submit_branched(app.workspace.queue, store, store.get(steered), 4, {"l2": 0.1, "epochs": 6})
        await until(pilot, lambda: live.ended)
        changes = live.joined_changes
        assert [(change.epoch, change.name) for change in changes] == [(3, "learning_rate"), (5, "epochs"), (5, "l2")]
        assert tuple(changes) == store.get(live.run_id).joined_changes
        again = submit_resumed(app.workspace.queue, store, store.get(live.run_id), {"epochs": 7})
        await until(pilot, lambda: again.ended)
        assert again.joined_changes == [*changes, Change(7, "epochs", 6, 7)]


async def test_the_best_epoch_of_a_branch_is_one_of_its_own_in_every_chart_too(blobs, store):
    """The card and the charts named one of the run before, of which it has no checkpoint; the results named its own."""
    parent = train(store, blobs, epochs=6, learning_rate=0.1)
    run = ended(branch(store, parent, 6, {"learning_rate": 50.0, "epochs": 8})).run
    best = store.get(run).results["best_epoch"]
    assert best > 6
    lowest = best_epoch(store.metrics(run, joined=True))
    assert lowest
    assert lowest.epoch <= 6
    app: Any = Hw1App("runs")
    async with app.run_test(size=(200, 60)) as pilot:
        table = app.screen.query_one(RunTable)
        await until(pilot, lambda: table.run == run and app.screen.is_drawn)
        charts = [*app.screen.query(Plot)]
        dialog = ComparisonDialog.of(store, [store.get(run), store.get(parent)])
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.is_drawn)
        charts += dialog.query(Plot)
        marked = [(len(plot.series), plot.series[0 if plot.screen is dialog else -1].best_at) for plot in charts]
        assert {at for n, at in marked if n and at is not None} == {best}


def test_a_figure_marks_what_was_changed_before_and_by_branching(steered, store, tmp_path):
    """The curve of what a run was branched from stands before its own, and bends where that one was steered."""
    branched = ended(branch(store, steered, 4, {"epochs": 6, "l2": 0.1})).run
    path = tmp_path / "curves.svg"
    assert main(["runs", "export", branched, "--to", str(path)]) == 0
    text = path.read_text()
    assert "learning_rate 0.01 to 0.2" in text
    assert "l2 0 to 0.1" in text


def test_a_figure_of_a_run_and_its_branch_calls_them_in_its_marks_as_in_its_legend(steered, store, tmp_path):
    """They were called by their identifiers, and what both have was said twice, so long that the axes were flat."""
    branched = ended(branch(store, steered, 4, {"epochs": 6, "l2": 0.1})).run
    curves = tmp_path / "curves.svg"
    assert main(["runs", "export", steered, branched, "--to", str(curves)]) == 0
    told = re.findall(r"<!-- (.*?) -->", curves.read_text(), re.DOTALL)
    marks = {" ".join(text.split()) for text in told if " to " in text}
    assert "learning_rate 0.01 to 0.2" in marks
    titles = {mark.partition(":")[0] for mark in marks if ":" in mark}
    assert titles
    assert titles <= {*told}
    assert not {steered, branched} & titles


def test_a_schedule_that_a_stranger_wrote_as_a_list_is_none():
    """Every list of runs would have ended with it."""
    change = Change(3, "epochs", 4, 8)
    assert trained_otherwise({"schedule": ["cosine"]}, [change]) == []
    assert trained_otherwise({"schedule": "cosine"}, [change]) == [change]


def test_what_was_steered_after_the_place_a_run_goes_on_from_is_overtaken():
    history = ConfigHistory({"learning_rate": 0.1, "epochs": 9})
    history.begin({"learning_rate": 0.1, "epochs": 9}, None)
    for epoch, rate in ((2, 0.2), (4, 0.4), (7, 0.7)):
        history.change("learning_rate", rate, epoch)
    history.begin({"learning_rate": 0.2, "epochs": 12}, 3)
    assert [change.new for change in history.changes] == [0.2, 12]
    assert history.now == {"learning_rate": 0.2, "epochs": 12}
    assert history.first == {"learning_rate": 0.1, "epochs": 12}


async def test_going_on_with_a_run_that_the_report_needs_says_that_it_loses_it(blobs, store, capsys):
    """It was said of a sweep's trials, and under Training, alone."""
    assert main(["--batch", "train", "--preset", "1.1a", "--data", str(blobs), "--quiet"]) == 0
    (record,), words = store.runs(), "the report does not count it any more"
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        for one in (record, store.get(train(store, blobs))):
            dialog = ContinuationDialog(one)
            await app.push_screen(dialog)
            await until(pilot, partial(dialog.query, "#what"))
            assert (words in str(dialog.query_one("#what", Static).content)) is (one is record)
            dialog.dismiss(None)
    capsys.readouterr()
    for epochs, is_told in ((101, True), (102, False)):
        assert main(["runs", "resume", record.run, "--epochs", str(epochs)]) == 0
        assert (words in capsys.readouterr().err) is is_told


def test_the_best_epoch_of_a_branch_is_one_of_its_own(blobs, store):
    """A branch of a run that had stopped early ended before its first epoch, as finished and with the other's results.

    Where the lowest validation loss was the other's, its own best was not kept, and "best" led nowhere.
    """
    run = ended(start(store, blobs, epochs=60, learning_rate=0.3, patience=3)).run
    record = store.get(run)
    assert record.results["epochs_done"] == record.results["best_epoch"] + 3 < 60
    end = ended(branch(store, run, record.results["epochs_done"], {"learning_rate": 1e-6}))
    best = store.get(end.run).results["best_epoch"]
    assert end.best_epoch == best > record.results["epochs_done"]
    assert store.find(end.run).checkpoint_store.at(best)
    live = LiveRun(1, config_of(blobs), parent=(run, record.results["epochs_done"]))
    live.epochs = store.metrics(end.run, joined=True)
    assert (live.best and live.best.epoch) == best
    checkpoint = store.find(run).checkpoint_store.at(record.results["epochs_done"])
    assert checkpoint
    begun = read_session_state(as_new_run(read_state(checkpoint)))
    assert (begun["best_epoch"], begun["best_loss"], begun["seconds"]) == (None, None, 0.0)


@pytest.mark.parametrize("schedule", ["cosine", "constant"])
def test_a_cosine_that_came_down_over_other_epochs_is_not_taken_for_one_over_all(blobs, store, schedule, capsys):
    """It was one of the seeds of a longer run, though its rate had come down to 0 halfway and jumped."""
    run = train(store, blobs, schedule=schedule, epochs=3)
    list(resume(store, run, {"epochs": 6}))
    asked = config_of(blobs, schedule=schedule, epochs=6)
    fingerprint = store.get(run).facts["fingerprint"]
    is_same = schedule == "constant"
    assert bool(find_trained(store, {"": (asked, fingerprint)})) is is_same
    assert store.get(run).not_repeated == ([] if is_same else ["epochs 3 to 6 in epoch 4"])
    branched = ended(branch(store, run, 3)).run
    stopped = ended(branch(store, branched, 6, {"epochs": 7})).run
    for name, values in ((run, [6]), (branched, [6]), (stopped, [7])):
        capsys.readouterr()
        assert main(["runs", "compare", name, "--by", "epochs", "--format", "jsonl"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [json.loads(line)["epochs"] for line in lines] == (values if is_same else [])


async def test_marks_stand_in_the_charts_of_the_history_and_the_copied_command_says_what_it_leaves_out(steered):
    app = Hw1App("runs")
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).run)
        assert STEERED in str(app.screen.query_one("#about", Static).content)
        await pilot.press("ctrl+y")
        comment, command = app.clipboard.split("\n")
        assert comment == f"# not repeated: {STEERED}"
        assert "--learning-rate 0.01" in command
        await pilot.press("escape", "enter")
        await until(pilot, lambda: isinstance(app.screen, ComparisonDialog) and app.screen.is_drawn)
        charts = app.screen.query(Plot)
        assert all(any("0.01 to 0.2" in mark.label and mark.x == 2 for mark in chart.marks) for chart in charts)


async def train_one_epoch(pilot, script, app):
    await pilot.press("enter", "enter")
    await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
    script.allow(1)
    await until(pilot, lambda: app.workspace.queue.runs[0].epochs_done == 1)
    return app.workspace.queue.runs[0]


async def test_the_command_of_a_run_that_was_steered_begins_as_it_began(script):
    app = app_of(script)
    async with app.run_test(size=(120, 40)) as pilot:
        live = await train_one_epoch(pilot, script, app)
        began = live.config.command()
        live.control.steer({"learning_rate": 0.05})
        await until(pilot, lambda: live.steered)
        await pilot.press("ctrl+y")
        assert app.clipboard == f"# not repeated: learning_rate 0.001 to 0.05 in epoch 2\n{began}"


async def test_again_trains_a_steered_run_as_it_began_and_says_what_is_not_repeated(script):
    """It trained with the last values, where the command that is copied has the first ones."""
    app = app_of(script, "training")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].started)
        live = app.workspace.queue.runs[0]
        live.control.steer({"learning_rate": 0.2})
        script.free = True
        await until(pilot, lambda: live.ended)
        await pilot.press("o")
        await until(pilot, lambda: len(app.workspace.queue.runs) == 2)
        assert app.workspace.queue.runs[1].config == live.first_config != live.config
        assert isinstance(app.screen, TrainingScreen)
        command = app.screen.command()
        assert command
        assert command.line == live.first_config.command()
        await until(pilot, lambda: "Not repeated: learning_rate" in told(app))


async def test_steering_a_run_that_ends_meanwhile_says_so_and_keeps_what_was_typed(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        live = await train_one_epoch(pilot, script, app)
        await pilot.press("e", "ctrl+u", *"0.05")
        app.workspace.queue.stop(live)
        await until(pilot, lambda: live.ended)
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, SteerDialog)
        assert "nothing was changed" in str(app.screen.query_one("#what", Static).content)
        assert app.screen.query_one("#field-learning-rate Input", Input).value == "0.05"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: live.steered)
        assert live.is_live
        assert [str(change) for change in live.steered] == ["learning_rate 0.001 to 0.05 in epoch 2"]


async def test_what_comes_too_late_for_a_run_is_said(script):
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        live = await train_one_epoch(pilot, script, app)
        live.control.stop()
        await until(pilot, lambda: live.told or live.ended)
        live.control.steer({"learning_rate": 0.05})
        app.workspace.queue.hear(live)
        await until(pilot, lambda: "before it could take learning_rate" in told(app))


async def test_a_run_that_tells_faster_than_it_is_heard_leaves_keys_and_signals_their_turn(script, monkeypatch):
    """The interface took events as long as there were any, and never heard of Ctrl+C or a terminal that was gone."""
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        live = await train_one_epoch(pilot, script, app)
        taken: list[Event] = []

        def take(event):
            taken.append(event)
            live.told.append(event)  # as a worker that trains on meanwhile

        monkeypatch.setattr(live, "take", take)
        live.told.append(Remarked("again"))
        app.workspace.queue.hear(live)
        assert len(taken) == 1
        live.told.clear()


async def test_going_on_without_anything_to_do_is_said_in_the_dialog(script):
    script.free = True
    app = app_of(script)
    async with app.run_test(size=(80, 24)) as pilot:
        app.workspace.draft.type("epochs", "3")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: app.workspace.queue.runs and app.workspace.queue.runs[0].ended)
        await pilot.press("e", "ctrl+s")
        assert isinstance(app.screen, SteerDialog)
        problem = app.screen.query_one("#field-epochs .problem", Static)
        assert "3 are done; allowed: more than 3" in str(problem.content)
        assert app.focused is app.screen.query_one("#field-epochs Input")
        assert app.workspace.queue.runs[0].state == "finished"


@pytest.mark.parametrize("key", ["g", "b"])
async def test_going_on_with_a_kept_run_or_branching_without_anything_to_do_is_said_in_the_dialog(blobs, key):
    train(Store(), blobs)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query(RunTable) and app.screen.query_one(RunTable).run)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ContinuationDialog))
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, ContinuationDialog)
        assert "more than 4" in str(app.screen.query_one("#field-epochs .problem", Static).content)
        assert not app.workspace.queue.runs


@pytest.mark.parametrize(
    ("status", "words"),
    [("finished", "It goes on where it ended. A run that finished needs more epochs, one that stopped early a longer "),
     ("stopped", "It goes on where it ended."), ("diverged", "It goes on from its newest checkpoint.")],
)  # fmt: skip
async def test_from_where_a_run_goes_on_is_said_as_it_is_for_this_run(steered, store, status, words):
    """Of one that diverged it was where it ended; of all, that it comes to the same bits, also with any threads."""
    record = replace(store.get(steered), status=status)
    live = LiveRun(1, RunConfig.from_dict(record.config), steered, state=status)
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        for dialog in (ContinuationDialog(record), SteerDialog(live)):
            await app.push_screen(dialog)
            await until(pilot, partial(dialog.query, "#what"))
            said = str(dialog.query_one("#what", Static).content)
            assert said.startswith(words)
            assert "bits" not in said
            dialog.dismiss(None)


async def test_a_steered_run_is_told_as_one_among_those_below_the_form(steered, blobs):
    """It stood there with its results and "nothing" that it had otherwise."""
    app = Hw1App("hyperparameters", [Given("data", str(blobs), "--data")])
    app.workspace.draft.take(RunConfig.from_dict(Store().get(steered).config))
    async with app.run_test(size=(200, 60)) as pilot:
        await until(pilot, lambda: STEERED in str(app.screen.query_one(EarlierRuns).content))


async def test_the_numbers_of_a_run_that_was_often_steered_stand_beside_those_of_others(steered, blobs, store):
    """Its changes stood in one line, and its numbers at the end of a column as wide as that, out of sight."""
    other = train(store, blobs)
    for epochs in (5, 6, 7):
        list(resume(store, steered, {"epochs": epochs, "l2": epochs / 100}))
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = ComparisonDialog.of(store, [store.get(steered), store.get(other)])
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.is_drawn)
        table = dialog.query_one(ComparedTable)
        assert table.ordered_columns[1].get_render_width(table) < table.size.width / 2 + 4
        rows = [[str(cell) for cell in table.get_row_at(i)] for i in range(table.row_count)]
        (changes,) = (row[1] for row in rows if row[0] == "steered")
        lines = changes.splitlines()
        assert lines[0].strip() == f"{STEERED},"
        assert len(lines) == 7


async def test_the_values_to_branch_with_are_those_of_the_epoch_that_it_begins_after(steered, store):
    """They were the last ones: a branch from before a rate was raised promised that rate and trained with another."""
    list(resume(store, steered, {"epochs": 6}))
    kept = [one.epoch for one in store.find(steered).checkpoint_store.checkpoints()]
    app = Hw1App("runs")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = ContinuationDialog(store.get(steered), kept)
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.query("#field-learning-rate .control"))
        rate, l2 = (dialog.query_one(f"#field-{name} .control", Input) for name in ("learning-rate", "l2"))
        assert rate.value == "0.2"
        l2.value = "0.1"
        dialog.query_one("#epoch", Input).value = "2"
        await until(pilot, lambda: rate.value == "0.01")
        assert not dialog.query_one("#field-learning-rate").has_class("-changed")
        assert l2.value == "0.1"
        assert dialog.query_one("#field-epochs .control", Input).value == "6"
        dialog.query_one("#epoch", Input).value = "6"
        await until(pilot, lambda: rate.value == "0.2")


def test_a_branch_begins_with_the_values_of_its_epoch_and_has_as_many_epochs_as_are_planned_now(steered, store):
    """After a run went on to more epochs none could begin where it had ended before without being told how many."""
    list(resume(store, steered, {"epochs": 6, "l2": 0.1}))
    parent = store.get(steered)
    for epoch, rate, l2 in ((2, 0.01, 0), (4, 0.2, 0), (5, 0.2, 0.1)):
        end = list(branch(store, steered, epoch))[-1]
        assert isinstance(end, RunEnded)
        child = store.get(end.run)
        assert child.config == parent.config_after(epoch)
        assert (child.config["learning_rate"], child.config["l2"], child.config["epochs"]) == (rate, l2, 6)


def test_the_figure_of_a_run_says_where_it_was_steered(steered, tmp_path):
    path = tmp_path / "curves.svg"
    assert main(["runs", "export", steered, "--to", str(path)]) == 0
    assert "learning_rate 0.01 to 0.2" in path.read_text()
