"""Learning-rate schedules: a factor on the learning rate for each epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def learning_rate(hyperparameters: Mapping[str, Any], epoch: int) -> float | None:
    """Return the learning rate of an epoch, counted from 1; ``None`` for a model without."""
    if "learning_rate" not in hyperparameters:
        return None
    return float(hyperparameters["learning_rate"] * schedule_factor(hyperparameters, epoch))


def schedule_factor(hyperparameters: Mapping[str, Any], epoch: int) -> float:
    """Return what the learning rate is multiplied with in an epoch.

    Args:
        hyperparameters: ``schedule`` and, for ``step``, ``schedule_epochs`` and ``schedule_factor``; for ``cosine``,
            ``epochs``; and ``warmup_epochs`` N.
        epoch: counted from 1.

    Returns:
        1 for ``constant``; ``schedule_factor ** ((epoch - 1) // schedule_epochs)`` for ``step``;
        ``(1 + cos(pi (epoch - 1) / epochs)) / 2`` for ``cosine``, which comes down to nearly 0 in the last epoch
        (Loshchilov and Hutter 2017, eq. 5, without restarts). In the first N epochs of a warm-up that is multiplied
        with ``epoch / (N + 1)``: equal steps up to the full rate (Goyal et al. 2017, section 2.2, by epochs).
    """
    rising = min(1.0, epoch / (int(hyperparameters.get("warmup_epochs", 0)) + 1))
    return rising * _falling(hyperparameters, epoch)


def describe_new_end(before: Mapping[str, Any], now: Mapping[str, Any], epoch: int) -> str:
    """Return a sentence where a cosine comes down over other epochs than it did, so that the rate jumps; else nothing.

    Args:
        before: the hyperparameters up to here.
        now: those from here on.
        epoch: epochs that are done.
    """
    is_cosine = before.get("schedule") == now["schedule"] == "cosine"
    if not epoch or not is_cosine or before.get("epochs") == now["epochs"]:
        return ""
    was, rate = learning_rate(before, epoch), learning_rate(now, epoch + 1)
    over = f"The cosine comes down over {now['epochs']} epochs now, and no more over {before['epochs']}"
    return f"{over}: the learning rate is {rate:.3g} in epoch {epoch + 1}, after {was:.3g}."


def _falling(hyperparameters: Mapping[str, Any], epoch: int) -> float:
    if hyperparameters["schedule"] == "step":
        return float(hyperparameters["schedule_factor"] ** ((epoch - 1) // hyperparameters["schedule_epochs"]))
    if hyperparameters["schedule"] == "cosine":
        done = min(1.0, (epoch - 1) / max(1, hyperparameters["epochs"]))
        return (1 + math.cos(math.pi * done)) / 2
    return 1.0
