"""A sweep: one definition, a run of the history a trial, nothing trained twice."""

import csv
import io
import json
import os
import shlex

import pytest

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.runs import Store
from hw1_tui.settings import given_values
from hw1_tui.sweep.kept import find_sweep
from hw1_tui.sweep.runner import SweepRunner
from hw1_tui.sweep.wish import Wish, define
from hw1_tui.training.event import Progressed
from hw1_tui.training.work import estimate_work
from tests.support.history import config_of
from tests.support.json_lines import records_of
from tests.support.swept import GRID, SHARED, losses_of, trials_of

# Training it.


def test_each_trial_is_a_run_with_sweep_and_point_and_the_same_command_trains_nothing_again(sweep):
    code, out, err = sweep(*GRID, "--seeds", 2, "--name", "first", "--format", "jsonl")
    assert code == 0
    assert "8 runs: 4 points with 2 seeds each" in err
    trials = trials_of(out)
    assert list(trials) == list(range(1, 9))
    assert [trials[i]["seed"] for i in range(1, 9)] == [42] * 4 + [43] * 4
    for number, trial in trials.items():
        record = Store().get(trial["run"])
        assert (record.status, record.sweep, record.facts["trial"]) == ("finished", "first", number)
        assert record.facts["point"] == {"learning_rate": trial["learning_rate"], "l2": trial["l2"]}
        assert record.labels.tags == ("sweep-first",)
        assert record.results["val_loss"] == trial["val_loss"]
    assert len(Store().runs("sweep=first tag=sweep-first")) == 8
    best = min((sum(trials[i + j]["val_loss"] for j in (0, 4)) / 2, i) for i in range(1, 5))
    end = records_of(out)[-1]
    assert (end["event"], end["finished_trials"], end["best_mean"]) == ("sweep_ended", 8, pytest.approx(best[0]))
    assert end["best"] == Store().get(trials[best[1]]["run"]).facts["point"]
    assert end["tested"]["low"] <= end["tested"]["value"] <= end["tested"]["high"]
    logs = {run.run: Store().find(run.run).log_path.read_bytes() for run in Store().runs()}
    code, again, err = sweep(*GRID, "--seeds", 2, "--name", "first", "--format", "jsonl")
    assert (code, again) == (0, out)
    assert "nothing is to be trained" in err
    assert {run.run: Store().find(run.run).log_path.read_bytes() for run in Store().runs()} == logs


def test_the_command_of_the_best_trains_what_was_the_best(sweep, capsys):
    _, out, _ = sweep(*GRID, "--format", "jsonl")
    end = records_of(out)[-1]
    words = shlex.split(end["command"])[1:]
    assert main([*words, "--format", "jsonl", "--threads", "1"]) == 0
    epochs = [record for record in records_of(capsys.readouterr()[0]) if record["event"] == "epoch"]
    assert epochs[-1]["val_loss"] == end["best_mean"]


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_the_same_sweep_has_the_same_trials_whatever_the_number_of_jobs(sweep, monkeypatch, tmp_path, engine):
    found = []
    for jobs in (1, 3):
        monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path / str(jobs)))
        assert sweep("--engine", engine, *GRID, "--jobs", jobs, "--quiet")[0] == 0
        found.append(losses_of())
    assert found[0] == found[1]
    assert len(found[0]) == 4


def test_runs_that_the_history_has_already_are_taken_as_trials_and_tagged_so(sweep, capsys, blobs):
    train = ["--batch", "train", "--data", str(blobs), *map(str, SHARED), "--learning-rate", "0.1", "--quiet"]
    assert main(train) == 0
    capsys.readouterr()
    code, _, err = sweep("--grid", "learning-rate=.1,.01", "--name", "wide")
    assert code == 0
    assert "1 of them in the history" in err
    assert len(Store().runs()) == len(Store().runs("tag=sweep-wide")) == 2
    assert sweep("--grid", "learning-rate=.1,.01", "--name", "same", "--quiet")[0] == 0
    assert len(Store().runs("tag=sweep-same")) == 2
    assert trials_of(sweep("show", "same", "--format", "jsonl")[1]) == trials_of(
        sweep("show", "wide", "--format", "jsonl")[1]
    )


def test_a_dry_run_prints_the_plan_and_keeps_nothing(sweep):
    code, out, err = sweep(*GRID, "--seeds", 2, "--dry-run")
    assert (code, err) == (0, "")
    assert "8 runs: 4 points with 2 seeds each. About " in out
    assert "by an epoch of" in out
    assert out.count("waiting") == 8
    assert not Store().home.exists()


