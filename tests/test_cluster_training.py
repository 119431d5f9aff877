"""Runs trained by workers of a real scheduler, with TLS: the same to the bit, live, and whatever dies on the way."""

import contextlib
import json
import logging
import os
import queue
import signal
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

pytest.importorskip("distributed", reason="distributed is not installed")
pytest.importorskip("cryptography", reason="cryptography is not installed")

from distributed import Future

from hw1_tui import data
from hw1_tui.cli import main
from hw1_tui.cluster import dask_workers
from hw1_tui.cluster.library import load_library
from hw1_tui.mistake import MistakeError, NoWorkersError
from hw1_tui.runs import Store
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Remarked, RunStarted, Steered
from hw1_tui.training.job import Job
from hw1_tui.training.provenance import versions
from hw1_tui.training.recording import open_job
from hw1_tui.training.remote import following
from hw1_tui.training.remote.following import open_followed
from hw1_tui.training.remote.order import Order
from hw1_tui.training.remote.workers import WorkerLostError
from tests.support.cluster import Cluster
from tests.support.followed import CONFIG, LONG, everything, losses, until
from tests.support.program import slow_down


@pytest.fixture(scope="module")
def digits():
    return data.load(*CONFIG.wanted)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with contextlib.closing(Cluster(tmp_path_factory.mktemp("cluster"))) as started:
        yield started


@pytest.fixture(scope="module")
def workers(cluster):
    with contextlib.closing(cluster.join()) as joined:
        yield joined


class SilentScheduler:
    """Stands for Dask and its client; only what the test tells for a worker happens."""

    status = "running"

    def __init__(self):
        self.letters: queue.Queue[dict[str, str]] = queue.Queue()

    def __getattr__(self, name):
        return {"Client": lambda *_, **__: self}.get(name, lambda *_, **__: None)

    def subscribe_topic(self, _topic, hear):
        self.hear = hear

    def submit(self, *_, key, **__):
        self.key, future = key, SimpleNamespace(status="pending", release=lambda: None)
        self.future = future
        future.cancel = lambda: setattr(future, "status", "cancelled")
        return future

    def run(self, _function, _key, letters, **_):
        for letter in letters:
            self.letters.put(letter)

    def tell(self, **message):
        self.hear((0, json.dumps({"key": self.key, "try": "1", **message})))


def busy_process(workers):
    """Return the process that trains."""
    (address,) = [address for address, keys in workers.client.processing().items() if keys]
    return workers.client.run(os.getpid, workers=[address])[address]


def test_a_worker_trains_to_the_same_bits_and_tells_each_epoch(workers, digits, tmp_path):
    here = everything(open_job(Job(CONFIG), Store(tmp_path / "here"), Control(), digits))
    store = Store(tmp_path / "there")
    there = everything(open_followed(workers, Job(CONFIG, facts={"trial": 7}), store, Control(), digits))
    assert losses(there) == losses(here)
    assert there[-1].test_metrics == here[-1].test_metrics
    assert not store.index_path.exists()
    record = store.get(there[0].run)
    assert (record.status, record.facts["trial"]) == ("finished", 7)
    assert record.facts["versions"]["host"]


