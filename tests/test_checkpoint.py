"""Checkpoints: whole or not at all, every altered byte noticed, the right ones kept."""

import contextlib
import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw1_tui.mistake import MistakeError
from hw1_tui.runs import CheckpointStore, DamagedError
from hw1_tui.runs.checkpoint import Checkpoint
from hw1_tui.training import checkpoint
from hw1_tui.training.event import EpochEnded
from hw1_tui.training.kept_model import load_model
from hw1_tui.training.recording import branch
from tests.support.history import start, started, train


def arrays_of(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "trainer.W1": rng.normal(size=(7, 5)),
        "trainer.place": np.array([3, 4]),
        "session": np.arange(9, dtype="u1"),
    }


@pytest.fixture
def every_epoch(monkeypatch):
    """Let no clock decide: a checkpoint is due after each epoch."""
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(checkpoint, "SHARE", 0.0)


def test_a_checkpoint_gives_back_the_arrays_it_was_given(tmp_path):
    checkpoint_store = CheckpointStore(tmp_path / "checkpoints")
    arrays = arrays_of()
    read = checkpoint_store.write(3, 0, arrays).read()
    assert read.keys() == arrays.keys()
    for name, array in arrays.items():
        assert read[name].dtype == array.dtype
        assert np.array_equal(read[name], array)


