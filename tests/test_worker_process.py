"""Runs trained by processes of this machine: the same to the bit, and a death costs nothing but the time since."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hw1_tui import data
from hw1_tui.files import notice
from hw1_tui.mistake import LostError, MistakeError
from hw1_tui.runs import Store
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Paused, Remarked, RunStarted, Steered
from hw1_tui.training.executor import JobEnded
from hw1_tui.training.job import Job
from hw1_tui.training.job_context import JobContext
from hw1_tui.training.provenance import versions
from hw1_tui.training.recording import open_job
from hw1_tui.training.remote import following, process_pool, worker
from hw1_tui.training.remote.event_record import pack_event, unpack_event
from hw1_tui.training.remote.executor import WorkerExecutor
from hw1_tui.training.remote.following import open_followed
from hw1_tui.training.remote.order import DataPlace, Order
from hw1_tui.training.remote.process_pool import ProcessPool
from hw1_tui.training.remote.worker import Task
from tests.support.followed import CONFIG, LONG, everything, losses, until


@pytest.fixture(scope="module")
def digits():
    return data.load(*CONFIG.wanted)


@pytest.fixture(scope="module")
def pool():
    with contextlib.closing(ProcessPool(2)) as workers:
        yield workers


def test_a_worker_trains_to_the_same_bits_and_the_index_stays_closed(pool, digits, tmp_path):
    here = everything(open_job(Job(CONFIG), Store(tmp_path / "here"), Control(), digits))
    store = Store(tmp_path / "there")
    there = everything(open_followed(pool, Job(CONFIG, facts={"trial": 7}), store, Control(), digits))
    assert losses(there) == losses(here)
    assert there[-1].test_metrics == here[-1].test_metrics
    assert not store.index_path.exists()
    record = store.get(there[0].run)
    assert (record.status, record.facts["trial"]) == ("finished", 7)
    assert record.facts["versions"]["host"]
    assert there[0].run == there[-1].run == record.run


def test_a_history_that_vanishes_is_not_made_anew_by_workers(pool, digits, tmp_path):
    store = Store(tmp_path / "home")
    for event in open_followed(pool, Job(CONFIG), store, Control(), digits):
        if isinstance(event, EpochEnded) and event.epoch == 1:
            store.home.rename(tmp_path / "unmounted")
    assert store.vanished
    said = [event.text for event in everything(open_followed(pool, Job(CONFIG), store, Control(), digits))
            if isinstance(event, Remarked)]  # fmt: skip
    assert said == [f"This run is not being kept: {store.vanished}"]
    assert not store.home.exists()


def test_a_disk_that_does_not_take_the_data_for_processes_is_named_each_time(digits, tmp_path, monkeypatch):
    """It was told in numpy's words, as so many bytes, and for the next run as a file that exists."""

    def refuse(*_about, **_options):
        raise OSError("80448 requested and 16352 written")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with contextlib.closing(ProcessPool(1)) as pool, monkeypatch.context() as patch:
        patch.setattr(np, "save", refuse)
        for _ in range(2):
            with pytest.raises(MistakeError, match=rf"^{tmp_path}: does not take the data .*; allowed: .*TMPDIR="):
                pool.place(digits)
        patch.undo()
        assert pool.place(digits).folder


def test_a_worker_waits_warm_for_the_next_run(pool, digits, tmp_path):
    for _ in range(2):
        everything(open_followed(pool, Job(CONFIG), Store(tmp_path), Control(), digits))
    assert len(pool.processes) == 1


