"""The history: every run that was kept, found, labelled, deleted and brought back."""

from __future__ import annotations

import contextlib
import errno
import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hw1_tui.diagnostics import Diagnostics
from hw1_tui.files.lock import Lock, LockHeldError
from hw1_tui.files.notice import say_once
from hw1_tui.metric import EpochMetrics
from hw1_tui.mistake import Mistake, MistakeError, first_few, nearest_name
from hw1_tui.runs import naming, trash
from hw1_tui.runs.checkpoint import Checkpoint
from hw1_tui.runs.filter import find_records, parse_filter
from hw1_tui.runs.filter_absence import describe_absence
from hw1_tui.runs.folder import Labels, RunFolder, make_folder, open_folder, sweep_folders
from hw1_tui.runs.home import RUNS, home_folder
from hw1_tui.runs.index import remove_index
from hw1_tui.runs.listing import list_folders, read_all, read_folders
from hw1_tui.runs.naming import LAST
from hw1_tui.runs.record import INTERRUPTED, RunRecord, read_record, summarise, with_liveness

_VANISHED = "The history was here and has vanished: perhaps its disk was taken out"
_PATIENCE = 20.0
"""Seconds to wait for other programs that change labels or the trash: each takes milliseconds."""


class RunHeldError(MistakeError):
    """A run trains already, here or in another program."""


