"""Painting many small pictures at once, with the same result on every machine.

Only operations that IEEE 754 rounds exactly are used (+ - * / and comparisons, one at a time), and only random numbers
that come from integers: sines, exponentials, normal deviates and sums over an axis differ in their last bit between
machines, and one bit decides how a value is rounded to a byte.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Colour = tuple[int, int, int]

SIDE = 48


class Canvas:
    """A stack of n pictures of 48 x 48, red, green and blue from 0 to 255.

    Attributes:
        n: how many there are.
        image: (n, 3, 48, 48); a masked copy is ten times faster with the channels outside.
        x: from 0 at the left of the scene to 1 at its right, (n, 1, 48); the camera may stand nearer or to a side.
        y: from 0 at the top of the scene to 1 at its bottom, (n, 48, 1).

    Args:
        rng: source of all variation.
        n: how many pictures.
    """

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.n = n
        self._rng = rng
        self.image: Floats = np.zeros((n, 3, SIDE, SIDE), np.float32)
        steps = np.arange(SIDE, dtype=np.float32) / np.float32(SIDE)
        zoom = self.draw(0.75, 1.2)
        self.x: Floats = self.draw(-0.18, 0.18) + 0.5 + (steps[None, None, :] - np.float32(0.5)) * zoom
        self.y: Floats = self.draw(-0.14, 0.14) + 0.5 + (steps[None, :, None] - np.float32(0.5)) * zoom

    def draw(self, low: float, high: float, *shape: int) -> Floats:
        """Return a random number for each picture, uniform, (n, 1, 1) or (n, *shape)."""
        numbers = self._rng.random((self.n, *(shape or (1, 1))), dtype=np.float32)
        return low + np.float32(high - low) * numbers

    def chance(self, share: float) -> Mask:
        """Return for each picture whether something happens in it, (n, 1, 1)."""
        return np.asarray(self.draw(0, 1) < np.float32(share))

    def colour(self, low: Colour, high: Colour) -> Floats:
        """Return a colour for each picture between two, channels moving together for the most part, (n, 3, 1, 1)."""
        start, end = (np.array(colour, np.float32).reshape(3, 1, 1) for colour in (low, high))
        where = self.draw(0, 0.8, 1, 1, 1) + self.draw(0, 0.2, 3, 1, 1)
        return start + (end - start) * where

    def fill(self, mask: Mask, colour: Floats) -> None:
        """Paint where ``mask`` (n, 48, 48) holds, with a colour (n, 3, 1, 1) or a surface (n, 3, 48, 48)."""
        np.copyto(self.image, colour, where=mask[:, None])

    def blend(self, top: Floats, bottom: Floats, share: Floats) -> Floats:
        """Return the surface that goes from one colour to another, by a share (n or 1, 48, 48) from 0 to 1."""
        return top + (bottom - top) * share[:, None]

    def ridge(self, base: Floats, height: float, knots: int, rough: float = 0.35) -> Floats:
        """Return a jagged line for each picture: its y at each x, (n, 1, 48).

        Args:
            base: mean y, (n, 1, 1).
            height: from the lowest to the highest point, about.
            knots: bends of the coarsest of three lines that are added.
            rough: how much smaller each finer line is.
        """
        line = np.zeros((self.n, 1, SIDE), np.float32)
        size = np.float32(height)
        for octave in range(3):
            count = knots * 2**octave
            at = np.arange(SIDE, dtype=np.float32) * np.float32(count) / np.float32(SIDE)
            left = at.astype(np.int64)
            values = self.draw(-0.5, 0.5, 1, count + 1)
            part = at - left
            line += size * (values[..., left] + (values[..., left + 1] - values[..., left]) * part)
            size = size * np.float32(rough)
        return base + line

    def texture(self, cells_y: int, cells_x: int) -> Floats:
        """Return soft blotches between -1 and 1, about ``cells`` of them each way, (n, 48, 48)."""
        values = self.draw(-1, 1, cells_y + 1, cells_x + 1)
        rows = self._between(values, cells_y, 1)
        return self._between(rows, cells_x, 2)

    def _between(self, values: Floats, cells: int, axis: int) -> Floats:
        at = np.arange(SIDE, dtype=np.float32) * np.float32(cells) / np.float32(SIDE)
        left = at.astype(np.int64)
        part = (at - left).reshape((-1, 1) if axis == 1 else (1, -1))
        start = np.take(values, left, axis)
        return start + (np.take(values, left + 1, axis) - start) * part

    def sky(self) -> None:
        """Paint a sky all over: blue, grey or dusk, lighter towards the horizon."""
        top = self.colour((60, 100, 165), (165, 185, 210))
        low = self.colour((160, 185, 210), (235, 235, 235))
        dusk = self.chance(0.2)[:, None]
        top = np.where(dusk, self.colour((70, 60, 95), (150, 110, 120)), top)
        low = np.where(dusk, self.colour((200, 130, 80), (245, 200, 150)), low)
        self.image[:] = self.blend(top, low, np.clip(self.y * np.float32(1.6), 0, 1))
        clouds = self.texture(6, 3) > self.draw(0.2, 1.1)
        self.fill(clouds, self.colour((190, 190, 195), (250, 250, 250)))

    def clutter(self, count: int) -> None:
        """Paint small things that belong to no class in particular: posts, boats, people, cars."""
        for _ in range(count):
            left, width = self.draw(-0.1, 0.95), self.draw(0.03, 0.3)
            top, height = self.draw(0, 0.9), self.draw(0.04, 0.5)
            inside = (self.x >= left) & (self.x < left + width) & (self.y >= top) & (self.y < top + height)
            self.fill(inside & self.chance(0.5), self.colour((20, 20, 25), (220, 200, 190)))

    def develop(self) -> npt.NDArray[np.uint8]:
        """Return the pictures as photographs would have come out: light, tint, contrast, grain, (n, 48, 48, 3)."""
        image = np.where(self.chance(0.5)[:, None], self.image[..., ::-1], self.image)
        night = np.flatnonzero(self.chance(0.25))
        image[night] = _by_night(image[night], self.draw(0.1, 0.6, 1, 1, 1)[night])
        image *= self.draw(0.45, 1.25, 1, 1, 1) * self.draw(0.78, 1.22, 3, 1, 1)
        shade = self.texture(2, 2) * self.draw(0, 70) + self.draw(-40, 60)
        shade += (self.draw(-1, 1, SIDE, SIDE) + self.draw(-1, 1, SIDE, SIDE)) * self.draw(4, 24)
        image += shade[:, None]
        return np.ascontiguousarray(np.clip(image, 0, 255, out=image).astype(np.uint8).transpose(0, 2, 3, 1))


def _by_night(image: Floats, colourful: Floats) -> Floats:
    """Return pictures as they would be by night: the sky dark, what stands before it lit, colours pale and bluish.

    A class is then known by how light and dark lie side by side, not by how light one place is: no weighted sum of
    pixels tells that, and a hidden layer does.

    Args:
        image: by day, (n, 3, 48, 48).
        colourful: how much is left of the colours, (n, 1, 1, 1).
    """
    grey = (image[:, :1] + image[:, 1:2] + image[:, 2:]) / np.float32(3)
    moonlight = np.array((0.85, 0.95, 1.2), np.float32).reshape(3, 1, 1)
    return (image - grey) * colourful + (np.float32(225) - grey) * moonlight
