"""The folder of one run: everything that is known of it, in files that a person can read without this program.

run.json            what was true when it began: identifier, time, parent, configuration, data, versions
config.toml         its configuration, fit for ``hw1-tui train --config``
metrics.jsonl       what happened, one event a line, in order
labels.json         name, tags, note, star; missing until one is given
checkpoints/        states it can go on from
lock                held by the process that trains it
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from hw1_tui.files.atomic import read_json, sync_folder, write_json, write_text
from hw1_tui.runs.checkpoint import Shelf
from hw1_tui.runs.identifier import new_identifier
from hw1_tui.runs.lock import Lock, is_held
from hw1_tui.runs.log import Log, read_log

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
        shelf: its checkpoints.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shelf = Shelf(path / "checkpoints")

    @property
    def id(self) -> str:
        """The run's identifier: the folder's name."""
        return self.path.name

    @property
    def log_path(self) -> Path:
        """The file of its events."""
        return self.path / "metrics.jsonl"

    def facts(self) -> dict[str, Any]:
        """Return what was true when it began; empty for a folder that is no run's."""
        return read_json(self.path / "run.json")

    def labels(self) -> Labels:
        """Return what a person said of it."""
        found = read_json(self.path / "labels.json")
        name, note, tags = found.get("name"), found.get("note"), found.get("tags")
        return Labels(
            name=name if isinstance(name, str) else "",
            tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
            note=note if isinstance(note, str) else "",
            starred=found.get("starred") is True,
        )

    def write_labels(self, labels: Labels) -> None:
        """Keep what a person said of it.

        Raises:
            OSError: the disk does not take it.
        """
        write_json(self.path / "labels.json", asdict(labels))

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Keep the configuration that holds now.

        Raises:
            OSError: the disk does not take it.
        """
        write_text(self.path / "config.toml", tomli_w.dumps(config))

    def events(self, start: int = 0) -> Iterator[dict[str, Any]]:
        """Yield what happened, from a byte of the log on."""
        return read_log(self.log_path, start)

    def open_log(self) -> Log:
        """Return its log, open for appending; only for the holder of its lock."""
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
        """Return a text that changes whenever an event or a label is added."""
        try:
            labels = (self.path / "labels.json").stat().st_mtime_ns
        except OSError:
            labels = 0
        try:
            return f"{self.log_path.stat().st_size}:{labels}"
        except OSError:
            return f"0:{labels}"


def make_folder(runs: Path, config: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[RunFolder, Lock]:
    """Make the folder of a new run; return it with its lock held.

    Args:
        runs: the folder of all runs; made where it is missing.
        config: the run's configuration, flat.
        facts: what else is known at its start.

    Raises:
        OSError: it cannot be made.
    """
    runs.mkdir(parents=True, exist_ok=True)
    folder = _claim(runs)
    try:
        lock = folder.lock()
        folder.write_config(config)
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


def _claim(runs: Path) -> RunFolder:
    """Make an empty folder whose name no other run has."""
    while True:
        path = runs / new_identifier()
        try:
            path.mkdir()
        except FileExistsError:
            continue
        sync_folder(runs)
        return RunFolder(path)
