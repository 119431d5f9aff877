"""Settings of a run that follow from the number of training examples, such as a learning rate of ``0.001 n``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NUMBER = r"\d*\.?\d+(?:[eE][+-]?\d+)?"
_FORM = re.compile(rf"(?:(?P<factor>{_NUMBER}) )?n|(?P<dividend>{_NUMBER}) / n")
_DIGITS = 12
"""Significant digits: beyond them a product of decimal numbers is rounding."""


def follows_n(settings: Mapping[str, Any]) -> bool:
    """Whether a setting is a text of the form ``n``, ``0.001 n`` or ``0.01 / n``."""
    return any(isinstance(value, str) and _FORM.fullmatch(value) for value in settings.values())


def settings_at(settings: Mapping[str, Any], n_examples: int) -> dict[str, Any]:
    """Return settings with numbers for what follows from the number of training examples."""
    return {name: _value_at(value, n_examples) for name, value in settings.items()}


def _value_at(value: Any, n: int) -> Any:
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    if match["dividend"]:
        return _rounded(float(match["dividend"]) / n)
    return _rounded(float(match["factor"]) * n) if match["factor"] else n


def _rounded(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")
