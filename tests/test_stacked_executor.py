"""Runs that train as one: each is the run that it is alone, up to rounding, paused, steered and stopped alone."""

import contextlib

import numpy as np
import pytest

from engines.contract import Dataset, Split
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Paused, Progressed, RunEnded, Steered
from hw1_tui.training.executor import JobEnded, ThreadExecutor
from hw1_tui.training.job import Job
from hw1_tui.training.job_context import JobContext
from hw1_tui.training.recording import open_job, resume
from hw1_tui.training.stacked_executor import GatheringExecutor, StackedExecutor, stack_key


def noise(n_train=96):
    rng = np.random.default_rng(0)

    def split(n):
        return Split(rng.normal(size=(n, 10)), rng.integers(0, 3, n))

    return Dataset("noise", split(n_train), split(24), split(24), ("a", "b", "c"), fingerprint="noise")


DATA = noise()


NUMPY = {"engine": "numpy", "model": "logistic_regression", "batch_size": 1}


def config(**values):
    sizes = {} if values.get("model") == "logistic_regression" else {"hidden_sizes": (8, 6)}
    base = {"engine": "torch", "epochs": 3, "batch_size": 16, "threads": 1, "dtype": "float64"}
    return RunConfig.from_dict({**base, **sizes, **values})


class Told:
    """What the runs of an executor said, by the name of their job, and what it does about it."""

    def __init__(self, store, configs, executor=StackedExecutor, on_event=None, jobs=None):
        self.events: dict[str, list[object]] = {}
        self.store = store
        self.jobs = jobs or [Job(one, str(number)) for number, one in enumerate(configs)]
        self.controls = [Control() for _ in self.jobs]
        self.left = len(self.jobs)
        with contextlib.closing(executor(lambda job, control: open_job(job, store, control, DATA))) as trained:
            for job, control in zip(self.jobs, self.controls, strict=True):
                trained.submit(job, control)
            for job, event in trained.events():
                self.events.setdefault(job.name, []).append(event)
                if on_event:
                    on_event(self, job, event)
                if isinstance(event, JobEnded):
                    assert event.error is None, event.details
                    self.left -= 1
                    if not self.left:
                        break

    def of(self, number, kind):
        return [event for event in self.events[str(number)] if isinstance(event, kind)]

    def end(self, number):
        (ended,) = self.of(number, RunEnded)
        return ended

    def metrics(self, number):
        return {event.epoch: event.metrics.as_dict() for event in self.of(number, EpochEnded)}


def assert_same(one, other):
    """See that two runs measured the same after each epoch, up to rounding."""
    assert one.keys() == other.keys()
    for epoch, metrics in one.items():
        for name in ("train_loss", "train_eval_loss", "train_accuracy", "val_loss", "val_accuracy", "weight_norm"):
            assert metrics[name] == pytest.approx(other[epoch][name], rel=1e-9), (epoch, name)


SWEEPS = [
    [{"learning_rate": rate} for rate in (0.01, 0.05, 0.2)],
    [{"dropout": share} for share in (0.0, 0.25, 0.5)],
    [{"momentum": 0.9}, {"momentum": 0.0, "l2": 0.1}, {"momentum": 0.5, "learning_rate": 0.1, "schedule": "cosine"}],
    [{"model": "logistic_regression", "learning_rate": rate} for rate in (0.01, 0.1)],
    [{"average_from": 2}, {"epochs": 5}, {"evaluate_train_every": 2}],
    [{"standardize": True, "learning_rate": 0.1}, {"standardize": True}],
    [{"weights_seed": seed, "order_seed": 3, "dropout": 0.3} for seed in (1, 2, 3)],
    [{**NUMPY, "learning_rate": rate, "schedule": "cosine"} for rate in (0.001, 0.01, 0.1)],
    [{**NUMPY, "momentum": 0.9}, {**NUMPY, "l2": 0.1}, {**NUMPY, "momentum": 0.5, "l2": 0.01}],
    [{**NUMPY, "seed": seed, "order_seed": 3, "learning_rate": 0.01 * seed} for seed in (1, 2)],
    [{**NUMPY, "learning_rate": rate} for rate in (0.1, 30.0, 1000.0)],
]


@pytest.mark.parametrize("sweep", SWEEPS)
def test_each_run_of_a_stack_is_the_run_that_it_is_alone(sweep, tmp_path):
    configs = [config(**values) for values in sweep]
    assert len({stack_key(Job(one)) for one in configs}) == 1
    together, alone = (
        Told(Store(tmp_path / kind.__name__), configs, kind) for kind in (StackedExecutor, ThreadExecutor)
    )
    for number in range(len(configs)):
        assert together.end(number).status == "finished"
        assert_same(together.metrics(number), alone.metrics(number))
        tested = [told.end(number).test_metrics["test_loss"] for told in (together, alone)]
        assert tested[0] == pytest.approx(tested[1], rel=1e-9)
        assert together.store.get(together.end(number).run).status == "finished"


@pytest.mark.parametrize(
    "other", [{"batch_size": 8}, {"hidden_sizes": (8,)}, {"seed": 1}, {"optimizer": "adam"}, {"threads": 0}]
)
def test_what_does_not_go_together_trains_alone(other, tmp_path):
    configs = [config(), config(learning_rate=0.1), config(**other)]
    first, second, third = (stack_key(Job(one)) for one in configs)
    assert first == second != third
    told = Told(Store(tmp_path), configs)
    assert [told.end(number).status for number in range(3)] == ["finished"] * 3


