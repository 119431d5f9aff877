"""Which runs take the steps that are written by hand, alone or as one; asked without loading torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STACK_SHARES = ("hidden_sizes", "activation", "dropout_place", "batch_size", "dtype", "device")
"""What networks that are trained as one have in common; the first layer and the order of examples go without saying."""


def is_plain_descent(hyperparameters: Mapping[str, Any]) -> bool:
    """Return whether the steps are those of plain or momentum descent in full precision: they are written by hand."""
    return (
        hyperparameters["optimizer"] == "sgd"
        and not hyperparameters["nesterov"]
        and hyperparameters["precision"] == "full"
    )
