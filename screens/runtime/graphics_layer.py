"""Pictures in all their pixels, over the half blocks that stand in their cells, where a terminal draws pictures.

Nobody asks the terminal: the setting *pictures* says what it can. After each frame the pictures that are wholly to be
seen are drawn over their cells, and those that are not any more are taken away; so scrolling, dialogs and themes need
no rule of their own, and what a terminal does not understand leaves the half blocks.
"""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from textual.geometry import Region, Size
from textual.screen import Screen

from hw1_tui.settings.preference import PICTURES
from screens.runtime import kitty
from screens.runtime.sixel import sixel
from screens.widgets.picture import Picture

BLOCKS, KITTY, SIXEL = PICTURES

_USUAL_CELL = Size(10, 20)
"""Pixels of a cell where the terminal does not say; one that draws kitty's pictures fits them to the cells."""

_SECONDS_AT_ONCE = 0.02


@dataclass(frozen=True)
class _Shown:
    """Where a picture was drawn, what made it look as it did, and what draws it there again."""

    number: int
    region: Region
    look: Hashable
    data: str


class GraphicsLayer:
    """Draws pictures over their cells. Every method belongs to the interface's thread.

    Args:
        write: writes to the terminal.
        cell_size: returns width and height of a cell in pixels; ``None`` where nobody knows.
        environment: says which terminal it is.

    Attributes:
        protocol: what the user says the terminal draws, one of ``BLOCKS``, ``KITTY``, ``SIXEL``.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        cell_size: Callable[[Size], Size | None],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.protocol = BLOCKS
        self._write, self._cell_size, self._environment = write, cell_size, environment
        self._shown: dict[Picture, _Shown] = {}
        self._last = 0

    def why_not(self, screen_size: Size) -> str:
        """Return why half blocks stay although something else was chosen; empty where nothing is in the way."""
        if self.protocol == BLOCKS:
            return ""
        if between := next(
            (name for key, name in (("TMUX", "tmux"), ("STY", "screen")) if key in self._environment), ""
        ):
            return f"{between} stands between this program and the terminal: pictures stay in half blocks."
        if self._environment.get("TEXTUAL_DRIVER", "").endswith(":WebDriver"):
            return "The page in the browser draws characters alone: pictures stay in half blocks."
        if "NO_COLOR" in self._environment:
            return "Without colour (NO_COLOR) pictures stay in half blocks."
        if self.protocol == SIXEL and self._cell_size(screen_size) is None:
            return "The terminal does not say how large its characters are: pictures stay in half blocks."
        return ""

    def draw(self, screen: Screen[object]) -> bool:
        """Draw what is to be seen, and take away what is not; after each frame.

        Args:
            screen: the one in front.

        Returns:
            Whether it is to be called soon for more: a page of sixels takes longer than the interface may be held up.
        """
        if self.protocol == BLOCKS or self.why_not(screen.size):
            self.clear()
            return False
        seen = dict(self._seen(screen))
        for picture in [picture for picture in self._shown if picture not in seen]:
            self._take_away(picture)
        cell = self._cell_size(screen.size) or _USUAL_CELL
        until = time.perf_counter() + _SECONDS_AT_ONCE
        for picture, region in seen.items():
            if time.perf_counter() >= until:
                return True
            self._draw(picture, region, cell)
        return False

    def clear(self) -> None:
        """Take every picture away."""
        for picture in list(self._shown):
            self._take_away(picture)

    def forget(self) -> None:
        """Draw everything anew in the next frame: the terminal was another program's meanwhile."""
        self._shown.clear()

    def _seen(self, screen: Screen[object]) -> list[tuple[Picture, Region]]:
        """Return the pictures that nothing hides a part of, and their cells on the screen."""
        visible = screen._compositor.visible_widgets  # noqa: SLF001 - Textual tells nobody what lies over what
        pictures = [widget for widget in visible if isinstance(widget, Picture)]
        found = []
        for picture in pictures:
            rows, columns = picture.drawn_size(picture.picture) if picture.picture is not None else (0, 0)
            region = Region(*picture.content_region.offset, columns, rows)
            above = set(picture.ancestors_with_self)
            is_whole = region and visible[picture][1].contains_region(region) and region.bottom < screen.size.height
            if is_whole and not any(
                region.overlaps(place.intersection(clip))
                for other, (place, clip) in visible.items()
                if other not in above
            ):
                found.append((picture, region))
        return found

    def _draw(self, picture: Picture, region: Region, cell: Size) -> None:
        is_repainted, picture.is_repainted = picture.is_repainted, False
        before, look = self._shown.get(picture), (picture.look, cell)
        is_same = before is not None and (before.region, before.look) == (region, look)
        if is_same and not is_repainted:
            return
        if before is None or not is_same:
            self._last += before is None
            number = before.number if before else self._last
            data = self._encode(picture, number, region, cell)
            again = kitty.place(number, *region.size) if self.protocol == KITTY else data
            self._shown[picture] = _Shown(number, region, look, again)
        else:
            data = before.data
        # The cursor is where Textual left it: kept and brought back.
        self._write(f"\x1b7\x1b[{region.y + 1};{region.x + 1}H{data}\x1b8")

    def _encode(self, picture: Picture, number: int, region: Region, cell: Size) -> str:
        pixels = picture.enlarged(region.height * cell.height, region.width * cell.width)
        return sixel(pixels) if self.protocol == SIXEL else kitty.send(pixels, number, *region.size)

    def _take_away(self, picture: Picture) -> None:
        # Sixels are gone with the cells that Textual wrote in their place.
        shown = self._shown.pop(picture)
        if self.protocol == KITTY:
            self._write(kitty.take_away(shown.number))


def cell_size(screen_size: Size) -> Size | None:
    """Return width and height of a cell in pixels, as the system knows them of the terminal; nobody asks that itself.

    Args:
        screen_size: columns and rows of the terminal.
    """
    try:
        import fcntl
        import termios

        packed = fcntl.ioctl(sys.__stdin__.fileno(), termios.TIOCGWINSZ, bytes(8))  # type: ignore[union-attr]
    except (ImportError, AttributeError, ValueError, OSError):
        return None
    _, _, width, height = struct.unpack("HHHH", packed)
    cell = Size(width // max(1, screen_size.width), height // max(1, screen_size.height))
    return cell if cell else None
