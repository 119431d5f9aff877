"""Pictures of three classes that one can tell apart, and runs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engines.contract import Array
from hw1_tui.data.label_name import encode_names
from hw1_tui.runs import Store
from hw1_tui.settings import RunConfig
from hw1_tui.training.opening import open_session
from hw1_tui.training.recording import record
from tests.support.history import ended

SHAPE = (6, 5, 3)
NAMES = ("cat", "dog", "emu")


def pictures(seed: int = 0, n: int = 24, shape: tuple[int, ...] = SHAPE) -> dict[str, Array]:
    """Return members of a data set: bytes of the whole range, and labels."""
    rng = np.random.default_rng(seed)
    made: dict[str, Array] = {}
    for split in ("train", "val", "test"):
        labels = np.arange(n) % 3
        images = rng.integers(0, 60, (n, *shape)) + 95 * labels.reshape(-1, *[1] * len(shape))
        images.flat[:2] = 0, 255
        made |= {f"{split}_images": images.astype(np.uint8), f"{split}_labels": labels}
    return made


def save(
    path: Path,
    made: Mapping[str, Array],
    names: Sequence[str] = NAMES,
    change: Callable[[Array], Array] = lambda images: images,
) -> Path:
    """Write a data set whose pictures are changed before; return its path."""
    changed = {name: change(array) if name.endswith("images") else array for name, array in made.items()}
    if names:
        changed["class_names"] = encode_names(names)
    np.savez(path, allow_pickle=False, **changed)
    return path


def train_on(store: Store, path: Path | str, **values: Any) -> str:
    """Train two epochs of a logistic regression; return the run's identifier."""
    config = {"model": "logistic_regression", "epochs": 2, "threads": 1, "data": str(path), **values}
    return ended(record(open_session(RunConfig.from_dict(config)), store)).run
