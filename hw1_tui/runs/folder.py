"""The folder of one run: everything that is known of it, in files that a person can read without this program.

run.json            what was true when it began: identifier, time, parent, configuration, data, versions; where its data
                    is follows it
config.toml         its configuration, fit for ``hw1-tui train --config``
metrics.jsonl       what happened, one event a line, in order
labels.json         name, tags, note, star; missing until one is given
predictions.npz     what it said of each example at its end and its best epoch; missing until then
checkpoints/        states it can go on from
lock                held by the process that trains it
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hw1_tui.files.atomic import sweep, sync_folder, write_json, write_text
from hw1_tui.files.lock import Lock, is_held
from hw1_tui.files.notice import say_once
from hw1_tui.files.toml import toml_text
from hw1_tui.markup import is_visible
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs.checkpoint import CheckpointStore
from hw1_tui.runs.identifier import new_identifier
from hw1_tui.runs.log import Log
from hw1_tui.runs.reader import read_events, read_facts, read_labels

FORMAT = 1
"""Version of what stands in the folder; later programs read every earlier one."""


@dataclass(frozen=True)
class Labels:
    """What a person said of a run.

    Attributes:
        name: a name beside the identifier.
        tags: words to find it by.
        note: text of any length.
        starred: whether it is a favourite.
    """

    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    starred: bool = False


class RunFolder:
    """The folder of one run.

    Attributes:
        path: the folder.
        checkpoint_store: its checkpoints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint_store = CheckpointStore(path / "checkpoints")

    @property
    def id(self) -> str:
        """The run's identifier: the folder's name."""
        return self.path.name

    @property
    def log_path(self) -> Path:
        """The file of its events."""
        return self.path / "metrics.jsonl"

    @property
    def predictions_path(self) -> Path:
        """The file of what it said of each example; see ``hw1_tui.runs.prediction``."""
        return self.path / "predictions.npz"

    def facts(self) -> dict[str, Any]:
        """Return what was true when it began; ``run`` in it is the folder's name.

        Raises:
            MistakeError: ``run.json`` is damaged.
        """
        return read_facts(self.path)

    def labels(self) -> Labels:
        """Return what a person said of it; that a damaged file of labels says nothing is told once."""
        try:
            found = read_labels(self._labels_path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not what was written"
            say_once(f"{self.path}: labels.json is left out: {reason}", logging.ERROR)
            return Labels()
        return Labels(**{**found, "tags": tuple(found.get("tags", ()))})

    @property
    def _labels_path(self) -> Path:
        return self.path / "labels.json"

    def write_labels(self, labels: Labels) -> None:
        """Keep what a person said of it; a damaged file of labels stays beside it as ``labels.json.bad``.

        Raises:
            OSError: the disk does not take it.
        """
        try:
            read_labels(self._labels_path)
        except (OSError, ValueError):
            self._labels_path.replace(self.path / "labels.json.bad")
        write_json(self._labels_path, asdict(labels))
        self.announce()

    def announce(self) -> None:
        """Let other programs see that something is new, which look at the folder of all runs alone."""
        with contextlib.suppress(OSError):  # it may be somebody else's; they see it when they look at the runs again
            os.utime(self.path.parent)

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Keep the configuration that holds now.

        Raises:
            OSError: the disk does not take it.
        """
        write_text(self.path / "config.toml", toml_text(config))

    def write_data_path(self, path: str) -> None:
        """Keep where its data is now, so that who asks next finds it there.

        Raises:
            MistakeError: ``run.json`` is damaged.
            OSError: the disk does not take it.
        """
        write_json(self.path / "run.json", {**self.facts(), "data_path": path})

    def events(self, start: int = 0) -> Iterator[dict[str, Any]]:
        """Yield what happened, from a byte of the log on.

        Raises:
            MistakeError: the log is damaged.
        """
        return read_events(self.log_path, start)

    def open_log(self) -> Log:
        """Return its log, open for appending; only for the holder of its lock.

        Raises:
            OSError: it cannot be opened, or the folder is no run's any more: what is being removed is not filled again.
        """
        (self.path / "run.json").lstat()
        return Log(self.log_path)

    def lock(self) -> Lock:
        """Take the lock that says that it is being trained.

        Raises:
            LockHeldError: it is, by this process or another.
        """
        return Lock(self.path / "lock")

    @property
    def is_live(self) -> bool:
        """Whether a process trains it."""
        return is_held(self.path / "lock")

    def stamp(self) -> str:
        """Return a text that changes whenever an event or a label is added, or the facts are another file's."""
        facts, log, labels = (_status(path) for path in (self.path / "run.json", self.log_path, self._labels_path))
        # The size of the labels too: on some file systems two that are written within a second are of the same time.
        said = f"{labels.st_mtime_ns}-{labels.st_size}" if labels else "0"
        return f"{facts.st_mtime_ns if facts else 0}:{log.st_size if log else 0}:{said}"


def _status(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (OSError, ValueError):  # no path at all, such as one with a NUL in it
        return None


def open_folder(path: Path) -> RunFolder | None:
    """Return the folder of a run; ``None`` for what is none, or one that is only half made.

    Raises:
        MistakeError: it cannot be a run's: it is a link, or its name is none that one could type.
    """
    if path.name.startswith("."):
        return None
    status = _status(path)
    if status is None or not (stat.S_ISDIR(status.st_mode) or stat.S_ISLNK(status.st_mode)):
        return None
    # Without the first it is no run yet: whoever makes one writes it last.
    if not any(os.path.lexists(path / name) for name in ("run.json", "metrics.jsonl", "checkpoints")):
        return None
    if stat.S_ISLNK(status.st_mode):
        raise MistakeError(Mistake(str(path), "is a link; a run is a folder of its own", "move what it leads to here"))
    if path.name.startswith("-") or not is_visible(path.name) or path.name != path.name.strip():
        raise MistakeError(Mistake(str(path), f"{path.name!r} cannot be the name of a run", "letters, digits, dashes"))
    return RunFolder(path)


def make_folder(
    runs: Path, config: Mapping[str, Any], facts: Mapping[str, Any], run: str = ""
) -> tuple[RunFolder, Lock]:
    """Make the folder of a new run; return it with its lock held.

    Args:
        runs: the folder of all runs; made where it is missing.
        config: the run's configuration, flat.
        facts: what else is known at its start.
        run: its identifier; one that nobody has by default. A folder of it is taken over that a killed program left
            half made.

    Raises:
        OSError: it cannot be made.
    """
    runs.mkdir(parents=True, exist_ok=True)
    folder = _claim(runs, run)
    try:
        lock = folder.lock()
        # As it is found from anywhere; how it was typed stands in run.json.
        folder.write_config({**config, "data": facts.get("data_path") or config.get("data", "")})
        # Last: without this file it is no run, so nobody sees one that is half made or not locked yet.
        created = datetime.now(UTC).isoformat()
        write_json(
            folder.path / "run.json",
            {"format": FORMAT, "run": folder.id, "created": created, "config": dict(config), **facts},
        )
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    return folder, lock


def _claim(runs: Path, run: str = "") -> RunFolder:
    """Make an empty folder whose name no other run has."""
    while True:
        path = runs / (run or new_identifier())
        try:
            path.mkdir(exist_ok=bool(run))
        except FileExistsError:
            continue
        sync_folder(runs)
        return RunFolder(path)


_HALF_MADE = frozenset({"lock", "config.toml"})
_SECONDS_TO_MAKE = 3600.0


def sweep_folders(runs: Path) -> None:
    """Remove what programs left that were killed while they made a run's folder or wrote into it."""
    with contextlib.suppress(OSError):
        for path in runs.iterdir():
            status = _status(path)
            if status and stat.S_ISDIR(status.st_mode):
                sweep(path)
                with contextlib.suppress(OSError):
                    RunFolder(path).checkpoint_store.sweep_abandoned()
                if not (path / "run.json").exists() and time.time() - status.st_mtime > _SECONDS_TO_MAKE:
                    _remove_half_made(path)


def _remove_half_made(path: Path) -> None:
    """Remove a folder that never became a run's: it holds nothing but what is written before ``run.json``."""
    if set(os.listdir(path)) <= _HALF_MADE and not is_held(path / "lock"):  # noqa: PTH208 - names are enough
        shutil.rmtree(path, ignore_errors=True)
