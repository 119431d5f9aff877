"""Landscapes of six kinds, drawn: one function a class paints a stack of pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hw1_tui.data.canvas import Canvas, Floats, Mask

CLASSES = ("buildings", "forest", "glacier", "mountain", "sea", "street")


def draw_landscapes(rng: np.random.Generator, label: int, n: int) -> npt.NDArray[np.uint8]:
    """Return pictures of one class.

    Args:
        rng: source of all variation.
        label: position of the class in ``CLASSES``.
        n: how many pictures.

    Returns:
        Red, green and blue, (n, 48, 48, 3).
    """
    canvas = Canvas(rng, n)
    _SCENES[label](canvas)
    canvas.clutter(4)
    return canvas.develop()


def _buildings(c: Canvas) -> None:
    c.sky()
    ground = c.draw(0.78, 0.98)
    for _ in range(4):
        left, width = c.draw(-0.15, 0.8), c.draw(0.2, 0.5)
        top = c.draw(0.05, 0.55)
        wall = (c.x >= left) & (c.x < left + width) & (c.y >= top)
        colour = c.colour((90, 80, 75), (215, 200, 180))
        c.fill(wall, colour)
        c.fill(wall & _windows(c, left, top), colour * c.draw(0.35, 1.25, 1, 1, 1))
        c.fill(wall & (c.x >= left + width * np.float32(0.75)), colour * np.float32(0.7))
    c.fill(c.y >= ground + 0 * c.x, c.colour((70, 80, 60), (150, 145, 140)))


def _windows(c: Canvas, left: Floats, top: Floats) -> Mask:
    """Return a grid of windows that starts at a corner, (n, 48, 48)."""
    pitch_x, pitch_y = c.draw(0.06, 0.13), c.draw(0.07, 0.15)
    across, down = (c.x - left) / pitch_x, (c.y - top) / pitch_y
    across, down = across - np.floor(across), down - np.floor(down)
    return np.asarray((across > 0.4) & (down > 0.45))


def _forest(c: Canvas) -> None:
    c.sky()
    crowns = c.ridge(c.draw(-0.35, 0.35), 0.3, 5)
    dark = c.colour((20, 40, 15), (60, 75, 40))
    light = c.colour((60, 95, 35), (150, 160, 80))
    autumn = c.chance(0.15)[:, None]
    light = np.where(autumn, c.colour((140, 80, 30), (200, 140, 60)), light)
    leaves = c.blend(dark, light, np.clip(0.5 + c.texture(14, 14) * np.float32(0.6), 0, 1))
    c.fill(c.y >= crowns, leaves)
    floor = c.draw(0.72, 1.0)
    c.fill(c.y >= floor + c.texture(3, 6) * np.float32(0.05), c.colour((60, 50, 30), (140, 130, 80)))
    for _ in range(7):
        at, width = c.draw(0, 1), c.draw(0.015, 0.07)
        lean = c.draw(-0.06, 0.06)
        off = c.x - at - lean * c.y
        trunk = (off >= 0) & (off < width) & (c.y >= crowns + c.draw(0.0, 0.3)) & (c.y < floor + c.draw(0, 0.12))
        c.fill(trunk & c.chance(0.75), c.colour((25, 20, 15), (130, 110, 90)))


def _glacier(c: Canvas) -> None:
    c.sky()
    _range(c, c.draw(0.2, 0.5), 0.3, ((90, 95, 105), (170, 175, 185)), snow=0.3)
    top = c.ridge(c.draw(0.35, 0.65), 0.22, 4)
    ice = c.blend(
        c.colour((190, 205, 215), (250, 250, 252)),
        c.colour((110, 150, 180), (190, 215, 230)),
        np.clip(0.5 + c.texture(16, 5) * np.float32(0.7), 0, 1),
    )
    c.fill(c.y >= top, ice)
    slope = c.draw(-1, 1)
    streak = (c.y + slope * c.x + c.texture(4, 4) * np.float32(0.08)) * c.draw(7, 14)
    crevasse = (streak - np.floor(streak)) < c.draw(0.08, 0.3)
    c.fill((c.y >= top + 0.04) & crevasse, c.colour((60, 110, 150), (150, 185, 210)))
    water = c.draw(0.78, 1.25)
    c.fill(c.y >= water + 0 * c.x, c.colour((40, 75, 95), (120, 150, 165)))


def _mountain(c: Canvas) -> None:
    c.sky()
    _range(c, c.draw(0.3, 0.45), 0.35, ((95, 110, 135), (150, 165, 185)), snow=0.12)
    _range(c, c.draw(0.4, 0.6), 0.6, ((70, 65, 60), (140, 125, 110)), snow=0.16)
    front = c.ridge(c.draw(0.72, 1.0), 0.18, 3)
    meadow = c.blend(
        c.colour((40, 60, 30), (90, 100, 50)), c.colour((80, 100, 45), (165, 165, 95)), c.y * c.draw(0.6, 1)
    )
    c.fill(c.y >= front, meadow)


def _range(c: Canvas, base: Floats, height: float, rock: tuple[tuple[int, int, int], tuple[int, int, int]],
           snow: float) -> None:  # fmt: skip
    """Paint a range of peaks, with snow down to ``snow`` below the ridge."""
    ridge = c.ridge(base, height, 3)
    lit = np.clip(0.5 + c.texture(8, 10) * np.float32(0.7), 0, 1)
    colour = c.colour(*rock)
    c.fill(c.y >= ridge, c.blend(colour * np.float32(0.6), colour * np.float32(1.15), lit))
    line = ridge + c.texture(3, 12) * np.float32(0.1) + c.draw(-0.5, 1) * np.float32(snow)
    white = (c.y >= ridge) & (c.y < line) & (c.y < base + np.float32(0.05))
    c.fill(white, c.colour((200, 205, 215), (252, 252, 255)))


def _sea(c: Canvas) -> None:
    c.sky()
    horizon = c.draw(0.25, 0.7)
    island = c.ridge(horizon - c.draw(-0.12, 0.1), 0.16, 3)
    c.fill((c.y >= island) & c.chance(0.5), c.colour((60, 75, 70), (130, 130, 120)))
    water = c.blend(
        c.colour((70, 110, 140), (150, 180, 200)),
        c.colour((20, 55, 85), (90, 135, 150)),
        np.clip((c.y - horizon) * np.float32(1.8) + c.texture(16, 4) * np.float32(0.35), 0, 1),
    )
    c.fill(c.y >= horizon + 0 * c.x, water)
    crests = (c.texture(24, 5) > c.draw(0.35, 0.9)) & (c.y > horizon + 0.05)
    c.fill(crests, c.colour((150, 175, 185), (245, 248, 250)))
    beach = c.draw(0.72, 1.5) + c.draw(-0.3, 0.3) * c.x
    c.fill((c.y >= beach) & (c.y > horizon + 0.1), c.colour((150, 130, 95), (220, 205, 175)))
    sun = c.draw(0.1, 0.9)
    glint = (c.x > sun - 0.06) & (c.x < sun + 0.06) & (c.y > horizon) & (c.texture(24, 12) > 0)
    c.fill(glint & c.chance(0.25), c.colour((240, 200, 140), (255, 245, 220)))


def _street(c: Canvas) -> None:
    c.sky()
    at_x, at_y = c.draw(0.25, 0.75), c.draw(0.4, 0.65)
    right, down = c.x - at_x, c.y - at_y
    roof = c.draw(0.5, 2.2)
    for side in (-1, 1):
        away = right * np.float32(side)
        wall = (away > c.draw(0.02, 0.12)) & (down > -away * roof - 0.03)
        colour = c.colour((85, 75, 70), (215, 195, 165))
        c.fill(wall, colour)
        depth = 1 / np.maximum(away, np.float32(0.02))
        column = depth * c.draw(0.5, 1.2)
        floor = down * depth * c.draw(1.2, 2.6)
        hole = (column - np.floor(column) > 0.45) & (floor - np.floor(floor) > 0.5)
        c.fill(wall & hole, colour * c.draw(0.35, 1.2, 1, 1, 1))
    width = c.draw(0.5, 1.6)
    off = np.abs(right)
    c.fill((down > 0) & (off < down * width * np.float32(1.7) + 0.02), c.colour((120, 115, 110), (190, 185, 180)))
    c.fill((down > 0) & (off < down * width), c.colour((50, 50, 55), (125, 122, 120)))
    dash = down * 12
    marked = (off < down * np.float32(0.05)) & (dash - np.floor(dash) > 0.4) & (down > 0)
    c.fill(marked & c.chance(0.6), c.colour((200, 200, 190), (250, 250, 240)))


_SCENES: tuple[Callable[[Canvas], None], ...] = (_buildings, _forest, _glacier, _mountain, _sea, _street)
