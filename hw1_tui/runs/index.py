"""The index over the run folders: a SQLite table of their rows, so that 2,000 runs need not be read again each time.

It is a cache and nothing else: each row carries the stamp of the folder that it was read from, whoever reads notices
that a folder has changed, and a missing, damaged or older index is filled again from the folders. So those who train
never open it, and nothing is lost with it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

MIGRATIONS = ("CREATE TABLE runs (run TEXT PRIMARY KEY, stamp TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;",)
"""What makes each version of the schema from the one before; the version is kept in ``user_version``."""

_NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "lustre", "gpfs", "beegfs", "ceph", "afs")

Row = tuple[str, dict[str, Any]]
"""Stamp and packed record."""


class Index:
    """The index of one history.

    Args:
        path: the file; made where it is missing. ``None`` keeps the index in memory.

    Raises:
        sqlite3.Error: it cannot be opened and is not damaged either, such as in a folder that is read-only.
    """

    def __init__(self, path: Path | None) -> None:
        try:
            self._connection = self._open(path)
        except sqlite3.DatabaseError as error:
            if path is None or isinstance(error, sqlite3.OperationalError):
                raise
            remove_index(path)
            self._connection = self._open(path)

    def _open(self, path: Path | None) -> sqlite3.Connection:
        connection = sqlite3.connect(path or ":memory:", timeout=5.0, isolation_level=None)
        try:
            if path is not None:
                connection.execute(f"PRAGMA journal_mode={journal_mode(path)}").fetchone()
            connection.execute("PRAGMA synchronous=NORMAL")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self) -> dict[str, Row]:
        """Return every row by the run's identifier."""
        rows = self._connection.execute("SELECT run, stamp, record FROM runs")
        return {run: (stamp, json.loads(record)) for run, stamp, record in rows}

    def update(self, changed: Mapping[str, Row], removed: Iterable[str] = ()) -> None:
        """Put rows in and take rows out, all or none."""
        with _transaction(self._connection) as connection:
            connection.executemany("DELETE FROM runs WHERE run = ?", [(run,) for run in removed])
            connection.executemany(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?)",
                [(run, stamp, json.dumps(record)) for run, (stamp, record) in changed.items()],
            )

    def close(self) -> None:
        """Close it."""
        self._connection.close()


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring an older index, or an empty file, to the newest version; one of a later program is filled anew."""
    if _version(connection) == len(MIGRATIONS):
        connection.execute("SELECT run FROM runs LIMIT 1").fetchone()
        return
    with _transaction(connection):
        version = _version(connection)  # again: another process may have been faster
        if version > len(MIGRATIONS):
            connection.execute("DROP TABLE IF EXISTS runs")
            version = 0
        for script in MIGRATIONS[version:]:
            connection.execute(script)
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def journal_mode(path: Path) -> str:
    """Return ``WAL``, or ``DELETE`` on a file system of the network, where WAL's shared memory does not work."""
    return "DELETE" if file_system(path).startswith(_NETWORK_FILE_SYSTEMS) else "WAL"


def file_system(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the type of the file system that a path is on; empty where the system does not tell."""
    try:
        lines = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return ""
    parents = {str(parent) for parent in (path.absolute(), *path.absolute().parents)}
    found = [(len(words[1]), words[2]) for words in lines if words[1] in parents]
    return max(found, default=(0, ""))[1]


def remove_index(path: Path) -> None:
    """Remove an index and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