class Store:
    """The history in one folder: ``runs/`` with a folder a run, ``trash/`` with deleted ones, ``index.sqlite``.

    Nothing is made before something is to be kept. Any number of processes may use one at once: ``lock`` is held
    while one changes labels or the trash. An object may be used from any thread. A run's folder that is damaged is
    named once and left out; whatever asks for it by its name says what is wrong.

    Args:
        home: the folder; ``HW1_TUI_HOME`` or the user's data folder by default.

    Attributes:
        was_there: whether a run has been seen here: where the folder is no more it has vanished, and is not made anew.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.home = home_folder(home)
        self.runs_path = self.home / RUNS
        self.trash_path = self.home / "trash"
        self.index_path = self.home / "index.sqlite"
        self.was_there = False

    # Finding.

    def runs(self, filter: str = "", sort: str = "-created") -> list[RunRecord]:  # noqa: A002
        """Return the runs that a filter lets through.

        Args:
            filter: see ``hw1_tui.runs.filter``; empty for all.
            sort: a name of ``RunRecord.as_dict()``, with ``-`` before it for the largest first; runs without come last.

        Raises:
            MistakeError: the filter or the name to sort by cannot be understood.
        """
        return find_records(self._records, filter, sort)

    def _folders(self) -> dict[str, RunFolder]:
        """Return the folders of the runs by their identifiers."""
        folders = list_folders(self.runs_path)
        if folders:
            self.was_there = True
        elif self._has_vanished:
            say_once(f"{self._vanished().strerror} ({self.home})", logging.ERROR)
        return folders

    def stamp(self) -> tuple[int, ...]:
        """Return times of change in nanoseconds, others once any program has begun, changed or deleted a run."""
        found = dict.fromkeys((self.runs_path, self.trash_path), 0)
        for path in found:
            with contextlib.suppress(OSError):  # none is there yet
                found[path] = path.stat().st_mtime_ns
        return tuple(found.values())

    @property
    def vanished(self) -> str:
        """That the history was here and is no more, in a sentence; empty while it is here, and before it ever was."""
        return f"{_VANISHED} ({self.home})." if self._has_vanished else ""

    @property
    def _has_vanished(self) -> bool:
        return self.was_there and not self.runs_path.is_dir()

    def _vanished(self) -> OSError:
        return OSError(errno.ENOENT, _VANISHED, str(self.home))

    def _records(self) -> list[RunRecord]:
        """Return every run, whatever has changed since it was indexed being read again."""
        if not (folders := self._folders()):
            return []
        return [_look_at_lock(record, folders[record.run]) for record in read_all(self.index_path, folders)]

    def __contains__(self, run: object) -> bool:
        """Whether there is a run of exactly this identifier, be it damaged."""
        try:
            exact = self.runs_path / str(run)
            return exact.name == run and open_folder(exact) is not None
        except (MistakeError, ValueError):
            return False

    def find(self, name: str) -> RunFolder:
        """Return the folder of a run.

        Args:
            name: its identifier, the name it was given, ``last``, or the beginning or the end of an identifier; what
                is the same to the letter comes first, so that a run can be called anything and still be meant.

        Raises:
            MistakeError: there is no such run, or more than one; or its folder is damaged.
        """
        naming.refuse_empty(name)
        exact = self.runs_path / name
        if exact.name == name and (folder := open_folder(exact)):
            return folder
        folders = self._folders()
        if matches := self.called(name):
            problem = "more than one run is called this"
        elif name == LAST and (records := self.runs()):
            return RunFolder(self.runs_path / naming.newest(records).run)
        else:
            matches = naming.meant_by(name, folders)
            problem = "more than one run begins or ends like this"
        if len(matches) == 1:  # perhaps begun since the folders were listed
            return RunFolder(self.runs_path / matches[0])
        if matches:
            raise MistakeError(Mistake(name, problem, first_few(sorted(matches, reverse=True))))
        deleted = naming.meant_by(name, list_folders(self.trash_path))
        where = f", but in the trash: {first_few(sorted(deleted, reverse=True))}" if deleted else ""
        problem = "there is no such run" + (where or ("" if folders else f"; none is kept in {self.home}"))
        raise MistakeError(Mistake(name, problem, nearest="" if deleted else nearest_name(name, folders)))

    def called(self, name: str) -> list[str]:
        """Return the identifiers of the runs that were given a name, to the letter but for its spaces."""
        return naming.called(name, self._records()) if name else []

    def get(self, name: str) -> RunRecord:
        """Return a run.

        Raises:
            MistakeError: see ``find``.
        """
        folder = self.find(name)
        return _look_at_lock(read_record(folder), folder)

    def metrics(self, name: str, *, joined: bool = False) -> list[EpochMetrics]:
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
        seen = {folder.id}
        while joined and facts["parent"] and facts["parent"] not in seen:
            last = facts["parent_epoch"]
            try:
                folder = self.find(facts["parent"])
                facts = folder.facts()
                before = summarise(facts, folder.events()).metrics
            except MistakeError:  # the parent was deleted, or cannot be read
                break
            seen.add(folder.id)
            metrics = [epoch for epoch in before if epoch.epoch <= last] + metrics
        return metrics

    def diagnostics(self, name: str) -> dict[int, Diagnostics]:
        """Return what was so inside a run's model, by epoch; empty for runs that were never looked into.

        Raises:
            MistakeError: see ``find``.
        """
        folder = self.find(name)
        return summarise(folder.facts(), folder.events()).diagnostics

    def interrupted(self) -> list[RunRecord]:
        """Return the runs that neither ended nor train now, the newest first: what can be gone on with."""
        return [record for record in self.runs() if record.status == INTERRUPTED]

    # Changing.

    def create(self, config: Mapping[str, Any], facts: Mapping[str, Any], run: str = "") -> tuple[RunFolder, Lock]:
        """Make the folder of a new run; return it with its lock held.

        Args:
            config: the run's configuration, flat.
            facts: what else is known when it begins.
            run: its identifier, one that no other has; drawn by default.

        Raises:
            OSError: the disk does not take it.
        """
        if self._has_vanished:
            raise self._vanished()  # under the point where a disk was mounted nobody would look for the run
        if not self.was_there:
            sweep_folders(self.runs_path)
        made = make_folder(self.runs_path, config, facts, run)
        self.was_there = True
        return made

    def make(self, name: str) -> Path:
        """Return a folder beside those of the runs, made where it is missing.

        Raises:
            OSError: the disk does not take it, or has vanished.
        """
        if self._has_vanished:
            raise self._vanished()
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other programs from changing labels or the trash: what is read here still holds when it is written.

        Raises:
            MistakeError: another program does not let go, or the disk does not take it.
        """
        try:
            lock = Lock(self.home / "lock", _PATIENCE)
        except OSError as error:
            raise MistakeError(Mistake(str(self.home), f"cannot be changed: {error.strerror}")) from None
        try:
            yield
        finally:
            lock.release()

    def _relabel(self, run: str, change: Callable[[Labels], Labels]) -> RunRecord:
        folder = self.find(run)
        read_record(folder)  # a damaged folder is left as it is
        with self._alone():
            try:
                folder.write_labels(change(folder.labels()))
            except OSError as error:
                raise MistakeError(Mistake(folder.id, f"cannot be changed: {error.strerror}")) from None
        return self.get(folder.id)

    def label(self, run: str, /, **changes: Any) -> RunRecord:
        """Give a run a ``name``, ``tags``, a ``note`` or a star (``starred``).

        Raises:
            MistakeError: see ``find``; or the disk does not take it.
        """
        return self._relabel(run, lambda labels: replace(labels, **changes))

    def tag(self, name: str, *tags: str, remove: bool = False) -> RunRecord:
        """Give a run tags, or take them away."""
        return self.retag(name, remove=tags) if remove else self.retag(name, add=tags)

    def retag(self, name: str, add: Collection[str] = (), remove: Collection[str] = ()) -> RunRecord:
        """Give a run some tags and take others away, whatever others have been given meanwhile."""

        def change(labels: Labels) -> Labels:
            taken = {*remove, *map(naming.on_one_line, remove)}
            left = [tag for tag in labels.tags if tag not in taken and tag not in wanted]
            return replace(labels, tags=(*left, *wanted))

        wanted = dict.fromkeys(filter(None, map(naming.on_one_line, add)))

        return self._relabel(name, change)

    def note(self, name: str, text: str) -> RunRecord:
        """Give a run a note; an empty one takes it away. Lines may end as on Windows."""
        return self.label(name, note="\n".join(re.split("\r\n?|\n", text)))

    def star(self, name: str, starred: bool = True) -> RunRecord:
        """Make a run a favourite, or no longer."""
        return self.label(name, starred=starred)

    def rename(self, name: str, new: str) -> RunRecord:
        """Give a run a name beside its identifier; an empty one takes it away.

        Raises:
            MistakeError: see ``find``; or the name is the identifier of another run.
        """
        new = naming.on_one_line(new)
        if new in self and new != self.find(name).id:
            raise MistakeError(Mistake(new, "is the identifier of another run", "any other name"))
        return self.label(name, name=new)

    def delete(self, name: str) -> str:
        """Move a run to the trash; return its identifier, by which ``undelete`` brings it back.

        Raises:
            MistakeError: see ``find``; or it is being trained; or the disk does not take it.
        """
        folder = self.find(name)
        lock = hold(folder)
        try:
            with self._alone():
                trash.move(folder.path, self.trash_path)
        finally:
            lock.release()
        return folder.id

    def undelete(self, run: str) -> RunRecord:
        """Bring a run back from the trash, by what ``find`` takes; ``last`` is the newest of those there.

        Raises:
            MistakeError: it is not there, or the disk does not take it.
        """
        exact = self.trash_path / run
        if exact.name == run and (folder := open_folder(exact)):  # thousands at once: the others are not looked at
            return self._bring_back(folder)
        naming.refuse_empty(run)
        folders, deleted = list_folders(self.trash_path), self.deleted()
        matches = naming.called(run, deleted) or [r.run for r in deleted[:1] if run == LAST]
        matches = matches or naming.meant_by(run, folders)
        if not matches:
            problem = "is not among the deleted runs" + ("" if folders else ": the trash is empty")
            raise MistakeError(Mistake(run, problem, nearest=nearest_name(run, folders)))
        if len(matches) > 1:
            raise MistakeError(
                Mistake(run, "more than one deleted run is meant", first_few(sorted(matches, reverse=True)))
            )
        return self._bring_back(RunFolder(self.trash_path / matches[0]))

    def _bring_back(self, folder: RunFolder) -> RunRecord:
        with self._alone():
            trash.move(folder.path, self.runs_path)
        return self.get(folder.id)

    def deleted(self, filter: str = "", sort: str = "-created") -> list[RunRecord]:  # noqa: A002
        """Return the runs in the trash that a filter lets through; see ``runs``."""
        return find_records(lambda: read_folders(list_folders(self.trash_path)), filter, sort)

    def why_none(self, filter: str, *, deleted: bool = False) -> str:  # noqa: A002
        """Return why a filter lets no run through, or none in the trash; empty where there is nothing to look among.

        Raises:
            MistakeError: the filter cannot be understood.
        """
        records = self.deleted() if deleted else self.runs()
        return describe_absence(parse_filter(filter), [record.as_dict() for record in records]) if records else ""

    def thin(self, budget: int) -> None:
        """Remove checkpoints, the oldest first, until all of them together keep to a number of bytes.

        The last of each run and its best by validation loss stay, whatever they take.
        """
        sizes = {checkpoint.path: checkpoint.size for folder in self._folders().values()
                 for checkpoint in folder.checkpoint_store.checkpoints()}  # fmt: skip
        excess = sum(sizes.values()) - budget
        for checkpoint in sorted(self._expendable(), key=lambda c: c.age) if excess > 0 else ():
            if excess > 0:
                checkpoint.path.unlink(missing_ok=True)
                excess -= sizes.get(checkpoint.path, 0)

    def _expendable(self) -> Iterator[Checkpoint]:
        """Yield the checkpoints that are neither the last nor the best of their run."""
        for record in self._records():
            for checkpoint in RunFolder(self.runs_path / record.run).checkpoint_store.checkpoints()[:-1]:
                if checkpoint.examples or checkpoint.epoch != record.results["best_epoch"]:
                    yield checkpoint

    def purge(self) -> int:
        """Remove the runs in the trash for good; return how many.

        Raises:
            MistakeError: with every one that cannot be removed, once all others are.
        """
        return trash.purge(self.trash_path, self._alone)

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
        sweep_folders(self.runs_path)
        return len(self._records())


def _look_at_lock(record: RunRecord, folder: RunFolder) -> RunRecord:
    return with_liveness(record, record.status == INTERRUPTED and folder.is_live)


def hold(folder: RunFolder) -> Lock:
    """Return a run's lock, held.

    Raises:
        RunHeldError: it is being trained.
        MistakeError: its folder cannot be written to.
    """
    try:
        return folder.lock()
    except LockHeldError:
        raise RunHeldError(Mistake(folder.id, "is being trained right now, here or in another process")) from None
    except OSError as error:
        raise MistakeError(Mistake(folder.id, f"cannot be changed: {error.strerror}")) from None
