"""Numpy arrays of strangers: their headers are read first, and what is read must be what its header says.

``numpy.load(allow_pickle=False)`` is not enough: a header may promise gigabytes, the content need not be an array, and
what goes wrong inside comes out as a dozen kinds of exception.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.lib import format as npy

from engines.contract import Array
from hw1_tui.mistake import Mistake, MistakeError

_MAX_HEADER = 10_000
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_LABEL_BYTES, _FLOAT_BYTES = 8, 4


@dataclass(frozen=True)
class Member:
    """An array, as its header describes it.

    Attributes:
        name: what the file calls it.
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

    def used_bytes(self, *, as_labels: bool = False) -> int:
        """Return its size once it is used, bytes: labels become int64, half floats single ones."""
        smallest = _LABEL_BYTES if as_labels else _FLOAT_BYTES if self.dtype.kind == "f" else 1
        return math.prod(self.shape) * max(smallest, self.dtype.itemsize)

    def __str__(self) -> str:
        return f"{self.name} {self.shape} {self.dtype}"


def read_header(file: IO[bytes], name: str, place: str, size: int) -> Member:
    """Return what the header of an array says.

    Args:
        file: the content, from its start.
        name: what the array is called.
        place: where mistakes are said to be.
        size: how long the whole content is, bytes.

    Raises:
        MistakeError: it is no array, or not as large as it says.
    """
    try:
        # numpy reads a header as long as it says it is, gigabytes even, before it refuses it.
        start = io.BytesIO(file.read(npy.MAGIC_LEN + 4 + _MAX_HEADER))
        version = npy.read_magic(start)
        if version not in _HEADERS:
            problem = f"has the format version {version[0]}.{version[1]}"
            raise MistakeError(Mistake(place, problem, "1.0 or 2.0"))
        with warnings.catch_warnings(action="ignore"):  # of a header that Python 2 wrote, whose numbers end in L
            shape, _, dtype = _HEADERS[version](start, max_header_size=_MAX_HEADER)
        member = Member(name, shape, dtype)
        # Python's objects have no size of their own: they are refused by what needs them.
        wrong = any(length < 0 for length in shape) or (not dtype.hasobject and start.tell() + member.nbytes != size)
    except MistakeError:
        raise
    except zipfile.BadZipFile as error:
        raise MistakeError(Mistake(place, f"is damaged: {error}")) from None
    except Exception as error:  # numpy's header parser raises what Python's tokenizer does, and more
        raise MistakeError(Mistake(place, f"is not a numpy array: {_told(error)}")) from None
    if wrong:
        raise MistakeError(Mistake(place, "is not as large as its header says"))
    return member


def read_content(file: IO[bytes], member: Member, place: str) -> Array:
    """Return an array whose header was read, in this machine's byte order.

    Args:
        file: the content, from its start.
        member: its header.
        place: where mistakes are said to be.

    Raises:
        MistakeError: it is damaged.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            array = npy.read_array(file, allow_pickle=False, max_header_size=_MAX_HEADER)
        complete = not file.read(1)  # reaching the end is what checks the sum of all bytes in an archive
    except MemoryError:
        raise MistakeError(Mistake(place, "does not fit into memory")) from None
    except Exception as error:  # zlib.error, BadZipFile, EOFError, ValueError, ...: damaged either way
        raise MistakeError(Mistake(place, f"is damaged: {_told(error)}")) from None
    if not complete or array.shape != member.shape:
        raise MistakeError(Mistake(place, "is not what its header says"))
    return np.asarray(array.astype(array.dtype.newbyteorder("="), copy=False))


def _told(error: Exception) -> str:
    # numpy suggests allow_pickle here, which is the one thing that must not be done with a stranger's file.
    text = str(error).partition("\n")[0]
    return "it holds Python objects" if "pickle" in text.lower() else text or type(error).__name__
