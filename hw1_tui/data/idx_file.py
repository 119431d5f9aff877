"""Arrays in the format of MNIST's files, packed by gzip or not.

Two bytes of zero, one for the type, one for the number of axes; then the length of each axis, 32 bits each, the highest
byte first; then the values. Source: http://yann.lecun.com/exdb/mnist.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.contract import Array
from hw1_tui.data.packed_file import is_gzip
from hw1_tui.mistake import Mistake, MistakeError

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_MOST_AXES = 4
_MOST_DEFLATED = 1100
"""Bytes that one byte of a gzip file can unpack to, somewhat more than the 1,032 of its format."""


@dataclass(frozen=True)
class IdxHeader:
    """What a file says of itself.

    Attributes:
        path: the file.
        shape: shape of its array.
        dtype: type of its values, as stored.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]

    @property
    def nbytes(self) -> int:
        """Size of the array in memory, bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


def look_at_idx(path: Path) -> IdxHeader:
    """Return the header of a file, checked against its size; nothing else is read.

    Raises:
        MistakeError: it is no such file, or not as large as its header says.
    """
    try:
        with _open(path) as file:
            start = file.read(4)
            known = len(start) == 4 and start[:2] == b"\0\0" and start[2] in _TYPES
            if not known or not 1 <= start[3] <= _MOST_AXES:
                raise MistakeError(Mistake(path.name, "is no file in the format of MNIST's (idx)"))
            lengths = file.read(4 * start[3])
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, error) from None
    if len(lengths) < 4 * start[3]:
        raise MistakeError(Mistake(path.name, "ends within its header"))
    shape = tuple(int(length) for length in np.frombuffer(lengths, ">u4"))
    header, size = IdxHeader(path, shape, np.dtype(_TYPES[start[2]])), path.stat().st_size
    whole = 4 + len(lengths) + header.nbytes
    fits = whole <= _MOST_DEFLATED * size if is_gzip(path) else whole == size
    if not fits:
        raise MistakeError(Mistake(path.name, f"is not as large as its header says, {_told(shape)}"))
    return header


def read_idx(header: IdxHeader) -> Array:
    """Return the array of a file that was looked at, in this machine's byte order.

    Raises:
        MistakeError: its content is damaged, or does not fit into memory.
    """
    path = header.path
    try:
        content = bytearray(header.nbytes)
        rest = memoryview(content)
        with _open(path) as file:
            file.read(4 + 4 * len(header.shape))
            while rest and (count := file.readinto(rest)):
                rest = rest[count:]
            complete = not rest and not file.read(1)  # reaching the end is what checks the sum of all bytes
    except MemoryError:
        raise MistakeError(Mistake(path.name, "does not fit into memory")) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, error) from None
    if not complete:
        raise MistakeError(Mistake(path.name, f"is not as large as its header says, {_told(header.shape)}"))
    array = np.frombuffer(content, header.dtype).reshape(header.shape)
    return array.astype(header.dtype.newbyteorder("="), copy=False)


def _open(path: Path) -> gzip.GzipFile | io.BufferedReader:
    return gzip.open(path, "rb") if is_gzip(path) else path.open("rb")


def _damaged(path: Path, error: Exception) -> MistakeError:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return MistakeError(Mistake(path.name, f"cannot be read: {reason}"))


def _told(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{length:,}" for length in shape)
