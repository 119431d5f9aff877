"""Arrays out of a stranger's ``.npz``: looked at before anything is unpacked, read only when all is well.

``numpy.load(allow_pickle=False)`` is not enough: an archive of 4 MB can unpack to 4 GB, a member need not be an array,
and what goes wrong inside comes out as a dozen kinds of exception. So the zip directory and each member's header are
read first, which costs half a millisecond and no memory, and every member must be what its header says.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from engines.contract import Array
from hw1_tui.mistake import Mistake, MistakeError, nearest_name

MAX_BYTES = 4 << 30
"""Largest data set that is unpacked into memory unless the user says otherwise, bytes."""

_MAX_HEADER = 10_000
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_NUMBERS, _TEXT = "biuf", "U"
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Member:
    """An array in an archive, as its header describes it.

    Attributes:
        name: without the ``.npy``.
        shape: its shape.
        dtype: its type.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]

    @property
    def nbytes(self) -> int:
        """Size in memory, bytes."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def used_bytes(self) -> int:
        """Size once it is used, bytes: labels become int64, half floats single ones."""
        smallest = 8 if self.name.endswith("_labels") else 4 if self.dtype.kind == "f" else 1
        return math.prod(self.shape) * max(smallest, self.dtype.itemsize)


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

    def look(self, names: Iterable[str], texts: Iterable[str], max_bytes: int) -> dict[str, Member]:
        """Return the headers of the named members, all of them checked; nothing is unpacked.

        Args:
            names: what must be there, numbers.
            texts: what may be there, numbers or texts.
            max_bytes: the most that they may take in memory together, bytes.

        Raises:
            MistakeError: with everything that is wrong with any of them.
        """
        mistakes: list[Mistake] = []
        members: dict[str, Member] = {}
        twice = [name for name, count in Counter(self.names).items() if count > 1]
        mistakes += [Mistake(self._place(name), "is in the archive more than once") for name in twice]
        for name in names:
            if name not in self.names:
                near = nearest_name(name, self.names)
                mistakes.append(Mistake(self._place(name), "is missing", nearest=near))
        kinds = {**dict.fromkeys(names, _NUMBERS), **dict.fromkeys(texts, _NUMBERS + _TEXT)}
        for name, allowed in kinds.items():
            if name in self.names and name not in twice:
                try:
                    members[name] = self._look_at(name, allowed)
                except MistakeError as error:
                    mistakes.extend(error.mistakes)
        total = sum(member.used_bytes for member in members.values())
        if total > max_bytes:
            problem = f"unpacks to {total:,} bytes, more than the {max_bytes:,} that are allowed"
            mistakes.append(Mistake(str(self._path), problem, "more with --max-bytes"))
        if mistakes:
            raise MistakeError(mistakes)
        return members

    def read(self, members: Mapping[str, Member]) -> dict[str, Array]:
        """Return the arrays of members that were looked at, in this machine's byte order.

        Raises:
            MistakeError: a member's content is damaged.
        """
        arrays = {}
        for name, member in members.items():
            try:
                with self._zip.open(self._info(name)) as file:
                    array = npy.read_array(file, allow_pickle=False, max_header_size=_MAX_HEADER)
                    complete = not file.read(1)  # reaching the end is what checks the sum of all bytes
            except MemoryError:
                raise MistakeError(Mistake(self._place(name), "does not fit into memory")) from None
            except Exception as error:  # zlib.error, BadZipFile, EOFError, ValueError, ...: damaged either way
                raise MistakeError(Mistake(self._place(name), f"is damaged: {_told(error)}")) from None
            if not complete or array.shape != member.shape:
                raise MistakeError(Mistake(self._place(name), "is not what its header says"))
            arrays[name] = array.astype(array.dtype.newbyteorder("="), copy=False)
        return arrays

    def _look_at(self, name: str, kinds: str) -> Member:
        info = self._info(name)
        if info.flag_bits & _ENCRYPTED:
            raise self._mistake(name, "is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._mistake(name, "is compressed in a way that is not supported", "stored or deflate")
        try:
            with self._zip.open(info) as member:
                # numpy reads a header as long as it says it is, gigabytes even, before it refuses it.
                file = io.BytesIO(member.read(npy.MAGIC_LEN + 4 + _MAX_HEADER))
                version = npy.read_magic(file)
                if version not in _HEADERS:
                    raise self._mistake(name, f"has the format version {version[0]}.{version[1]}", "1.0 or 2.0")
                shape, _, dtype = _HEADERS[version](file, max_header_size=_MAX_HEADER)
                header = file.tell()
        except MistakeError:
            raise
        except zipfile.BadZipFile as error:
            raise self._mistake(name, f"is damaged: {error}") from None
        except Exception as error:  # numpy's header parser raises what Python's tokenizer does, and more
            raise self._mistake(name, f"is not a numpy array: {_told(error)}") from None
        if dtype.kind not in kinds or dtype.itemsize == 0:
            allowed = "texts, or UTF-8 as bytes" if _TEXT in kinds else "whole numbers or floats"
            raise self._mistake(name, f"has the type {dtype}", allowed)
        return self._check(Member(name, shape, dtype), header, info.file_size)

    def _check(self, member: Member, header: int, size: int) -> Member:
        if any(length < 0 for length in member.shape) or header + member.nbytes != size:
            raise self._mistake(member.name, "is not as large as its header says")
        return member

    def _info(self, name: str) -> zipfile.ZipInfo:
        return next(info for info in self._zip.infolist() if info.filename.removesuffix(".npy") == name)

    def _place(self, name: str) -> str:
        return f"{self._path.name}, {name}"

    def _mistake(self, name: str, problem: str, allowed: str = "") -> MistakeError:
        return MistakeError(Mistake(self._place(name), problem, allowed))


def _told(error: Exception) -> str:
    # numpy suggests allow_pickle here, which is the one thing that must not be done with a stranger's file.
    text = str(error).partition("\n")[0]
    return "it holds Python objects" if "pickle" in text.lower() else text or type(error).__name__


def _what_instead(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(6)
    return "is a single numpy array, not an archive" if start == b"\x93NUMPY" else "is not a zip archive"