@pytest.mark.parametrize("sizes", ["4;4000", "4000;4"])
def test_a_plan_takes_no_less_time_and_memory_than_the_largest_trial_whichever_comes_first(sweep, sizes):
    """Where a small one came first all were told to be as small, and two at once to end before the longer one could."""

    def plan(sizes, executor):
        grid = ("--model", "mlp", "--grid", f"hidden-sizes={sizes}", "--jobs", 2, "--executor", executor)
        return records_of(sweep(*grid, "--dry-run", "--epochs", 3, "--format", "jsonl")[1])[0]

    small = plan("4;5", "threads")["memory"]
    assert plan(sizes, "threads")["memory"] - small >= 32 * 4000 * 12
    found = plan(sizes, "processes")
    works = {n: estimate_work(config_of("blobs", hidden_sizes=[n], epochs=3), 90, 9) for n in (4, 4000)}
    ratio = works[4000] / works[int(sizes.partition(";")[0])]
    assert found["seconds"] >= 0.999 * 3 * found["epoch_seconds"] * ratio


def test_an_axis_that_changes_nothing_is_told_with_the_plan(sweep):
    grid = "--grid", "schedule=constant,step", "--grid", "schedule-epochs=1,2"
    code, out, _ = sweep(*grid, "--dry-run")
    assert code == 0
    assert "At some points schedule_epochs has no effect: the schedule is constant, not step." in " ".join(out.split())


@pytest.mark.parametrize("output_format", ["table", "csv", "jsonl"])
def test_a_dry_run_says_the_plan_and_each_trial_in_every_format(sweep, output_format):
    """Rows of CSV are of one kind, so that the plan is said beside them; lines of JSON are events as of a sweep."""
    code, out, err = sweep(*GRID, "--dry-run", "--format", output_format, "--metric", "train_accuracy")
    assert code == 0
    assert ("4 points. About" in (err if output_format == "csv" else out)) == (output_format != "jsonl")
    if output_format == "csv":
        assert len(list(csv.DictReader(io.StringIO(out)))) == 4
    if output_format == "jsonl":
        assert [record["event"] for record in records_of(out)] == ["sweep_planned", *["trial"] * 4]


def test_what_points_are_ranked_by_stands_with_each_trial_in_every_format(sweep):
    _, out, _ = sweep(*GRID, "--format", "jsonl", "--metric", "train_accuracy")
    assert all(0 < trial["train_accuracy"] <= 1 for trial in trials_of(out).values())
    assert "train_accuracy" in sweep("show", "--format", "csv")[1].splitlines()[0]


def test_formats_have_a_line_a_trial(sweep):
    code, out, err = sweep(*GRID, "--format", "csv")
    assert "On the test split, which had no part in the choice" in err
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (code, len(rows)) == (0, 4)
    assert {row["status"] for row in rows} == {"finished"}
    _, out, _ = sweep("show", "--quiet")
    lines = out.splitlines()
    assert lines[0].split()[:2] == ["trial", "learning"]
    assert [line.split()[0] for line in lines[1:5]] == ["1", "2", "3", "4"]
    assert "hw1-tui --batch train --model logistic_regression" in lines[-1]


def test_a_sweep_whose_time_is_over_has_ended_by_its_own_rule_and_goes_on(sweep, tmp_path):
    code, out, err = sweep(*GRID, "--name", "short", "--time", "0.001s", "--format", "jsonl")
    assert code == 0
    assert "Its time is over. hw1-tui sweep resume short goes on with it." in err
    *_, err = sweep(*GRID, "--name", "there", "--time", "0.001s", "--home", tmp_path / "there", "--format", "jsonl")
    assert f"hw1-tui sweep resume there --home {tmp_path / 'there'} goes on with it." in err
    assert {trial["status"] for trial in trials_of(out).values()} <= {"stopped", "waiting", "finished"}
    assert any(trial["status"] != "finished" for trial in trials_of(out).values())
    code, out, _ = sweep("resume", "--time", "1h", "--format", "jsonl")
    assert code == 0
    assert [trial["status"] for trial in trials_of(out).values()] == ["finished"] * 4
    assert len(Store().runs()) == 4


def test_another_sweep_of_the_same_name_is_refused(sweep):
    assert sweep("--grid", "l2=0,.01", "--name", "one", "--quiet")[0] == 0
    code, _, err = sweep("--grid", "l2=0,.1", "--name", "one")
    assert code == 2
    assert "--name: another sweep, of other trials, is called one" in err
    code, _, err = sweep("show", "on")
    assert (code, err) == (2, "hw1-tui: on: there is no such sweep; allowed: one (did you mean one?)\n")


