"""What a worker is told to train, as plain data: configurations, names and numbers, and no code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from hw1_tui.runs import Store


@dataclass(frozen=True)
class DataPlace:
    """Where a worker finds the data of a run.

    Attributes:
        fingerprint: what it must be; empty where only the run itself can tell.
        folder: a folder of arrays to map, see ``data_folder``; empty for none.
        source: its name or absolute path where the order comes from; empty for what the configuration says.
    """

    fingerprint: str = ""
    folder: str = ""
    source: str = ""


@dataclass(frozen=True)
class Order:
    """One attempt at a job.

    Attributes:
        run: the run's identifier, chosen by who orders, so that an attempt finds what the one before has kept.
        is_new: whether the job is a run that nobody had begun before its first attempt.
        attempt: counted from 1.
        config: what is trained, flat.
        home: the folder of the history.
        was_there: whether that was seen by who orders: where it is gone it has vanished, and is not made anew.
        parent: run and epoch that a new one branches from; ``None`` for none.
        changes: hyperparameters that have other values from here on.
        facts: what the history keeps of a new run from its creation on.
        until: stop after this epoch; 0 for none.
        mark: a file in that folder, by which a worker sees whether it has the same; empty where it always has.
        every: keep a checkpoint of every Nth epoch; ``None`` as before.
        data: where the data is.
        versions: of the program and the libraries of who orders.
        takes_other_versions: whether a worker of other versions trains and says so, in place of refusing.
    """

    run: str
    is_new: bool
    attempt: int
    config: Mapping[str, Any]
    home: str
    parent: tuple[str, int] | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    until: int = 0
    mark: str = ""
    every: int | None = None
    data: DataPlace = field(default_factory=DataPlace)
    versions: Mapping[str, str] = field(default_factory=dict)
    takes_other_versions: bool = False
    was_there: bool = False

    def store(self) -> Store:
        """Return the history, which is not made anew where it has vanished."""
        store = Store(Path(self.home))
        store.was_there = self.was_there
        return store

    def as_dict(self) -> dict[str, Any]:
        """Return it as data that JSON holds."""
        return asdict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Order:
        """Return what ``as_dict`` gave.

        Raises:
            TypeError: it gave no such thing.
        """
        values = {each.name: record[each.name] for each in fields(cls) if each.name in record}
        parent = values.get("parent")
        return cls(**{**values, "parent": (str(parent[0]), int(parent[1])) if parent else None,
                      "data": DataPlace(**values.get("data", {}))})  # fmt: skip
