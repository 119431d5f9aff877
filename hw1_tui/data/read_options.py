"""How a source is read where it leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Task = Literal["auto", "classification", "regression"]


@dataclass(frozen=True)
class ReadOptions:
    """How a source is read where it leaves a choice; by default as its own kind is.

    Attributes:
        val_share: the share of the examples that become the validation split where the source has none, from 0 to
            below 1; ``None`` for what is usual for the kind of source.
        test_share: likewise for the test split.
        target: name of the column or array that is to be predicted; empty for the one that the kind of source has.
        task: whether the target is a class or a number; ``auto`` goes by what it holds.
    """

    val_share: float | None = None
    test_share: float | None = None
    target: str = ""
    task: Task = "auto"


DEFAULT_OPTIONS = ReadOptions()
