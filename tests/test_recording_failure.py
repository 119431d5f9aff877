"""What a run keeps where the disk, its log, its numbers or its process fail: nothing that was said is lost unsaid."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hw1_tui.runs import Store
from hw1_tui.runs.log import Log
from hw1_tui.training.control import Control
from hw1_tui.training.event import EpochEnded, Remarked, RunEnded, RunStarted
from hw1_tui.training.recording import branch
from tests.support.history import (
    NUMPY,
    ended,
    start,
    started,
)


def test_a_history_that_cannot_be_written_does_not_keep_a_run_from_training(tmp_path, blobs):
    (tmp_path / "file").write_text("")
    events = list(start(Store(tmp_path / "file"), blobs))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[1], Remarked)
    assert events[1].text.startswith("This run is not being kept: Not a directory")
    assert started(events).run == ended(events).run == ""
    assert ended(events).status == "finished"


def test_a_disk_that_fills_up_is_said_once_and_what_waited_is_kept_when_it_empties(store, blobs, monkeypatch):
    append, full = Log.append, False

    def limited(self, records):
        if full:
            raise OSError(28, "No space left on device")
        append(self, records)

    monkeypatch.setattr(Log, "append", limited)
    said = []
    for event in start(store, blobs, epochs=8):
        if isinstance(event, EpochEnded) and event.epoch in (2, 5):
            full = event.epoch == 2
        if isinstance(event, Remarked):
            said.append(event.text)
        if isinstance(event, EpochEnded) and event.epoch == 5:
            assert store.runs()[0].results["epochs_done"] == 2
    assert [text.partition(":")[0].partition(";")[0] for text in said] == [
        "This run is not being kept",
        "This run is being kept again",
    ]
    assert "No space left on device" in said[0]
    assert isinstance(event, RunEnded)
    assert event.status == "finished"
    record = store.get(event.run)
    assert [epoch.epoch for epoch in store.metrics(event.run)] == list(range(9))
    assert record.status == "finished"


def test_a_disk_that_is_full_at_the_end_of_a_run_is_not_told_with_that_it_goes_on(store, blobs, monkeypatch):
    append = Log.append

    def limited(self, records):
        if records[-1]["event"] == "run_ended":
            raise OSError(28, "No space left on device")
        append(self, records)

    monkeypatch.setattr(Log, "append", limited)
    (said,) = [event.text for event in start(store, blobs, epochs=1) if isinstance(event, Remarked)]
    assert said == f"This run is not being kept: No space left on device ({store.find('last').path})."


def test_a_disk_that_takes_no_checkpoints_keeps_the_metrics(store, blobs, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hw1_tui.files.array_file.replace_file", full)
    events = list(start(store, blobs))
    said = [event.text for event in events if isinstance(event, Remarked)]
    assert len(said) == 1
    assert said[0].startswith("This run's checkpoints are not being kept: No space left on device")
    assert "Its metrics are." in said[0]
    assert isinstance(events[-1], RunEnded)
    assert store.get(started(events).run).status == "finished"
    assert len(store.metrics(started(events).run)) == 5


def test_a_run_that_leaves_the_numbers_keeps_the_last_sound_state(store, tmp_path, blobs):
    control = Control()
    for event in start(store, blobs, control, epochs=9, every=1, **{**NUMPY, "schedule": "constant"}):
        if isinstance(event, EpochEnded) and event.epoch == 3:
            control.steer({"learning_rate": 1000.0, "l2": 1000.0})
    assert isinstance(event, RunEnded)
    assert event.status == "diverged"
    checkpoint_store = store.find(event.run).checkpoint_store
    assert checkpoint_store.checkpoints()[-1].epoch < event.epochs + 1
    assert ended(branch(store, event.run, 3, {"learning_rate": 0.001})).status == "finished"


@pytest.mark.timeout(300)
def test_runs_killed_at_random_lose_nothing_and_end_the_same():
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "tests.torture", "--short", "--kills", "4", "--seed", str(os.getpid())]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "none lost" in result.stdout


@pytest.mark.parametrize("how", ["gone", "cut"])
def test_a_log_that_is_taken_away_while_its_run_trains_loses_nothing_unsaid(store, blobs, how):
    """A file that was removed still stands open and is written again; what was cut out of one is said to be lost."""
    events, said, run = start(store, blobs, **NUMPY, epochs=6), [], ""
    for event in events:
        if isinstance(event, RunStarted):
            run = event.run
        elif isinstance(event, Remarked):
            said.append(event.text)
        elif isinstance(event, EpochEnded) and event.epoch == 3:
            log = store.find(run).log_path
            log.unlink() if how == "gone" else os.truncate(log, log.stat().st_size // 2)
    epochs = [epoch.epoch for epoch in store.metrics(run)]
    assert store.get(run).status == "finished"
    if how == "gone":
        assert epochs == list(range(7))
        assert any("nothing is missing" in text for text in said)
    else:
        assert epochs[-3:] == [4, 5, 6]
        assert any("is lost" in text for text in said)
