"""Arrays out of a stranger's ``.npz``: looked at before anything is unpacked, read only when all is well.

An archive of 4 MB can unpack to 4 GB. So the zip directory and each member's header are read first, which costs half a
millisecond and no memory (``array_header.py`` says what else can be wrong).
"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from engines.contract import Array
from hw1_tui.data.array_header import Member, read_content, read_header
from hw1_tui.mistake import Mistake, MistakeError

MAX_BYTES = 4 << 30
"""Largest data set that is unpacked into memory unless the user says otherwise, bytes."""

_ENCRYPTED = 0x1


class Archive:
    """An ``.npz`` file that has been looked at; a context manager.

    Args:
        path: the file.

    Raises:
        MistakeError: it cannot be opened or is no zip archive.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise MistakeError(Mistake(str(path), f"cannot be read: {error.strerror or error}")) from None
        except Exception:  # zipfile parses a stranger's bytes: struct.error, ValueError, NotImplementedError, ...
            raise MistakeError(Mistake(str(path), _what_instead(path), ".npz files with arrays")) from None
        self.names = [info.filename.removesuffix(".npy") for info in self._zip.infolist()]

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def look(self) -> tuple[dict[str, Member], dict[str, Mistake]]:
        """Return the headers of the members, and what is wrong with those that have none; nothing is unpacked."""
        members: dict[str, Member] = {}
        wrong: dict[str, Mistake] = {}
        for name, count in Counter(self.names).items():
            if count > 1:
                wrong[name] = Mistake(self.place(name), "is in the archive more than once")
                continue
            try:
                members[name] = self._look_at(name)
            except MistakeError as error:
                wrong[name] = error.mistakes[0]
        return members, wrong

    def read(self, members: Mapping[str, Member]) -> dict[str, Array]:
        """Return the arrays of members that were looked at, in this machine's byte order.

        Raises:
            MistakeError: a member's content is damaged.
        """
        arrays = {}
        for name, member in members.items():
            with self._open(name) as file:
                arrays[name] = read_content(file, member, self.place(name))
        return arrays

    def place(self, name: str) -> str:
        """Return what a member is called in mistakes."""
        return f"{self._path.name}, {name}"

    def _look_at(self, name: str) -> Member:
        info = self._info(name)
        if info.flag_bits & _ENCRYPTED:
            raise MistakeError(Mistake(self.place(name), "is encrypted"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            problem = "is compressed in a way that is not supported"
            raise MistakeError(Mistake(self.place(name), problem, "stored or deflate"))
        with self._open(name) as file:
            return read_header(file, name, self.place(name), info.file_size)

    def _open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(self._info(name))
        except Exception as error:  # BadZipFile, and whatever zipfile makes of a stranger's bytes
            raise MistakeError(Mistake(self.place(name), f"is damaged: {error}")) from None

    def _info(self, name: str) -> zipfile.ZipInfo:
        return next(info for info in self._zip.infolist() if info.filename.removesuffix(".npy") == name)


def _what_instead(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(6)
    return "is a single numpy array, not an archive" if start == b"\x93NUMPY" else "is not a zip archive"
