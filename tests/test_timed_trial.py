"""Which executor trains some runs is found by training a little of them, and said."""

import pytest

from hw1_tui import data
from hw1_tui.read_options import DEFAULT_OPTIONS
from hw1_tui.report.questions.question_file import read_questions
from hw1_tui.report.runs.plan import plan_runs
from hw1_tui.report.runs.rerun import Rerun
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig, given_values
from hw1_tui.sweep import runner
from hw1_tui.sweep.plan import default_jobs, make_plan
from hw1_tui.sweep.wish import Wish, define
from hw1_tui.training import timed_trial
from hw1_tui.training.control import Control
from hw1_tui.training.event import Remarked
from hw1_tui.training.job import Job
from hw1_tui.training.timed_trial import TimedTrial, find_stacking, time_executors
from tests.support.history import write_blobs


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Trials that are shorter than would be right."""
    monkeypatch.setattr(timed_trial, "SECONDS", 0.1)


def jobs(n, **values):
    given = {"model": "logistic_regression", "data": "digits", "threads": 1, "epochs": 100_000, **values}
    return [Job(RunConfig.from_dict({**given, "learning_rate": 1e-4 * (number + 1)})) for number in range(n)]


@pytest.mark.parametrize(
    ("rates", "fastest"), [((1.0, 3.0), "stacked"), ((1.0, 1.05), "threads"), ((2.0, 1.0), "threads")]
)
def test_threads_are_kept_unless_another_is_clearly_faster(rates, fastest):
    trial = TimedTrial(4, dict(zip(("threads", "stacked"), rates, strict=True)))
    assert trial.fastest == fastest
    assert fastest in trial.sentence
    assert f"{rates[1] / rates[0]:.2g} times as fast" in trial.sentence


def test_a_trial_trains_a_little_and_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path))
    trial = time_executors(jobs(4), data.load("digits"), 1)
    assert trial is not None
    assert trial.runs == 4
    assert all(rate > 0 for rate in trial.rates.values())
    assert not Store(tmp_path).runs()


@pytest.mark.parametrize(
    ("some", "lanes"), [(jobs(2), 2), (jobs(1), 1), (jobs(4, epochs=1), 1), (jobs(4, threads=0, engine="torch"), 1)]
)
def test_what_is_short_or_does_not_go_together_is_not_tried(some, lanes):
    assert time_executors(some, data.load("digits"), lanes) is None


def test_processes_are_tried_where_training_takes_long_and_keep_nothing(tmp_path, monkeypatch):
    """Also of runs that cannot train as one; a run of the report or a short one begins no process."""
    monkeypatch.setenv("HW1_TUI_HOME", str(tmp_path))
    some, dataset = jobs(3, model="mlp", hidden_sizes=(8,)), data.load("digits")
    trial = time_executors(some, dataset, 1, 1.0, processes=2)
    assert trial is not None
    assert trial.rates.keys() == {"threads", "processes"}
    assert all(rate > 1e-6 for rate in trial.rates.values())
    assert trial.runs == 3
    assert not Store(tmp_path).runs()
    assert time_executors(some, dataset, 1, 1e-5, processes=2) is None
    assert time_executors(some[:1], dataset, 1, 1.0, processes=2) is None
    assert time_executors(some, dataset, 1, 1.0) is None


def test_a_sweep_has_as_many_jobs_as_the_processes_that_a_trial_found_faster(tmp_path, monkeypatch):
    """Its plan is of those; of an engine that holds the interpreter one job is the rule in threads alone."""
    monkeypatch.setattr(
        runner, "time_executors", lambda some, *_: TimedTrial(len(some), {"threads": 1, "processes": 2})
    )
    dataset = data.load("digits")
    sweep = define(Wish(given_values({"model": "mlp", "data": "digits"}, ""), [("l2", "0,.1", "")]), [])
    trained = runner.SweepRunner(sweep.on("digits", dataset.fingerprint), dataset, Store(tmp_path), 1, processes=2)
    plan = make_plan(trained, dataset)
    assert (plan.executor, plan.jobs, trained.jobs) == ("processes", 2, 2)
    assert plan.seconds == pytest.approx((plan.epoch_seconds or 0) * 40 / 2)
    assert default_jobs("numpy", "processes") == default_jobs("torch") > 0


def test_each_kind_of_run_is_tried_once_and_trains_as_one_where_it_gains(monkeypatch):
    tried = []

    def timed(some, dataset, lanes):
        tried.append(some[0].config.engine)
        return TimedTrial(len(some), {"threads": 1.0, "stacked": 2.0 if some[0].config.engine == "torch" else 0.5})

    monkeypatch.setattr(timed_trial, "time_executors", timed)
    some = [job for seed in (1, 2) for engine in ("numpy", "torch") for job in jobs(2, engine=engine, seed=seed)]
    found = find_stacking(dict.fromkeys(some, data.load("digits")))
    assert sorted(tried) == ["numpy", "torch"]
    assert {job.config.engine for job in some if found.key_of(job) is not None} == {"torch"}
    assert len({found.key_of(job) for job in some}) == 3  # a key a seed, and none


def test_the_report_trains_runs_as_one_where_that_is_faster_says_so_and_comes_to_the_same(tmp_path, monkeypatch):
    source = str(write_blobs(tmp_path / "blobs.npz"))
    homework, dataset = read_questions().only(("2.1",)), data.load(source)
    runs = plan_runs(homework, source, {(source, DEFAULT_OPTIONS): dataset}, 1, 0.1)
    monkeypatch.setattr(
        timed_trial, "time_executors", lambda some, *_: TimedTrial(len(some), {"threads": 1.0, "stacked": 2.0})
    )
    losses = {}
    for executor in ("threads", "auto"):
        store = Store(tmp_path / executor)
        rerun = Rerun(runs, store, Control(), executor=executor)
        told = [step.event.text for step in rerun.steps() if isinstance(step.event, Remarked)]
        losses[executor] = {
            name: [epoch["val_loss"] for epoch in store.metrics(record.run)] for name, record in rerun.kept.items()
        }
        said = [text for text in told if "by a timed trial" in text]
        assert len(said) == (executor == "auto")
        if said:
            assert {record.facts["executor"] for record in rerun.kept.values()} == {"stacked"}
    assert losses["threads"].keys() == losses["auto"].keys()
    for name, values in losses["threads"].items():
        assert losses["auto"][name] == pytest.approx(values, rel=1e-4)
