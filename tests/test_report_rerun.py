"""How the runs of a report are trained: beside each other where there are cores, and to the same bits every time."""

import contextlib
import functools
import itertools
import json
import signal
import subprocess
import sys

import pytest

from engines import registry
from hw1_tui import data
from hw1_tui.files.lock import Lock
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs import planned_job
from hw1_tui.report.runs.plan import find_newest, plan_runs
from hw1_tui.report.runs.rerun import LOST, Rerun
from hw1_tui.report.runs.run_result import read_results
from hw1_tui.runs import RunFolder, Store
from hw1_tui.runs.turn import WAITED_FOR, taken
from hw1_tui.training import executor
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Remarked, RunEnded, RunStarted
from hw1_tui.training.recording import record, resume
from hw1_tui.training.session import Session
from tests.support.followed import Gone
from tests.support.history import write_blobs

QUESTIONS = ("1.1", "1.2", "2.2c")


HOMEWORK = """
[homework]
title = "Two seeds"

[[runs]]
name = "one"
question = "1"
settings = { model = "logistic_regression", epochs = 600, seed = 1 }

[[runs]]
name = "other"
question = "1"
settings = { model = "logistic_regression", epochs = 600, seed = 2 }

[[tables]]
number = 1
question = "1"
title = "Seeds"
columns = [{ title = "one", run = "one" }, { title = "other", run = "other" }]
rows = [{ figure = "test_accuracy" }]
"""


@pytest.fixture(scope="module")
def trained_on(tmp_path_factory):
    """Train the runs of some questions, once for a number of cores; return the steps, the engines, the results."""

    def train(cores):
        folder = tmp_path_factory.mktemp("trained")
        source = str(write_blobs(folder / "blobs.npz"))
        homework, dataset, store = read_questions().only(QUESTIONS), data.load(source), Store(folder / "home")
        rerun = Rerun(plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, 0.1), store, Control())
        with pytest.MonkeyPatch.context() as patch:
            for module in (planned_job, executor):
                patch.setattr(module, "cores", lambda: cores)
            steps = list(rerun.steps())
        return steps, {run.name: run.config.engine for run in rerun.runs}, read_results(store, rerun.kept)

    return functools.cache(train)


def first_run(blobs):
    """Return the run of the first question, planned."""
    source = str(blobs)
    homework, dataset = read_questions().only(("1.1",)), data.load(source)
    return plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, 0.1)[0]


def begin(run, store):
    """Begin to train a run as another program does; return its further events and its identifier."""
    events = record(Session(run.config, registry.get(run.config.engine), run.data, Control()), store)
    return events, next(event.run for event in events if isinstance(event, RunStarted))


def spans(steps):
    """Return from which step to which each run went."""
    first = {s.run.name: place for place, s in enumerate(steps) if isinstance(s.event, RunStarted)}
    last = {s.run.name: place for place, s in enumerate(steps) if isinstance(s.event, RunEnded)}
    assert first.keys() == last.keys()
    return {name: (first[name], last[name]) for name in first}


def overlap(one, other):
    return one[0] < other[1] and other[0] < one[1]


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_as_many_runs_at_once_as_there_are_cores_and_never_two_of_numpy(trained_on, cores):
    steps, engines, results = trained_on(cores)
    reached = spans(steps)
    assert set(reached) == set(engines) == {name for name in engines if name in results}
    at_once = [sum(a <= place <= b for a, b in reached.values()) for place in range(len(steps))]
    assert max(at_once) <= cores
    assert (max(at_once) > 1) == (cores > 1)
    pairs = itertools.combinations([name for name in engines if engines[name] == "numpy"], 2)
    assert not any(overlap(reached[one], reached[other]) for one, other in pairs)


