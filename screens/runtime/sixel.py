"""Pictures as sixels: bands of six rows of pixels, one colour of the band after the other.

Source: Digital Equipment Corporation, VT330/VT340 Programmer Reference Manual, vol. 2, ch. 14.
"""

from __future__ import annotations

import heapq
import itertools

import numpy as np

from engines.contract import Array

COLOURS = 256
"""As many as every terminal with sixels has today."""

_BAND = 6


def sixel(pixels: Array) -> str:
    """Return what draws a picture at the cursor, in at most ``COLOURS`` colours.

    Args:
        pixels: uint8, (H, W, 3).
    """
    height, width, _ = pixels.shape
    # An enlarged picture is drawn from one row and column of each pixel.
    rows, columns = _starts(pixels), _starts(pixels.swapaxes(0, 1))
    palette, numbers = _reduce(pixels[rows][:, columns])
    each = np.repeat(numbers, np.diff([*rows, height]), axis=0)
    colours = [
        f"#{number};2;{r};{g};{b}" for number, (r, g, b) in enumerate(np.rint(palette / 2.55).astype(int).tolist())
    ]
    body = _bands(each, np.diff([*columns, width]))
    return f'\x1bP0;1;0q"1;1;{width};{height}{"".join(colours)}{body}\x1b\\'


def _starts(lines: Array) -> Array:
    """Return the numbers of the lines that differ from the one before."""
    return np.flatnonzero(np.r_[True, (lines[1:] != lines[:-1]).any(axis=(1, 2))])


def _reduce(pixels: Array) -> tuple[Array, Array]:
    """Return a palette (n, 3) and the number in it of each pixel.

    Of more colours than there is room for, those that lie together become their mean: Heckbert's median cut (1982).
    """
    flat = pixels.reshape(-1, 3)
    codes, numbers, counts = np.unique(
        flat.astype(np.int64) @ np.array([65536, 256, 1]), return_inverse=True, return_counts=True
    )
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    boxes = _cut(colours)
    place = np.empty(len(colours), np.int64)
    for number, box in enumerate(boxes):
        place[box] = number
    weights = np.bincount(place, counts, len(boxes))
    means = [np.bincount(place, counts * colours[:, channel], len(boxes)) / weights for channel in range(3)]
    return np.stack(means, axis=1), place[numbers.reshape(-1)].reshape(pixels.shape[:2])


def _cut(colours: Array) -> list[Array]:
    """Return the numbers of the colours that become one, box by box: the widest is cut in the middle each time."""
    boxes = [(0, 0, np.arange(len(colours)))]  # width, a number that tells equal ones apart, colours
    number = itertools.count(1)
    while len(boxes) < min(COLOURS, len(colours)):
        *_, box = heapq.heappop(boxes)
        here = colours[box]
        box = box[np.argsort(here[:, np.argmax(np.ptp(here, axis=0))], kind="stable")]
        for half in (box[: len(box) // 2], box[len(box) // 2 :]):
            heapq.heappush(boxes, (-int(np.ptp(colours[half], axis=0).max()), next(number), half))
    return [box for *_, box in boxes]


def _bands(numbers: Array, widths: Array) -> str:
    """Return the bands of a picture.

    Args:
        numbers: of the colour of each pixel, (H, columns).
        widths: how many pixels wide each column is.
    """
    n_columns = len(widths)
    y, x = np.indices(numbers.shape).reshape(2, -1)
    # A character tells which of the six pixels below each other have one colour.
    at = (y // _BAND * COLOURS + numbers.reshape(-1)) * n_columns + x
    places, where = np.unique(at, return_inverse=True)
    bits = np.bincount(where.reshape(-1), 1 << y % _BAND).astype(int)
    lines, columns = np.divmod(places, n_columns)
    ends = np.cumsum(widths).tolist()
    wide = widths.tolist()
    parts: list[str] = []
    band, line, reached = 0, -1, 0
    for of, column, bit in zip(lines.tolist(), columns.tolist(), bits.tolist(), strict=True):
        if of != line:
            now = of // COLOURS
            parts.append("-" * (now - band) if now != band else "$" * (line >= 0))
            parts.append(f"#{of % COLOURS}")
            band, line, reached = now, of, 0
        start = ends[column] - wide[column]
        if start > reached:
            parts.append(f"!{start - reached}?")
        parts.append(f"!{wide[column]}{chr(63 + bit)}" if wide[column] > 3 else chr(63 + bit) * wide[column])
        reached = ends[column]
    return "".join(parts)
