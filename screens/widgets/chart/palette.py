"""Colours of a chart: taken from the theme, seen on its ground, and never two alike."""

from __future__ import annotations

import functools
import math

from textual.app import App
from textual.color import Color, ColorParseError, Lab, lab_to_rgb, rgb_to_lab

from screens.widgets.chart.renderer import Rgb
from screens.widgets.contrast import CURVE, TEXT, readable

_FROM_THEME = ("primary", "warning", "success", "error", "accent", "secondary")

# Where a theme names the terminal's own colours, their red, green and blue are not known. These are chosen so that
# colour-blind people can tell neighbours apart (Okabe and Ito 2008).
_FALLBACK = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9")
_GREY = Color(128, 128, 128)
_APART = 30.0
"""Distance in CIE L*a*b* from which two colours of a theme are taken for two."""
_HUES, _LIGHTNESSES, _CHROMA = 24, (45.0, 62.0, 80.0), 60.0


class ChartPalette:
    """The colours that a theme gives to curves.

    Args:
        app: whose theme.
    """

    def __init__(self, app: App[object]) -> None:
        variables = app.theme_variables
        terminal = Color.parse("black" if app.current_theme.dark else "white")
        theirs = app.current_theme.ansi
        self._grounds = tuple(
            terminal if theirs else _colour(variables.get(name, "")) or terminal for name in ("background", "surface")
        )
        foreground = None if theirs else _colour(variables.get("foreground", ""))
        self._axes = foreground.blend(self._grounds[1], 0.35, alpha=1.0) if foreground else _GREY
        named = [None if theirs else _colour(variables.get(name, "")) for name in _FROM_THEME]
        first = tuple(colour or Color.parse(spare) for colour, spare in zip(named, _FALLBACK, strict=True))
        self._colours = _distinct(first, self._grounds)

    @property
    def axes(self) -> Rgb:
        """Colour of axes, ticks, marks and crosshair."""
        return _seen(self._axes, self._grounds, TEXT).rgb

    def series(self, number: int) -> Rgb:
        """Return the colour of a series by its number; the first six are the theme's where it has six."""
        return self._colours[number % len(self._colours)]

    def dimmed(self, colour: Rgb) -> Rgb:
        """Return a colour that steps back as far as it can still be seen: for bands, and raw curves behind smoothed."""
        return _seen(Color(*colour).blend(self._grounds[1], 0.6, alpha=1.0), self._grounds, CURVE).rgb


@functools.lru_cache(64)
def _distinct(first: tuple[Color, ...], grounds: tuple[Color, ...]) -> tuple[Rgb, ...]:
    """Return the colours of a theme that differ, and behind them others, each as far from all before as there is."""
    chosen: list[Color] = []
    for colour in (_seen(colour, grounds, CURVE) for colour in first):
        if all(_distance(colour, other) >= _APART for other in chosen):
            chosen.append(colour)
    wheel = [
        Lab(lightness, _CHROMA * math.cos(angle), _CHROMA * math.sin(angle))
        for lightness in _LIGHTNESSES
        for angle in (2 * math.pi * hue / _HUES for hue in range(_HUES))
    ]
    pool = list(dict.fromkeys(_seen(lab_to_rgb(lab).clamped, grounds, CURVE) for lab in wheel))
    nearest = {colour: min(_distance(colour, other) for other in chosen) for colour in pool}
    while nearest:
        farthest = max(nearest, key=lambda colour: nearest[colour])
        if not nearest.pop(farthest):
            break
        chosen.append(farthest)
        nearest = {colour: min(before, _distance(colour, farthest)) for colour, before in nearest.items()}
    return tuple(colour.rgb for colour in chosen)


def _seen(colour: Color, grounds: tuple[Color, ...], least: float) -> Color:
    for ground in grounds:
        colour = readable(colour, ground, least)
    return colour


def _distance(one: Color, other: Color) -> float:
    return math.dist(rgb_to_lab(one), rgb_to_lab(other))


def _colour(text: str) -> Color | None:
    try:
        colour = Color.parse(text)
    except ColorParseError:
        return None
    return None if colour.ansi is not None else Color(*colour.rgb)
