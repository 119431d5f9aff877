"""The history: every run that was kept, found, labelled, deleted and brought back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hw1_tui.mistake import Mistake, MistakeError, nearest_name
from hw1_tui.runs.filter import parse_filter, sort_records
from hw1_tui.runs.folder import RunFolder, make_folder
from hw1_tui.runs.home import home_folder
from hw1_tui.runs.index import Index, Row, remove_index
from hw1_tui.runs.lock import Lock, LockHeldError
from hw1_tui.runs.record import INTERRUPTED, VERSION, RunRecord, gather, summarise, with_liveness

LAST = "last"
"""Stands for the newest run wherever an identifier is asked for."""


class Store:
    """The history in one folder: ``runs/`` with a folder a run, ``trash/`` with deleted ones, ``index.sqlite``.

    Nothing is made before something is to be kept. Any number of processes may use one at once; an object may be
    used from any thread.

    Args:
        home: the folder; ``HW1_TUI_HOME`` or the user's data folder by default.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.home = home_folder(home)
        self.runs_path = self.home / "runs"
        self.trash_path = self.home / "trash"
        self.index_path = self.home / "index.sqlite"

    # Finding.

    def runs(self, filter: str = "", sort: str = "-created") -> list[RunRecord]:  # noqa: A002
        """Return the runs that a filter lets through.

        Args:
            filter: see ``hw1_tui.runs.filter``; empty for all.
            sort: a name of ``RunRecord.record()``, with ``-`` before it for the largest first; runs without come last.

        Raises:
            MistakeError: the filter or the name to sort by cannot be understood.
        """
        wanted = parse_filter(filter)
        records = self._records()
        wanted.check(records)
        return sort_records([record for record in records if wanted.matches(record)], sort)

    def _records(self) -> list[RunRecord]:
        """Return every run, whatever has changed since it was indexed being read again."""
        folders = {folder.id: folder for folder in _folders(self.runs_path)}
        if not folders:
            return []
        with self._index() as index:
            rows = index.read()
            stamps = {run: f"{VERSION}:{folder.stamp()}" for run, folder in folders.items()}
            stale = [run for run, stamp in stamps.items() if run not in rows or rows[run][0] != stamp]
            changed = {run: row for run in stale if (row := _read_row(folders[run], stamps[run]))}
            removed = [run for run in rows if run not in folders]
            if changed or removed:
                with contextlib.suppress(sqlite3.Error):  # it is a cache: next time, then
                    index.update(changed, removed)
        rows = {run: row for run, row in {**rows, **changed}.items() if run in folders}
        records = [RunRecord.unpack(record) for _, record in rows.values()]
        return [_look_at_lock(record, folders[record.run]) for record in records]

    @contextlib.contextmanager
    def _index(self) -> Iterator[Index]:
        """Give the index; one in memory where the folder cannot be written to."""
        try:
            index = Index(self.index_path)
        except (sqlite3.Error, OSError):
            index = Index(None)
        try:
            yield index
        finally:
            index.close()

    def find(self, name: str) -> RunFolder:
        """Return the folder of a run.

        Args:
            name: its identifier, the beginning or the end of one, the name it was given, or ``last``.

        Raises:
            MistakeError: there is no such run, or more than one.
        """
        exact = self.runs_path / name
        if exact.name == name and _is_run(exact):
            return RunFolder(exact)
        folders = {folder.id: folder for folder in _folders(self.runs_path)}
        if name == LAST and folders:
            return folders[self.runs()[0].run]
        matches = [run for run in folders if name and (run.startswith(name) or run.endswith(name))]
        matches = matches or [record.run for record in self._records() if name and record.labels.name == name]
        if len(matches) == 1:
            return folders[matches[0]]
        if matches:
            raise MistakeError(Mistake(name, "more than one run begins or ends like this", ", ".join(sorted(matches))))
        problem = "there is no such run" if folders else f"there is no such run; none is kept in {self.home}"
        raise MistakeError(Mistake(name, problem, nearest=nearest_name(name, folders)))

    def get(self, name: str) -> RunRecord:
        """Return a run.

        Raises:
            MistakeError: see ``find``.
        """
        folder = self.find(name)
        return _look_at_lock(gather(folder.facts(), folder.events(), folder.labels()), folder)

    def metrics(self, name: str, *, joined: bool = False) -> list[dict[str, Any]]:
        """Return the epochs of a run in order, each as it was measured last.

        Args:
            name: see ``find``.
            joined: with the epochs of the runs that it was branched from before its own.

        Raises:
            MistakeError: see ``find``.
        """
        folder = self.find(name)
        facts = folder.facts()
        metrics = summarise(facts, folder.events()).metrics
        if not joined or not facts.get("parent"):
            return metrics
        try:
            before = self.metrics(facts["parent"], joined=True)
        except MistakeError:  # the parent was deleted
            return metrics
        return [epoch for epoch in before if epoch["epoch"] <= facts["parent_epoch"]] + metrics

    def interrupted(self) -> list[RunRecord]:
        """Return the runs that neither ended nor train now, the newest first: what can be gone on with."""
        return [record for record in self.runs() if record.status == INTERRUPTED]

    # Changing.

    def create(self, config: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[RunFolder, Lock]:
        """Make the folder of a new run; return it with its lock held.

        Args:
            config: the run's configuration, flat.
            facts: what else is known when it begins.

        Raises:
            OSError: the disk does not take it.
        """
        return make_folder(self.runs_path, config, facts)

    def label(self, run: str, /, **changes: Any) -> RunRecord:
        """Give a run a ``name``, ``tags``, a ``note`` or a star (``starred``).

        Raises:
            MistakeError: see ``find``; or the disk does not take it.
        """
        folder = self.find(run)
        _changing(folder, lambda: folder.write_labels(replace(folder.labels(), **changes)))
        return self.get(folder.id)

    def tag(self, name: str, *tags: str, remove: bool = False) -> RunRecord:
        """Give a run tags, or take them away."""
        old = self.find(name).labels().tags
        left = tuple(tag for tag in old if tag not in tags)
        return self.label(name, tags=left if remove else (*left, *dict.fromkeys(tags)))

    def note(self, name: str, text: str) -> RunRecord:
        """Give a run a note; an empty one takes it away."""
        return self.label(name, note=text)

    def star(self, name: str, starred: bool = True) -> RunRecord:
        """Make a run a favourite, or no longer."""
        return self.label(name, starred=starred)

    def rename(self, name: str, new: str) -> RunRecord:
        """Give a run a name beside its identifier; an empty one takes it away."""
        return self.label(name, name=new.strip())

    def delete(self, name: str) -> str:
        """Move a run to the trash; return its identifier, by which ``undelete`` brings it back.

        Raises:
            MistakeError: see ``find``; or it is being trained; or the disk does not take it.
        """
        folder = self.find(name)
        lock = hold(folder)
        try:
            _changing(folder, lambda: _move(folder.path, self.trash_path))
        finally:
            lock.release()
        return folder.id

    def undelete(self, run: str) -> RunRecord:
        """Bring a run back from the trash.

        Raises:
            MistakeError: it is not there, or the disk does not take it.
        """
        folders = {folder.id: folder for folder in _folders(self.trash_path)}
        matches = [identifier for identifier in folders if run and identifier.startswith(run)]
        if len(matches) != 1:
            problem = "more than one deleted run begins like this" if matches else "is not among the deleted runs"
            raise MistakeError(Mistake(run, problem, ", ".join(folders)))
        folder = folders[matches[0]]
        _changing(folder, lambda: _move(folder.path, self.runs_path))
        return self.get(folder.id)

    def deleted(self) -> list[RunRecord]:
        """Return the runs in the trash, the newest first."""
        folders = _folders(self.trash_path)
        records = [gather(folder.facts(), folder.events(), folder.labels()) for folder in folders]
        return sort_records(records, "-created")

    def thin(self, budget: int) -> None:
        """Remove checkpoints, the oldest first, until all of them together keep to a number of bytes.

        The last of each run and its best by validation loss stay, whatever they take.
        """
        everything = {checkpoint.path: checkpoint.size for folder in _folders(self.runs_path)
                      for checkpoint in folder.shelf.checkpoints()}  # fmt: skip
        excess = sum(everything.values()) - budget
        for path in sorted(self._expendable(), key=_age) if excess > 0 else ():
            if excess > 0:
                path.unlink(missing_ok=True)
                excess -= everything.get(path, 0)

    def _expendable(self) -> Iterator[Path]:
        """Yield the checkpoints that are neither the last nor the best of their run."""
        for record in self._records():
            for checkpoint in RunFolder(self.runs_path / record.run).shelf.checkpoints()[:-1]:
                if checkpoint.examples or checkpoint.epoch != record.results["best_epoch"]:
                    yield checkpoint.path

    def purge(self) -> int:
        """Remove the runs in the trash for good; return how many."""
        folders = _folders(self.trash_path)
        for folder in folders:
            shutil.rmtree(folder.path)
        return len(folders)

    def rebuild(self) -> int:
        """Fill the index again from the folders; return the number of runs.

        Raises:
            MistakeError: the index cannot be written.
        """
        if not self.runs_path.is_dir():
            return 0
        try:
            remove_index(self.index_path)
        except OSError as error:
            raise MistakeError(Mistake(str(self.index_path), f"cannot be written: {error.strerror}")) from None
        return len(self._records())


def _folders(path: Path) -> list[RunFolder]:
    """Return the run folders in a folder; what is half made or something else is left out."""
    try:
        names = [entry.name for entry in path.iterdir()]
    except OSError:
        return []
    return [RunFolder(path / name) for name in names if _is_run(path / name)]


def _is_run(path: Path) -> bool:
    return os.path.exists(path / "run.json")  # noqa: PTH110 - half the time of Path.exists, for 2,000 runs


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _move(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path.rename(folder / path.name)


def _changing(folder: RunFolder, change: Callable[[], object]) -> None:
    """Change something on disk.

    Raises:
        MistakeError: the disk does not take it.
    """
    try:
        change()
    except OSError as error:
        raise MistakeError(Mistake(folder.id, f"cannot be changed: {error.strerror}")) from None


def _read_row(folder: RunFolder, stamp: str) -> Row | None:
    """Return a run's row for the index; ``None`` where the folder is no run's."""
    facts = folder.facts()
    if not isinstance(facts.get("created"), str) or not isinstance(facts.get("config"), dict):
        return None
    return stamp, gather({**facts, "run": folder.id}, folder.events(), folder.labels()).pack()


def _look_at_lock(record: RunRecord, folder: RunFolder) -> RunRecord:
    return with_liveness(record, record.status == INTERRUPTED and folder.is_live)


def hold(folder: RunFolder) -> Lock:
    """Return a run's lock, held.

    Raises:
        MistakeError: it is being trained, or its folder cannot be written to.
    """
    try:
        return folder.lock()
    except LockHeldError:
        raise MistakeError(Mistake(folder.id, "is being trained right now, here or in another process")) from None
    except OSError as error:
        raise MistakeError(Mistake(folder.id, f"cannot be changed: {error.strerror}")) from None
