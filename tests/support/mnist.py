"""Data sets in MNIST's format."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import Array

SIZES = {"train": 100, "t10k": 10}
TYPES = {"u1": 0x08, "i2": 0x0B, "f4": 0x0D}


def idx(array: np.ndarray[Any, Any], code: int | None = None) -> bytes:
    """Return the bytes of a file."""
    kind = array.dtype.str[1:]
    head = bytes((0, 0, TYPES[kind] if code is None else code, array.ndim))
    return head + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(f">{kind}").tobytes()


def write(
    folder: Path,
    before: str = "",
    sizes: Mapping[str, int] = SIZES,
    join: str = "-idx",
    packed: bool = False,
    classes: int = 10,
    first: int = 0,
) -> dict[str, tuple[Array, Array]]:
    """Write the four files of a data set of 6 x 5 pixels; return the pictures and labels by the names' split."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    made: dict[str, tuple[Array, Array]] = {}
    for split, n in sizes.items():
        images = rng.integers(0, 256, (n, 6, 5)).astype(np.uint8)
        labels = (np.arange(n) % classes + first).astype(np.uint8)
        for what, array in (("images", images), ("labels", labels)):
            content = idx(array)
            name = f"{before}{split}-{what}{join}{array.ndim}-ubyte"
            if packed:
                name, content = f"{name}.gz", gzip.compress(content)
            (folder / name).write_bytes(content)
        made[split] = images, labels
    return made
