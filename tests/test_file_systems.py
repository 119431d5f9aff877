"""File systems that cannot do everything: what they lack is said once, and nothing that they can do is lost."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hw1_tui.cli import main
from hw1_tui.files.atomic import replace_file, write_text
from hw1_tui.files.folder import prepare_folder
from hw1_tui.files.lock import Lock, LockHeldError, is_held
from hw1_tui.mistake import MistakeError
from hw1_tui.runs import Store
from hw1_tui.runs.turn import taken
from hw1_tui.settings.run_file import dump_run
from hw1_tui.sweep.kept import keep_definition
from hw1_tui.training.event import EpochEnded, Remarked, RunEnded
from hw1_tui.training.recording import resume
from tests.support.history import config_of, start, started, train
from tests.support.swept import define_scripted

LACKS = {
    "locks": """
import errno, fcntl, os
def flock(*_):
    raise OSError(errno.{error}, os.strerror(errno.{error}))
fcntl.flock = flock
""",
    "syncing of folders": """
import errno, os, stat
fsync = os.fsync
def of_files(descriptor):
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        raise OSError(errno.{error}, os.strerror(errno.{error}))
    fsync(descriptor)
os.fsync = of_files
""",
}
WORDS = {"locks": "has no locks", "syncing of folders": "does not bring folders to the disk"}


def no_locks(monkeypatch, number=errno.ENOLCK):
    def flock(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)


def no_folder_sync(monkeypatch):
    def refuse(path):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    fsync = os.fsync

    def of_files(descriptor):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112
            refuse(descriptor)
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", of_files)


@pytest.mark.parametrize(
    ("lack", "error"), [("locks", "ENOLCK"), ("locks", "ENOSYS"), ("syncing of folders", "EINVAL")]
)
def test_a_run_is_kept_by_a_process_whose_file_system_lacks(tmp_path, blobs, lack, error):
    """A real process, started as a user would: it trains, keeps, and says once what is missing."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(LACKS[lack].format(error=error))
    (tmp_path / "run.toml").write_text(dump_run(config_of(blobs, epochs=2)))
    paths = [str(tmp_path / "site"), str(Path(__file__).parents[1])]
    command = [sys.executable, "-m", "hw1_tui", "--batch", "train", "--config", str(tmp_path / "run.toml")]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)}, capture_output=True, text=True, timeout=100
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count(WORDS[lack]) == 1
    assert "Traceback" not in ended.stderr
    (record,) = Store(Path(os.environ["HW1_TUI_HOME"])).runs()
    assert (record.status, record.results["epochs_done"]) == ("finished", 2)


@pytest.mark.parametrize("lack", LACKS)
def test_every_command_does_without(store, blobs, tmp_path, monkeypatch, capsys, lack):
    """No command over the history needs locks or folders that can be synced."""
    run = train(store, blobs, epochs=2)
    (no_locks if lack == "locks" else no_folder_sync)(monkeypatch)
    commands = (
        ["list"], ["show", run], ["compare", run], ["export", run, "--to", str(tmp_path / "a.csv")],
        ["resume", run, "--epochs", "3"], ["branch", run, "--epoch", "2", "--epochs", "4"], ["rename", run, "new"],
        ["tag", run, "a"], ["note", run, "b"], ["star", run], ["delete", run], ["undelete", run], ["rebuild"],
        ["delete", run], ["purge"], ["list", "--deleted"],
    )  # fmt: skip
    for words in commands:
        assert main(["runs", *words, "--home", str(store.home)]) == 0, capsys.readouterr().err
        if words == ["star", run]:
            labels = store.get(run).labels
            assert (labels.name, labels.tags, labels.note, labels.starred) == ("new", ("a",), "b", True)
            assert store.get(run).results["epochs_done"] == 3
    assert capsys.readouterr().err.count(WORDS[lack]) == 1


def test_without_locks_a_process_still_knows_what_it_trains_itself(store, blobs, monkeypatch):
    no_locks(monkeypatch)
    events = start(store, blobs)
    run = started(events).run
    assert store.get(run).status == store.runs()[0].status == "running"
    events.close()
    assert store.get(run).status == "interrupted"
    list(resume(store, run))
    assert store.get(run).status == "finished"


def test_a_lock_is_seen_by_whoever_may_only_read_it(tmp_path):
    path = tmp_path / "lock"
    lock = Lock(path)
    with pytest.raises(LockHeldError, match="another program holds it"):
        Lock(path, 0.0)
    path.chmod(0o444)
    assert is_held(path)
    lock.release()
    assert not is_held(path)


# A disk that is taken out.


def test_a_home_that_vanishes_while_a_run_trains_is_said_once_and_not_made_anew(store, blobs):
    said = []
    for event in start(store, blobs, epochs=6, every=1):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            store.home.rename(store.home.with_name("unmounted"))
        if isinstance(event, Remarked):
            said.append(event.text)
    assert isinstance(event, RunEnded)
    assert event.status == "finished"
    assert [text.partition(":")[0] for text in said] == ["This run is not being kept"]
    assert not store.home.exists()
    assert [event.text for event in start(store, blobs) if isinstance(event, Remarked)] == [
        f"This run is not being kept: The history was here and has vanished: perhaps its disk was taken out "
        f"({store.home})."
    ]
    keep_definition(store, define_scripted())
    with taken(store, (config_of(blobs), "")) as turn:
        assert turn.is_ours
    assert not store.home.exists()


