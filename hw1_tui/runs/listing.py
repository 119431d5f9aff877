"""Every run of a history at once: from the index where it is right, from the folders where it is not."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from hw1_tui.files.notice import say_once
from hw1_tui.mistake import MistakeError
from hw1_tui.runs.folder import RunFolder, open_folder
from hw1_tui.runs.index import Index, IndexDamagedError, Row, remove_index
from hw1_tui.runs.record import RunRecord, read_record, row_version


def list_folders(path: Path) -> dict[str, RunFolder]:
    """Return the run folders in a folder by their names; what cannot be one is named once and left out."""
    found = {}
    try:
        paths = list(path.iterdir())
    except FileNotFoundError:
        return {}
    except OSError as error:
        say_once(f"{path} cannot be listed: {error.strerror}", logging.ERROR)
        return {}
    for entry in paths:
        try:
            if folder := open_folder(entry):
                found[entry.name] = folder
        except MistakeError as error:
            _leave_out(error)
    return found


def _leave_out(error: MistakeError) -> None:
    say_once(f"{error}. It is left out.", logging.ERROR)


def read_folders(folders: Mapping[str, RunFolder]) -> list[RunRecord]:
    """Return the runs in folders; one that was moved meanwhile is none of them, a damaged one is named once."""
    records = []
    for folder in folders.values():
        try:
            records.append(read_record(folder))
        except MistakeError as error:
            if os.path.lexists(folder.path):
                _leave_out(error)
    return records


def read_all(index: Path, folders: Mapping[str, RunFolder]) -> list[RunRecord]:
    """Return the runs in folders, by way of the index; a damaged index is told once and filled again.

    Args:
        index: the file of the index.
        folders: by the runs' identifiers.
    """
    rows: dict[str, Row]
    try:
        rows = _refresh(index, folders)
    except IndexDamagedError:
        say_once(f"The index {index} was damaged; it is filled again from the folders of the runs, nothing is lost.")
        with contextlib.suppress(OSError):
            remove_index(index)
        rows = _refresh_anyhow(index, folders)
    except sqlite3.Error:
        rows = _refresh(None, folders)
    except OSError as error:
        say_once(f"{index}: {error.strerror}. There is no index, so listing the runs reads every folder.")
        rows = _refresh(None, folders)
    return [RunRecord.unpack(record) for _, record in rows.values()]


def _refresh_anyhow(index: Path, folders: Mapping[str, RunFolder]) -> dict[str, Row]:
    try:
        return _refresh(index, folders)
    except (sqlite3.Error, OSError):
        return _refresh(None, folders)


def _refresh(path: Path | None, folders: Mapping[str, RunFolder]) -> dict[str, Row]:
    """Return the row of every folder, what has changed since it was indexed being read again.

    Args:
        path: of the index; one in memory where it is ``None``.
        folders: by the runs' identifiers.
    """
    with contextlib.closing(Index(path)) as index:
        rows = index.read()
        version = row_version()
        stamps = {run: f"{version}:{folder.stamp()}" for run, folder in folders.items()}
        good = {run: row for run, row in rows.items() if stamps.get(run) == row[0]}
        changed = {
            run: (stamps[run], record.pack())
            for run in sorted(stamps.keys() - good.keys())
            for record in read_folders({run: folders[run]})
        }
        removed = rows.keys() - good.keys() - changed.keys()
        if changed or removed:
            try:
                index.update(changed, removed)
            except IndexDamagedError:
                raise
            except sqlite3.Error:  # it is a cache: next time, then
                pass
    return {**good, **changed}
