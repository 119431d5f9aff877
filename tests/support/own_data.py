"""The files that the guide to one's own data speaks of, small."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from engines.contract import SPLITS, Array

MNIST = "mnist"
"""The folder with MNIST's files."""


def write_own_data(folder: Path) -> None:
    """Write arrays, pictures in folders and MNIST's files into a folder, under the names that the guide uses."""
    rng = np.random.default_rng(0)
    np.savez(folder / "digits.npz", X=rng.integers(0, 256, (90, 8, 8, 1)).astype(np.uint8), y=np.arange(90) % 10)
    x = rng.standard_normal((90, 3))
    np.savez(folder / "prices.npz", X=x, price=x.sum(axis=1))
    kinds = ("setosa", "versicolor", "virginica")
    rows = [f"{kinds[number % 3]},{number / 9:.3f},{number % 7}" for number in range(60)]
    (folder / "iris.csv").write_text("\n".join(["species,length,width", *rows]))
    wine = [f"{12 + number / 9:.3f},{300 + number % 7},{number % 3}" for number in range(60)]
    (folder / "wine.csv").write_text("\n".join(["alcohol,proline,class", *wine]))
    for split in SPLITS:
        for name, number in ((name, number) for name in ("forest", "sea") for number in range(4)):
            _write_picture(folder / "pictures" / split / name / f"{number}.png", rng)
    for number in range(3):
        _write_picture(folder / "holiday" / f"{number}.png", rng)
    for split, n in (("train", 60), ("t10k", 20)):
        _write_idx(folder / MNIST / f"{split}-images-idx3-ubyte", rng.integers(0, 256, (n, 28, 28)).astype(np.uint8))
        _write_idx(folder / MNIST / f"{split}-labels-idx1-ubyte", (np.arange(n) % 10).astype(np.uint8))


def _write_picture(path: Path, rng: np.random.Generator) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(rng.integers(0, 256, (9, 9, 3)).astype(np.uint8)).save(path)


def _write_idx(path: Path, array: Array) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack(f">I{array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes())
