"""The data of a kept run, found again from wherever one asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engines.contract import Dataset
from hw1_tui import data
from hw1_tui.files.user_path import user_path
from hw1_tui.mistake import Mistake, MistakeError
from hw1_tui.runs import RunRecord
from hw1_tui.settings import RunConfig


def data_path(name: str) -> str:
    """Return the absolute path of what a data source names; empty for what the program brings along."""
    return "" if name in data.NAMED else _absolute(name)


def sources(name: str, recorded: str) -> list[str]:
    """Return where the data of a run is looked for, in this order.

    Args:
        name: how the run named it, perhaps relative to another folder than this one.
        recorded: its absolute path when the run began; empty where there was none.
    """
    # A run of an older version may have recorded the path of a folder that was called as what it did train on.
    if name in data.NAMED or not recorded or _absolute(name) == recorded:
        return [name]
    return [source for source in (recorded, name) if _absolute(source)] or [recorded]


_MOVED = (
    "hw1-tui runs resume RUN --data NEW, where it was moved or renamed, also of branch, export and inspect; "
    "in the interface, open it under Data and try again"
)


def load_kept(
    config: Mapping[str, Any], facts: Mapping[str, Any], max_bytes: int = data.MAX_BYTES, moved_to: str | None = None
) -> Dataset:
    """Return the data that a run was trained on: the recorded path first, then what its name means here.

    Args:
        config: the run's configuration.
        facts: what was kept when it began.
        max_bytes: largest data set that may be unpacked into memory, bytes.
        moved_to: the only place to look at.

    Raises:
        MistakeError: it is not there any more, or not what it was.
    """
    mistakes: list[Mistake] = []
    recorded = sources(str(config.get("data", "")), str(facts.get("data_path") or ""))
    for source in recorded if moved_to is None else [moved_to]:
        try:
            dataset = data.load(source, data.ReadOptions.of(config), max_bytes=max_bytes)
        except MistakeError as error:
            is_gone = moved_to is None and source not in data.NAMED and not _absolute(source)
            mistakes.extend(replace(one, allowed=_MOVED) if is_gone else one for one in error.mistakes)
            continue
        if dataset.fingerprint == facts.get("fingerprint"):
            return dataset
        allowed = _MOVED if moved_to is None and source not in data.NAMED else ""
        mistakes.append(Mistake("data", f"{source} is not what it was when the run began", allowed))
    raise MistakeError(mistakes)


def config_here(record: RunRecord) -> RunConfig:
    """Return a run's configuration with its data named so that it is found from here.

    Raises:
        MistakeError: the configuration is none.
    """
    found = sources(str(record.config.get("data", "")), str(record.facts.get("data_path") or ""))
    return RunConfig.from_dict({**record.config, "data": found[0]}, record.run)


def _absolute(name: str) -> str:
    """Return the absolute path of what is there; empty where nothing is."""
    try:
        path = user_path(name)
        return str(path.resolve()) if path.exists() else ""
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, a link to itself
        return ""
