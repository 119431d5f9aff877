"""How errors made of rounding, and their tolerances, are written."""

from __future__ import annotations


def rounding(error: float) -> str:
    """Return an error, or the tolerance of the entry that erred most, in two digits.

    Both differ from one machine's linear algebra to the other's: which entry errs most is chance as well.
    """
    return f"{error:.1e}"