def test_a_run_that_is_paused_keeps_nobody_waiting_and_ends_as_it_does_alone(tmp_path):
    configs = [config(learning_rate=rate) for rate in (0.01, 0.05, 0.2)]

    def act(told, job, event):
        if job.name == "1" and isinstance(event, EpochEnded) and event.epoch == 1:
            told.controls[1].pause()
        if isinstance(event, JobEnded) and told.left == 2:  # the two others have ended meanwhile
            told.controls[1].resume()

    told, alone = (
        Told(Store(tmp_path / "together"), configs, on_event=act),
        Told(Store(tmp_path / "alone"), configs, ThreadExecutor),
    )
    assert told.of(1, Paused)
    for number in range(3):
        assert_same(told.metrics(number), alone.metrics(number))


def test_a_run_that_is_stopped_leaves_and_is_gone_on_with_alone(tmp_path):
    configs = [config(learning_rate=rate, epochs=40) for rate in (0.01, 0.05, 0.2)]

    def act(told, job, event):
        if job.name == "0" and isinstance(event, EpochEnded) and event.epoch == 1:
            told.controls[0].stop()

    store = Store(tmp_path / "together")
    told = Told(store, configs, on_event=act)
    alone = Told(Store(tmp_path / "alone"), configs, ThreadExecutor)
    assert [told.end(number).status for number in range(3)] == ["stopped", "finished", "finished"]
    rest = {
        e.epoch: e.metrics.as_dict() for e in resume(store, told.end(0).run, dataset=DATA) if isinstance(e, EpochEnded)
    }
    assert_same({**told.metrics(0), **rest}, alone.metrics(0))
    for number in (1, 2):
        assert_same(told.metrics(number), alone.metrics(number))


def test_a_run_that_diverges_harms_no_other(tmp_path):
    configs = [config(learning_rate=rate) for rate in (0.01, 1000.0, 0.2)]
    together, alone = (
        Told(Store(tmp_path / kind.__name__), configs, kind) for kind in (StackedExecutor, ThreadExecutor)
    )
    assert [together.end(number).status for number in range(3)] == [alone.end(number).status for number in range(3)]
    for number in (0, 2):
        assert_same(together.metrics(number), alone.metrics(number))


def test_a_run_is_steered_alone(tmp_path):
    configs = [config(epochs=4), config(epochs=4, learning_rate=0.05)]

    def act(told, job, event):
        if job.name == "0" and isinstance(event, Progressed) and event.epoch == 2:
            told.controls[0].steer({"learning_rate": 0.3})
            told.controls[1].steer({"batch_size": 8})

    told = Told(Store(tmp_path / "together"), configs, on_event=act)
    assert [event.name for number in (0, 1) for event in told.of(number, Steered)] == ["learning_rate", "batch_size"]
    assert [told.end(number).status for number in range(2)] == ["finished", "finished"]
    assert told.metrics(0)[4]["learning_rate"] == 0.3


def test_runs_that_are_interrupted_go_on_together(tmp_path):
    configs = [config(learning_rate=rate, epochs=60) for rate in (0.01, 0.02, 0.05)]
    store = Store(tmp_path / "together")

    def stop_all(told, job, event):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            for control in told.controls:
                control.stop()

    first = Told(store, configs, on_event=stop_all)
    again = [Job(one, str(number), run=first.end(number).run) for number, one in enumerate(configs)]
    second = Told(store, configs, jobs=again)
    alone = Told(Store(tmp_path / "alone"), configs, ThreadExecutor)
    for number in range(3):
        assert_same({**first.metrics(number), **second.metrics(number)}, alone.metrics(number))


def test_what_is_gathered_begins_together_and_what_is_not_at_once(tmp_path):
    """The interface's queue: a run begins as soon as it is asked for, those of a report when all of them are there."""
    store, ended = Store(tmp_path), dict[str, object]()
    jobs = [Job(config(learning_rate=rate), str(rate), group="report") for rate in (0.01, 0.02, 0.05)]

    def opened(job, control):
        return trained.open_recorded(job, control, JobContext(store, DATA))

    with contextlib.closing(GatheringExecutor(opened)) as trained:
        alone = Job(config(seed=3), "alone")
        trained.submit(alone)
        assert not trained.is_waiting(alone)
        with trained.gathering(frozenset({stack_key(jobs[0])})):
            for job in jobs:
                trained.submit(job)
            assert all(map(trained.is_waiting, jobs))
        for job, event in trained.events():
            if isinstance(event, RunEnded):
                ended[job.name] = store.get(event.run).facts.get("executor")
            if isinstance(event, JobEnded) and len(ended) == 4:
                break
    assert ended == {"alone": None, "0.01": "stacked", "0.02": "stacked", "0.05": "stacked"}


def test_the_seconds_of_the_runs_share_out_those_of_the_stack(tmp_path):
    together = Told(Store(tmp_path), [config(learning_rate=rate) for rate in (0.01, 0.02, 0.03, 0.04)])
    seconds = [
        metrics["seconds"] for number in range(4) for epoch, metrics in together.metrics(number).items() if epoch
    ]
    assert all(value > 0 for value in seconds)
    shares = [together.metrics(number)[2]["seconds"] for number in range(4)]
    assert max(shares) < 20 * min(shares)
