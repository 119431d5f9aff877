"""One line of the table of measurements."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """A measured number with what is asked of it.

    Attributes:
        name: what was measured, against what.
        value: the number; for a comparison how many times faster than the peer.
        unit: ``x`` for a comparison, else ``s``, ``ms``, ``MB``.
        bar: what it must reach; ``None`` where nothing is asked.
        reach: what would be excellent.
        details: what stands behind it: times of the sides, sizes, threads.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    reach: float | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """``excellent``, ``holds``, ``below the bar``, or nothing where nothing is asked."""
        if self.bar is None:
            return ""
        if self._as_good_as(self.reach):
            return "excellent"
        return "holds" if self._as_good_as(self.bar) else "below the bar"

    def _as_good_as(self, wanted: float | None) -> bool:
        if wanted is None:
            return False
        return self.value >= wanted if self.unit == "x" else self.value <= wanted
