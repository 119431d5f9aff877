"""What the random numbers of a run are drawn from: one seed, or one for its weights and one for its order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hw1_tui.read_options import AUTO

SEED_NAMES = ("seed", "weights_seed", "order_seed")
"""The settings in which repetitions of a run differ."""


def seeds_of(values: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the seed of a run's weights and of its order of examples; one that is not set follows ``seed``."""
    weights, order = (values.get(name, AUTO) for name in SEED_NAMES[1:])
    return (values.get("seed") if weights == AUTO else weights), (values.get("seed") if order == AUTO else order)


def plain_seeds(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the seeds of a run as they are said the shortest: equal for two runs that draw the same."""
    weights, order = seeds_of(values)
    return {"seed": weights} if weights == order else {"weights_seed": weights, "order_seed": order}