def test_a_sweep_of_an_engine_that_is_missing_is_told_where_it_is_asked_for_and_not_overwritten(sweep):
    """It was told at every other sweep, was none where it was asked for, and lost its definition to one of its name."""
    assert sweep("--grid", "l2=0,.01", "--name", "one", "--quiet")[0] == 0
    folder = Store().home / "sweeps"
    record = json.loads((folder / "one.json").read_text())
    record |= {"name": "two", "config": {**record["config"], "engine": "example"}}
    (folder / "two.json").write_text(json.dumps(record))
    code, _, err = sweep("show", "one", "--quiet")
    assert (code, err) == (0, "")
    code, _, err = sweep("show", "two")
    assert (code, err) == (2, "hw1-tui: sweep two, engine: there is no engine 'example'; allowed: numpy, torch\n")
    (folder / "three.json").write_text(json.dumps(record))
    os.utime(folder / "three.json", (1, 1))
    code, _, err = sweep("show", "--quiet")
    said = "sweep two, engine: there is no engine 'example'; allowed: numpy, torch. It is left out."
    assert (code, err) == (0, f"hw1-tui: {said} Sweeps that are left out as well: three.\n")
    code, _, err = sweep("--grid", "l2=0,.01", "--name", "two")
    assert code == 2
    assert "--name: another sweep, which cannot be read here (there is no engine 'example'), is called two" in err


@pytest.mark.parametrize("seconds", [[1], "60", -1, float("nan"), float("inf")])
def test_a_time_that_is_none_and_a_link_that_leads_nowhere_are_passed_over_among_kept_sweeps(sweep, seconds):
    """The definition that the trials keep is sound."""
    assert sweep("--grid", "l2=0,.01", "--name", "one", "--quiet")[0] == 0
    path = Store().home / "sweeps" / "one.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "time": seconds}))
    path.with_name("two.json").symlink_to("nowhere")
    code, _, err = sweep("resume", "one")
    assert code == 0
    assert "nothing is to be trained" in err


@pytest.mark.parametrize("executor", ["threads", "stacked"])
def test_what_is_done_grows_within_an_epoch(store, blobs, executor):
    """A first epoch may take minutes: that of one trial, and those of trials that train as one."""
    given = given_values({"model": "logistic_regression", "engine": "torch", "data": str(blobs), "epochs": 2}, "")
    dataset = data.load(str(blobs))
    sweep = define(Wish(given, [("l2", "0,.01", "")]), []).on(str(blobs), dataset.fingerprint)
    done = 0.0
    for step in SweepRunner(sweep, dataset, store, 2, executor=executor).steps():
        assert (step.done > done) if isinstance(step.event, Progressed) else step.done == pytest.approx(done)
        done = step.done
    assert done == 1


# What follows.


def test_what_matters_is_told_from_what_is_chance(sweep):
    """The learning rate tells all; of two values of l2 that do nothing only chance can be said."""
    code, out, _ = sweep("--grid", "learning-rate=1e-4,.1,.2", "--grid", "l2=0,1e-9", "--epochs", 6, "--seeds", 3,
                         "--format", "jsonl")  # fmt: skip
    end = records_of(out)[-1]
    terms = {tuple(term["names"]): term for term in end["importance"]}
    assert code == 0
    assert terms["learning_rate",]["verdict"] == "clear"
    assert terms["learning_rate",]["share"] > 0.9
    assert terms["l2",]["verdict"] != "clear"
    assert 0 <= end["luck"] < 0.5
    assert len(end["equal_points"]) + end["clearly_worse_points"] == 5
    assert {"learning_rate": 1e-4, "l2": 0} not in end["equal_points"]
    text = sweep("show", "--quiet")[1]
    assert "On the test split, which had no part in the choice, the best has a test accuracy of" in text
    assert "The best is clearly better than 2 of 5 others" in text


def test_a_trial_that_diverged_is_the_worst_and_fails_the_sweep(sweep):
    code, out, err = sweep("--learning-rate", 10, "--grid", "l2=0,1000", "--format", "jsonl")
    end = records_of(out)[-1]
    assert code == 1
    assert end["diverged_trials"] == 1
    assert end["best"] == {"l2": 0}
    assert "trial 2 (l2 1000, seed 42): " in err
    assert "Of 2 trials: 1 diverged.\n" in err
    shown = " ".join(sweep("show")[1].split())
    assert "Of 2 points one has finished: nothing to compare it with." in shown  # it said that there is one
    assert "A trial that diverged counts as the worst that finished." in shown  # of shares that are 0 for it


