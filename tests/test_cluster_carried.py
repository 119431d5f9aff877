"""Workers that do not see the history: what they train is kept here all the same, and gone on with elsewhere."""

import contextlib
import os
import platform
import signal
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="distributed is not installed")
pytest.importorskip("cryptography", reason="cryptography is not installed")

from hw1_tui import data
from hw1_tui.cluster import carried
from hw1_tui.cluster.carried import FolderReader, HereRun, put_changes
from hw1_tui.cluster.dask_task import with_host
from hw1_tui.mistake import LostError, MistakeError
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Remarked, RunStarted
from hw1_tui.training.job import Job
from hw1_tui.training.recording import open_job
from hw1_tui.training.remote.event_record import pack_event
from hw1_tui.training.remote.following import open_followed
from tests.support.cluster import Cluster
from tests.support.followed import LONG, everything, losses, until
from tests.support.slurm import eventually

CONFIG = RunConfig.from_dict({"model": "logistic_regression", "data": "digits", "epochs": 6, "threads": 1})


@pytest.fixture(scope="module")
def digits():
    return data.load(*CONFIG.wanted)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with contextlib.closing(Cluster(tmp_path_factory.mktemp("cluster"))) as started:
        yield started


@pytest.fixture
def workers(cluster, tmp_path):
    """The workers, who see the history of this test no more than if it were on another machine: its mark is away."""
    with contextlib.closing(cluster.join()) as joined:
        (tmp_path / joined.mark(Store(tmp_path))).unlink()
        yield joined


def test_a_run_is_kept_here_as_if_it_had_trained_here(cluster, workers, digits, tmp_path):
    """To the same bits, live meanwhile, and with all that its folder has."""
    here = everything(open_job(Job(CONFIG), Store(tmp_path / "here"), Control(), digits))
    store = Store(tmp_path)
    events = open_followed(workers, Job(CONFIG), store, Control(), digits)
    begun = next(event for event in events if isinstance(event, RunStarted))
    assert store.get(begun.run).is_live
    there = [begun, *events]
    assert losses(there) == losses(here)
    record = store.get(begun.run)
    assert (record.status, record.is_live) == ("finished", False)
    assert {metrics.epoch: metrics["val_loss"] for metrics in store.metrics(begun.run)} == losses(here)
    files = {path.name for path in store.find(begun.run).path.glob("*")}
    assert files == {path.name for path in Store(tmp_path / "here").find(here[0].run).path.glob("*")}
    eventually(lambda: not list(cluster.temporary.rglob("hw1-tui-run-*")))


def test_a_run_after_the_first_is_kept_too(workers, digits, tmp_path):
    """As the second trial of a sweep: that the history was seen here says nothing of a folder of the worker's own."""
    store = Store(tmp_path)
    for count in (1, 2):
        assert everything(open_followed(workers, Job(CONFIG), store, Control(), digits))[-1].status == "finished"
        assert [run.results["epochs_done"] for run in store.runs()] == [6] * count


def test_the_folder_of_a_worker_is_named_with_its_machine():
    """Where its disk is full it is looked for there, and not where the run was ordered."""
    event = pack_event(Remarked("This run is not being kept: No space left on device (/away/runs/one)."))
    assert with_host({"event": event}, "/away")["event"]["text"].endswith(f"({platform.node()}:/away/runs/one).")
    assert with_host({"beat": True}, "/away") == {"beat": True}


def test_it_is_gone_on_with_and_branched_by_a_worker_that_is_sent_what_is_kept(workers, digits, tmp_path):
    store = Store(tmp_path)
    first = everything(open_job(Job(CONFIG.changed(epochs=3)), store, Control(), digits, every=1))
    more = Job(CONFIG, run=first[0].run, changes={"epochs": 6})
    assert sorted(losses(open_followed(workers, more, store, Control(), digits))) == [4, 5, 6]
    assert store.get(first[0].run).results["epochs_done"] == 6
    branched = Job(CONFIG, parent=(first[0].run, 2), changes={"learning_rate": 0.1, "epochs": 4})
    events = everything(open_followed(workers, branched, store, Control(), digits))
    assert sorted(losses(events)) == [3, 4]
    assert store.get(events[0].run).parent == first[0].run


