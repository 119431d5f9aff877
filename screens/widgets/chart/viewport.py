"""Which part of the x axis a chart shows: all of it, live, or a part that was chosen."""

from __future__ import annotations

from dataclasses import dataclass

_SMALLEST_SHARE = 1e-3


@dataclass(frozen=True)
class Viewport:
    """A window on the x axis. Immutable: each change gives another.

    Attributes:
        chosen: left and right end that were zoomed or panned to; ``None`` follows the data as it grows.
    """

    chosen: tuple[float, float] | None = None

    @property
    def live(self) -> bool:
        """Whether everything is shown, also what comes."""
        return self.chosen is None

    def range(self, whole: tuple[float, float]) -> tuple[float, float]:
        """Return the ends that are shown, given those of the data."""
        low, high = self.chosen or whole
        return (low, high) if high > low else (low - 0.5, low + 0.5)

    def zoom(self, factor: float, centre: float, whole: tuple[float, float]) -> Viewport:
        """Return the window with its width times ``factor``, ``centre`` staying where it is on the canvas."""
        low, high = self.range(whole)
        width = whole[1] - whole[0] or 1.0
        wanted = (high - low) * factor
        if wanted >= width:
            return Viewport()
        factor = max(wanted, width * _SMALLEST_SHARE) / (high - low)
        return Viewport((centre - (centre - low) * factor, centre + (high - centre) * factor)).within(whole)

    def pan(self, share: float, whole: tuple[float, float]) -> Viewport:
        """Return the window moved right by a share of its width; one that shows everything stays."""
        if self.live:
            return self
        low, high = self.range(whole)
        return Viewport((low + share * (high - low), high + share * (high - low))).within(whole)

    def within(self, whole: tuple[float, float]) -> Viewport:
        """Return the window moved to where the data is, as wide as it was."""
        low, high = self.range(whole)
        shift = max(0.0, whole[0] - low) - max(0.0, high - whole[1])
        return Viewport((low + shift, high + shift))
