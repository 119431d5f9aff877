"""One line of the table of measurements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Row:
    """A measured number with what is asked of it.

    Attributes:
        name: what was measured, against what.
        value: the number; ``None`` where it could not be measured.
        unit: ``x`` for a comparison, else ``s``, ``ms``, ``%``, ``MB``.
        bar: what it must reach; ``None`` where nothing is asked.
        reach: what would be excellent.
        details: what stands behind it: times of the sides, sizes, threads.
        best: which of two values is better.
        failure: why it could not be measured.
    """

    name: str
    value: float | None
    unit: str
    bar: float | None = None
    reach: float | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    best: Literal["lowest", "highest"] = "lowest"
    failure: str = ""

    @property
    def words(self) -> str:
        """The number with its unit, or why there is none."""
        return self.failure if self.value is None else f"{self.value:.3g} {self.unit}"

    @property
    def verdict(self) -> str:
        """``excellent``, ``holds``, ``below the bar``, ``failed``, or nothing where nothing is asked."""
        if self.value is None:
            return "failed"
        if self.bar is None:
            return ""
        if self._as_good_as(self.value, self.reach):
            return "excellent"
        return "holds" if self._as_good_as(self.value, self.bar) else "below the bar"

    def _as_good_as(self, value: float, wanted: float | None) -> bool:
        if wanted is None:
            return False
        return value >= wanted if self.best == "highest" else value <= wanted


Measurement = Callable[[], Iterator[Row]]
"""Yields the rows of what is measured together; its docstring says in a line what that is."""


def rows_of(measurement: Measurement) -> Iterator[Row]:
    """Yield the rows of a measurement; where it fails, one that says why is the last: the others go on."""
    try:
        yield from measurement()
    except Exception as error:
        name = (measurement.__doc__ or measurement.__name__).strip().splitlines()[0].rstrip(".")
        yield Row(name, None, "", failure=f"{type(error).__name__}: {error}")