def test_a_worker_that_does_not_take_what_is_kept_of_a_run_says_so_and_does_not_begin_it_again(
    workers, digits, tmp_path, monkeypatch
):
    """As where its disk is full, here for a name that is too long; it was silent for a minute, and began anew."""
    store = Store(tmp_path)
    run = everything(open_job(Job(CONFIG), store, Control(), digits))[0].run
    more = Job(CONFIG, run=run, changes={"epochs": 8})
    with monkeypatch.context() as patch:
        patch.setattr(HereRun, "folders", lambda _run: {"x" * 300: {"parts": [], "gone": []}})
        with pytest.raises(MistakeError, match=f"does not take what is kept of {run}: File name too long"):
            everything(open_followed(workers, more, store, Control(), digits))
    assert sorted(losses(open_followed(workers, more, store, Control(), digits))) == [7, 8]


def test_a_worker_that_cannot_keep_a_run_is_given_nothing_more_and_others_train_all(workers, digits, tmp_path):
    """As where its disk is full, here for a folder that cannot be made: free at once, it lost a sweep."""

    def move(dask_worker, path):
        dask_worker.local_directory = path

    store, controls = Store(tmp_path), (Control(), Control())
    broken, sound = workers.client.nthreads()
    path = str(process_folder(workers, broken))
    workers.client.run(move, path="/dev/null/folder", workers=[broken])
    try:
        first, second = (open_followed(workers, Job(LONG), store, control, digits) for control in controls)
        told = [next(first)]
        while not isinstance(told[-1], RunStarted):
            told.append(next(first))
        told.append(next(second))  # only the other is free: it is asked, or was left out by the first
        controls[0].stop()
        assert everything(first)[-1].status == "stopped"
        told.append(until(second, RunStarted))
        controls[1].stop()
        assert everything(second)[-1].status == "stopped"
        (said,) = [event for event in told if isinstance(event, Remarked) and event.is_failure]
        assert said.text.endswith(
            f"Not a directory ({platform.node()}:/dev/null/folder); it is given nothing more, another trains it."
        )
        assert (workers.slots, workers.fit) == (1, {sound})
    finally:
        workers.client.run(move, path=path, workers=[broken])


def process_folder(workers, address):
    """Return the folder of a worker's own."""
    return Path(workers.client.run(lambda dask_worker: dask_worker.local_directory, workers=[address])[address])


def test_where_its_worker_dies_another_goes_on_from_what_was_sent(cluster, workers, digits, tmp_path):
    """What it left on its disk is gone with the next worker there."""
    store = Store(tmp_path)
    control = Control()
    events = open_followed(workers, Job(CONFIG.changed(epochs=100_000)), store, control, digits)
    kept = store.find(next(event for event in events if isinstance(event, RunStarted)).run).checkpoint_store
    next(event for event in events if isinstance(event, EpochEnded) and kept.checkpoints())
    (address,) = [address for address, keys in workers.client.processing().items() if keys]
    process = workers.client.run(os.getpid, workers=[address])[address]
    left = process_folder(workers, address)
    assert list(left.glob("hw1-tui-run-*"))
    os.kill(process, signal.SIGKILL)
    died = next(event for event in events if isinstance(event, Remarked) and event.is_failure)
    assert "another goes on with it" in died.text
    reached = next(event.epoch for event in events if isinstance(event, EpochEnded))
    control.stop()
    end = everything(events)[-1]
    assert (end.status, end.epochs >= reached) == ("stopped", True)
    epochs = [metrics.epoch for metrics in store.metrics(end.run)]
    assert epochs == list(range(end.epochs + 1))
    assert left.exists()
    cluster.add_worker()
    assert not left.exists()


