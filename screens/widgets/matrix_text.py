"""The entries of a matrix as text that aligns."""

from __future__ import annotations

import numpy as np

from engines.contract import Array

_MOST_DECIMALS = 3
_LARGE, _SMALL = 1e5, 1e-2
"""Entries that are larger are written with exponents, and all where the largest of the others is smaller."""


def written(values: Array) -> list[list[str]]:
    """Return every entry as text with the same number of decimals, as few as are exact and at most three.

    A few large entries have exponents, and leave the others as they are.
    """
    finite = np.abs(values[np.isfinite(values)])
    finite = finite[finite < _LARGE]
    largest = float(finite.max()) if finite.size else 0.0
    if 0 < largest < _SMALL:
        form = ".1e"
    else:
        exact = (d for d in range(_MOST_DECIMALS) if np.all(np.abs(finite - np.round(finite, d)) < 1e-9))
        form = f".{next(exact, _MOST_DECIMALS)}f"
    return [[_entry(float(value), form) for value in row] for row in values]


def _entry(value: float, form: str) -> str:
    text = format(value, ".1e" if abs(value) >= _LARGE else form)
    return text.lstrip("-") if float(text) == 0 else text
