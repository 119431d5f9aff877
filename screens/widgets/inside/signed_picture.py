"""Signed numbers as pictures: positive and negative are told apart by colour, and both rise from a common zero."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.events import Click, MouseMove
from textual.message import Message
from textual.strip import Strip

from engines.contract import Array
from screens.widgets.picture import Picture

_ON_DARK = ((255, 159, 64), (84, 170, 255))
_ON_LIGHT = ((190, 82, 0), (0, 98, 173))
"""Orange for positive, blue for negative: the colour-blind can tell them apart."""

_GREY = 127.5


def signed_picture(values: Array, ground: Color, *, plain: bool) -> npt.NDArray[np.uint8]:
    """Return signed numbers as a picture, (H, W, 3).

    Args:
        values: from -1 to 1, (H, W); what is beyond is drawn as its end.
        ground: the colour of zero.
        plain: whether there are no colours: then zero is grey, positive lighter and negative darker.
    """
    strength = np.abs(values).clip(0, 1)[..., None]
    if plain:
        return np.asarray(np.repeat(_GREY + _GREY * values.clip(-1, 1)[..., None], 3, axis=2).astype(np.uint8))
    positive, negative = _ON_DARK if ground.brightness < 0.5 else _ON_LIGHT
    ends = np.where(values[..., None] >= 0, positive, negative)
    zero = np.array(ground.rgb)
    return np.asarray(np.rint(zero + (ends - zero) * strength).astype(np.uint8))


def tinted_picture(values: Array) -> npt.NDArray[np.uint8]:
    """Return signed numbers of three channels as colours, (H, W, 3): 0 is grey, each channel lighter where positive.

    Args:
        values: from -1 to 1, (H, W, 3); what is beyond is drawn as its end.
    """
    return np.asarray(np.rint(_GREY + _GREY * values.clip(-1, 1)).astype(np.uint8))


class PixelPicture(Picture, can_focus=True):
    """A picture with a cursor on one of its pixels, moved by arrows or the mouse.

    Attributes:
        row: of the pixel under the cursor, from 0 at the top.
        column: of the pixel, from 0 at the left.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "point(0,-1)", "Left", id="pixel.left", show=False, tooltip="The pixel to the left."),
        Binding("right", "point(0,1)", "Right", id="pixel.right", show=False, tooltip="The pixel to the right."),
        Binding("up", "point(-1,0)", "Up", id="pixel.up", show=False, tooltip="The pixel above."),
        Binding("down", "point(1,0)", "Down", id="pixel.down", show=False, tooltip="The pixel below."),
    ]

    class Pointed(Message):
        """Another pixel is under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.row, self.column = 0, 0

    def show(self, picture: Array | None, title: str = "", number: str = "") -> None:
        """Draw another picture; the cursor stays where it is, or at the end of a smaller one."""
        if picture is not None:
            self.row, self.column = min(self.row, len(picture) - 1), min(self.column, picture.shape[1] - 1)
        super().show(picture, title, number)

    def point(self, row: int, column: int) -> None:
        """Point at a pixel; beyond an edge, at that edge."""
        if self.picture is None:
            return
        place = max(0, min(row, len(self.picture) - 1)), max(0, min(column, self.picture.shape[1] - 1))
        if place != (self.row, self.column):
            self.row, self.column = place
            self.refresh()
            self.post_message(self.Pointed())

    def action_point(self, down: int, right: int) -> None:
        """Point at a pixel beside this one."""
        self.point(self.row + down, self.column + right)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Point at the pixel under the mouse."""
        self._point_at_cell(event.x, event.y)

    def on_click(self, event: Click) -> None:
        """Point at the pixel that was clicked."""
        self.focus()
        self._point_at_cell(event.x, event.y)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row of cells, with the cursor in it."""
        strip = super().render_line(y)
        if not self.has_focus or self.picture is None:
            return strip
        height, width = self._cells
        at = int(self.column * width / self.picture.shape[1]), int(self.row * height / len(self.picture))
        if at[1] != y:
            return strip
        cursor = Strip([Segment("┼", Style(color="#ffffff", bgcolor="#000000", bold=True))])
        return Strip.join([strip.crop(0, at[0]), cursor, strip.crop(at[0] + 1)])

    @property
    def look(self) -> Hashable:
        """What tells two pictures in pixels apart, the cursor among it."""
        return super().look, self.has_focus and (self.row, self.column)

    def enlarged(self, height: int, width: int) -> Array:
        """Return the picture in so many pixels, a frame around the one under the cursor."""
        pixels = super().enlarged(height, width)
        if self.has_focus and self.picture is not None:
            tall, wide = height / len(self.picture), width / self.picture.shape[1]
            top, left = int(self.row * tall), int(self.column * wide)
            bottom, right = int((self.row + 1) * tall), int((self.column + 1) * wide)
            for shade, grown in ((0, 1), (255, 0)):  # white in black is seen on any ground
                across = slice(max(0, top - grown), bottom + grown), slice(max(0, left - grown), right + grown)
                inside = pixels[top + 1 - grown : bottom - 1 + grown, left + 1 - grown : right - 1 + grown].copy()
                pixels[across] = shade
                pixels[top + 1 - grown : bottom - 1 + grown, left + 1 - grown : right - 1 + grown] = inside
        return pixels

    @property
    def _cells(self) -> tuple[int, int]:
        """Rows and columns of cells that the picture takes."""
        if self.picture is None:
            return 0, 0
        return self.drawn_size(self.picture)

    def _point_at_cell(self, x: int, y: int) -> None:
        height, width = self._cells
        if self.picture is not None and 0 <= y < height and 0 <= x < width:
            self.point(int((y + 0.5) * len(self.picture) / height), int((x + 0.5) * self.picture.shape[1] / width))
