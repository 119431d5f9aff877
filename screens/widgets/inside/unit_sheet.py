"""The units of a first layer as a sheet of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.analysis.weight_picture import WeightPictures, full_strength
from screens.widgets.gallery import WIDTHS, Gallery
from screens.widgets.inside.signed_picture import signed_picture, tinted_picture

_OF_MANY = 16
"""Columns of a thumbnail where not all fit on one page."""


@dataclass(frozen=True, eq=False)
class Units:
    """What a sheet shows.

    Attributes:
        pictures: the weights of all units.
        order: numbers of the units, in the order of the sheet.
        titles: what each is called, by its number.
        facts: what stands after that, by its number.
        in_colours: whether channels are drawn as colours around grey, and not their sum by its sign.
    """

    pictures: WeightPictures
    order: Array
    titles: Sequence[str]
    facts: Sequence[str]
    in_colours: bool


class UnitSheet(Gallery):
    """A page of the units."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.units: Units | None = None
        self._sums: Array = np.zeros((0, 0, 0))

    def show_units(self, units: Units) -> None:
        """Show other units, or the same anew: the cursor stays on its unit."""
        unit = self.unit
        self.units = units
        sums = units.pictures.values.sum(axis=3)
        self._sums = sums / (full_strength(sums) if units.pictures.values.shape[3] > 1 else units.pictures.scale)
        places = np.flatnonzero(units.order == unit)
        self.cursor = int(places[0]) if unit is not None and len(places) else 0
        self.turn_to_cursor()

    @property
    def unit(self) -> int | None:
        """The number of the unit under the cursor; ``None`` where there is none."""
        return None if self.units is None else int(self.units.order[min(self.cursor, self.count - 1)])

    @property
    def count(self) -> int:
        """How many units there are."""
        return 0 if self.units is None else len(self.units.order)

    @property
    def thumbnail_width(self) -> int:
        """Columns of a thumbnail: chosen, or as many as let all units stand on one page, if there are that few."""
        return self.chosen_width or max((w for w in WIDTHS if self.fitting(w) >= self.count), default=_OF_MANY)

    def thumbnail(self, position: int) -> tuple[Array | None, str, str]:
        """Return the picture of a unit, its name and what stands after that."""
        if self.units is None:
            return None, "", ""
        unit = int(self.units.order[position])
        return self.picture_of(unit), self.units.titles[unit], self.units.facts[unit]

    def picture_of(self, unit: int) -> Array | None:
        """Return the picture of a unit, as it is drawn here."""
        if self.units is None:
            return None
        pictures = self.units.pictures
        if self.units.in_colours and pictures.values.shape[3] == 3:
            return tinted_picture(pictures.values[unit] / pictures.scale)
        return signed_picture(self._sums[unit], self.background_colors[1], plain=self.app.no_color)