def test_the_share_of_the_work_that_is_done_only_grows_and_comes_to_all(trained_on):
    steps, _, _ = trained_on(2)
    shares = [step.done for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_the_same_figures_every_time_whatever_trained_beside(trained_on):
    one, other = trained_on(2)[2], trained_on(3)[2]
    for name in read_questions().only(QUESTIONS).needed_runs():
        for metric in ("train_loss", "val_loss", "weight_norm"):
            assert one.own(name).series(metric) == other.own(name).series(metric)


def test_longest_first(trained_on):
    """The longest run of torch is among those that begin at once, so that none is left over at the end."""
    at_once = 2
    steps, engines, _ = trained_on(at_once)
    reached = spans(steps)
    longest = max((step.run for step in steps if engines[step.run.name] == "torch"), key=lambda run: run.work())
    by_begin = sorted(
        (name for name, engine in engines.items() if engine == "torch"), key=lambda name: reached[name][0]
    )
    assert longest.name in by_begin[:at_once]
    assert len(by_begin) > at_once


def test_a_run_that_is_missing_alone_trains_as_it_would_among_others(tmp_path, monkeypatch, blobs):
    """With the same number of threads, which decides the last bits where a product is split among them."""
    for module in (planned_job, executor):
        monkeypatch.setattr(module, "cores", lambda: 2)
    source = str(blobs)
    homework, dataset = read_questions().only(QUESTIONS), data.load(source)
    plan = plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, 0.02)
    for run in (run for run in plan if run.config.hyperparameters.get("batch_size", 1) > 1):
        rerun = Rerun([run], Store(tmp_path / run.name), Control())
        list(rerun.steps())
        assert [record.config["threads"] for record in Store(tmp_path / run.name).runs()] == [1]


