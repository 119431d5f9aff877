"""Colours of a chart, taken from the theme."""

from __future__ import annotations

from textual.app import App
from textual.color import Color, ColorParseError

from screens.widgets.chart.renderer import Rgb

_FROM_THEME = ("primary", "warning", "success", "error", "accent", "secondary")

# Where a theme names the terminal's own colours, their red, green and blue are not known: these stand out on black
# and on white. Chosen so that colour-blind people can tell neighbours apart (Okabe and Ito 2008).
_FALLBACK: tuple[Rgb, ...] = (
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (213, 94, 0),
    (204, 121, 167),
    (86, 180, 233),
)
_FALLBACK_AXES: Rgb = (128, 128, 128)


class Palette:
    """The colours that a theme gives to curves.

    Args:
        app: whose theme.
    """

    def __init__(self, app: App[object]) -> None:
        variables = app.theme_variables
        self._ansi = app.current_theme.name.startswith("ansi")
        self._foreground = _rgb(variables.get("foreground", "")) or _FALLBACK_AXES
        self._surface = _rgb(variables.get("surface", "")) or (0, 0, 0)
        self._colours = [_rgb(variables.get(name, "")) or _FALLBACK[n] for n, name in enumerate(_FROM_THEME)]

    @property
    def axes(self) -> Rgb:
        """Colour of axes, ticks, marks and crosshair."""
        return _FALLBACK_AXES if self._ansi else _mix(self._foreground, self._surface, 0.35)

    def series(self, number: int) -> Rgb:
        """Return the colour of a series by its number."""
        return (_FALLBACK if self._ansi else self._colours)[number % len(_FALLBACK)]

    def dimmed(self, colour: Rgb) -> Rgb:
        """Return a colour that steps back: for the raw curve behind a smoothed one."""
        return _mix(colour, _FALLBACK_AXES if self._ansi else self._surface, 0.6)


def _rgb(text: str) -> Rgb | None:
    try:
        colour = Color.parse(text)
    except ColorParseError:
        return None
    return None if colour.ansi is not None else colour.rgb


def _mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue
