"""Files of plain arrays: each an ``.npz``, written whole or not at all, every byte checked when it is read.

Every array stands in it with the CRC-32 that zip keeps, which is compared when it is read; nothing in it is pickled.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from engines.contract import Array
from hw1_tui.files.atomic import replace_file
from hw1_tui.files.regular import open_regular

_NAMES = "names"
"""Member that lists the others; the first, so that none of them can hide it."""


class DamagedError(Exception):
    """A file of arrays is not what was written."""


class GoneError(DamagedError):
    """A file of arrays is not there any more: of a run that trains older checkpoints are removed."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name, atomically; see ``replace_file``.

    Raises:
        OSError: the disk does not take it; what was there is as it was.
    """
    import numpy as np  # when one is read or written: to look at the history it is not needed

    names = np.frombuffer("\n".join(arrays).encode(), dtype=np.uint8)
    replace_file(path, lambda file: np.savez(file, allow_pickle=False, **{_NAMES: names, **arrays}))


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the arrays of a file by name, every byte checked.

    Raises:
        DamagedError: the file is cut short, altered, or not one of these; or it cannot be opened.
        GoneError: there is none.
    """
    import numpy as np

    try:
        with os.fdopen(open_regular(path), "rb") as file:
            _refuse_compressed(file)
            with np.load(file, allow_pickle=False) as archive:
                return _whole({name: archive[name] for name in archive.files})
    except FileNotFoundError as error:
        raise GoneError(error.strerror or str(error)) from error
    except OSError as error:
        raise DamagedError(error.strerror or str(error)) from error
    except Exception as error:  # numpy and zipfile raise almost anything on bytes that are no archive
        raise DamagedError(str(error) or type(error).__name__) from error


def _whole(arrays: dict[str, Array]) -> dict[str, Array]:
    """Return the arrays without the list of their names, once all that it names are there.

    A flipped bit in the archive's directory can hide a member of it without any checksum being wrong. Checkpoints of
    0.1.0 have no such list.
    """
    names = arrays.pop(_NAMES, None)
    if names is not None and names.tobytes().decode().split("\n") != list(arrays):
        raise ValueError("not every array that was written is there")
    return arrays


def _refuse_compressed(file: BinaryIO) -> None:
    """See that an archive takes no more memory than it has bytes: ours are not compressed."""
    with zipfile.ZipFile(file) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            raise ValueError("it is compressed, which these files are not")
    file.seek(0)
