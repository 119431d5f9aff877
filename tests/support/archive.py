"""Archives of pictures, good and bad ones, for the tests of what reads them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, DTypeLike

from engines.contract import Array
from hw1_tui import data
from hw1_tui.mistake import MistakeError


def arrays(
    n: int = 12, shape: tuple[int, ...] = (4, 5, 3), dtype: DTypeLike = np.uint8, classes: int = 3
) -> dict[str, Array]:
    """Return three splits of random pictures with labels, by the names of an archive's members."""
    rng = np.random.default_rng(0)
    made: dict[str, Array] = {}
    for split in ("train", "val", "test"):
        made[f"{split}_images"] = rng.integers(0, 256, (n, *shape)).astype(dtype)
        made[f"{split}_labels"] = np.arange(n) % classes
    return made


def npy(array: ArrayLike, version: tuple[int, int] | None = None) -> bytes:
    """Return the bytes of a ``.npy`` file."""
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), version=version)
    return file.getvalue()


def save(path: Path, members: Mapping[str, Array | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an archive whose members are given as arrays or as raw bytes."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content if isinstance(content, bytes) else npy(content))
    return path


def problems(path: Path | str, **options: Any) -> str:
    """Return what is said of a file that is refused."""
    with pytest.raises(MistakeError) as caught:
        data.load(str(path), **options)
    return str(caught.value)
