"""Folders of runs, carried between who ordered them and a worker that does not see the history.

What crosses are the files that a run's folder has, by their names: nothing else is read, and nothing else written.
"""

from __future__ import annotations

import errno
import re
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hw1_tui.files.atomic import read_json, write_bytes
from hw1_tui.files.lock import Lock
from hw1_tui.runs import Store
from hw1_tui.runs.home import RUNS

_LOG, _FACTS = "metrics.jsonl", "run.json"
_FIRST = ("config.toml", _FACTS, _LOG)
_NAMES = re.compile(
    r"run\.json|config\.toml|metrics\.jsonl|predictions\.npz|checkpoints/epoch-[0-9]{6,9}(-[0-9]{6,12})?\.npz"
)

_LEAST_ROOM = 2**20

Changes = dict[str, Any]
"""``parts``: name, byte to begin at and content of each file that has changed; ``gone``: names of those removed."""


class FolderReader:
    """Reads what has changed in the folder of a run that may be training.

    Args:
        path: the folder; it need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamps: dict[str, tuple[int, int]] = {}
        self._log_size = 0

    def changes(self) -> Changes:
        """Return what has changed since this was asked last; at first everything."""
        names = self._names()
        parts = [part for name in sorted(names, key=_LOG.__eq__) if (part := self._part(name))]
        gone = [name for name in self._stamps if name not in names]
        for name in gone:
            del self._stamps[name]
        return {"parts": parts, "gone": gone}

    def _names(self) -> set[str]:
        found = (path.relative_to(self._path).as_posix() for path in (*self._path.glob("*"), *self._path.glob("*/*")))
        return {name for name in found if _NAMES.fullmatch(name)}

    def _part(self, name: str) -> tuple[str, int, bytes] | None:
        """Return a file that has changed; of the log, which is read last, whole lines that were not read before.

        A checkpoint's epochs are in the log before it is written, and must be in the log that goes with it.
        """
        path, start = self._path / name, 0
        try:
            status = path.stat()
            if (stamp := (status.st_size, status.st_mtime_ns)) == self._stamps.get(name):
                return None
            with path.open("rb") as file:
                if name == _LOG:
                    start = file.seek(self._log_size if self._log_size <= status.st_size else 0)
                content = file.read()
        except FileNotFoundError:  # a checkpoint that is kept no more
            return None
        self._stamps[name] = stamp
        if name == _LOG:
            content = content[: content.rfind(b"\n") + 1]
            self._log_size = start + len(content)
        return name, start, content


def put_changes(path: Path, changes: Changes) -> None:
    """Write into a folder what has changed in another, so that at any moment it can be gone on with.

    Args:
        path: the folder; made where it is missing.
        changes: what ``FolderReader.changes`` has returned.

    Raises:
        OSError: the disk does not take it.
    """
    path.mkdir(parents=True, exist_ok=True)
    for name, start, content in sorted(changes["parts"], key=_order):
        if not _NAMES.fullmatch(name):
            continue  # of no run's folder: a worker is not obeyed beyond it
        (path / name).parent.mkdir(exist_ok=True)
        if name == _LOG:
            _extend(path / name, start, content)
        else:
            write_bytes(path / name, content)
    for name in filter(_NAMES.fullmatch, changes["gone"]):
        (path / name).unlink(missing_ok=True)


def _order(part: tuple[str, int, bytes]) -> int:
    """Let what makes a folder a run's come first, then the log: without its facts it would be a damaged one."""
    return _FIRST.index(part[0]) if part[0] in _FIRST else len(_FIRST)


def _extend(path: Path, start: int, content: bytes) -> None:
    with path.open("r+b" if path.exists() else "wb") as file:
        file.seek(start)
        file.write(content)
        file.truncate()


class HereRun:
    """A run in the history that a worker elsewhere trains; its lock is held here, as by who trains it.

    Args:
        store: the history.
        run: the run; its folder need not be there yet.
        others: runs that the worker needs to begin.
    """

    def __init__(self, store: Store, run: str, others: Iterable[str] = ()) -> None:
        self._store = store
        self._folder = store.runs_path
        self._run = run
        self._others = others
        self._lock: Lock | None = None
        self._trouble: OSError | None = None

    def take(self, changes: Changes) -> None:
        """Write what the worker has written.

        Raises:
            OSError: the disk does not take it or has vanished, or another program trains the run. Nor is anything
                taken from then on: it would follow what is missing.
        """
        if self._trouble:
            raise self._trouble
        try:
            self._take(changes)
        except OSError as error:
            self._trouble = error
            raise

    def _take(self, changes: Changes) -> None:
        path = self._folder / self._run
        if self._store.vanished:
            raise OSError(errno.ENOENT, "it was here and has vanished", str(self._folder))
        self._store.was_there = True
        if self._lock is None:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = Lock(path / "lock")
        put_changes(path, changes)

    def folders(self) -> dict[str, Changes]:
        """Return all that the worker needs: what is kept of the run, and of the one that it was branched from."""
        parent = read_json(self._folder / self._run / _FACTS).get("parent")
        names = dict.fromkeys(filter(None, (self._run, parent, *self._others)))
        return {name: FolderReader(self._folder / name).changes() for name in names if (self._folder / name).is_dir()}

    def release(self) -> None:
        """Let the run go, so that another may train it."""
        self._trouble = None
        if self._lock:
            self._lock.release()
            self._lock = None


class AwayRun:
    """A run in the folder of a worker's own; a context manager, after which it is gone there.

    Args:
        run: the run.
        folder: where its folder is made: the worker's own, which is swept where the worker is killed.

    Attributes:
        home: the folder of a history of this run alone.

    Raises:
        OSError: the disk takes nothing, so that nothing of the run would be kept.
    """

    def __init__(self, run: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)  # old files of a temporary folder are removed by many systems
        self._folder = tempfile.TemporaryDirectory(prefix="hw1-tui-run-", dir=folder, ignore_cleanup_errors=True)
        self._run = run
        self._reader = FolderReader(Path(self._folder.name) / RUNS / run)
        self._has_come, self._is_taken = threading.Event(), threading.Event()
        self._trouble: OSError | None = None
        self.home = self._folder.name
        with tempfile.TemporaryFile(dir=self.home) as file:
            file.write(bytes(_LEAST_ROOM))

    def __enter__(self) -> AwayRun:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def put(self, folders: dict[str, Changes]) -> None:
        """Take what is kept of the run, and of those that it needs; who waits for it is told that it has no room."""
        try:
            for name, changes in folders.items():
                if name == Path(name).name:
                    put_changes(Path(self.home) / RUNS / name, changes)
            self._reader.changes()
        except OSError as error:
            self._trouble = error
        self._has_come.set()

    def read(self, *, is_last: bool) -> Changes:
        """Return what has changed since this was asked last."""
        changes = self._reader.changes()
        if is_last:
            self._is_taken.set()
        return changes

    def wait_for_folders(self, seconds: float) -> None:
        """Wait for what is kept of the run; what does not come is missed where it is looked for.

        Raises:
            OSError: the disk does not take it: without its checkpoints the run would begin again.
        """
        self._has_come.wait(seconds)
        if self._trouble:
            raise self._trouble

    def wait_until_taken(self, seconds: float) -> None:
        """Wait until who ordered has read all of it, or is gone."""
        self._is_taken.wait(seconds)