def report(folder):
    (folder / "seeds.toml").write_text(HOMEWORK)
    paths = {"questions": "seeds.toml", "data": "blobs.npz", "home": "home", "out": "out"}
    words = [f"--{option}={folder / name}" for option, name in paths.items()]
    return subprocess.Popen(
        [sys.executable, "-m", "hw1_tui", "--batch", "report", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def trained(folder):
    """Return the epochs that were trained, by run, as the logs tell them."""
    logs = (folder / "home" / "runs").glob("*/metrics.jsonl")
    return {log.parent.name: [json.loads(line).get("epoch") for line in log.read_text().splitlines()] for log in logs}


def test_reports_side_by_side_share_their_runs_and_write_the_same(tmp_path, blobs):
    processes = [report(tmp_path) for _ in range(2)]
    told = [process.communicate(timeout=100) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    assert told[0][0] == told[1][0]
    assert [record.status for record in Store(tmp_path / "home").runs()] == ["finished", "finished"]
    for epochs in trained(tmp_path).values():
        counted = [epoch for epoch in epochs if epoch is not None]
        assert counted == sorted(set(counted))


def test_a_report_goes_on_with_what_another_has_stopped(tmp_path, blobs):
    first = report(tmp_path)
    while not any((tmp_path / "home").glob("runs/*/metrics.jsonl")):
        assert first.poll() is None
    first.send_signal(signal.SIGSTOP)  # or it might be done before the second begins
    second = report(tmp_path)
    while "is being trained by another program" not in second.stderr.readline():
        assert second.poll() is None
    first.send_signal(signal.SIGCONT)
    first.terminate()
    first.communicate(timeout=100)
    _, err = second.communicate(timeout=100)
    assert (first.returncode, second.returncode) == (143, 0), err
    assert [record.status for record in Store(tmp_path / "home").runs()] == ["finished", "finished"]


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_run_that_others_change_while_the_rest_trains_is_told_and_not_counted(tmp_path, blobs, is_gone):
    """A report counted it as it was by then: after more epochs than it had asked for."""
    source = str(blobs)
    homework, dataset, store = read_questions().only(("1.1", "1.2")), data.load(source), Store(tmp_path / "home")
    rerun = Rerun(plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, 0.1), store, Control())
    steps, first = [], ""
    for step in rerun.steps():
        steps.append(step)
        if isinstance(step.event, RunEnded) and not first:
            first, run = step.run.name, step.event.run
            if is_gone:
                store.delete(run)
            else:
                list(resume(store, run, {"epochs": step.run.config.epochs + 3}))
    assert [run.name for run in rerun.missing] == [first]
    assert first not in read_results(store, rerun.kept)
    said = [(step.run.name, step.event) for step in steps if isinstance(step.event, Remarked)]
    assert said == [(first, Remarked(LOST, is_failure=True))]  # also under --quiet


def test_a_run_that_is_trained_from_the_command_line_is_waited_for(tmp_path, blobs):
    run, store = first_run(blobs), Store(tmp_path / "home")
    events, _ = begin(run, store)
    steps = Rerun([run], store, Control()).steps()
    waits = next(steps).event
    assert isinstance(waits, Remarked)
    assert "another program" in waits.text
    list(events)
    assert list(steps) == []
    assert len(store.runs()) == 1


@pytest.mark.parametrize("was_live", [False, True])
def test_a_run_that_another_program_leaves_and_deletes_before_its_turn_is_trained_anew(tmp_path, blobs, was_live):
    """Neither gone on with, which it cannot be, nor waited for as one that another program trains."""
    run, store = first_run(blobs), Store(tmp_path / "home")
    events, begun = begin(run, store)
    if not was_live:
        events.close()
    rerun = Rerun([run], store, Control())
    assert rerun.kept
    events.close()
    store.delete(begun)
    ends = [step.event for step in rerun.steps() if isinstance(step.event, RunEnded)]
    assert [(end.status, end.run == begun) for end in ends] == [("finished", False)]


def test_a_run_that_is_deleted_as_it_ends_does_not_end_the_report(tmp_path, blobs):
    """Between its end and the look at what it came to, as where stdout is slow: another is trained."""
    run, store = first_run(blobs), Store(tmp_path / "home")
    rerun = Rerun([run], store, Control())
    runs: list[str] = []
    ends: list[tuple[str, str]] = []
    for step in rerun.steps():
        if isinstance(step.event, RunStarted):
            runs.append(step.event.run)
        elif isinstance(step.event, EpochEnded) and step.event.epoch == run.config.epochs and len(runs) == 1:
            while store.get(runs[0]).status != "finished" or RunFolder(store.runs_path / runs[0]).is_live:
                pass
            store.delete(runs[0])
        elif isinstance(step.event, RunEnded):
            ends.append((step.event.run, step.event.status))
    assert ends == [(run, "finished") for run in runs]
    assert [record.run for record in store.runs()] == runs[1:]


def test_a_run_that_another_program_goes_on_with_in_the_moment_of_its_turn_is_waited_for(tmp_path, blobs, monkeypatch):
    """It was told as failed: that it is being trained elsewhere was a mistake like any other."""
    run, store = first_run(blobs), Store(tmp_path / "home")
    events, begun = begin(run, store)
    events.close()
    others: list[Lock] = []

    @contextlib.contextmanager
    def taken_just_before_another(*asked):
        with taken(*asked) as turn:
            if not others:
                others.append(store.find(begun).lock())
            yield turn

    monkeypatch.setattr(planned_job, "taken", taken_just_before_another)
    steps = Rerun([run], store, Control()).steps()
    assert next(steps).event == Remarked(WAITED_FOR)
    others[0].release()
    assert [step.event.status for step in steps if isinstance(step.event, RunEnded)] == ["finished"]
    assert [record.run for record in store.runs()] == [begun]


@pytest.mark.parametrize("cores", [1, 2])
def test_two_names_for_one_training_have_one_run_which_counts_for_both(tmp_path, monkeypatch, cores):
    """With the second seed a run may be what another is with its first; the first of them was said to be deleted.

    The same command then looked for it in the history for ever.
    """
    for module in (planned_job, executor):
        monkeypatch.setattr(module, "cores", lambda: cores)
    (tmp_path / "homework.toml").write_text(HOMEWORK.replace("epochs = 600", "epochs = 2"))
    homework, dataset, store = read_questions(tmp_path / "homework.toml"), data.load("digits"), Store(tmp_path / "home")
    runs = plan_runs(homework, "digits", {("digits", DEFAULT_OPTIONS): dataset}, 2)
    assert find_newest(store.runs(), list(homework.runs.values())) == {}
    rerun = Rerun(runs, store, Control())
    steps = list(rerun.steps())
    assert not [step for step in steps if isinstance(step.event, Remarked)]
    assert not rerun.missing
    assert rerun.kept["one", 1] == rerun.kept["other", 0]
    assert len(store.runs()) == 3
    assert list(Rerun(runs, store, Control()).steps()) == []
    assert set(find_newest(store.runs(), list(homework.runs.values()))) == {"one", "other"}


def test_where_the_workers_are_gone_no_further_run_fails(tmp_path, blobs):
    source = str(blobs)
    homework, dataset, store = read_questions().only(("1.1", "1.2")), data.load(source), Store(tmp_path / "home")
    runs = plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, 0.1)
    assert len(runs) > 2
    (end,) = [step.event for step in Rerun(runs, store, Control(), workers=Gone()).steps()]
    assert isinstance(end, RunEnded)
    assert end.reason == "--on: the scheduler is gone"
