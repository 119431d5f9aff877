"""Inputs of any layout as rows of numbers, the same way in every split."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.contract import Array
from hw1_tui.data.raw_data import Part, PartName
from hw1_tui.mistake import Mistake

_SHAPES = "(N, H, W, 3), (N, 3, H, W), (N, H, W) or flat (N, F)"


@dataclass(frozen=True)
class Pixels:
    """Inputs as rows.

    Attributes:
        rows: by part, (n, n_features), uint8 or float.
        scale: what they are multiplied with to become features.
        image_shape: the shape of one example as a picture; empty where it is none.
        found: what was found out about them, a sentence each.
    """

    rows: Mapping[PartName, Array]
    scale: float
    image_shape: tuple[int, ...]
    found: tuple[str, ...]


def read_pixels(
    parts: Mapping[PartName, Part], place: str, mistakes: list[Mistake], scale: float | None = None
) -> Pixels:
    """Return the inputs of a source as rows, without a copy where that is possible.

    Args:
        parts: the source's parts.
        place: where mistakes are said to be.
        mistakes: takes what is wrong; the result is of no use then.
        scale: what the source itself says they are multiplied with.
    """
    rows = {name: _rows(part.inputs, f"{place}, {part.inputs_place}", mistakes) for name, part in parts.items()}
    shapes = {part.inputs.shape[1:] for part in parts.values() if part.inputs.ndim > 1}
    types = {array.dtype for array in rows.values()}
    if len(shapes) > 1:
        mistakes.append(Mistake(place, f"images of different shapes: {', '.join(map(str, sorted(shapes)))}"))
    if len(types) > 1:
        mistakes.append(Mistake(place, f"images of different types: {', '.join(sorted(map(str, types)))}"))
    shape = shapes.pop() if shapes else ()
    if scale is None:
        scale = 1 / 256 if np.dtype(np.uint8) in types else 1.0
    return Pixels(rows, scale, shape if len(shape) > 1 else (), ())


def _rows(images: Array, place: str, mistakes: list[Mistake]) -> Array:
    shape = images.shape
    if len(shape) not in (2, 3, 4) or (len(shape) == 4 and 3 not in (shape[1], shape[3])) or 0 in shape[1:]:
        problem = f"has the shape {shape}" + ("" if shape else ": it is a single number")
        mistakes.append(Mistake(place, problem, _SHAPES))
        return np.empty((0, 1), np.uint8)
    rows = images.reshape(len(images), math.prod(shape[1:]))
    if rows.dtype == np.uint8:
        return rows
    if rows.dtype.kind == "f":
        rows = rows.astype(np.float32, copy=False) if rows.dtype.itemsize < 4 else rows
        if not all(np.isfinite(part).all() for part in np.array_split(rows, max(1, len(rows) // 1024))):
            mistakes.append(Mistake(place, "has values that are not finite numbers"))
        return rows
    if rows.dtype.kind in "iu" and (not rows.size or (rows.min() >= 0 and rows.max() <= 255)):
        return rows.astype(np.uint8)
    mistakes.append(Mistake(place, f"has values of the type {rows.dtype}", "floats, or whole numbers from 0 to 255"))
    return rows
