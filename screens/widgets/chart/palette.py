"""Colours of a chart: the same in every theme as far as its ground bears them, and never two alike.

Themes choose their colours for meanings, such as what is wrong, and many have red beside green. Axes and grid
are theirs.
"""

from __future__ import annotations

import functools
import math

from textual.app import App
from textual.color import Color, ColorParseError, Lab, lab_to_rgb, rgb_to_lab

from screens.widgets.chart.canvas import Rgb
from screens.widgets.contrast import CURVE, TEXT, readable

# Okabe and Ito's colours (2008), which the colour-blind can tell apart, in the order in which each ground bears them.
_ON_DARK = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2")
_ON_LIGHT = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#56b4e9", "#e69f00")
_GREY = Color(128, 128, 128)
_APART = 30.0
"""Distance in CIE L*a*b* from which two of the first colours, moved away from the ground, are taken for two."""
_HUES, _LIGHTNESSES, _CHROMA = 24, (45.0, 62.0, 80.0), 60.0


class ChartPalette:
    """The colours of curves and axes in a theme.

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
        first = _ON_DARK if app.current_theme.dark else _ON_LIGHT
        # On a ground of the terminal's own nobody moves the letters of a legend away from it, see ``contrast``.
        self._colours = _distinct(tuple(map(Color.parse, first)), self._grounds, TEXT if theirs else CURVE)

    @property
    def axes(self) -> Rgb:
        """Colour of axes, ticks, marks and crosshair."""
        return _seen(self._axes, self._grounds, TEXT).rgb

    @property
    def grid(self) -> Rgb:
        """Colour of lines that step back behind everything."""
        return self._axes.blend(self._grounds[1], 0.72, alpha=1.0).rgb

    def series(self, number: int) -> Rgb:
        """Return the colour of a series by its number."""
        return self._colours[number % len(self._colours)]

    def dimmed(self, colour: Rgb) -> Rgb:
        """Return a colour that steps back as far as it can still be seen: for bands, and raw curves behind smoothed."""
        return _seen(Color(*colour).blend(self._grounds[1], 0.6, alpha=1.0), self._grounds, CURVE).rgb


@functools.lru_cache(64)
def _distinct(first: tuple[Color, ...], grounds: tuple[Color, ...], least: float) -> tuple[Rgb, ...]:
    """Return the first colours as far as they differ, and others, each as far from all before as there is."""
    chosen: list[Color] = []
    for colour in (_seen(colour, grounds, least) for colour in first):
        if all(_distance(colour, other) >= _APART for other in chosen):
            chosen.append(colour)
    wheel = [
        Lab(lightness, _CHROMA * math.cos(angle), _CHROMA * math.sin(angle))
        for lightness in _LIGHTNESSES
        for angle in (2 * math.pi * hue / _HUES for hue in range(_HUES))
    ]
    pool = list(dict.fromkeys(_seen(lab_to_rgb(lab).clamped, grounds, least) for lab in wheel))
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
