"""Two models on the same examples: which ones gets one right and the other wrong, and what that says of the two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.statistics.interval import LEVEL
from hw1_tui.statistics.paired import PairedShares


@dataclass(frozen=True, eq=False)
class Disagreement:
    """Where two models part.

    Attributes:
        shares: how many examples each gets right alone.
        first_only: those that the first gets right and the second wrong, (m,) indices.
        second_only: those that the second gets right and the first wrong.
        both_wrong: those that neither gets right.
    """

    shares: PairedShares
    first_only: Array
    second_only: Array
    both_wrong: Array

    @classmethod
    def of(cls, first: Array, second: Array) -> Disagreement:
        """Return it of two arrays (n,) that say of each example whether it was right.

        Raises:
            ValueError: they are not of as many examples, or of none.
        """
        shares = PairedShares.of(first, second)
        return cls(
            shares, np.flatnonzero(first & ~second), np.flatnonzero(second & ~first), np.flatnonzero(~first & ~second)
        )

    def words(self, first: str, second: str, differ: str = "") -> str:
        """Return McNemar's test in words.

        Args:
            first: what the first model is called.
            second: what the second is called.
            differ: a sentence on their settings, which is said where one is better.
        """
        n, a, b = self.shares.n, self.shares.first_only, self.shares.second_only
        if not a + b:
            return f"{first} and {second} are right and wrong on the same examples, all {n:,} of them."
        counts = f"{first} alone is right on {a:,} of {n:,} examples, {second} alone on {b:,}. "
        p, difference = self.shares.mcnemar(), self.shares.difference()
        chance = f"Were they equally good, so uneven a split would have a chance of {_p(p)}"
        if p >= 1 - LEVEL:
            return f"{counts}{chance} (McNemar): which of them is better cannot be told."
        better, worse, sign = (first, second, 1) if a > b else (second, first, -1)
        low, high = sorted((sign * difference.low, sign * difference.high))
        gain = f"by {abs(difference.value):.1%} of the examples ({low:.1%} to {high:.1%})"
        return f"{counts}{chance} (McNemar): {better} is better than {worse} {gain}. {differ}".rstrip()


def _p(p: float) -> str:
    return f"{p:.2g}" if p >= 1e-4 else "under 1 in 10,000"
