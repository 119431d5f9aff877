"""How well what stands on a screen can be told from its ground, measured on the cells that are drawn.

Measured apart from the program's own arithmetic: the ratio is that of the Web Content Accessibility Guidelines 2.2,
4.5 at least for what is read and 3 for what is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.app import App
from textual.color import Color

from tests.support.drawn import strips

FRAMES = range(0x2500, 0x25A0)
"""Lines, blocks and shades: frames, bars and pictures."""
BRAILLE = range(0x2800, 0x2900)


def faint(app: App[Any]) -> Iterator[tuple[str, float, str]]:
    """Return words, contrast and colours of all that is too faint on the screen that is shown.

    What is behind a dialog may be faint: one cannot use it there. Where the terminal decides on the ground, as under
    Textual's themes of its colours, it is taken to be black or white, whichever the theme is for.
    """
    terminal = Color.parse("black" if app.current_theme.dark else "white")
    for y, strip in enumerate(strips(app)):
        x = 0
        for text, style, _ in strip:
            place, x = x, x + len(text)
            least = max(map(least_ratio, text), default=0)
            if not least or style is None:
                continue
            if style.color and style.color == style.bgcolor and not style.color.is_default:
                yield text.strip(), 1.0, f"{style.color.name} on itself"
            back = Color.from_rich_color(style.bgcolor) if style.bgcolor and style.bgcolor.triplet else None
            fore = Color.from_rich_color(style.color) if style.color and style.color.triplet else None
            if fore is None or (back is None and style.bgcolor and not style.bgcolor.is_default):
                continue  # one of the terminal's own sixteen, which are the user's
            found = ratio(fore, back or terminal)
            if found < least - 0.01 and app.screen.get_widget_at(place, y)[0] is not app.screen:
                yield text.strip(), round(found, 2), f"{fore.hex} on {(back or terminal).hex}"


def least_ratio(character: str) -> float:
    """Return the ratio that a character must have."""
    if ord(character) in BRAILLE or character in "━▍…":  # the ellipsis is of a sample that is cut off
        return 3
    return 0 if character.isspace() or ord(character) in FRAMES else 4.5


def ratio(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Color) -> float:
    """Return the relative luminance."""
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
