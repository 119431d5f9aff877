"""How errors made of rounding are written."""

from __future__ import annotations


def rounding(error: float) -> str:
    """Return an error in two digits; it differs from one machine's linear algebra to the other's."""
    return f"{error:.1e}"
