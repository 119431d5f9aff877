"""Contrast: what is written can be read and what is drawn can be seen, whatever the theme.

Most of Textual's own themes have pairs of colours that are too close to each other, and which of them meet is decided
in many stylesheets. So it is looked at where all of them come together: at the cells that are about to be shown.
The ratio and its least values are those of the Web Content Accessibility Guidelines 2.2, criteria 1.4.3 and 1.4.11.
"""

from __future__ import annotations

import functools

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, dim_color

TEXT, CURVE = 4.5, 3.0
"""The least ratios for what is read and for what is drawn."""

_LEAST_OF_NAMED = 1.9
"""The least ratio of two of a terminal's own colours, as they usually are."""

_BLACK, _WHITE = Color(0, 0, 0), Color(255, 255, 255)
_STEPS = 20
_LINES_AND_BLOCKS = range(0x2500, 0x25A0)
_BRAILLE = range(0x2800, 0x2900)
_SAMPLES = frozenset("━╸╺▍…")
"""Pieces of curves that stand in legends, and what one that is cut off ends with."""


def ratio(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Color) -> float:
    """Return the relative luminance, which weighs the light that a screen gives off."""
    parts = [value / 255 for value in colour.rgb]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@functools.lru_cache(4096)
def readable(colour: Color, ground: Color, least: float) -> Color:
    """Return the colour, or the nearest on its way to white or black that can be told from the ground.

    Args:
        colour: of what is written or drawn.
        ground: what it stands on.
        least: the ratio that it must have.
    """
    if ratio(colour, ground) >= least:
        return colour
    ends = sorted((_BLACK, _WHITE), key=lambda end: ratio(end, ground))
    lighter = _luminance(colour) > _luminance(ground)
    wanted = _WHITE if lighter else _BLACK
    end = wanted if ratio(wanted, ground) >= least else ends[-1]
    mixed = (colour.blend(end, step / _STEPS, alpha=1.0) for step in range(1, _STEPS))
    return next((mix for mix in mixed if ratio(mix, ground) >= least), end)


@functools.lru_cache(4096)
def least_ratio(text: str) -> float:
    """Return the ratio that a piece of a line needs: 0 for blanks, frames, bars and pictures."""
    kinds = {_least_of(character) for character in set(text)}
    return max(kinds, default=0.0)


def _least_of(character: str) -> float:
    code = ord(character)
    if code in _BRAILLE or character in _SAMPLES:
        return CURVE
    return 0.0 if character.isspace() or code in _LINES_AND_BLOCKS else TEXT


class ContrastFilter(LineFilter):
    """Moves colours of characters away from their ground where they are too close.

    Colours that the terminal itself decides on are known by their names alone: one that stands on itself, or on one
    that is hardly another in any terminal, such as red on blue, becomes black or white.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the pieces of a line with colours that can be told from what is behind them."""
        ground = background.rich_color
        return [
            Segment(segment.text, _style(segment.style, ground, least), segment.control)
            if segment.style is not None and (least := least_ratio(segment.text))
            else segment
            for segment in segments
        ]


@functools.lru_cache(4096)
def _style(style: Style, background: RichColor, least: float) -> Style:
    fore, back = style.color, style.bgcolor or background
    if fore is not None and fore.triplet is None and fore == back and not fore.is_default:
        return style + Style(color="default")  # where text and what marks it have one of the terminal's own colours
    if fore is not None and not style.reverse and None not in (fore.number, back.number):
        usual, behind = Color(*fore.get_truecolor()), Color(*back.get_truecolor())
        if ratio(usual, behind) < _LEAST_OF_NAMED:
            return style + Style(color="black" if ratio(behind, _BLACK) > ratio(behind, _WHITE) else "bright_white")
    if fore is None or fore.triplet is None or back.triplet is None:
        return style
    if style.dim:  # how dim is up to the terminal, so it is done here
        fore = dim_color(back, fore)
    if style.reverse:
        fore, back = back, fore
    better = readable(Color.from_rich_color(fore), Color.from_rich_color(back), least).rich_color
    if style.reverse:
        return style + Style(bgcolor=better, color=back, dim=False)
    return style if better == style.color else style + Style(color=better, dim=False)
