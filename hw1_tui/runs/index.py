"""The index over the run folders: a SQLite table of their rows, so that 2,000 runs need not be read again each time.

It is a cache and nothing else: each row carries the stamp of the folder that it was read from, whoever reads notices
that a folder has changed, and a missing, damaged or older index is filled again from the folders. So those who train
never open it, and nothing is lost with it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hw1_tui.files.regular import check_regular

MIGRATIONS = (
    "CREATE TABLE runs (run TEXT PRIMARY KEY, stamp TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;",
    "DELETE FROM runs;",  # their records had no checksum
)
"""What makes each version of the schema from the one before; the version is kept in ``user_version``."""

_PATIENCE = 2.0
"""Seconds to wait for other programs, each of which takes milliseconds, before one does without the index."""

Row = tuple[str, dict[str, Any]]
"""Stamp and packed record."""


_NOT_DAMAGE = frozenset(
    getattr(sqlite3, f"SQLITE_{name}")
    for name in ("BUSY", "LOCKED", "READONLY", "IOERR", "CANTOPEN", "FULL", "PERM", "NOMEM", "AUTH", "NOLFS")
)
"""Codes of errors that say something of the disk or of other programs, and nothing of the file."""


class IndexDamagedError(sqlite3.DatabaseError):
    """The file is not what was written; it may be removed, for it is a cache."""


@contextlib.contextmanager
def _noticing_damage() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # Errors of Python's module itself, such as text that is no UTF-8, have no code: they come of damage too.
        # Where SQLite's own sentence quotes damaged letters, the module cannot even read that.
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_DAMAGE:
            raise
        raise IndexDamagedError(str(error)) from error


class Index:
    """The index of one history.

    Damage is noticed by whatever statement comes upon it, and by the checksum of each row.

    Args:
        path: the file; made where it is missing. ``None`` keeps the index in memory.

    Raises:
        IndexDamagedError: it is damaged; so with every method.
        sqlite3.Error: it cannot be used and is not damaged either, such as in a folder that is read-only; likewise.
        OSError: something that is no file stands in its place, such as a link to a file of somebody else.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            check_regular(path)
        with _noticing_damage():
            self._connection = self._open(path)

    def _open(self, path: Path | None) -> sqlite3.Connection:
        connection = sqlite3.connect(path or ":memory:", timeout=_PATIENCE, isolation_level=None)
        try:
            # Who opens it closes it at once, which takes half the time without a log of its own to make and remove
            # (WAL), and that does not work on network file systems. What the power takes away before it is on the disk
            # is read from the folders again.
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("PRAGMA synchronous=OFF")
            _migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self) -> dict[str, Row]:
        """Return every row by the run's identifier."""
        with _noticing_damage():
            rows = self._connection.execute("SELECT run, stamp, record FROM runs").fetchall()
        found = {}
        for run, stamp, value in rows:
            text = str(value)  # a flipped bit may also make a number of it, or nothing
            checksum, record = text[:8], text[8:]
            if checksum != _checksum(run, stamp, record):
                raise IndexDamagedError("a row is not what was written")
            found[run] = stamp, json.loads(record)
        return found

    def update(self, changed: Mapping[str, Row], removed: Iterable[str] = ()) -> None:
        """Put rows in and take rows out, all or none."""
        rows = [(run, stamp, json.dumps(record)) for run, (stamp, record) in changed.items()]
        with _noticing_damage(), _transaction(self._connection) as connection:
            connection.executemany("DELETE FROM runs WHERE run = ?", [(run,) for run in removed])
            connection.executemany(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?)",
                [(run, stamp, _checksum(run, stamp, record) + record) for run, stamp, record in rows],
            )

    def close(self) -> None:
        """Close it."""
        self._connection.close()


def _checksum(run: str, stamp: str, record: str) -> str:
    """Return eight letters: SQLite itself does not notice when a byte of a value has changed on the disk."""
    return f"{zlib.crc32(f'{run} {stamp} {record}'.encode('utf-8', 'surrogatepass')):08x}"


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # SQLite may have done so itself
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


def remove_index(path: Path) -> None:
    """Remove an index and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