def test_a_worker_imports_nothing_from_the_folder_that_one_is_in(digits, tmp_path, monkeypatch):
    """Homework is called ``random.py`` and ``torch.py``; the program itself is not led astray by it either."""
    for name in ("json", "random", "torch"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not meant')")
    monkeypatch.chdir(tmp_path)
    with contextlib.closing(ProcessPool(1)) as pool:
        assert everything(open_followed(pool, Job(CONFIG), Store(tmp_path), Control(), digits))[-1].status == "finished"


@pytest.mark.parametrize("given", [{}, {"l2": 0.01, "seed": 3}])
def test_events_cross_as_they_are(digits, tmp_path, given):
    for event in open_job(Job(CONFIG.changed(**given)), Store(tmp_path), Control(), digits):
        assert unpack_event(pack_event(event)) == event


@pytest.mark.parametrize("strange", [{"later": 1}, {"kind": "later"}])
def test_what_a_worker_of_another_program_tells_is_refused_in_a_sentence(pool, digits, tmp_path, monkeypatch, strange):
    """Of two checkouts with one version number, say; it ended as a failure of the program."""
    monkeypatch.setattr(following, "unpack_event", lambda record: unpack_event({**record, **strange}))
    with pytest.raises(MistakeError, match=r"tells what this program does not know: .*later.*workers of this version"):
        everything(open_followed(pool, Job(CONFIG), Store(tmp_path), Control(), digits))
    assert not Store(tmp_path).runs()[0].is_live


def test_a_killed_worker_loses_nothing_and_no_other_run(digits, tmp_path):
    wanted = losses(open_job(Job(CONFIG.changed(epochs=40)), Store(tmp_path / "here"), Control(), digits))
    store, other = Store(tmp_path / "there"), Control()
    with contextlib.closing(ProcessPool(2)) as pool:
        beside = open_followed(pool, Job(LONG), store, other, digits)
        until(beside, EpochEnded, 1)
        before = set(pool.processes)
        events = open_followed(pool, Job(CONFIG.changed(epochs=40)), store, Control(), digits)
        told = [until(events, RunStarted), until(events, EpochEnded, 3)]
        (victim,) = set(pool.processes) - before
        os.kill(victim, signal.SIGKILL)
        told += everything(events)
        until(beside, EpochEnded, 5)
        other.stop()
        assert everything(beside)[-1].status == "stopped"
    assert [event.text for event in told if isinstance(event, Remarked)] == [
        "Its worker was killed by SIGKILL; another goes on with it."
    ]
    epochs = [event.epoch for event in told if isinstance(event, EpochEnded)]
    assert epochs == list(range(3, 41))
    assert {epoch: loss for epoch, loss in wanted.items() if epoch >= 3} == losses(told)
    assert len([event for event in told if isinstance(event, RunStarted)]) == 1


def test_a_run_that_kills_three_workers_has_failed_and_says_so_in_the_history(pool, digits, tmp_path):
    store = Store(tmp_path)
    told: list[Any] = []
    before = set(pool.processes)
    for event in open_followed(pool, Job(LONG), store, Control(), digits):
        told.append(event)
        if isinstance(event, EpochEnded) and event.epoch:
            for victim in set(pool.processes):
                os.kill(victim, signal.SIGKILL)
    assert (told[-1].status, len([event for event in told if isinstance(event, Remarked)])) == ("failed", 2)
    assert "given up after 3 workers" in told[-1].reason
    record = store.get(told[-1].run)
    assert (record.status, record.results["reason"]) == ("failed", told[-1].reason)
    assert record.results["seconds"] > 0
    assert (told[-1].seconds, told[-1].best_epoch) == (record.results["seconds"], record.results["best_epoch"])
    assert not before & set(pool.processes)
    assert everything(open_followed(pool, Job(CONFIG), store, Control(), digits))[-1].status == "finished"


def test_a_run_that_has_trained_for_long_between_deaths_is_not_given_up(digits, tmp_path, monkeypatch):
    monkeypatch.setattr(following, "SECONDS_OF_TRUST", 0.0)
    control = Control()
    with contextlib.closing(ProcessPool(1)) as pool:
        events = open_followed(pool, Job(LONG), Store(tmp_path), control, digits)
        for epoch in range(following.MOST_DEATHS + 1):
            until(events, EpochEnded, epoch)
            os.kill(pool.processes[0], signal.SIGKILL)
            until(events, Remarked)
        control.stop()
        assert everything(events)[-1].status == "stopped"


def test_what_the_control_wants_reaches_the_worker(pool, digits, tmp_path):
    control = Control()
    events = open_followed(pool, Job(LONG), Store(tmp_path), control, digits)
    until(events, EpochEnded, 1)
    control.steer({"learning_rate": 0.25})
    assert until(events, Steered).new == 0.25
    control.pause()
    reached = until(events, Paused).epoch
    control.step()
    assert until(events, EpochEnded, reached + 1).epoch == reached + 1
    assert until(events, Paused).epoch == reached + 1
    control.resume()
    until(events, EpochEnded, reached + 3)
    control.stop()
    assert everything(events)[-1].status == "stopped"


def test_a_run_that_is_left_can_be_gone_on_with(pool, digits, tmp_path):
    store = Store(tmp_path)
    events = open_followed(pool, Job(CONFIG.changed(epochs=60)), store, Control(), digits)
    run = until(events, RunStarted).run
    until(events, EpochEnded, 2)
    events.close()
    assert store.get(run).status == "interrupted"
    ended = everything(open_followed(pool, Job(CONFIG.changed(epochs=60), run=run), store, Control(), digits))
    assert (ended[-1].status, ended[-1].epochs) == ("finished", 60)
    assert len(store.runs()) == 1


def test_a_worker_that_is_told_to_end_keeps_the_run_and_another_goes_on(pool, digits, tmp_path):
    control = Control()
    events = open_followed(pool, Job(LONG), Store(tmp_path), control, digits)
    until(events, EpochEnded, 1)
    for process in pool.processes:
        os.kill(process, signal.SIGTERM)
    assert until(events, Remarked).text == "Its worker was told to end; another goes on with it."
    until(events, EpochEnded, 3)
    control.stop()
    assert everything(events)[-1].status == "stopped"


def test_a_worker_that_hangs_is_taken_for_dead_and_another_goes_on(digits, tmp_path, monkeypatch):
    monkeypatch.setattr(process_pool, "SECONDS_TO_LEAVE", 0.5)
    control = Control()
    with contextlib.closing(ProcessPool(1)) as pool:
        events = open_followed(pool, Job(LONG), Store(tmp_path), control, digits)
        until(events, EpochEnded, 1)
        (hung,) = pool.processes
        os.kill(hung, signal.SIGSTOP)
        monkeypatch.setattr(following, "SECONDS_OF_SILENCE", 0.5)
        assert "has told nothing for" in until(events, Remarked).text
        monkeypatch.setattr(following, "SECONDS_OF_SILENCE", 60.0)
        until(events, EpochEnded, 3)
        assert hung not in pool.processes
        control.stop()
        assert everything(events)[-1].status == "stopped"
    assert not _lives(hung)


def ordered_again(home, run):
    """Return the second attempt at an order that is held, and what it told when it was over."""
    told: list[Any] = []
    order = Order(run=run, is_new=True, attempt=2, config=LONG.as_dict(), home=str(home), versions=versions())
    task = Task(order, told.append)
    return task, told


@pytest.fixture
def held(digits, tmp_path):
    """A run that somebody holds who trains it no further: the home, the run, and who holds it."""
    events = open_job(Job(LONG), Store(tmp_path), Control(), digits)
    with contextlib.closing(events):  # type: ignore[type-var] # a generator
        yield tmp_path, until(events, RunStarted).run


def test_a_run_that_is_held_is_left_alone_and_said_to_be(held, monkeypatch):
    """After the longest that a file server takes to let go of what a machine had that is gone."""
    monkeypatch.setattr(worker, "SECONDS_FOR_LOCK", 0.0)
    home, run = held
    before = (home / "runs" / run / "metrics.jsonl").read_bytes()
    task, told = ordered_again(home, run)
    task.train()
    assert told == [{"over": True, "held": True}]
    assert (home / "runs" / run / "metrics.jsonl").read_bytes() == before


def test_who_waits_for_a_run_that_is_held_heeds_a_stop(held):
    task, told = ordered_again(*held)
    task.control.stop()
    task.train()
    assert told == [{"over": True, "held": False}]


class _Told:
    """Workers whose every attempt tells the same."""

    slots = 1

    def __init__(self, messages):
        self._messages = iter(messages)

    def place(self, _dataset):
        return DataPlace()

    def assign(self, _order):
        return self

    def send(self, message):
        pass

    def receive(self, _timeout):
        return next(self._messages)

    def release(self, *, is_over):
        pass


def test_a_run_that_no_worker_has_says_so_and_ends_when_it_is_stopped(digits, tmp_path, monkeypatch):
    """It told nothing when its worker was gone, and no end when it was stopped then: the interface waited for that."""
    monkeypatch.setattr(following, "SECONDS_WITHOUT_WORKER", 0.0)
    control = Control()
    (started,) = (event for event in open_job(Job(CONFIG), Store(tmp_path / "other"), Control(), digits)
                  if isinstance(event, RunStarted))  # fmt: skip
    waits = [{"waits": True}] * 3
    workers: Any = _Told([
        *waits, {"begun": "process 7 on lab1"}, {"event": pack_event(started)},
        {"lost": "died or answers no more"}, *waits, {"over": True},
    ])  # fmt: skip
    told: list[Any] = []
    for event in open_followed(workers, Job(CONFIG), Store(tmp_path), control, digits):
        told.append(event)
        if isinstance(event, Remarked):
            control.stop()
    free = "No worker is free; the next that is trains it."
    assert [event.text for event in told if isinstance(event, Remarked)] == [
        free, "Its worker died or answers no more; another goes on with it.", free,
    ]  # fmt: skip
    assert (told[-1].kind, told[-1].status, told[-1].reason) == ("run_ended", "stopped", "No worker had it.")
    assert told[-1].run


def test_who_holds_a_run_and_answers_no_more_is_named(digits, tmp_path):
    """Its process is what has to be ended, on a machine that may be any of the lab."""
    workers: Any = _Told([
        {"begun": "process 7 on lab1"},
        {"lost": "died or answers no more", "begun": "process 8 on lab2"},
        {"over": True, "held": True},
    ])  # fmt: skip
    with pytest.raises(LostError, match="process 7 on lab1 answers no more and still holds it, so that no other"):
        everything(open_followed(workers, Job(CONFIG), Store(tmp_path), Control(), digits))


def test_what_a_worker_finds_out_of_its_file_system_is_said_here_once(digits, tmp_path, monkeypatch, caplog):
    """It went to the stderr of a process whose stderr nobody reads."""
    monkeypatch.setattr("hw1_tui.files.lock.try_lock", lambda *_, **__: None)
    told: list[Any] = []
    order = Order("new", True, 1, CONFIG.as_dict(), str(tmp_path / "there"), versions=versions())
    Task(order, told.append).train()
    (one,) = (message for message in told if "has no locks" in message.get("notice", ""))
    caplog.clear()
    notice.said.clear()
    workers: Any = _Told([one, one, {"over": True}])
    everything(open_followed(workers, Job(CONFIG), Store(tmp_path), Control(), digits))
    assert len([record for record in caplog.records if "has no locks" in record.message]) == 1


def test_other_data_than_was_asked_for_is_refused(pool, digits, tmp_path):
    other = replace(digits, fingerprint="0" * 32)
    with pytest.raises(MistakeError, match="is another data set"):
        everything(open_followed(_Mapped(pool, digits, other), Job(CONFIG), Store(tmp_path), Control(), other))


class _Mapped:
    """A pool that leads its workers to other data than it says."""

    def __init__(self, pool, there, said):
        self.assign, self.close, self.slots, self.watch = pool.assign, pool.close, pool.slots, pool.watch
        self._there, self._said, self._pool = there, said, pool

    def place(self, dataset):
        return replace(self._pool.place(self._there), fingerprint=self._said.fingerprint)


def test_an_engine_that_the_worker_lacks_is_said_to_be_lacking_there(tmp_path):
    """It was said that there is no such engine, to who has it."""
    config = {**CONFIG.as_dict(), "engine": "example"}
    told: list[Any] = []
    Task(Order("new", True, 1, config, str(tmp_path), versions=versions()), told.append).train()
    [[place, problem, *_]] = told[-1]["mistakes"]
    assert place == "engine"
    assert problem.startswith("there is no engine 'example' on the worker at ")


def test_what_a_user_got_wrong_is_said_as_it_is_here(pool, digits, tmp_path):
    with pytest.raises(MistakeError, match="there is no such run"):
        everything(open_followed(pool, Job(CONFIG, run="nothing"), Store(tmp_path), Control(), digits))


def test_as_many_jobs_train_as_there_are_workers_whatever_their_engine_and_group(pool, digits, tmp_path):
    store = Store(tmp_path)

    def opened(job, control):
        return executor.open_recorded(job, control, JobContext(store, digits))

    with contextlib.closing(WorkerExecutor(opened, pool)) as executor:
        jobs = [Job(CONFIG.changed(seed=seed), group="report") for seed in range(3)]
        for job in jobs:
            executor.submit(job)
        assert [executor.is_waiting(job) for job in jobs] == [False, False, True]
        told: dict[Job, list[Any]] = {job: [] for job in jobs}
        left = len(jobs)
        for job, event in executor.events():
            told[job].append(event)
            left -= isinstance(event, JobEnded)
            if not left:
                break
    assert all(events[-1] == JobEnded(has_begun=True) for events in told.values())
    assert sorted(record.status for record in store.runs()) == ["finished"] * 3


PROGRAM = """
    import sys, tempfile
    from pathlib import Path
    from hw1_tui import data
    from hw1_tui.runs import Store
    from hw1_tui.settings import RunConfig
    from hw1_tui.training.control import Control
    from hw1_tui.training.event import EpochEnded
    from hw1_tui.training.job import Job
    from hw1_tui.training.remote.following import open_followed
    from hw1_tui.training.remote.process_pool import ProcessPool

    config = RunConfig.from_dict({"model": "logistic_regression", "data": "digits", "epochs": 100_000})
    pool = ProcessPool(1)
    for event in open_followed(pool, Job(config), Store(Path(sys.argv[1])), Control(), data.load(*config.wanted)):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            print(pool.processes[0], flush=True)
"""


def test_nothing_is_left_when_the_program_is_killed(tmp_path):
    (tmp_path / "scratch").mkdir()
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path / "home")],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path / "scratch")},
    )
    assert program.stdout
    worker = int(program.stdout.readline())
    program.kill()
    program.wait()
    program.stdout.close()
    deadline = time.monotonic() + 20
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(worker)
    store = Store(tmp_path / "home")
    assert [record.status for record in store.runs()] == ["stopped"]
    assert not list((tmp_path / "scratch").iterdir())


def _lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