# Halving in a sweep.


def test_halving_stops_the_worst_and_ends_well(sweep):
    rates = ",".join(f"{rate:g}" for rate in (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.02, 0.05, 0.1))
    code, out, err = sweep(
        "--grid", f"learning-rate={rates}", "--epochs", 8, "--halving", "--format", "jsonl", "--jobs", 2
    )
    assert code == 0
    assert "halving trains about" in err
    trials = trials_of(out)
    statuses = [trials[number]["status"] for number in range(1, 9)]
    assert statuses.count("halved") >= 3
    assert statuses[-1] == "finished"
    assert statuses[0] == "halved"
    assert sum(trial["epochs_done"] for trial in trials.values()) < 0.8 * 64
    logs = {run.run: Store().find(run.run).log_path.read_bytes() for run in Store().runs()}
    assert sweep("resume", "--format", "jsonl")[0] == 0
    assert {run.run: Store().find(run.run).log_path.read_bytes() for run in Store().runs()} == logs


# Export.


def test_export_writes_trials_ranking_and_definition(sweep, tmp_path):
    sweep(*GRID, "--name", "kept", "--seeds", 2)
    paths = {suffix: tmp_path / f"a{suffix}" for suffix in (".csv", ".md", ".tex", ".toml")}
    for path in paths.values():
        assert sweep("export", "kept", "--to", path, "--quiet") == (0, "", "")
    assert len(paths[".csv"].read_text().splitlines()) == 9
    assert paths[".md"].read_text().startswith("| rank | learning rate | l2 | seeds |")
    assert r"\toprule" in paths[".tex"].read_text()
    code, out, _ = sweep("--config", paths[".toml"], "--dry-run", "--format", "jsonl")
    assert (code, records_of(out)[0]["missing"]) == (0, 0)
    code, _, err = sweep("export", "--to", paths[".csv"])
    assert code == 2
    assert "exists already" in err


@pytest.mark.parametrize("options", [("--grid", "l2=0..1:3", "--grid", "learning-rate=1e-3..1:log:3"),
                                     ("--grid", "learning-rate=1e-3..1:log", "--random", 3)])  # fmt: skip
def test_the_figure_has_a_panel_an_axis_and_is_the_same_each_time(sweep, tmp_path, options):
    sweep(*options, "--name", "drawn")
    contents = []
    for name in ("a.svg", "b.svg"):
        assert sweep("export", "--to", tmp_path / name, "--quiet") == (0, "", "")
        contents.append((tmp_path / name).read_text())
    assert contents[0] == contents[1]
    assert contents[0].count('id="axes_') == len([option for option in options if option == "--grid"])


def test_a_definition_that_a_stranger_wrote_is_left_out_and_another_trial_has_it(sweep):
    sweep("--grid", "l2=0,.01", "--name", "mine")
    path = Store().find("last").path / "run.json"
    facts = json.loads(path.read_text())
    facts["sweep"]["axes"] = "none"
    path.write_text(json.dumps(facts))
    (Store().home / "sweeps" / "mine.json").write_text('{"name": "mine", "axes": 3}')
    assert find_sweep(Store(), "mine").name == "mine"
    (Store().home / "sweeps" / "mine.json").unlink()
    assert find_sweep(Store(), "mine").name == "mine"


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_the_trials_are_the_same_whichever_executor_trains_them_and_each_says_which_did(sweep, monkeypatch, engine):
    losses = {}
    for executor in ("threads", "stacked"):
        with monkeypatch.context() as patch:
            patch.setenv("HW1_TUI_HOME", f"{os.environ['HW1_TUI_HOME']}-{executor}")
            code, _, err = sweep(*GRID, "--engine", engine, "--jobs", 1, "--executor", executor)
            assert code == 0, err
            losses[executor] = losses_of()
            assert {run.facts["executor"] for run in Store().runs()} == {executor}
    assert losses["threads"].keys() == losses["stacked"].keys()
    for point, told in losses["threads"].items():
        assert losses["stacked"][point] == pytest.approx(told, rel=1e-4)


def test_an_executor_that_is_unknown_is_refused_with_those_that_are_known(sweep):
    code, _, err = sweep(*GRID, "--executor", "stack")
    assert code == 2
    assert "stacked" in err