@given(st.data())
def test_a_checkpoint_with_any_bit_flipped_is_refused_or_still_gives_the_same_arrays(tmp_path_factory, data):
    checkpoint_store = CheckpointStore(tmp_path_factory.mktemp("checkpoint_store"))
    written = checkpoint_store.write(1, 0, arrays_of())
    content = bytearray(written.path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    written.path.write_bytes(content)
    try:
        read = written.read()
    except DamagedError:
        return
    # Such as a bit of a time stamp, which holds nothing.
    assert {name: array.tolist() for name, array in read.items()} == {n: a.tolist() for n, a in arrays_of().items()}


def test_no_flipped_bit_of_the_archives_directory_hides_an_array(tmp_path):
    """Every bit: the directory has no checksum of its own."""
    written = CheckpointStore(tmp_path).write(1, 0, arrays_of())
    content, names = written.path.read_bytes(), arrays_of().keys()
    hidden = []
    for bit in range(8 * content.index(b"PK\x01\x02"), 8 * len(content)):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        written.path.write_bytes(flipped)
        with contextlib.suppress(DamagedError):
            hidden += [bit] * (written.read().keys() != names)
    assert hidden == []


@given(st.data())
def test_a_checkpoint_that_was_cut_short_is_refused(tmp_path_factory, data):
    checkpoint_store = CheckpointStore(tmp_path_factory.mktemp("checkpoint_store"))
    written = checkpoint_store.write(1, 0, arrays_of())
    content = written.path.read_bytes()
    written.path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(DamagedError):
        written.read()


def test_a_pickle_is_not_loaded(tmp_path):
    checkpoint_store = CheckpointStore(tmp_path)
    np.savez(tmp_path / "epoch-000001.npz", W1=np.array([{"a": 1}], dtype=object))
    (found,) = checkpoint_store.checkpoints()
    with pytest.raises(DamagedError, match="pickle"):
        found.read()


def test_the_newest_sound_checkpoint_is_found_behind_damaged_ones(tmp_path):
    checkpoint_store = CheckpointStore(tmp_path)
    for epoch, examples in ((1, 0), (2, 0), (2, 40), (10, 0)):
        checkpoint_store.write(epoch, examples, arrays_of(epoch + examples))
    for cut in checkpoint_store.checkpoints()[-2:]:
        cut.path.write_bytes(b"")
    newest, arrays, damaged = checkpoint_store.newest_sound()
    assert newest
    assert (newest.epoch, newest.examples) == (2, 0)
    assert np.array_equal(arrays["trainer.W1"], arrays_of(2)["trainer.W1"])
    assert [(found.epoch, found.examples) for found in damaged] == [(10, 0), (2, 40)]


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    checkpoint_store = CheckpointStore(tmp_path)
    checkpoint_store.write(1, 0, arrays_of())
    before = checkpoint_store.checkpoints()[0].path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        checkpoint_store.write(1, 0, arrays_of(1))
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-000001.npz"]
    assert checkpoint_store.checkpoints()[0].path.read_bytes() == before


def test_the_last_the_one_before_it_the_best_and_every_nth_are_kept(store, blobs, every_epoch):
    run = train(store, blobs, epochs=11, learning_rate=0.02, every=4)
    best = store.get(run).results["best_epoch"]
    assert {c.epoch for c in store.find(run).checkpoint_store.checkpoints()} == {0, 4, 8, 10, 11, best}


def test_the_best_is_on_disk_whenever_a_later_one_is(store, blobs):
    """Also while no clock lets a checkpoint be written: the best waits in memory until the next is."""
    run = train(store, blobs, epochs=40, learning_rate=0.5)
    record = store.get(run)
    best = record.results["best_epoch"]
    assert best < 40
    assert store.find(run).checkpoint_store.at(best)
    assert store.find(run).checkpoint_store.at(40)


def test_checkpoints_cost_no_more_than_a_twentieth_of_the_time(store, blobs, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(checkpoint, "time", clock)
    write = CheckpointStore.write
    written: list[int] = []

    def slow(self, epoch, examples, arrays):
        clock.now += 2.0
        written.append(epoch)
        return write(self, epoch, examples, arrays)

    monkeypatch.setattr(CheckpointStore, "write", slow)
    for event in start(store, blobs, epochs=100):
        if isinstance(event, EpochEnded):
            clock.now += 1.0
    assert written[0] == 0
    assert written[-1] == 100
    assert 3 <= len(written) <= 8


def test_a_disk_that_hung_once_does_not_put_the_next_checkpoint_off_for_hours(store, blobs, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(checkpoint, "time", clock)
    write = CheckpointStore.write
    written: list[int] = []

    def slow(self, epoch, examples, arrays):
        clock.now += 0.0 if written else 600.0
        written.append(epoch)
        return write(self, epoch, examples, arrays)

    monkeypatch.setattr(CheckpointStore, "write", slow)
    for event in start(store, blobs, epochs=30):
        if isinstance(event, EpochEnded):
            clock.now += 60.0
    assert max(np.diff(written)) <= 11


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def perf_counter(self):
        return self.now


def test_over_the_budget_the_oldest_go_but_never_a_last_or_best(store, blobs, every_epoch):
    runs = [train(store, blobs, epochs=6, every=1) for _ in range(2)]
    sizes = [c.size for run in runs for c in store.find(run).checkpoint_store.checkpoints()]
    assert len(sizes) == 14
    store.thin(sum(sizes) - sum(sizes[:3]))
    assert [c.epoch for c in store.find(runs[0]).checkpoint_store.checkpoints()] == [3, 4, 5, 6]
    assert len(store.find(runs[1]).checkpoint_store.checkpoints()) == 7
    store.thin(0)
    for run in runs:
        kept = {c.epoch for c in store.find(run).checkpoint_store.checkpoints()}
        assert kept == {6, store.get(run).results["best_epoch"]}


def test_a_checkpoint_that_another_program_removes_while_it_is_looked_at_has_no_size_and_no_age(monkeypatch, tmp_path):
    (tmp_path / "epoch-000001.npz").write_bytes(b"x")
    looks = []

    def lstat(path, real=Path.lstat):
        looks.append(path)
        if len(looks) % 2 == 0:
            raise FileNotFoundError(path)
        return real(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    one = Checkpoint(1, 0, tmp_path / "epoch-000001.npz")
    assert [one.size, one.size] == [1, 0]
    assert one.age > 0 == one.age


def looked_at_as_it_trains_on(monkeypatch, store, blobs):
    """Begin a run; return it and its first two kept epochs, which are gone once its checkpoints were listed."""
    events = start(store, blobs, epochs=20, learning_rate=0.5)
    run = started(events).run
    epochs = (event.epoch for event in events if isinstance(event, EpochEnded))
    assert list(itertools.islice(epochs, 3)) == [0, 1, 2]
    kept = CheckpointStore.checkpoints
    best = store.get(run).results["best_epoch"]

    def listed(checkpoint_store):
        found = kept(checkpoint_store)
        monkeypatch.setattr(CheckpointStore, "checkpoints", kept)
        list(itertools.islice(epochs, 6))
        return found

    monkeypatch.setattr(CheckpointStore, "checkpoints", listed)
    return run, [epoch for epoch in (1, 2) if epoch != best]


@pytest.mark.parametrize("epoch", ["newest", "last"])
def test_the_newest_is_looked_for_again_where_it_was_removed_since_it_was_found(
    store, blobs, monkeypatch, every_epoch, epoch
):
    """A run that trains was told to have a damaged checkpoint: no such file or directory."""
    run, _ = looked_at_as_it_trains_on(monkeypatch, store, blobs)
    assert load_model(store, run, epoch).epoch == 8


def test_a_branch_from_an_epoch_that_was_removed_since_it_was_found_is_told_those_that_are_kept(
    store, blobs, monkeypatch, every_epoch
):
    run, gone = looked_at_as_it_trains_on(monkeypatch, store, blobs)
    with pytest.raises(MistakeError, match=r"has no checkpoint of it; allowed: .*8"):
        branch(store, run, gone[-1])


def test_what_dead_writers_left_is_swept(store, blobs, every_epoch):
    events = start(store, blobs, epochs=3)
    run = started(events).run
    next(events)
    left = store.find(run).path / "checkpoints" / "epoch-000001.npz.999.partial"
    left.write_bytes(b"half")
    list(events)
    assert not left.exists()


def test_a_change_of_the_number_of_threads_is_followed_by_a_checkpoint(store, blobs, monkeypatch):
    """It changes the last bits of what follows, so nobody may go on from before it."""
    monkeypatch.setattr(checkpoint, "SECONDS_BETWEEN", 1e9)
    for event in start(store, blobs, epochs=6):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            monkeypatch.setattr("hw1_tui.training.session.Session.threads", property(lambda self: 7), raising=True)
        if isinstance(event, EpochEnded) and event.epoch == 3:
            found = store.find("last").checkpoint_store.checkpoints()
    assert [c.epoch for c in found][-1] == 3
