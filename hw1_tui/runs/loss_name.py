"""What the loss of a run is, in words: runs of other models minimise other things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engines import registry
from engines.contract import EngineError


def loss_name(config: Mapping[str, Any]) -> str:
    """Return the name of the loss that a run minimises; ``loss`` where its engine is not there to say it."""
    try:
        spec = registry.get(str(config.get("engine"))).models().get(str(config.get("model")))
    except EngineError:
        spec = None
    return (spec.loss if spec else "") or "loss"


def loss_title(configs: Iterable[Mapping[str, Any]], what: str = "loss") -> str:
    """Return what a chart with the losses of runs is called, in few words: ``loss: cross-entropy, mean``.

    Args:
        configs: the configurations of the runs; where their losses differ, all are named.
        what: which loss it is, such as ``validation loss``.
    """
    names = [name for name in dict.fromkeys(map(loss_name, configs)) if name != "loss"]
    return f"{what}: {' or '.join(names)}, mean" if names else f"{what}, mean per example"


def loss_label(configs: Iterable[Mapping[str, Any]]) -> str:
    """Return what an axis with the losses of runs says: ``mean cross-entropy per example``.

    Args:
        configs: the configurations of the runs; where their losses differ, all are named.
    """
    names = list(dict.fromkeys(map(loss_name, configs)))
    if len(names) == 1:
        return f"mean {names[0]} per example"
    return f"mean loss per example: {', '.join(names)}" if names else "mean loss per example"
