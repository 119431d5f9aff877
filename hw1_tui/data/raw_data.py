"""What a reader takes out of a source, before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engines.contract import Array, SplitName
from hw1_tui.data.conversion import ArrayPlace
from hw1_tui.read_options import Task

PartName = SplitName | Literal["all"]
"""A split that the source itself has, or ``all`` where it has none."""


@dataclass(frozen=True)
class Part:
    """Some of a source's examples.

    Attributes:
        inputs: as stored, an example a row: (n, ...).
        labels: as stored: (n,) of any type, (n, 1), or one-hot (n, k).
        inputs_place: what the source calls the inputs, for mistakes and for what is told: ``x_train``.
        labels_place: likewise for the labels.
        files: the file of each example below the source; empty where examples are no files.
    """

    inputs: Array
    labels: Array
    inputs_place: str
    labels_place: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawData:
    """A source as it is stored.

    Attributes:
        name: how the user named it.
        place: where mistakes are said to be: the file's name.
        parts: its examples, by split; or ``all`` alone.
        class_names: names of the classes in the order of their labels, as stored; ``None`` where it has none.
        names_place: what the source calls them, for mistakes.
        scale: what the inputs are multiplied with to become features; ``None`` where the source does not say it.
        shares: the shares for validation and test that are usual for this kind of source, used where a split is
            missing and nothing else is asked for.
        seed: of what is split off; ``None`` for the program's own.
        task: what its targets are, as far as its kind decides it.
        found: what was found out about its layout, a sentence each.
        remark: what must be said wherever the data is used.
        left_out: what it holds and is not used, a sentence each.
        feature_names: names of the inputs; empty where it names none.
        arrays: where its parts are arrays of those names, for the lines that change them; ``None`` where they are none.
    """

    name: str
    place: str
    parts: Mapping[PartName, Part]
    class_names: Array | tuple[str, ...] | None = None
    names_place: str = "class_names"
    scale: float | None = None
    shares: tuple[float, float] = (0.15, 0.15)
    seed: int | None = None
    task: Task = "auto"
    found: tuple[str, ...] = ()
    remark: str = ""
    left_out: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    arrays: ArrayPlace | None = None