def test_a_run_folder_that_is_being_removed_is_not_filled_again(store, blobs):
    """``rm -r`` loses the race for a folder that is written to; what was left was no run and nobody said so."""
    said = []
    for event in start(store, blobs, epochs=6, every=1):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            folder = store.find("last").path
            for path in (folder / "run.json", folder / "metrics.jsonl", *(folder / "checkpoints").iterdir()):
                path.unlink()
        if isinstance(event, Remarked):
            said.append(event.text)
    assert isinstance(event, RunEnded)
    assert event.status == "finished"
    assert [text.partition(":")[0] for text in said] == ["This run is not being kept"]
    assert not (folder / "metrics.jsonl").exists()
    assert list((folder / "checkpoints").iterdir()) == []


def test_what_waited_is_kept_when_the_disk_is_put_in_again(store, blobs):
    away = store.home.with_name("unmounted")
    for event in start(store, blobs, epochs=8, every=1):
        if isinstance(event, EpochEnded) and event.epoch == 2:
            store.home.rename(away)
        if isinstance(event, EpochEnded) and event.epoch == 5:
            away.rename(store.home)
    (record,) = store.runs()
    assert record.status == "finished"
    assert [epoch.epoch for epoch in store.metrics(record.run)] == list(range(9))


def test_an_empty_mount_point_is_not_taken_for_the_history(store, blobs, caplog):
    """The folder itself stays when its disk goes, and is empty then."""
    train(store, blobs)
    store.home.rename(store.home.with_name("unmounted"))
    store.home.mkdir()
    assert store.runs() == store.runs() == []
    assert [record.message for record in caplog.records if "vanished" in record.message] == [
        f"The history was here and has vanished: perhaps its disk was taken out ({store.home})"
    ]
    list(start(store, blobs))
    assert list(store.home.iterdir()) == []


# Temporary files of writers that were killed.


WRITER = """
import sys, time
from pathlib import Path
from hw1_tui.files.atomic import replace_file
def write(file):
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
    file.write(b" and half")
replace_file(Path(sys.argv[1]), write)
"""


def writer(path):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"writing\n"
    return process


def test_the_temporary_file_of_a_killed_writer_is_swept_and_that_of_one_at_work_is_not(tmp_path):
    path = tmp_path / "labels.json"
    killed, alive = writer(path), writer(path)
    killed.send_signal(signal.SIGKILL)
    killed.wait(30)
    killed.stdin.close()
    killed.stdout.close()
    assert len(list(tmp_path.iterdir())) == 2
    write_text(path, "whole")
    assert len(list(tmp_path.glob("*.partial"))) == 1
    assert path.read_text() == "whole"
    alive.communicate(timeout=30)
    assert alive.returncode == 0
    assert path.read_text() == "half and half"
    assert [entry.name for entry in tmp_path.iterdir()] == ["labels.json"]


def test_files_of_a_user_that_only_look_like_it_stay(tmp_path):
    names = ["report.md.partial", "report.md.draft.partial", "other.md.0123abcd.partial", "report.md.0123abcd.part"]
    for name in names:
        (tmp_path / name).write_text("mine")
    write_text(tmp_path / "report.md", "new")
    assert {entry.name for entry in tmp_path.iterdir()} == {*names, "report.md"}


def test_without_locks_only_what_is_old_is_swept(tmp_path, monkeypatch):
    no_locks(monkeypatch)
    young, old = tmp_path / "a.json.0123abcd.partial", tmp_path / "a.json.4567cdef.partial"
    young.write_text("")
    old.write_text("")
    os.utime(old, (time.time() - 2e5, time.time() - 2e5))
    write_text(tmp_path / "a.json", "new")
    assert {entry.name for entry in tmp_path.iterdir()} == {young.name, "a.json"}


def test_what_was_killed_while_a_run_was_made_is_swept_by_rebuild_and_is_no_run(store, blobs):
    run = train(store, blobs)
    half, fresh, other = (store.runs_path / f"261101-00000{i}-half" for i in range(3))
    for folder in (half, fresh, other):
        folder.mkdir()
        (folder / "config.toml").write_text("")
        (folder / "lock").write_text("")
        (folder / "run.json.0123abcd.partial").write_text("{")
    (other / "notes.txt").write_text("mine")
    (store.runs_path / run / "labels.json.89abcdef.partial").write_text("{")
    (store.runs_path / run / "checkpoints" / "epoch-000009.npz.89abcdef.partial").write_text("{")
    for folder in (half, other):
        os.utime(folder, (time.time() - 2e4, time.time() - 2e4))
    assert store.rebuild() == 1
    assert {path.name for path in store.runs_path.iterdir()} == {run, fresh.name, other.name}
    assert not list(store.runs_path.rglob("*.partial"))


def test_a_writer_that_fails_leaves_nothing_and_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_text(path, "old")

    def fail(file):
        file.write(b"new")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        replace_file(path, fail)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
    assert path.read_text() == "old"


@pytest.mark.parametrize("words", [["runs", "list"], ["runs", "show", "last"], ["train", "--batch", "--epochs", "1"]])
@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_home_that_is_a_link_to_nothing_is_told_as_that(tmp_path, capsys, monkeypatch, words, below):
    """It was "cannot be written to: File exists" in one command, and an empty history in others."""
    link = tmp_path / "home"
    link.symlink_to("/nowhere/at/all")
    monkeypatch.setenv("HW1_TUI_HOME", str(link / below))
    assert main(words) == 2
    assert f"{link} is a link to /nowhere/at/all, which is not there" in capsys.readouterr().err


def test_a_folder_to_write_to_that_is_a_link_to_nothing_is_told_as_that(tmp_path):
    (tmp_path / "out").symlink_to("/nowhere/at/all")
    with pytest.raises(MistakeError, match="is a link to /nowhere/at/all, which is not there"):
        prepare_folder(tmp_path / "out")
