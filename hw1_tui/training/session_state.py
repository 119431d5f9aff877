"""A session's own part of a state, read back with care: it may come from a stranger's file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from engines.contract import Array

SESSION_KEY = "session"
"""Its name among the arrays of a state."""

_MOST = 10**9
"""Above any number of epochs, examples and threads."""


def read_session_state(state: Mapping[str, Array]) -> dict[str, Any]:
    """Return the session's own part of a state: ``config``, ``epoch``, ``seconds`` and what else it keeps.

    Raises:
        KeyError: the state is not a session's.
        ValueError: it is one with values that no session gave it.
    """
    own: dict[str, Any] = json.loads(state[SESSION_KEY].tobytes())
    if not isinstance(own, dict) or not isinstance(own["config"], dict):
        raise ValueError("the session's part has no configuration")
    counts = (own["epoch"], own["examples"], own["threads"], own["best_epoch"] or 0)
    amounts = (own["epoch_seconds"], own["seconds"], own["best_loss"] or 0.0)
    if not all(type(count) is int and 0 <= count < _MOST for count in counts) or own["threads"] > 1024:
        raise ValueError(f"the session's part counts {counts}")
    if not all(type(amount) in (int, float) and math.isfinite(amount) for amount in amounts):
        raise ValueError(f"the session's part has the numbers {amounts}")
    return own