def test_a_history_whose_disk_is_full_ends_the_run_as_failed_and_is_named(workers, digits, tmp_path, monkeypatch):
    """It was told as wrong usage, without the folder."""

    def refuse(*_about):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(HereRun, "take", refuse)
    with pytest.raises(LostError, match="No space left on device") as error:
        everything(open_followed(workers, Job(CONFIG), Store(tmp_path), Control(), digits))
    assert f"({tmp_path}); hw1-tui runs resume goes on" in str(error.value)


def test_nothing_but_the_files_of_a_run_is_written(tmp_path):
    """A worker is trusted with its run and no more."""
    home = tmp_path / "home"
    run = HereRun(Store(home), "one")
    names = ("../../escaped", str(tmp_path / "escaped"), "checkpoints/../../escaped", "labels.json", "run.json")
    run.take({"parts": [(name, 0, b"{}") for name in names], "gone": ["../other/run.json"]})
    run.release()
    written = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert written == {"runs/one/run.json", "runs/one/lock"}
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_what_a_full_disk_takes_of_what_is_sent_is_a_sound_run(digits, tmp_path, monkeypatch, caplog):
    """What has no room is a checkpoint; its facts came last, and the run was said to be damaged from then on."""

    def write(path, content):
        if path.parent.name == "checkpoints":
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr(carried, "write_bytes", write)
    away, here = Store(tmp_path / "away"), Store(tmp_path / "here")
    run = everything(open_job(Job(CONFIG), away, Control(), digits))[0].run
    taking, rest = HereRun(here, run), {"parts": [("metrics.jsonl", 10**6, b"{}")], "gone": []}
    for changes in (FolderReader(away.find(run).path).changes(), rest):  # which would leave a hole
        with pytest.raises(OSError, match="No space"):
            taking.take(changes)
    taking.release()
    assert here.find(run).log_path.read_bytes() == away.find(run).log_path.read_bytes()
    assert [(kept.run, kept.results["epochs_done"]) for kept in here.runs()] == [(run, 6)]
    assert not caplog.records


def test_a_history_that_has_vanished_is_not_made_anew_by_what_workers_send(tmp_path):
    changes, home = {"parts": [("run.json", 0, b"{}")], "gone": []}, tmp_path / "home"
    run, seen_elsewhere = HereRun(Store(home), "one"), Store(home)
    run.take(changes)
    seen_elsewhere.was_there = True
    home.rename(tmp_path / "unmounted")
    for taking in (run, HereRun(seen_elsewhere, "two")):
        with pytest.raises(OSError, match="vanished"):
            taking.take(changes)
    run.release()
    assert not home.exists()


def test_of_a_log_whole_lines_cross_once(tmp_path):
    away, here = tmp_path / "away", tmp_path / "here"
    away.mkdir()
    log = away / "metrics.jsonl"
    reader = FolderReader(away)
    log.write_bytes(b"one\ntwo")
    put_changes(here, reader.changes())
    assert (here / log.name).read_bytes() == b"one\n"
    log.write_bytes(b"one\ntwo\nthree\n")
    changes = reader.changes()
    assert changes["parts"] == [("metrics.jsonl", 4, b"two\nthree\n")]
    put_changes(here, changes)
    assert (here / log.name).read_bytes() == log.read_bytes()
    assert reader.changes() == {"parts": [], "gone": []}


def test_where_its_only_worker_dies_a_run_is_stopped_at_once_and_kept(tmp_path_factory, digits, tmp_path):
    """Nobody is left to go on with it; whoever stops it then does not wait for a worker."""
    with (
        contextlib.closing(Cluster(tmp_path_factory.mktemp("one"), workers=1)) as cluster,
        contextlib.closing(cluster.join()) as workers,
    ):
        control = Control()
        events = open_followed(workers, Job(CONFIG.changed(epochs=100_000)), Store(tmp_path), control, digits)
        next(event for event in events if isinstance(event, EpochEnded))
        cluster.workers[0].kill()
        assert next(event for event in events if isinstance(event, Remarked)).is_failure
        control.stop()
        assert [event.reason for event in everything(events)] == ["No worker had it."]
    assert [run.is_live for run in Store(tmp_path).runs()] == [False]