def test_a_run_was_created_when_it_was_by_the_clock_where_it_is_kept(workers, digits, tmp_path):
    """By that of its worker, hours ahead, another run would be the newest for so long; a branch is a new run too."""

    def set_clock(hours):
        import datetime

        from hw1_tui.runs import folder

        class Clock(datetime.datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.datetime.now(tz) + datetime.timedelta(hours=hours)

        vars(folder)["datetime"] = Clock

    store, begun = Store(tmp_path), datetime.now(UTC).isoformat()
    workers.client.run(set_clock, 5)
    try:
        run = everything(open_followed(workers, Job(CONFIG), store, Control(), digits))[0].run
        more = Job(CONFIG, parent=(run, 6), changes={"epochs": 8})
        branched = everything(open_followed(workers, more, store, Control(), digits))[0].run
    finally:
        workers.client.run(set_clock, 0)
    first, second = store.get(run).created, store.get(branched).created
    assert begun < first < second < datetime.now(UTC).isoformat()


def test_what_the_control_wants_reaches_the_worker(workers, digits, tmp_path):
    control = Control()
    events = open_followed(workers, Job(LONG), Store(tmp_path), control, digits)
    until(events, EpochEnded, 1)
    control.steer({"learning_rate": 0.25})
    assert until(events, Steered).new == 0.25
    control.stop()
    assert everything(events)[-1].status == "stopped"


def test_a_job_that_was_taken_back_never_begins_however_late_its_worker_hears_of_it(
    workers, digits, tmp_path, monkeypatch
):
    """What is taken back may be on its way to a worker: here the scheduler never says so, and it does reach one."""
    store, control, late = Store(tmp_path), [Control() for _ in range(3)], []
    busy = [open_followed(workers, Job(LONG), store, control[n], digits) for n in range(2)]
    for events in busy:
        until(events, RunStarted)
    with monkeypatch.context() as patch:
        for word in ("cancel", "release"):
            patch.setattr(Future, word, lambda future: late.append(future))
        control[2].stop()
        (end,) = everything(open_followed(workers, Job(LONG), store, control[2], digits))
    assert (end.status, end.run) == ("stopped", "")
    for n, events in enumerate(busy):
        control[n].stop()
        assert everything(events)[-1].status == "stopped"
    assert late[0].result(20) is None
    assert len(store.runs()) == 2


def test_a_worker_that_has_begun_when_its_job_is_taken_back_is_followed_to_its_end(tmp_path, monkeypatch):
    """That it has begun may have been told, and not be taken yet, as in the moment of a stop."""
    scheduler = SilentScheduler()
    monkeypatch.setattr(dask_workers, "load_library", lambda: scheduler)
    with contextlib.closing(dask_workers.DaskWorkers("tls://nowhere:1")) as workers:
        lease = workers.assign(Order("run", is_new=True, attempt=1, config={}, home=str(tmp_path)))
        scheduler.tell(begun="process 1", worker="it", is_away=False)
        lease.send({"say": "stop"})
        assert "begun" in (lease.receive(1) or ())
        assert [lease.receive(0), lease.receive(0)] == [None, None]
        assert scheduler.letters.get(timeout=20) == {"say": "stop"}
        scheduler.tell(over=True)
        assert "over" in (lease.receive(1) or ())
        lease.release(is_over=True)


def test_data_that_a_worker_does_not_find_comes_to_it(workers, digits, tmp_path):
    elsewhere = replace(digits, name="/nowhere/digits.npz")
    config = CONFIG.changed(seed=5)
    wanted = losses(open_job(Job(config), Store(tmp_path / "here"), Control(), digits))
    events = open_followed(workers, Job(config), Store(tmp_path / "there"), Control(), elsewhere)
    assert losses(events) == wanted


def test_that_workers_have_other_versions_is_said_in_words_of_this_program_alone():
    """Dask warns of each library with a table and a line of its source, on every command."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        library = load_library("distributed.versions")
        warnings.warn(library.VersionMismatchWarning("Mismatched versions found\n\n+---+"), stacklevel=1)
    assert not warned


def test_a_worker_of_other_versions_is_refused_or_says_so(cluster, workers, digits, tmp_path, monkeypatch):
    monkeypatch.setattr(following, "versions", lambda: {**versions(), "numpy": "0.1"})
    with pytest.raises(MistakeError, match=r"has numpy .* in place of 0\.1"):
        everything(open_followed(workers, Job(CONFIG), Store(tmp_path), Control(), digits))
    with contextlib.closing(cluster.join(takes_other_versions=True)) as lenient:
        told = everything(open_followed(lenient, Job(CONFIG), Store(tmp_path), Control(), digits))
    assert any(isinstance(event, Remarked) and "in place of 0.1" in event.text for event in told)
    assert told[-1].status == "finished"


class KilledWorker(Exception):  # noqa: N818 - as Dask calls it
    """What Dask tells where it has lost the workers of an order."""


@pytest.mark.parametrize(("has_begun", "told"), [(True, "died"), (False, "another version of this program, or none")])
def test_a_worker_that_cannot_read_what_it_is_asked_for_is_said_to_be_another(has_begun, told, tmp_path, monkeypatch):
    """Dask loses it and tells nothing else; it was told to have died, as one that had begun."""
    scheduler = SilentScheduler()
    monkeypatch.setattr(dask_workers, "load_library", lambda: scheduler)
    with contextlib.closing(dask_workers.DaskWorkers("tls://nowhere:1")) as workers:
        lease = workers.assign(Order("run", is_new=True, attempt=1, config={}, home=str(tmp_path)))
        if has_begun:
            scheduler.tell(begun="process 1", worker="it", is_away=False)
            lease.receive(1)
        scheduler.future.status, scheduler.future.exception = "error", lambda **_: KilledWorker()
        with pytest.raises(WorkerLostError, match=told):
            lease.receive(0)
        lease.release(is_over=True)


def test_a_killed_worker_loses_no_epoch(cluster, workers, digits, tmp_path):
    config = CONFIG.changed(epochs=60)
    wanted = losses(open_job(Job(config), Store(tmp_path / "here"), Control(), digits))
    events = open_followed(workers, Job(config), Store(tmp_path / "there"), Control(), digits)
    told = [until(events, EpochEnded, 0)]
    os.kill(busy_process(workers), signal.SIGKILL)
    told += everything(events)
    assert [event.text for event in told if isinstance(event, Remarked)] == [
        "Its worker died or answers no more; another goes on with it."
    ]
    assert losses(told) == wanted
    assert [event.epoch for event in told if isinstance(event, EpochEnded)] == list(range(61))
    cluster.add_worker()


def test_the_run_of_a_worker_that_hangs_is_waited_for_and_nothing_is_written_twice(digits, tmp_path, monkeypatch):
    """Who hangs holds the run, and may wake at any moment: it leaves then, and another goes on from what is kept."""
    slow_down(monkeypatch)
    config = CONFIG.changed(epochs=20)
    wanted = losses(open_job(Job(config), Store(tmp_path / "here"), Control(), digits))
    store = Store(tmp_path / "there")
    with (
        contextlib.closing(Cluster(tmp_path / "cluster", silence=0.5)) as cluster,
        contextlib.closing(cluster.join()) as workers,
    ):
        events = open_followed(workers, Job(config), store, Control(), digits)
        told = [until(events, EpochEnded, 0)]
        hung = busy_process(workers)
        os.kill(hung, signal.SIGSTOP)
        said = [until(events, Remarked).text for _ in range(2)]
        os.kill(hung, signal.SIGCONT)
        told += everything(events)
    assert said == [
        "Its worker died or answers no more; another goes on with it.",
        "The worker before still holds the run; it is waited for, 120 s at most.",
    ]
    assert told[-1].status == "finished"
    (record,) = store.runs()
    assert [metrics.epoch for metrics in store.metrics(record.run)] == list(range(21))
    assert {metrics.epoch: metrics["val_loss"] for metrics in store.metrics(record.run)} == wanted


def test_seeds_train_on_a_cluster_by_one_option(cluster, tmp_path, capsys):
    words = [
        "--batch",
        "train",
        "--model",
        "perceptron",
        "--data",
        "digits",
        "--epochs",
        "2",
        "--seeds",
        "2",
        "--quiet",
    ]
    code = main([*words, "--home", str(tmp_path), "--on", cluster.address, "--keys", str(cluster.keys)])
    assert (code, capsys.readouterr().err) == (0, "")
    assert [record.status for record in Store(tmp_path).runs()] == ["finished"] * 2


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--on", "tcp://10.1.2.3:8786"], "is plain"),
        (["--on", "elsewhere"], "is no place to train"),
        (["--on", "loca:2"], "did you mean local:2?"),
        (["--on", "local:0"], "does not say how many"),
        (["--on", "LOCAL:2 "], "is no place to train; allowed: local:N for N processes of this machine"),
        (["--on", "LOCAL:2 "], "(did you mean local:2?)"),
        (["--on", "tls://..:1"], "is no address of a scheduler"),
        (["--on", "tls://127.0.0.1:1", "--keys", "KEYS"], "nothing listens"),
        (["--insecure"], "has no effect without --on"),
        (["--on", "local:2", "--keys", "KEYS"], "--keys: has no effect with processes of this machine"),
        (["--on", "local:2", "--other-versions", "maybe"], "is not understood"),
    ],
)
def test_a_place_that_is_none_is_refused_with_what_is_allowed(cluster, words, problem, tmp_path, capsys):
    words = [str(cluster.keys) if word == "KEYS" else word for word in words]
    assert main(["--batch", "train", "--data", "digits", "--home", str(tmp_path), *words]) == 2
    assert problem in capsys.readouterr().err


def test_where_the_scheduler_is_gone_it_is_said_once_and_what_was_reached_is_kept(
    cluster, workers, digits, tmp_path, capfd
):
    store, handlers = Store(tmp_path), {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    events = open_followed(workers, Job(LONG), store, Control(), digits)
    run = until(events, RunStarted).run
    reached = until(events, EpochEnded, 3).epoch
    cluster.scheduler.kill()
    with pytest.raises(NoWorkersError, match="is gone; what was reached is kept: hw1-tui runs resume goes on"):
        everything(events)
    with pytest.raises(NoWorkersError, match="is gone"):
        everything(open_followed(workers, Job(CONFIG), store, Control(), digits))
    assert store.get(run).results["epochs_done"] >= reached
    assert {number: signal.getsignal(number) for number in handlers} == handlers
    assert capfd.readouterr() == ("", "")
    assert not [handler for handler in logging.getLogger("distributed").handlers
                if isinstance(handler, logging.StreamHandler)]  # fmt: skip
