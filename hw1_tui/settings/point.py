"""A point: what some hyperparameters are tried at together, as in a sweep or a tuning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engines.contract import Value
from hw1_tui.settings.hyperparameter import plain_value
from hw1_tui.settings.table import TABLE

Point = Mapping[str, Value]
"""Values of hyperparameters by their names."""


def plain_point(point: Point) -> dict[str, Any]:
    """Return a point as a dictionary fit for JSON."""
    return {name: plain_value(value) for name, value in point.items()}


def describe_point(point: Point) -> str:
    """Return a point as words: ``dropout 0.25, learning rate 0.001``."""
    return ", ".join(f"{TABLE[name].title} {TABLE[name].format(value)}" for name, value in point.items())
