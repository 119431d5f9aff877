"""A session's state as arrays; its own part is read back with care, for it may come from a stranger's file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from engines.contract import Array
from hw1_tui.mistake import Mistake, MistakeError

SESSION_KEY = "session"
"""Its name among the arrays of a state."""

_TRAINER = "trainer."
"""Begins the names of what the trainer keeps."""

FORMAT = 1
"""Of the session's own part. That of version 0.1.0 is of the same format and does not say so."""

_MOST = 10**9
"""Above any number of epochs, examples and threads."""


def pack_state(own: Mapping[str, Any], trained: Mapping[str, Array]) -> dict[str, Array]:
    """Return a session's state as arrays: its own part, with the number of its format, and the trainer's.

    Raises:
        TypeError: the trainer's part has what is no array of numbers, and could not be read again.
    """
    if wrong := [name for name, array in trained.items() if np.asarray(array).dtype.hasobject]:
        raise TypeError(f"{wrong[0]!r} of its state is no array of numbers")
    packed = np.frombuffer(json.dumps({"format": FORMAT, **own}).encode(), dtype=np.uint8)
    return {SESSION_KEY: packed, **{f"{_TRAINER}{name}": array for name, array in trained.items()}}


def as_new_run(state: Mapping[str, Array]) -> dict[str, Array]:
    """Return a state without its run's best and time, for one that branches from it and has its own.

    Raises:
        MistakeError: see ``read_session_state``.
    """
    own = {**read_session_state(state), "best_loss": None, "best_epoch": None, "seconds": 0.0}
    return {**state, SESSION_KEY: np.frombuffer(json.dumps(own).encode(), dtype=np.uint8)}


def trainer_part(state: Mapping[str, Array]) -> dict[str, Array]:
    """Return the trainer's part of a state under the trainer's own names."""
    return {name.removeprefix(_TRAINER): array for name, array in state.items() if name.startswith(_TRAINER)}


def read_session_state(state: Mapping[str, Array]) -> dict[str, Any]:
    """Return the session's own part of a state: ``config``, ``epoch``, ``seconds`` and what else it keeps.

    Raises:
        KeyError: the state is not a session's.
        ValueError: it is one with values that no session gave it.
        MistakeError: a later version wrote it, so this one cannot know what it means.
    """
    own: dict[str, Any] = json.loads(state[SESSION_KEY].tobytes())
    if not isinstance(own, dict) or not isinstance(own["config"], dict):
        raise ValueError("the session's part has no configuration")
    if own.get("format", FORMAT) != FORMAT:
        problem = f"is of format {own['format']}, of another version of hw1-tui; this one reads format {FORMAT}"
        raise MistakeError(Mistake("the checkpoint", problem))
    counts = (own["epoch"], own["examples"], own["threads"], own["best_epoch"] or 0, own.get("averaged", 0))
    amounts = (own["epoch_seconds"], own["seconds"], own["best_loss"] or 0.0)
    if not all(type(count) is int and 0 <= count < _MOST for count in counts) or own["threads"] > 1024:
        raise ValueError(f"the session's part counts {counts}")
    if not all(type(amount) in (int, float) and math.isfinite(amount) for amount in amounts):
        raise ValueError(f"the session's part has the numbers {amounts}")
    return own
